"""Closing a period: the accepted cells of a district's units, frozen in one entry (R088)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.ledger.author import ServerAuthor
from server.plans.versions import PlanVersion
from server.reports.models import PeriodClose
from server.reports.standing import Sent, state_of
from server.reports.units import Unit
from shared.clock import from_stamp, stamp
from shared.faults import Refused, fault
from shared.identifiers import named_id
from shared.reporting.drafts import SentRow, sent_rows
from shared.reporting.layouts import Layout
from shared.rules.periods import Period
from shared.rules.report_cells import Cell, Value

_CLOSE: Table = PeriodClose.__table__  # type: ignore[assignment]

#: Names of units in the words of a fault; the others are only counted.
NAMED_UNITS = 8


@dataclass(frozen=True, slots=True)
class FrozenUnit:
    """A unit as it was closed. Rows only where its report was accepted."""

    unit_id: str
    state: str
    report: str | None
    counted_at: datetime | None
    rows: tuple[SentRow, ...]

    def values(self) -> dict[Cell, Value]:
        """Every frozen cell's value."""
        return {
            Cell(row.campaign, row.vaccine, name): cell.value
            for row in self.rows
            for name, cell in row.cells.items()
        }


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed period of a district."""

    id: str
    period_id: str
    place_id: str
    form: str
    period: Period
    plan_document: str | None
    plan_valid_from: date | None
    as_of: datetime
    reason: str | None
    units: tuple[FrozenUnit, ...]
    author_id: str

    @property
    def missing(self) -> list[FrozenUnit]:
        """Units whose figures are not in it."""
        return [unit for unit in self.units if unit.state != "accepted"]


def period_id(form: str, place: str, period: Period) -> str:
    """The subject of a closed period: an interim close of a campaign is another than a later one."""
    until = period.last.isoformat() if period.kind == "campaign" else ""
    return named_id(
        "period", form, place, period.kind, period.first.isoformat(), period.campaign or "", until
    )


def unaccepted(units: Iterable[Unit], sent: Mapping[str, Sent]) -> list[Unit]:
    """Units without an accepted report (unit id -> its report)."""
    return [unit for unit in units if state_of(sent.get(unit.id)) != "accepted"]


def close(
    author: ServerAuthor,
    layout: Layout,
    place: str,
    period: Period,
    units: Sequence[Unit],
    sent: Mapping[str, Sent],
    plan: PlanVersion | None,
    reason: str,
) -> str:
    """Freeze a district's period; the entry's id's subject. The caller commits.

    Raises Refused: `report.not_over`, `report.closed`, and `report.unaccepted` while units are missing and no
    reason is given.
    """
    if period.last > author.clock.today():
        raise Refused(fault("report.not_over"))
    if standing_closes(author.connection, [period_id(layout.code, place, period)]):
        raise Refused(fault("report.closed"))
    left = unaccepted(units, sent)
    if left and not reason.strip():
        more = ["…"] if len(left) > NAMED_UNITS else []
        named = ", ".join([*(unit.name for unit in left[:NAMED_UNITS]), *more])
        raise Refused(fault("report.unaccepted", count=len(left), units=named))
    body = {
        "form": layout.code,
        "period": period.kind,
        "first_on": period.first.isoformat(),
        "last_on": period.last.isoformat(),
        "campaign": period.campaign,
        "plan_document": plan.document if plan else None,
        "plan_valid_from": plan.valid_from.isoformat() if plan else None,
        "as_of": stamp(author.clock.now()),
        "reason": reason.strip() or None if left else None,
        "units": [_frozen(unit, sent.get(unit.id)) for unit in units],
    }
    subject = period_id(layout.code, place, period)
    author.write("period_close", place=place, subject=subject, body=body)
    author.flush()
    return subject


def standing_closes(connection: Connection, periods: Sequence[str]) -> dict[str, Closed]:
    """Period id -> its close. Of two written at once the smaller id holds."""
    query = select(_CLOSE).where(_CLOSE.c.corrected_by.is_(None)).order_by(_CLOSE.c.id)
    found: dict[str, Closed] = {}
    for row in sorted(select_among(connection, query, _CLOSE.c.period_id, list(periods)), key=lambda r: r.id):
        found.setdefault(row.period_id, closed(row))
    return found


def closed(row: Any) -> Closed:
    """A row of `period_close` as it is read."""
    return Closed(
        id=row.id,
        period_id=row.period_id,
        place_id=row.place_id,
        form=row.form,
        period=Period(row.period, row.first_on, row.last_on, row.campaign_id),
        plan_document=row.plan_document,
        plan_valid_from=row.plan_valid_from,
        as_of=from_stamp(row.as_of),
        reason=row.reason,
        units=tuple(_thawed(unit) for unit in orjson.loads(row.units)),
        author_id=row.author_id,
    )


def _frozen(unit: Unit, sent: Sent | None) -> dict[str, Any]:
    state = state_of(sent)
    frozen: dict[str, Any] = {"unit": unit.id, "state": state}
    if sent is None or state != "accepted":
        return frozen
    frozen |= {
        "report": sent.heads[-1],
        "counted_at": stamp(sent.counted_at),
        "nothing_held": sent.nothing_held,
        "rows": [_frozen_row(row) for row in sent.rows],
    }
    return frozen


def _frozen_row(row: SentRow) -> dict[str, Any]:
    cells = []
    for name, cell in row.cells.items():
        frozen: dict[str, Any] = {"indicator": name, "value": cell.value}
        if cell.counted is not None:
            frozen["counted"] = cell.counted
        cells.append(frozen)
    named = {name: value for name, value in (("campaign", row.campaign), ("vaccine", row.vaccine)) if value}
    return {**named, "cells": cells}


def _thawed(unit: dict[str, Any]) -> FrozenUnit:
    counted_at = unit.get("counted_at")
    return FrozenUnit(
        unit["unit"],
        unit["state"],
        unit.get("report"),
        from_stamp(counted_at) if counted_at else None,
        sent_rows(unit.get("rows") or []),
    )
