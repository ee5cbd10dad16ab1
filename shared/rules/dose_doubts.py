"""Doubts about doses that were given: recorded, flagged, never dropped. Each is judged by the rule of its own day.

An infection that should have put a dose off gives no doubt here: it would be told to readers who do not
screen (R079).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.faults import Fault
from shared.reference import doubt_limits, vaccines
from shared.rules.ages import age_on
from shared.rules.intervals import CONDITIONS, Timing, rule_for, timing
from shared.rules.openings import SHIPPED, Openings
from shared.rules.screening import standing
from shared.rules.series import PRIMARY, had_by, in_order, may_follow
from shared.rules.sessions import opened_vials_cover
from shared.rules.vaccine_choice import suits_age

Row = Mapping[str, Any]
_Found = tuple[str, dict[str, Any]]

#: What must have been recorded before a dose, by the column of what was had and the dose it stands for.
_FORMER = {
    "primary_2": ("primary_1_on", "primary_1"),
    "primary_3": ("primary_2_on", "primary_2"),
    "additional": ("series_complete_on", "primary_2"),
    "booster_1": ("series_complete_on", "primary_2"),
    "booster_2": ("booster_1_on", "booster_1"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about a dose: a fault of severity flag, and the figures its words need (days as ISO text)."""

    dose_id: str
    code: str
    params: dict[str, Any]


def doubts_of(
    person: Row,
    doses: Iterable[Row],
    openings: Openings = SHIPPED,
    *,
    screenings: Iterable[Row] = (),
    expiry: Mapping[str, date | None] | None = None,
) -> list[Doubt]:
    """Every doubt about a person's doses, in the order they were given. Rows as the projections give them.

    `expiry` is lot id -> the last day any of its stock may be used, None when not known.
    """
    given, held = in_order(doses), standing(screenings)
    doubts = []
    for number, dose in enumerate(given):
        found = [
            *_by_itself(dose, person, openings, expiry or {}),
            *_among_others(dose, given[:number], person, openings),
            *_against_screening(dose, held),
        ]
        doubts += [Doubt(dose["id"], code, params) for code, params in found]
    return doubts


def session_doubts(
    lots: Iterable[Row], doses_by_lot: Mapping[str, int], doses_per_vial: Mapping[str, int]
) -> list[tuple[str, Fault]]:
    """(lot id, fault) of a closed session at which more doses of a lot were recorded than its opened vials hold.

    `lots` are the session's lines {lot, vials_opened}; lots whose doses a vial are not known are left out.
    """
    opened: dict[str, int] = {}
    for line in lots:
        opened[line["lot"]] = opened.get(line["lot"], 0) + int(line.get("vials_opened") or 0)
    found = []
    for lot, doses in sorted(doses_by_lot.items()):
        if lot in doses_per_vial:
            fault = opened_vials_cover(doses, opened.get(lot, 0), doses_per_vial[lot])
            found += [(lot, fault)] if fault else []
    return found


def _by_itself(
    dose: Row, person: Row, openings: Openings, expiry: Mapping[str, date | None]
) -> Iterator[_Found]:
    given_on, birth = dose["given_on"], person["birth_date"]
    years, vaccine = age_on(birth, given_on), dose["vaccine"]
    wrong_age = vaccine in vaccines() and not suits_age(vaccine, years)
    if wrong_age:
        yield "dose.wrong_age", {"vaccine": vaccine, "years": years}
    last_day = expiry.get(dose["lot_id"]) if dose["lot_id"] else None
    if last_day is not None and given_on > last_day:
        yield "dose.after_expiry", {"expiry": last_day.isoformat()}
    if dose["at_home"] and dose["screening"] != "eligible":
        yield "dose.home_not_eligible", {"screening": dose["screening"]}
    if dose["from_certificate"]:  # given elsewhere, under other openings, and copied when it was shown
        return
    opened = openings.in_force(dose["dose_type"], birth, given_on)
    if not opened or not (wrong_age or any(not o.vaccines or vaccine in o.vaccines for o in opened)):
        yield "dose.not_open", {"dose_type": dose["dose_type"], "vaccine": vaccine}
    late = (dose["recorded_on"] - given_on).days
    if late > doubt_limits()["back_dated_days"]:
        yield "dose.back_dated", {"days": late, "recorded_on": dose["recorded_on"].isoformat()}


def _among_others(dose: Row, before: Sequence[Row], person: Row, openings: Openings) -> Iterator[_Found]:
    had, dose_type, given_on = had_by(before), dose["dose_type"], dose["given_on"]
    other_on = had[f"{dose_type}_on"]
    if other_on is not None:
        yield "dose.twice", {"other_on": other_on.isoformat()}
        return
    column, former = _FORMER.get(dose_type, ("", ""))
    if column and had[column] is None:
        yield "dose.former_missing", {"former": former}
    else:
        due_on = _due_on(dose, had, person, openings)
        if due_on is not None and given_on < due_on - timedelta(days=doubt_limits()["early_grace_days"]):
            yield "dose.too_early", {"due_on": due_on.isoformat()}
    started_with = next((each["vaccine"] for each in before if each["dose_type"] in PRIMARY), None)
    if dose_type in PRIMARY and started_with and not may_follow(started_with, dose["vaccine"], given_on):
        yield "dose.mixed", {"vaccine": dose["vaccine"], "first_vaccine": started_with}


def _due_on(dose: Row, had: Row, person: Row, openings: Openings) -> date | None:
    """From which day the dose was allowed: the soonest of what was opened, any condition taken as met."""
    given_on, dose_type = dose["given_on"], dose["dose_type"]
    years, vaccine = age_on(person["birth_date"], given_on), dose["vaccine"]
    rule = rule_for(
        dose_type, years, given_on, conditions=CONDITIONS, vaccine=vaccine, after=had["last_vaccine"]
    )
    opened = openings.in_force(dose_type, person["birth_date"], given_on)
    found = [timing(dose_type, had, rule, opening, vaccine) for opening in opened]
    return min((each.due_on or date.min for each in found if isinstance(each, Timing)), default=None)


def _against_screening(dose: Row, held: Sequence[Row]) -> Iterator[_Found]:
    """The screening that held on the day, one of the day itself included, said not to."""
    before = [row for row in held if row["screened_on"] <= dose["given_on"]]
    if not before or dose["from_certificate"]:
        return
    last, until = before[-1], before[-1]["deferred_until"]
    waiting = last["outcome"] == "deferred" and until is not None and dose["given_on"] < until
    if waiting or last["outcome"] == "contraindicated":
        yield "dose.against_screening", {"until": until.isoformat() if waiting else None}
