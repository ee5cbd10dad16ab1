"""The doses of a person's series: had, due, not yet, closed, or never, and why; and which one is next.

Openings and intervals are data (`shared.reference`): a dose is judged by what holds on the day asked about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.reference import DOSE_TYPES, Opening, age_groups, vaccines
from shared.rules.ages import age_on
from shared.rules.intervals import CONDITIONS, Timing, conditions_of, rule_for, timing
from shared.rules.months import add_months
from shared.rules.openings import SHIPPED, Openings
from shared.rules.openings import age_group_of as age_group_of

#: The column of the day a dose was had.
_DAY = {dose_type: f"{dose_type}_on" for dose_type in DOSE_TYPES}

#: What must have been had before a dose.
_FORMER = {
    "primary_2": "primary_1_on",
    "primary_3": "primary_2_on",
    "additional": "series_complete_on",
    "booster_1": "series_complete_on",
    "booster_2": "booster_1_on",
}


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """One dose of the series as it stands on a day, with the document that says so.

    `state` with `on` and `reason`:
    had (the day given); due (since that day, None = at once);
    later (until that day, None = not known; reason interval, covid, deferred, opens or former_dose);
    closed (no instruction yet; reason not_open or no_rule);
    never (reason not_resident, contraindicated, not_needed or condition).
    The reason covid is for those only who screen (R079): `without_covid`.
    """

    dose_type: str
    state: str
    on: date | None = None
    reason: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class NextDose:
    """The next dose: its type, from which day it is due, and the rule (document) that says so.

    `dose_type` None means no dose now; `reason` is then complete, closed, too_young, contraindicated or
    not_resident.
    """

    dose_type: str | None
    due_on: date | None
    document: str | None
    reason: str | None = None

    def is_due(self, on: date) -> bool:
        """Whether it may be given on that day."""
        return self.dose_type is not None and (self.due_on is None or self.due_on <= on)


def schedule_of(
    person: Mapping[str, Any],
    immunisation: Mapping[str, Any] | None,
    on: date,
    openings: Openings = SHIPPED,
) -> list[PlannedDose]:
    """Every dose prepared for the person's age on a day, and any had besides, in their order.

    `person` needs birth_date, residence, contraindication and covid_on; `immunisation` is the row the doses
    and screenings give (None without any).
    """
    had = immunisation or {}
    barred = _barred(person, had)
    return [
        PlannedDose(dose.dose_type, "never", reason=barred) if barred and dose.state != "had" else dose
        for dose in _planned(person, had, on, openings)
    ]


def next_dose(
    person: Mapping[str, Any],
    immunisation: Mapping[str, Any] | None,
    on: date,
    openings: Openings = SHIPPED,
) -> NextDose:
    """The next dose of a person row, given their immunisation row (None without doses), judged on a day."""
    had = immunisation or {}
    if barred := _barred(person, had):
        return NextDose(None, None, None, barred)
    states = set()
    for dose in _planned(person, had, on, openings):
        if dose.state == "due" or (dose.state == "later" and dose.on is not None):
            return NextDose(dose.dose_type, dose.on, dose.document)
        states.add(dose.state)
    if not openings.series(person["birth_date"], on):
        return NextDose(None, None, None, "too_young")
    closed = "closed" in states and "had" not in states
    return NextDose(None, None, None, "closed" if closed else "complete")


def without_covid(planned: list[PlannedDose]) -> list[PlannedDose]:
    """The same for readers who do not screen: an infection is not told of (R079)."""
    return [
        PlannedDose(dose.dose_type, dose.state, dose.on, "interval", dose.document)
        if dose.reason == "covid"
        else dose
        for dose in planned
    ]


def booster_threshold(due_on: date, age_group: str = "A18", dose_type: str = "booster_1") -> date:
    """Who had what comes before a booster by this day is due for it by `due_on`, by the rule in force then for
    that age. Before booster 1 comes the primary series, before booster 2 booster 1.

    A plan says who is asked, so a rule's condition does not matter here; without any rule nobody has to wait.
    """
    years = age_groups()[age_group].min_months // 12
    rule = rule_for(dose_type, years, due_on, conditions=CONDITIONS)
    if rule is None:
        return due_on
    if rule.interval_months is not None:
        day = add_months(due_on, -rule.interval_months)
        while add_months(day + timedelta(days=1), rule.interval_months) <= due_on:
            day += timedelta(days=1)  # month ends: 30 November + 3 months is 28 February
        return day
    return due_on - timedelta(days=rule.interval_days or 0)


def _barred(person: Mapping[str, Any], had: Mapping[str, Any]) -> str | None:
    if person["residence"] in ("moved", "deceased"):
        return "not_resident"
    return "contraindicated" if person["contraindication"] or had.get("barred_on") else None


def _planned(
    person: Mapping[str, Any], had: Mapping[str, Any], on: date, openings: Openings
) -> Iterator[PlannedDose]:
    series = openings.series(person["birth_date"], on)
    for dose_type in DOSE_TYPES:
        if given_on := had.get(_DAY[dose_type]):
            yield PlannedDose(dose_type, "had", given_on)
        elif dose_type in series:
            yield _plan(dose_type, person, had, on, openings)


def _plan(
    dose_type: str, person: Mapping[str, Any], had: Mapping[str, Any], on: date, openings: Openings
) -> PlannedDose:
    if _not_needed(dose_type, had):
        return PlannedDose(dose_type, "never", reason="not_needed")
    birth, conditions = person["birth_date"], conditions_of(person, had, on)
    opened = openings.in_force(dose_type, birth, on)
    announced = None if opened else openings.announced(dose_type, birth, on)
    asked = opened or ([announced] if announced else [])
    if not asked:
        return PlannedDose(dose_type, "closed", reason="not_open")
    meant = [opening for opening in asked if not opening.condition or opening.condition in conditions]
    found = [_timing(dose_type, person, had, on, opening, conditions) for opening in meant]
    timings = [each for each in found if each is not None]
    if not timings:
        ruled = [_timing(dose_type, person, had, on, opening, CONDITIONS) for opening in asked]
        document = next((each.document for each in ruled if each is not None), None)
        if document is None:
            return PlannedDose(dose_type, "closed", reason="no_rule")
        return PlannedDose(dose_type, "never", reason="condition", document=document)
    former = _FORMER.get(dose_type)
    if former is not None and not had.get(former):
        return PlannedDose(dose_type, "later", reason="former_dose")
    soonest = min(timings, key=lambda each: each.due_on or date.min)
    return _dated(dose_type, soonest, person, had, on, announced)


def _timing(
    dose_type: str,
    person: Mapping[str, Any],
    had: Mapping[str, Any],
    on: date,
    opening: Opening,
    conditions: frozenset[str],
) -> Timing | None:
    """By the rule of the day; of an opening to come by the rule of that day when there is none yet."""
    years, after = age_on(person["birth_date"], on), had.get("last_vaccine")
    rule = rule_for(dose_type, years, on, conditions=conditions, after=after)
    if rule is None and opening.opens_on is not None and opening.opens_on > on:
        rule = rule_for(dose_type, years, opening.opens_on, conditions=conditions, after=after)
    return timing(dose_type, had, rule, opening)


def _dated(
    dose_type: str,
    found: Timing,
    person: Mapping[str, Any],
    had: Mapping[str, Any],
    on: date,
    announced: Opening | None,
) -> PlannedDose:
    """The dose due or later: the last of what puts it off decides, and is the reason given."""
    bounds = [(found.due_on, "interval")]
    if person["covid_on"] is not None and found.covid_deferral_months is not None:
        bounds.append((add_months(person["covid_on"], found.covid_deferral_months), "covid"))
    bounds.append((had.get("deferred_until"), "deferred"))
    bounds.append((announced.opens_on if announced else None, "opens"))
    due_on, reason = max(bounds, key=lambda bound: bound[0] or date.min)
    if due_on is None or due_on <= on:
        return PlannedDose(dose_type, "due", due_on, document=found.document)
    document = announced.document if announced and reason == "opens" else found.document
    return PlannedDose(dose_type, "later", due_on, reason, document)


def _not_needed(dose_type: str, had: Mapping[str, Any]) -> bool:
    """A series complete before skips the rest of it; a third primary dose is for vaccines that ask for three;
    an additional dose comes before the booster or not at all.
    """
    complete = had.get("series_complete_on")
    if dose_type in ("primary_2", "primary_3") and complete:
        return True
    if dose_type == "primary_3":
        last = vaccines().get(had.get("last_vaccine") or "")
        started = bool(
            had.get("primary_1_on") and had.get("primary_2_on")
        )  # not complete: its vaccine asks three
        return not (started or (last is not None and last.primary_doses >= 3))
    return dose_type == "additional" and bool(had.get("booster_1_on"))
