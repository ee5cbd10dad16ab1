"""Rows of screenings, reactions, observations and openings of doses."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.entries import Entry
from shared.projections.days import day_of
from shared.projections.events import recorded_day
from shared.projections.register import Folded
from shared.projections.stock import compact
from shared.reference import Opening

Row = dict[str, Any]


def screening_row(entry: Entry, corrected_by: str | None) -> Row:
    """The screening; `answers` is a JSON list of {item, yes}."""
    body = entry.body
    return {
        "id": entry.id,
        "person_id": entry.subject,
        "site_id": entry.place,
        "session_id": body.get("session"),
        "screened_on": entry.occurred_on,
        "outcome": body["outcome"],
        "reason": body.get("reason"),
        "deferred_until": day_of(body.get("deferred_until")),
        "form": body.get("form"),
        "answers": compact(body.get("answers") or []),
        "author_id": entry.author,
        "recorded_on": recorded_day(entry),
        "corrected_by": corrected_by,
    }


def reaction_row(entry: Entry, corrected_by: str | None) -> Row:
    """The reaction, reported on the entry's day at its place; `symptoms` are codes joined by commas."""
    body = entry.body
    return {
        "id": entry.id,
        "person_id": entry.subject,
        "place_id": entry.place,
        "dose_id": body.get("dose"),
        "onset_on": date.fromisoformat(body["onset_on"]),
        "reported_on": entry.occurred_on,
        "severity": body["severity"],
        "symptoms": ",".join(sorted(set(body.get("symptoms") or ()))),
        "treated_at": body.get("treated_at"),
        "outcome": body.get("outcome"),
        "author_id": entry.author,
        "recorded_on": recorded_day(entry),
        "corrected_by": corrected_by,
    }


def observation_row(entry: Entry, corrected_by: str | None) -> Row:
    """The end of the observation after one dose."""
    body = entry.body
    return {
        "id": entry.id,
        "person_id": entry.subject,
        "site_id": entry.place,
        "dose_id": body["dose"],
        "session_id": body.get("session"),
        "ended_on": entry.occurred_on,
        "result": body["result"],
        "minutes": body.get("minutes"),
        "note": body.get("note"),
        "author_id": entry.author,
        "recorded_on": recorded_day(entry),
        "corrected_by": corrected_by,
    }


def opening_row(folded: Folded) -> Row | None:
    """The opening, or None while its first entry has not arrived; `vaccines` are codes joined by commas."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        "age_group": values["age_group"],
        "dose_type": values["dose_type"],
        "vaccines": ",".join(sorted(set(values.get("vaccines", ())))),
        "opens_on": date.fromisoformat(values["opens_on"]),
        "closes_on": day_of(values.get("closes_on")),
        "interval_days": values.get("interval_days"),
        "interval_months": values.get("interval_months"),
        "covid_deferral_months": values.get("covid_deferral_months"),
        "condition": values.get("condition"),
        "document": values["document"],
        "note": values.get("note"),
    }


def opening_of(row: Mapping[str, Any]) -> Opening:
    """What the rules take of an opening's row (days as dates)."""
    return Opening(
        age_group=row["age_group"],
        dose_type=row["dose_type"],
        vaccines=tuple(filter(None, row["vaccines"].split(","))),
        opens_on=row["opens_on"],
        closes_on=row["closes_on"],
        interval_days=row["interval_days"],
        interval_months=row["interval_months"],
        covid_deferral_months=row["covid_deferral_months"],
        condition=row["condition"] or "",
        document=row["document"],
    )
