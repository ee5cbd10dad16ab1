"""Vaccines, age groups and dose rules: data with the document and the status of each row, never code."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from shared.reference.tables import day, rows, several, whole

DOSE_TYPES = ("primary_1", "primary_2", "primary_3", "additional", "booster_1", "booster_2")


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine as the campaign uses it. None = the limit does not exist or is not known (see `status`)."""

    code: str
    name_vi: str
    name_en: str
    other_names: str
    manufacturer: str
    platform: str
    approval_document: str
    min_age_years: int
    max_age_years: int | None  # the last year of age allowed, included
    dose_ml: Decimal
    dose_strength: str
    doses_per_vial: int
    doses_per_vial_alternatives: tuple[int, ...]
    primary_doses: int  # doses of the primary series; 0 = not used for it
    primary_min_interval_days: int | None
    primary_interval_text: str
    second_dose_mixing: str
    storage: str
    thaw_days: int | None  # days at 2–8 °C after thawing
    open_vial_hours: int | None
    label_expiry_changes: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """People of min_months <= age in months < max_months (None = no upper limit)."""

    code: str
    label_vi: str
    label_en: str
    min_months: int
    max_months: int | None
    doses_reported: tuple[str, ...]
    active: bool  # open from the start; an inactive group waits for an instruction
    opened_by: str
    opened_on: date | None
    part_of: str | None  # a sub-group is never added to the group it is part of
    note: str


@dataclass(frozen=True, slots=True)
class DoseRule:
    """From when a person may have a dose: one interval (days or months) after `from_dose`, on dates in force.

    `condition_code` "" = everybody of the age; `vaccines` () = any vaccine; `after_platform` "" = after any
    series. Intervals of the primary series are in `Vaccine.primary_min_interval_days` unless a rule here says
    otherwise.
    """

    rule_id: str
    dose_type: str  # one of DOSE_TYPES
    age_min_years: int
    age_max_years: int | None  # the last year of age, included
    condition_code: str  # "" | immunosuppressed | risk_group
    interval_days: int | None
    interval_months: int | None
    from_dose: str  # last_primary | last_primary_or_additional | primary_1 | primary_2 | booster_1
    vaccines: tuple[str, ...]
    after_platform: str
    covid_deferral_months: int | None  # months after an infection; None = the document says nothing
    valid_from: date
    valid_to: date | None
    label_vi: str
    condition_vi: str
    document: str
    status: str


@cache
def vaccines() -> dict[str, Vaccine]:
    """Vaccine code -> vaccine, in the order of the file."""
    return {row["code"]: _vaccine(row) for row in rows("vaccines.csv")}


@cache
def age_groups() -> dict[str, AgeGroup]:
    """Age group code -> group, in the order of the file."""
    return {row["code"]: _age_group(row) for row in rows("age_groups.csv")}


@cache
def dose_rules() -> tuple[DoseRule, ...]:
    """Every rule, in force or not: choose by the date of the dose that is judged."""
    return tuple(_dose_rule(row) for row in rows("dose_rules.csv"))


def _vaccine(row: dict[str, str]) -> Vaccine:
    return Vaccine(
        code=row["code"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        other_names=row["other_names"],
        manufacturer=row["manufacturer"],
        platform=row["platform"],
        approval_document=row["approval_document"],
        min_age_years=int(row["min_age_years"]),
        max_age_years=whole(row["max_age_years"]),
        dose_ml=Decimal(row["dose_ml"]),
        dose_strength=row["dose_strength"],
        doses_per_vial=int(row["doses_per_vial"]),
        doses_per_vial_alternatives=tuple(map(int, several(row["doses_per_vial_alternatives"]))),
        primary_doses=int(row["primary_doses"]),
        primary_min_interval_days=whole(row["primary_min_interval_days"]),
        primary_interval_text=row["primary_interval_text"],
        second_dose_mixing=row["second_dose_mixing"],
        storage=row["storage"],
        thaw_days=whole(row["thaw_days"]),
        open_vial_hours=whole(row["open_vial_hours"]),
        label_expiry_changes=row["label_expiry_changes"],
        status=row["status"],
        source=row["source"],
    )


def _age_group(row: dict[str, str]) -> AgeGroup:
    return AgeGroup(
        code=row["code"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        min_months=int(row["min_months"]),
        max_months=whole(row["max_months"]),
        doses_reported=several(row["doses_reported"]),
        active=row["active"] == "yes",
        opened_by=row["opened_by"],
        opened_on=day(row["opened_on"]),
        part_of=row["part_of"] or None,
        note=row["note"],
    )


def _dose_rule(row: dict[str, str]) -> DoseRule:
    return DoseRule(
        rule_id=row["rule_id"],
        dose_type=row["dose_type"],
        age_min_years=int(row["age_min_years"]),
        age_max_years=whole(row["age_max_years"]),
        condition_code=row["condition_code"],
        interval_days=whole(row["interval_days"]),
        interval_months=whole(row["interval_months"]),
        from_dose=row["from_dose"],
        vaccines=several(row["vaccines"]),
        after_platform=row["after_platform"],
        covid_deferral_months=whole(row["covid_deferral_months"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=day(row["valid_to"]),
        label_vi=row["label_vi"],
        condition_vi=row["condition_vi"],
        document=row["document"],
        status=row["status"],
    )
