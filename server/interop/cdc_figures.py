"""Import of the provincial CDC's figures, to be compared with those of the units (R003)."""

from __future__ import annotations

from typing import Any

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, code, commune_code, one_of, people, words
from server.reports.reconciling import Compared, one, reconciliation_id
from server.reports.unit_figures import place_figures
from shared.faults import fault
from shared.records.report import PERIODS
from shared.reference import vaccines
from shared.reporting.indicators import COUNTS, INDICATORS
from shared.rules.periods import Period, from_key

_KINDS = {kind: labels for kind, labels in PERIODS.items() if kind != "campaign"}
_INDICATORS = {name: (INDICATORS[name].vi, INDICATORS[name].en) for name in COUNTS}
_VACCINES = {name: (found.name_vi, found.name_en) for name, found in vaccines().items()}

LAYOUT = Layout(
    "cdc_figures",
    "reconciliation",
    (
        Column("commune_code", "Mã xã", "Commune code", "03388", commune_code, also=("Mã đơn vị", "Mã ĐVHC")),
        Column("period_kind", "Loại kỳ", "Kind of period", "day", one_of(_KINDS)),
        Column("period", "Kỳ", "Period", "2022-04-15", code, also=("Kỳ báo cáo",)),
        Column("indicator", "Chỉ tiêu", "Indicator", "doses.total", one_of(_INDICATORS)),
        Column("vaccine", "Loại vắc xin", "Vaccine", "PFZ_ADULT", one_of(_VACCINES), required=False),
        Column("cdc_value", "Số của CDC tỉnh", "CDC's figure", "1.250", people, also=("Số CDC",)),
        Column("source", "Nguồn", "Source", "Nền tảng tiêm chủng ngày 16/04", words, required=False),
    ),
)


class CdcFigures:
    """A figure is known by unit, indicator, vaccine and period; the unit's own is taken from its report."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """New and changed figures, in the order of the file."""
        for row in rows:
            if row.action != "fault":
                row.values["unit"] = known.place(row, "commune", row.values["commune_code"])
            if row.action != "fault":
                _period(row)
        refuse_repeats(rows, _key)
        return [change for row in rows if row.action != "fault" for change in [_change(known, row)] if change]


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row.values.get(name) for name in ("unit", "indicator", "vaccine", "found"))


def _period(row: Row) -> None:
    try:
        row.values["found"] = from_key(row.values["period_kind"], row.values["period"])
    except ValueError:
        row.refuse(fault("import.bad_value", "period", row=row.number, value=row.values["period"]))


def _change(known: Known, row: Row) -> Change | None:
    values = row.values
    period: Period = values["found"]
    subject = reconciliation_id(values["unit"], values["indicator"], values.get("vaccine"), period)
    stands = one(known.connection, subject)
    if stands is not None:
        changed = _changed(stands, values)
        row.action = "changed" if changed else "same"
        # A figure that moved is agreed no more.
        body = changed | ({"state": "open"} if stands.state == "agreed" else {})
        return Change("reconciliation", subject, values["unit"], body, edit=True) if changed else None
    own = place_figures(known.connection, known.tree, values["unit"], period)
    body = {
        "indicator": values["indicator"],
        "vaccine": values.get("vaccine"),
        "period": period.kind,
        "first_on": period.first.isoformat(),
        "last_on": period.last.isoformat(),
        "unit_value": own.get((values["indicator"], values.get("vaccine") or "")),
        "cdc_value": values["cdc_value"],
        "cdc_source": values.get("source"),
        "state": "open",
    }
    return Change("reconciliation", subject, values["unit"], body)


def _changed(stands: Compared, values: dict[str, Any]) -> dict[str, Any]:
    told = {"cdc_value": values["cdc_value"], "cdc_source": values.get("source")}
    return {
        name: value for name, value in told.items() if value is not None and value != getattr(stands, name)
    }
