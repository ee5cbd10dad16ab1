"""A form filled in for many units: one row a unit, campaign and vaccine, and the sums below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from server.reports.closing import period_id, standing_closes
from server.reports.counting import count
from server.reports.restating import restatements, standing_values
from server.reports.standing import Sent, sent_reports
from server.reports.units import Unit
from server.reports.workbook import Column, Sheet
from shared.reporting.layouts import Layout
from shared.rules.periods import Period
from shared.rules.report_cells import Cell, Value, totals

#: Where a unit's figures come from, the firmest first: closed (with its restatements), sent, only counted.
FROM = ("closed", "accepted", "submitted", "queried", "answered", "counted")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row. `source` is one of FROM; `note` the unit's own words."""

    unit: Unit
    campaign: str
    vaccine: str
    values: Mapping[str, Value]
    note: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Names:
    """How a file names what it shows, in its reader's language."""

    campaign: Callable[[str], str]
    vaccine: Callable[[str], str]
    source: Callable[[str], str]


def form_rows(connection: Connection, layout: Layout, units: Sequence[Unit], period: Period) -> list[FormRow]:
    """The form's rows: closed figures as they stand now, else what was sent, else what is counted."""
    sent = {
        unit: report for (unit, _), report in sent_reports(connection, units, layout.code, [period]).items()
    }
    districts = {unit.district_id for unit in units if unit.district_id}
    ids = {period_id(layout.code, district, period) for district in districts}
    closes = standing_closes(connection, sorted(ids))
    told = restatements(connection, closes)
    frozen: dict[str, dict[Cell, Value]] = {}
    for key, closed in closes.items():
        last = told.get(key, [])
        values = standing_values(closed, last[-1] if last else None)
        frozen |= {unit: cells for unit, cells in values.items() if cells}
    counted = count(
        connection, [unit for unit in units if unit.id not in frozen and unit.id not in sent], period
    )
    rows = []
    for unit in units:
        if unit.id in frozen:
            rows += _frozen_rows(unit, frozen[unit.id], sent.get(unit.id))
        elif unit.id in sent:
            rows += _sent_rows(unit, sent[unit.id])
        else:
            rows += [
                FormRow(unit, campaign, vaccine, values, None, "counted")
                for (campaign, vaccine), values in counted[unit.id].items()
            ]
    return rows


def form_totals(layout: Layout, rows: Sequence[FormRow]) -> dict[str, Value]:
    """The sums of the columns; None where a row's figure is not known."""
    return totals(layout.counts, [row.values for row in rows])


def form_sheet(
    layout: Layout, rows: Sequence[FormRow], title: Sequence[str], names: Names, total: str
) -> Sheet:
    """The form as a sheet, with its headings exactly and its columns numbered."""
    sums = form_totals(layout, rows)
    columns = [
        Column(
            column.heading,
            "number" if column.indicator in layout.counts or column.indicator == "row_number" else "text",
        )
        for column in layout.columns
    ]
    lines = [
        [_value(column.indicator, number, row, names) for column in layout.columns]
        for number, row in enumerate(rows, 1)
    ]
    last: list[Any] = [sums.get(column.indicator) for column in layout.columns]
    for place, column in enumerate(layout.columns):
        if column.indicator == "place":
            last[place] = total
    return Sheet(layout.code, title, columns, lines, last if rows else None, numbered=True)


def _value(indicator: str, number: int, row: FormRow, names: Names) -> Any:
    if indicator == "row_number":
        return number
    if indicator == "place":
        return row.unit.name
    if indicator == "campaign":
        return names.campaign(row.campaign)
    if indicator == "vaccine":
        return names.vaccine(row.vaccine)
    if indicator == "note":
        words = [row.note, None if row.source in ("closed", "accepted") else names.source(row.source)]
        return "; ".join(word for word in words if word) or None
    return row.values.get(indicator)


def _frozen_rows(unit: Unit, cells: Mapping[Cell, Value], sent: Sent | None) -> list[FormRow]:
    notes = {(row.campaign, row.vaccine): row.note for row in sent.rows} if sent else {}
    by_row: dict[tuple[str, str], dict[str, Value]] = {}
    for cell, value in cells.items():
        by_row.setdefault((cell.campaign, cell.vaccine), {})[cell.indicator] = value
    return [FormRow(unit, *key, values, notes.get(key), "closed") for key, values in by_row.items()]


def _sent_rows(unit: Unit, sent: Sent) -> list[FormRow]:
    return [
        FormRow(
            unit,
            row.campaign,
            row.vaccine,
            {name: cell.value for name, cell in row.cells.items()},
            row.note,
            sent.state,
        )
        for row in sent.rows
    ]
