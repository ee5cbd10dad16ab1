"""Đúng lịch, đủ mũi (R087): whether a person has every dose that fell due, and had the later ones in time.

A first dose is not late: when people came to it was a matter of supply. What follows is judged from the day
its interval was reached, or from the day it was opened when that came later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.reference import schedule_limits
from shared.rules.ages import age_on
from shared.rules.intervals import conditions_of, rule_for, timing
from shared.rules.openings import Openings
from shared.rules.schedule import schedule_of
from shared.rules.series import had_by

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """How a person stands to the schedule.

    fallen_due: at least one dose has fallen due; complete: each of those was had.
    followed: a later dose was had, or has been due for longer than the limit; on_schedule: so, and none late.
    """

    fallen_due: bool
    complete: bool
    followed: bool
    on_schedule: bool


def kept(person: Row, immunisation: Row | None, given: Sequence[Row], on: date, openings: Openings) -> Kept:
    """How a person stood on a day. `given` are their standing doses in the order they were given."""
    planned = schedule_of(person, immunisation, on, openings)
    due = [dose for dose in planned if dose.state == "due"]
    fallen = any(dose.state in ("had", "due") for dose in planned)
    limit = timedelta(days=schedule_limits()["on_schedule_days"])
    in_time = list(_in_time(person, immunisation or {}, given, openings, limit))
    late = [dose for dose in due if _overdue(dose.dose_type, dose.on, person, on, openings, limit)]
    followed = bool(in_time or late)
    return Kept(fallen, fallen and not due, followed, followed and all(in_time) and not late)


def _in_time(
    person: Row, immunisation: Row, given: Sequence[Row], openings: Openings, limit: timedelta
) -> Iterator[bool]:
    """For each later dose that was had, the first of its type: whether it came in time."""
    seen: set[str] = set()
    for number, dose in enumerate(given):
        if number and dose["dose_type"] not in seen:
            fell_due = _fell_due(dose, had_by(given[:number]), person, immunisation, openings)
            if fell_due is not None:
                yield dose["given_on"] <= fell_due + limit
        seen.add(dose["dose_type"])


def _fell_due(dose: Row, had: Row, person: Row, immunisation: Row, openings: Openings) -> date | None:
    """From which day a dose that was had could have been, by the rule of its own day; None where none says."""
    given_on, dose_type, birth = dose["given_on"], dose["dose_type"], person["birth_date"]
    conditions = conditions_of(person, immunisation, given_on)
    rule = rule_for(
        dose_type, age_on(birth, given_on), given_on, conditions=conditions, after=had["last_vaccine"]
    )
    days = []
    for opening in openings.in_force(dose_type, birth, given_on):
        found = timing(dose_type, had, rule, opening, dose["vaccine"])
        if found is not None and found.due_on is not None and opening.opens_on is not None:
            days.append(max(found.due_on, opening.opens_on))
    return min(days, default=None)


def _overdue(
    dose_type: str, since: date | None, person: Row, on: date, openings: Openings, limit: timedelta
) -> bool:
    """Whether a dose not had yet has been due for longer than the limit; a first dose has no such day."""
    if since is None:
        return False
    opened = [o.opens_on for o in openings.in_force(dose_type, person["birth_date"], on) if o.opens_on]
    return max(since, min(opened, default=since)) + limit < on
