"""Screening: from the answers of a form to a conclusion, and what a person's screenings say together.

The questions and what a "yes" means are data (`screening_items.csv`). The conclusion is the screener's; what
is computed here is proposed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.faults import Fault, fault
from shared.reference import ScreeningItem, screening_items
from shared.rules.openings import age_group_of

if TYPE_CHECKING:
    from shared.entries import Entry

#: Conclusions, the lightest first.
GRAVITY = ("eligible", "caution", "deferred", "contraindicated")

#: Conclusions after which a dose may be given.
ALLOWS = ("eligible", "caution")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the answers come to. `outcome` None: nothing forbids, but questions of the form are `unanswered`.

    `because` are the questions answered "yes" that weigh most, `reason` a code of `reasons.csv`, `until` the
    day proposed for a deferral.
    """

    outcome: str | None
    reason: str | None
    until: date | None
    because: tuple[str, ...]
    unanswered: tuple[str, ...]


def form_for(birth_date: date, on: date) -> str | None:
    """The form for somebody's age on a day; None where there is none."""
    group = age_group_of(birth_date, on)
    return next((item.form for item in screening_items() if group in item.age_groups), None)


def questions(form: str, on: date) -> list[ScreeningItem]:
    """The questions of a form in force on a day, in their order."""
    return [
        item
        for item in screening_items()
        if item.form == form and item.valid_from <= on and (item.valid_to is None or on <= item.valid_to)
    ]


def propose(form: str, answers: Mapping[str, bool], on: date) -> Proposed:
    """The conclusion that follows from the answers (question code -> yes) on a day: the gravest "yes" decides."""
    asked = questions(form, on)
    unanswered = tuple(item.code for item in asked if item.code not in answers)
    said_yes = [item for item in asked if answers.get(item.code)]
    if not said_yes:
        return Proposed(None if unanswered else "eligible", None, None, (), unanswered)
    outcome = max((item.outcome for item in said_yes), key=GRAVITY.index)
    weighing = [item for item in said_yes if item.outcome == outcome]
    wait = max((item.defer_days or 0 for item in weighing), default=0)
    return Proposed(
        None if outcome == "caution" and unanswered else outcome,
        next((item.reason for item in weighing if item.reason), None),
        on + timedelta(days=wait) if outcome == "deferred" else None,
        tuple(item.code for item in weighing),
        unanswered,
    )


def standing(screenings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Screening rows that were not corrected, the one that holds last: the latest day, on one day the gravest."""
    rows = (row for row in screenings if row["corrected_by"] is None)
    return sorted(rows, key=lambda row: (row["screened_on"], GRAVITY.index(row["outcome"]), row["id"]))


def summed_up(screenings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What screenings say of a person: {barred_on, deferred_until, conditions}, all None without any.

    `barred_on` is the day of the screening that holds when it is a contraindication, `deferred_until` its day
    when it is a deferral. `conditions` are codes joined by commas, each by the last screening that asked for it.
    """
    rows = standing(screenings)
    if not rows:
        return {"barred_on": None, "deferred_until": None, "conditions": None}
    last = rows[-1]
    return {
        "barred_on": last["screened_on"] if last["outcome"] == "contraindicated" else None,
        "deferred_until": last["deferred_until"] if last["outcome"] == "deferred" else None,
        "conditions": ",".join(sorted(_conditions(rows))) or None,
    }


def on_the_day(screenings: Iterable[Mapping[str, Any]], on: date) -> Mapping[str, Any] | None:
    """The screening of a day that holds, the gravest of several; None when nobody screened the person that day."""
    rows = [row for row in standing(screenings) if row["screened_on"] == on]
    return rows[-1] if rows else None


def said_yes(screenings: Iterable[Mapping[str, Any]]) -> dict[str, date]:
    """Question -> the last day it was answered "yes", of those whose last answer was "yes"."""
    found: dict[str, date] = {}
    for row in standing(screenings):
        for line in json.loads(row["answers"]):
            if line["yes"]:
                found[line["item"]] = row["screened_on"]
            else:
                found.pop(line["item"], None)
    return found


def outcome_is_explained(entry: "Entry") -> Iterator[Fault]:
    """A deferral says until when and why, a contraindication why (R024)."""
    body = entry.body
    if body["outcome"] not in ("deferred", "contraindicated"):
        return
    if not body.get("reason"):
        yield fault("screening.reason_missing", "reason")
    until = body.get("deferred_until")
    if body["outcome"] == "deferred" and (not until or date.fromisoformat(until) <= entry.occurred_on):
        yield fault("screening.until_missing", "deferred_until")


def _conditions(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    told = {item.code: item.condition for item in screening_items() if item.condition}
    found: set[str] = set()
    for row in rows:
        for line in json.loads(row["answers"]):
            condition = told.get(line["item"])
            if condition and line["yes"]:
                found.add(condition)
            elif condition:
                found.discard(condition)
    return found
