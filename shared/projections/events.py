"""Rows of events: visits, doses, population returns. One entry gives one row (and its lines).

`corrected_by` is not known from the entry itself: it is the least id of the entries that correct it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.entries import Entry
from shared.reference import DOSE_TYPES, vaccines

Row = dict[str, Any]


def visit_rows(entry: Entry, corrected_by: str | None) -> tuple[Row, list[Row]]:
    """The visit and its outcomes."""
    body = entry.body
    visit = {
        "id": entry.id,
        "household_id": entry.subject,
        "village_id": entry.place,
        "visited_on": entry.occurred_on,
        "visit_type": body["visit_type"],
        "revisit_on": _day(body.get("revisit_on")),
        "communication": body.get("communication"),
        "note": body.get("note"),
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }
    outcomes = [
        {
            "visit_id": entry.id,
            "person_id": line["person"],
            "outcome": line["outcome"],
            "reason": line.get("reason"),
            "appointment_on": _day(line.get("appointment_on")),
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
        "corrected_by": corrected_by,
    }


def immunisation_row(person: str, doses: Iterable[Row]) -> Row:
    """What a person has had, from the dose rows not corrected: the first day of each dose type.

    The primary series is complete with the number of doses its first vaccine asks for (Abdala three,
    Janssen one, an unknown vaccine two).
    """
    standing = sorted(
        (dose for dose in doses if dose["corrected_by"] is None),
        key=lambda dose: (dose["given_on"], dose["id"]),
    )
    row: Row = {"person_id": person, **{f"{dose_type}_on": None for dose_type in DOSE_TYPES}}
    started_with = None
    for dose in standing:
        column = f"{dose['dose_type']}_on"
        if row[column] is None:
            row[column] = dose["given_on"]
        if started_with is None and dose["dose_type"].startswith("primary_"):
            started_with = dose["vaccine"]
    row["series_complete_on"] = None
    if started_with is not None:
        vaccine = vaccines().get(started_with)
        needed = vaccine.primary_doses if vaccine and vaccine.primary_doses else 2
        row["series_complete_on"] = row[f"primary_{min(needed, 3)}_on"]
    row["last_dose_on"] = standing[-1]["given_on"] if standing else None
    row["last_vaccine"] = standing[-1]["vaccine"] if standing else None
    return row


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


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
