"""Rows of events: visits, doses, population returns. One entry gives one row (and its lines).

`corrected_by` is not known from the entry itself: it is the least id of the entries that correct it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from shared.clock import VIETNAM
from shared.entries import Entry
from shared.projections.days import day_of
from shared.rules.screening import summed_up
from shared.rules.series import had_by, in_order

Row = dict[str, Any]


def recorded_day(entry: Entry) -> date:
    """The day in Vietnam on which the entry was recorded, by the phone's clock put right by its measured offset."""
    moment = datetime.fromisoformat(entry.recorded_at)
    return (moment + timedelta(seconds=entry.clock_offset_s or 0)).astimezone(VIETNAM).date()


def visit_rows(entry: Entry, corrected_by: str | None) -> tuple[Row, list[Row]]:
    """The visit and its outcomes."""
    body = entry.body
    visit = {
        "id": entry.id,
        "household_id": entry.subject,
        "village_id": entry.place,
        "visited_on": entry.occurred_on,
        "visit_type": body["visit_type"],
        "revisit_on": day_of(body.get("revisit_on")),
        "communication": body.get("communication"),
        "note": body.get("note"),
        "author_id": entry.author,
        "recorded_on": recorded_day(entry),
        "corrected_by": corrected_by,
    }
    outcomes = [
        {
            "visit_id": entry.id,
            "person_id": line["person"],
            "outcome": line["outcome"],
            "reason": line.get("reason"),
            "appointment_on": day_of(line.get("appointment_on")),
            "reached": line.get("reached"),
            "consent": line.get("consent"),
            "transport_need": bool(line.get("transport_need")),
            "note": line.get("note"),
        }
        for line in body["outcomes"]
    ]
    return visit, outcomes


def dose_row(entry: Entry, corrected_by: str | None) -> Row:
    """The dose."""
    body = entry.body
    return {
        "id": entry.id,
        "person_id": entry.subject,
        "site_id": entry.place,
        "session_id": body.get("session"),
        "vaccine": body["vaccine"],
        "lot_id": body.get("lot"),
        "lot_number": body.get("lot_number"),
        "dose_type": body["dose_type"],
        "given_on": entry.occurred_on,
        "screening": body["screening"],
        "at_home": bool(body.get("at_home")),
        "from_certificate": bool(body.get("from_certificate")),
        "author_id": entry.author,
        "recorded_on": recorded_day(entry),
        "corrected_by": corrected_by,
    }


def immunisation_row(person: str, doses: Iterable[Row], screenings: Iterable[Row] = ()) -> Row:
    """What a person has had and what their screenings say, from the rows not corrected."""
    return {"person_id": person, **had_by(in_order(doses)), **summed_up(screenings)}


def population_rows(entry: Entry, corrected_by: str | None) -> list[Row]:
    """A row an age group; the same group twice in one return counts once, as last written."""
    lines = {line["age_group"]: line for line in entry.body["lines"]}
    return [
        {
            "return_id": entry.id,
            "age_group": group,
            "commune_id": entry.place,
            "period": entry.body["period"],
            "opening": line.get("opening"),
            "current": line.get("current"),
            "source": entry.body["source"],
            "as_of": entry.occurred_on,
            "corrected_by": corrected_by,
        }
        for group, line in lines.items()
    ]
