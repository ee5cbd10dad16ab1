"""Code lists: reasons, ethnic groups, columns of the report forms."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from shared.reference.tables import day, rows, several

REASON_GROUPS = (
    "refusal",
    "absence",
    "contraindication",
    "deferral",
    "cannot_come",
    "stock",
    "fefo_override",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason. A code is never removed: `valid_to` ends it, and records that hold it stay readable."""

    code: str
    group: str  # one of REASON_GROUPS
    label_vi: str
    label_en: str
    sign: int  # stock only: +1 adds, -1 takes away, 0 either way
    reason_class: str  # stock only: flow | open_vial | closed_vial | adjustment
    valid_from: date
    valid_to: date | None
    status: str


@dataclass(frozen=True, slots=True)
class EthnicGroup:
    """An ethnic group of the national list. `local_names` serve search only, never show them: some insult."""

    code: str
    name: str
    name_as_published: str
    local_names: tuple[str, ...]
    provinces_unverified: tuple[str, ...]  # of the four provinces, where the group is expected; for seed data
    source: str


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column of a report form; `indicator` is "" where no figure of this system fills it."""

    form_code: str
    form: str
    column_no: int
    column_vi: str
    indicator: str
    status: str


@cache
def reasons(group: str) -> dict[str, Reason]:
    """Code -> reason of a group, in the order to show them. Raises KeyError for an unknown group.

    Outcomes refused and hesitant use "refusal", absent "absence", deferred "deferral", contraindicated
    "contraindication"; stock movements use "stock".
    """
    if group not in REASON_GROUPS:
        raise KeyError(f"no reasons are grouped under {group!r}: only {REASON_GROUPS}")
    return {row["code"]: _reason(row) for row in rows("reasons.csv") if row["group"] == group}


@cache
def ethnic_groups() -> dict[str, EthnicGroup]:
    """Code (01–54, 55 foreigner, 99 unknown) -> ethnic group."""
    return {
        row["code"]: EthnicGroup(
            code=row["code"],
            name=row["name"],
            name_as_published=row["name_as_published"],
            local_names=several(row["local_names"]),
            provinces_unverified=several(row["provinces_unverified"]),
            source=row["source"],
        )
        for row in rows("ethnic_groups.csv")
    }


@cache
def report_forms() -> dict[str, tuple[FormColumn, ...]]:
    """Form code -> its columns in order. A layout this project completed stands for the form as it was published."""
    return _forms("report_forms.csv") | _forms("report_layouts.csv")


def _forms(filename: str) -> dict[str, tuple[FormColumn, ...]]:
    forms: dict[str, tuple[FormColumn, ...]] = {}
    for row in rows(filename):
        column = FormColumn(**(row | {"column_no": int(row["column_no"])}))  # type: ignore[arg-type]
        forms[column.form_code] = (*forms.get(column.form_code, ()), column)
    return forms


@cache
def schedule_limits() -> dict[str, int]:
    """Limit by name, in days: how soon after falling due a dose is still on schedule."""
    return {row["name"]: int(row["value"]) for row in rows("schedule_limits.csv")}


@cache
def report_due_days() -> dict[str, int]:
    """Kind of period -> days after its end by which a report is due."""
    return {row["period"]: int(row["due_days"]) for row in rows("report_periods.csv")}


def _reason(row: dict[str, str]) -> Reason:
    return Reason(
        code=row["code"],
        group=row["group"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        sign=int(row["sign"] or 0),
        reason_class=row["class"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=day(row["valid_to"]),
        status=row["status"],
    )
