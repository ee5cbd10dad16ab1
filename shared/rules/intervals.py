"""Dose rules and the intervals they set: chosen by the day, the age, the vaccine and what came before (R025)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from shared.reference import DoseRule, Opening, age_groups, dose_rules, vaccine_mixing, vaccines
from shared.rules.ages import in_group
from shared.rules.months import add_months
from shared.rules.openings import BY_RULE

#: Conditions a rule may ask for. Only a screening or the age can tell of them; exposure is not recorded.
CONDITIONS = frozenset({"immunosuppressed", "risk_group"})

#: The age from which everybody is of the risk group (rule D_NL2).
_RISK_GROUP_AGE = "A50"

#: Days between primary doses of a vaccine that does not say.
_PRIMARY_DAYS = 28

#: The column of what was had that an interval starts from.
_SINCE = {
    "last_primary": "series_complete_on",
    "primary_1": "primary_1_on",
    "primary_2": "primary_2_on",
    "booster_1": "booster_1_on",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """From when a dose may be had (None = at once), by which document, and how long an infection puts it off."""

    due_on: date | None
    document: str | None
    covid_deferral_months: int | None


def conditions_of(person: Mapping[str, Any], had: Mapping[str, Any], on: date) -> frozenset[str]:
    """The conditions a person meets on a day."""
    found = {code for code in (had.get("conditions") or "").split(",") if code}
    if "immunosuppressed" in found or in_group(person["birth_date"], age_groups()[_RISK_GROUP_AGE], on):
        found.add("risk_group")
    return frozenset(found)


def rule_for(
    dose_type: str,
    years: int,
    on: date,
    *,
    conditions: Collection[str] = (),
    vaccine: str | None = None,
    after: str | None = None,
) -> DoseRule | None:
    """The rule of a dose for an age in whole years on a day, the last of those that fit.

    A rule for one vaccine stands before a general one when that `vaccine` was given, and behind it while the
    vaccine is not known. `after` is the vaccine had before, for rules about its platform.
    """
    before = vaccines().get(after or "")
    fitting = [
        rule
        for rule in _in_force(dose_type, on)
        if rule.age_min_years <= years
        and (rule.age_max_years is None or years <= rule.age_max_years)
        and (not rule.condition_code or rule.condition_code in conditions)
        and (not rule.vaccines or vaccine is None or vaccine in rule.vaccines)
        and (not rule.after_platform or (before is not None and before.platform == rule.after_platform))
    ]
    special = [rule for rule in fitting if bool(rule.vaccines) == (vaccine is not None)]
    chosen = special or fitting
    return chosen[-1] if chosen else None


def timing(
    dose_type: str,
    had: Mapping[str, Any],
    rule: DoseRule | None,
    opening: Opening,
    vaccine: str | None = None,
) -> Timing | None:
    """When a dose opened by `opening` may be had after what was `had`; None where nothing states an interval.

    `vaccine` is the one given, None while it is not known.
    """
    deferral = opening.covid_deferral_months
    if deferral is None and rule is not None:
        deferral = rule.covid_deferral_months
    if opening.interval_days is not None or opening.interval_months is not None:
        since = _since_of_opening(dose_type, had)
        return Timing(
            _later(since, opening.interval_days, opening.interval_months), opening.document, deferral
        )
    if rule is not None:
        since = _since(rule, had)
        return Timing(_later(since, rule.interval_days, rule.interval_months), rule.document, deferral)
    if dose_type in BY_RULE:
        return None
    due_on, document = _by_vaccine(dose_type, had, vaccine)
    return Timing(due_on, document or opening.document, deferral)


@lru_cache(maxsize=10_000)
def _in_force(dose_type: str, on: date) -> tuple[DoseRule, ...]:
    return tuple(
        rule
        for rule in dose_rules()
        if rule.dose_type == dose_type
        and rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
    )


def _by_vaccine(
    dose_type: str, had: Mapping[str, Any], vaccine: str | None
) -> tuple[date | None, str | None]:
    """The interval of the vaccine had last, or of the pair when another follows it."""
    if dose_type == "primary_1":
        return None, None
    last, previous = vaccines().get(had.get("last_vaccine") or ""), had.get("last_dose_on")
    if last is None or previous is None:
        return None, None
    pair = vaccine_mixing().get((last.code, vaccine or ""))
    if pair is not None:
        return previous + timedelta(days=pair.interval_days), pair.document
    return previous + timedelta(days=last.primary_min_interval_days or _PRIMARY_DAYS), last.approval_document


def _since(rule: DoseRule, had: Mapping[str, Any]) -> date | None:
    if rule.from_dose == "last_primary_or_additional":
        found = had.get("additional_on") or had.get("series_complete_on")
    else:
        found = had.get(_SINCE[rule.from_dose])
    return found if isinstance(found, date) else None


def _since_of_opening(dose_type: str, had: Mapping[str, Any]) -> date | None:
    column = {
        "booster_2": "booster_1_on",
        "additional": "series_complete_on",
        "booster_1": "series_complete_on",
    }
    return had.get(column.get(dose_type, "last_dose_on"))


def _later(since: date | None, days: int | None, months: int | None) -> date | None:
    if since is None:
        return None
    return add_months(since, months) if months is not None else since + timedelta(days=days or 0)
