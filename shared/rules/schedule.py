"""Which dose a person lacks next, from when, and by which rule; or why none.

Intervals are data (`shared.reference`): a dose is judged by the rule in force on its own day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.reference import DoseRule, age_groups, dose_rules, vaccines
from shared.rules.ages import in_group
from shared.rules.months import add_months

#: Doses of the campaign of spring 2022 in their order, by age group; later ones stay closed until opened.
SERIES: dict[str, tuple[str, ...]] = {
    "A18": ("primary_1", "primary_2", "primary_3", "booster_1"),
    "A12_17": ("primary_1", "primary_2"),
    "A05_11": ("primary_1", "primary_2"),
}


@dataclass(frozen=True, slots=True)
class NextDose:
    """The next dose: its type, from which day it is due, and the rule (document) that says so.

    `dose_type` None means no dose now; `reason` is then complete, too_young, contraindicated or not_resident.
    """

    dose_type: str | None
    due_on: date | None
    document: str | None
    reason: str | None = None

    def is_due(self, on: date) -> bool:
        """Whether it may be given on that day."""
        return self.dose_type is not None and (self.due_on is None or self.due_on <= on)


def age_group_of(birth_date: date, on: date) -> str | None:
    """The age group of the campaign a person belongs to on a day; None below the youngest."""
    return next((code for code in SERIES if in_group(birth_date, age_groups()[code], on)), None)


def next_dose(person: Mapping[str, Any], immunisation: Mapping[str, Any] | None, on: date) -> NextDose:
    """The next dose of a person row, given their immunisation row (None without doses), judged on a day."""
    if person["residence"] in ("moved", "deceased"):
        return NextDose(None, None, None, "not_resident")
    if person["contraindication"]:
        return NextDose(None, None, None, "contraindicated")
    group = age_group_of(person["birth_date"], on)
    if group is None:
        return NextDose(None, None, None, "too_young")
    had = immunisation or {}
    for dose_type in SERIES[group]:
        if had.get(f"{dose_type}_on") or not _belongs(dose_type, had, on):
            continue
        due_on, document = _due(dose_type, had, on)
        return NextDose(dose_type, _after_covid(due_on, dose_type, person, on), document)
    return NextDose(None, None, None, "complete")


def booster_threshold(due_on: date) -> date:
    """Whose primary series was complete by this day is due for booster 1 by `due_on` (rule in force then)."""
    rule = _rule("booster_1", due_on)
    if rule is None:
        return due_on
    if rule.interval_months is not None:
        day = add_months(due_on, -rule.interval_months)
        while add_months(day + timedelta(days=1), rule.interval_months) <= due_on:
            day += timedelta(days=1)  # month ends: 30 November + 3 months is 28 February
        return day
    return due_on - timedelta(days=rule.interval_days or 0)


def _belongs(dose_type: str, had: Mapping[str, Any], on: date) -> bool:
    """Whether the dose is part of this person's series: a series complete before it skips the rest of it, and
    nobody has a booster before a document allows one.
    """
    complete = had.get("series_complete_on")
    if dose_type in ("primary_2", "primary_3") and complete:
        return False
    if dose_type == "primary_3":  # only a vaccine of three primary doses asks for it
        vaccine = vaccines().get(had.get("last_vaccine") or "")
        return bool(vaccine and vaccine.primary_doses >= 3)
    return dose_type != "booster_1" or bool(complete and _rule(dose_type, on))


def _due(dose_type: str, had: Mapping[str, Any], on: date) -> tuple[date | None, str | None]:
    if dose_type == "primary_1":
        return None, None
    if dose_type in ("primary_2", "primary_3"):
        vaccine = vaccines().get(had.get("last_vaccine") or "")
        previous = had.get("last_dose_on")
        if vaccine is None or previous is None:
            return None, None
        return previous + timedelta(days=vaccine.primary_min_interval_days or 28), vaccine.approval_document
    rule = _rule(dose_type, on)
    since = had.get("series_complete_on")
    if rule is None or since is None:
        return None, None
    if rule.interval_months is not None:
        return add_months(since, rule.interval_months), rule.document
    return since + timedelta(days=rule.interval_days or 0), rule.document


def _after_covid(due_on: date | None, dose_type: str, person: Mapping[str, Any], on: date) -> date | None:
    infected = person["covid_on"]
    rule = _rule(dose_type, on)
    if infected is None or rule is None or rule.covid_deferral_months is None:
        return due_on
    recovered = add_months(infected, rule.covid_deferral_months)
    return recovered if due_on is None else max(due_on, recovered)


def _rule(dose_type: str, on: date) -> DoseRule | None:
    """The general adult rule of a dose type in force on a day."""
    rules = [
        rule
        for rule in dose_rules()
        if rule.dose_type == dose_type
        and not rule.condition_code
        and not rule.vaccines
        and not rule.after_platform
        and rule.age_max_years is None
    ]
    in_force = [r for r in rules if r.valid_from <= on and (r.valid_to is None or on <= r.valid_to)]
    return in_force[-1] if in_force else None
