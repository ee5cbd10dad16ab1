"""Restatements: what a closed period would say today, which cells differ, and which late records made it so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.ledger.author import ServerAuthor
from server.reports.closing import Closed, FrozenUnit
from server.reports.counting import count
from server.reports.evidence import Late, late_records
from server.reports.models import Restatement
from server.reports.standing import Sent, sent_reports
from server.reports.units import Unit
from shared.clock import from_stamp, stamp
from shared.reporting.counting import Rows
from shared.reporting.drafts import SentCell, SentRow
from shared.rules.report_cells import Cell, Change, Value, changes, restated

_RESTATEMENT: Table = Restatement.__table__  # type: ignore[assignment]

#: Late records a restatement names; the others are counted.
NAMED_LATE = 500


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A cell of a unit that is no longer what was closed."""

    unit_id: str
    change: Change


@dataclass(frozen=True, slots=True)
class Restated:
    """A restatement as it was written: the whole difference to the frozen figures at that moment."""

    id: str
    period_id: str
    counted_at: datetime
    changes: tuple[UnitChange, ...]
    late: tuple[Late, ...]
    late_count: int
    why: str
    author_id: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A closed period beside today's count. `news`: something differs from what was last stated."""

    changes: tuple[UnitChange, ...]
    late: tuple[Late, ...]
    news: bool


def compare(
    connection: Connection, closed: Closed, units: Sequence[Unit], last: Restated | None
) -> Comparison:
    """Count the closed period again. `units` are those of its district; `last` its latest restatement."""
    known = {unit.id: unit for unit in units}
    inside = [known[frozen.unit_id] for frozen in closed.units if frozen.unit_id in known]
    counted = count(connection, inside, closed.period)
    sent = sent_reports(connection, inside, closed.form, [closed.period])
    found: list[UnitChange] = []
    for frozen in closed.units:
        if frozen.unit_id not in known:
            continue
        report = sent.get((frozen.unit_id, closed.period.key))
        after = _today(frozen, _replacing(report, frozen, closed), counted[frozen.unit_id])
        found += [UnitChange(frozen.unit_id, change) for change in changes(frozen.values(), after)]
    since = {u.unit_id: u.counted_at or closed.as_of for u in closed.units if u.unit_id in known}
    changed = [unit for unit in inside if any(change.unit_id == unit.id for change in found)]
    late = late_records(connection, changed, closed.period, since) if changed else []
    told = set(last.changes) if last else set()
    return Comparison(tuple(found), tuple(late), set(found) != told)


def restate(author: ServerAuthor, closed: Closed, comparison: Comparison, why: str) -> None:
    """Write a restatement of what was compared. The caller commits."""
    body = {
        "close": closed.id,
        "counted_at": stamp(author.clock.now()),
        "cells": [_cell_body(found) for found in comparison.changes],
        "late": [
            {"entry": late.entry_id, "kind": late.kind, "received_at": stamp(late.received_at)}
            for late in comparison.late[:NAMED_LATE]
        ],
        "late_count": len(comparison.late),
        "why": why,
    }
    author.write("restatement", place=closed.place_id, subject=closed.period_id, body=body)
    author.flush()


def restatements(connection: Connection, periods: Iterable[str]) -> dict[str, list[Restated]]:
    """Period id -> its restatements, the earliest first."""
    query = select(_RESTATEMENT).where(_RESTATEMENT.c.corrected_by.is_(None))
    rows = select_among(connection, query, _RESTATEMENT.c.period_id, list(periods))
    found: dict[str, list[Restated]] = {}
    for row in sorted(rows, key=lambda r: (r.counted_at, r.id)):
        found.setdefault(row.period_id, []).append(_read(row))
    return found


def standing_values(closed: Closed, last: Restated | None) -> dict[str, dict[Cell, Value]]:
    """Unit id -> cells as they stand: the frozen ones with the latest restatement laid over them."""
    values = {unit.unit_id: unit.values() for unit in closed.units}
    for found in last.changes if last else ():
        values.setdefault(found.unit_id, {})[found.change.cell] = found.change.after
    return values


def _replacing(report: Sent | None, frozen: FrozenUnit, closed: Closed) -> Sent | None:
    """A report accepted after the close, about the very same days."""
    if report is None or report.state != "accepted" or report.period.last != closed.period.last:
        return None
    return None if frozen.report in report.heads else report


def _today(frozen: FrozenUnit, report: Sent | None, counted: Rows) -> dict[Cell, Value]:
    """The unit's cells by what is known today. A unit that never sent a report still has none."""
    rows: tuple[SentRow, ...] = report.rows if report else frozen.rows
    values: dict[Cell, Value] = {}
    for row in rows:
        now = counted.get((row.campaign, row.vaccine), {})
        for name, cell in row.cells.items():
            values[Cell(row.campaign, row.vaccine, name)] = _now(cell, now, name)
    if rows:
        asked = rows[0].cells.keys()
        reported = {(row.campaign, row.vaccine) for row in rows}
        for key, now in counted.items():
            if key not in reported and any(now.values()):
                values |= {Cell(*key, name): now.get(name) for name in asked if now.get(name)}
    return values


def _now(cell: SentCell, now: Mapping[str, Value], name: str) -> Value:
    """Where a count was there and the row has no records any more (all withdrawn), it is 0 now."""
    found = now.get(name)
    if not now and cell.counted is not None:
        found = 0
    return restated(cell.value, cell.counted, found)


def _cell_body(found: UnitChange) -> dict[str, Any]:
    cell, before, after = found.change
    body: dict[str, Any] = {
        "unit": found.unit_id,
        "campaign": cell.campaign or None,
        "vaccine": cell.vaccine or None,
        "indicator": cell.indicator,
        "before": before,
        "after": after,
    }
    return {name: value for name, value in body.items() if value is not None}


def _read(row: Any) -> Restated:
    cells = []
    for found in orjson.loads(row.cells):
        cell = Cell(found.get("campaign") or "", found.get("vaccine") or "", found["indicator"])
        cells.append(UnitChange(found["unit"], Change(cell, found.get("before"), found.get("after"))))
    late = tuple(
        Late(found["entry"], found["kind"], "", from_stamp(found["received_at"]))
        for found in orjson.loads(row.late)
    )
    return Restated(
        row.id,
        row.period_id,
        from_stamp(row.counted_at),
        tuple(cells),
        late,
        row.late_count,
        row.why,
        row.author_id,
    )
