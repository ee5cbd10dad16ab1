"""When doses were opened, which vaccines follow each other, and the screening forms: data with their documents."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from shared.reference.tables import day, rows, several, whole


@dataclass(frozen=True, slots=True)
class Opening:
    """A dose opened to an age group between two days, to all vaccines or to some.

    `opens_on` None = prepared, waiting for an instruction. An interval stated here (months, else days, after the
    primary series, or after the dose before) stands instead of the dose rules; `condition` "" = everybody.
    """

    age_group: str
    dose_type: str
    vaccines: tuple[str, ...]
    opens_on: date | None
    closes_on: date | None
    interval_days: int | None
    interval_months: int | None
    covid_deferral_months: int | None
    condition: str
    document: str


@dataclass(frozen=True, slots=True)
class Mixing:
    """A second vaccine allowed after another in one primary series, from a day, after so many days."""

    first_vaccine: str
    next_vaccine: str
    allowed_from: date
    interval_days: int
    document: str


@dataclass(frozen=True, slots=True)
class ScreeningItem:
    """A question of a screening form: what "yes" means (caution, deferred, contraindicated) and by which reason.

    `defer_days` is what is proposed; `condition` names what a "yes" says of the person for good ("" = nothing).
    """

    form: str
    code: str
    column_no: int
    age_groups: tuple[str, ...]
    outcome: str
    reason: str | None
    condition: str
    defer_days: int | None
    valid_from: date
    valid_to: date | None
    label_vi: str
    label_en: str


@cache
def dose_openings() -> tuple[Opening, ...]:
    """The openings that ship, in the order of the file."""
    return tuple(
        Opening(
            age_group=row["age_group"],
            dose_type=row["dose_type"],
            vaccines=several(row["vaccines"]),
            opens_on=day(row["opened_on"]),
            closes_on=None,
            interval_days=None,
            interval_months=None,
            covid_deferral_months=whole(row["covid_deferral_months"]),
            condition="",
            document=row["document"],
        )
        for row in rows("dose_openings.csv")
    )


@cache
def vaccine_mixing() -> dict[tuple[str, str], Mixing]:
    """(first, next) vaccine -> from when one may follow the other."""
    return {
        (row["first_vaccine"], row["next_vaccine"]): Mixing(
            row["first_vaccine"],
            row["next_vaccine"],
            date.fromisoformat(row["allowed_from"]),
            int(row["interval_days"]),
            row["document"],
        )
        for row in rows("vaccine_mixing.csv")
    }


@cache
def screening_items() -> tuple[ScreeningItem, ...]:
    """The questions of every form, in the order they are asked."""
    return tuple(
        ScreeningItem(
            form=row["form_code"],
            code=row["item"],
            column_no=int(row["column_no"]),
            age_groups=several(row["age_groups"]),
            outcome=row["outcome"],
            reason=row["reason"] or None,
            condition=row["condition"],
            defer_days=whole(row["defer_days"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            label_vi=row["label_vi"],
            label_en=row["label_en"],
        )
        for row in rows("screening_items.csv")
    )


@cache
def doubt_limits() -> dict[str, int]:
    """Limit by name, in days (`doubt_limits.csv`)."""
    return {row["name"]: int(row["value"]) for row in rows("doubt_limits.csv")}
