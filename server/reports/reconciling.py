"""Reconciliation with the provincial CDC: two figures, their difference, its reason, the agreed value (R003)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from server.accounts.models import User
from server.database import select_among
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.reports.models import Reconciliation
from shared.identifiers import named_id
from shared.rules.periods import Period

_RECONCILIATION: Table = Reconciliation.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit's figure beside the CDC's. `author` and `at`: who wrote last, and when the server received it."""

    id: str
    unit_id: str
    indicator: str
    vaccine: str | None
    period: Period
    unit_value: int | None
    cdc_value: int | None
    cdc_source: str | None
    reason: str | None
    agreed_value: int | None
    state: str
    author: str
    at: datetime
    entries: int

    @property
    def difference(self) -> int | None:
        """The unit's figure minus the CDC's; None while one of them is not known."""
        if self.unit_value is None or self.cdc_value is None:
            return None
        return self.unit_value - self.cdc_value


def reconciliation_id(unit: str, indicator: str, vaccine: str | None, period: Period) -> str:
    """The subject: one a unit, indicator, vaccine and period."""
    return named_id(
        "reconciliation",
        unit,
        indicator,
        vaccine or "",
        period.kind,
        period.first.isoformat(),
        period.campaign or "",
    )


def reconciliations(connection: Connection, units: Collection[str], state: str = "") -> list[Compared]:
    """Those of these units (in one state, or all), the newest period first."""
    query = select(_RECONCILIATION)
    if state:
        query = query.where(_RECONCILIATION.c.state == state)
    rows = select_among(connection, query, _RECONCILIATION.c.unit_id, sorted(units))
    written = _last_written(connection, [row.id for row in rows])
    found = [_compared(row, *written[row.id]) for row in rows]
    return sorted(
        found, key=lambda c: (-c.period.first.toordinal(), c.state, c.unit_id, c.indicator, c.vaccine or "")
    )


def one(connection: Connection, subject: str) -> Compared | None:
    """One by its id, or None."""
    row = connection.execute(select(_RECONCILIATION).where(_RECONCILIATION.c.id == subject)).first()
    return None if row is None else _compared(row, *_last_written(connection, [subject])[subject])


def write(
    author: ServerAuthor,
    unit: str,
    period: Period,
    indicator: str,
    vaccine: str | None,
    figures: dict[str, Any],
) -> str:
    """Write figures of a reconciliation, new or changed; its id. The caller commits, after `author.flush`.

    `figures`: unit_value, cdc_value, cdc_source, reason, agreed_value, state; what an edit leaves out stays.
    """
    subject = reconciliation_id(unit, indicator, vaccine, period)
    heads = author.heads("reconciliation", subject)
    body = dict(figures)
    if not heads:
        body = {
            "indicator": indicator,
            "vaccine": vaccine,
            "period": period.kind,
            "first_on": period.first.isoformat(),
            "last_on": period.last.isoformat(),
            "campaign": period.campaign,
            "state": "open",
            **figures,
        }
    author.write("reconciliation", place=unit, subject=subject, body=body, based_on=heads)
    return subject


def _last_written(connection: Connection, ids: list[str]) -> dict[str, tuple[str, datetime, int]]:
    """Id -> who wrote last, when that was received, and how many entries there are."""
    query = (
        select(_ENTRY.c.subject_id, _ENTRY.c.received_at, User.full_name)
        .outerjoin(User, User.id == _ENTRY.c.author_id)
        .where(_ENTRY.c.kind == "reconciliation")
    )
    written: dict[str, tuple[str, datetime, int]] = {}
    for row in sorted(
        select_among(connection, query, _ENTRY.c.subject_id, ids), key=lambda row: row.received_at
    ):
        entries = written[row.subject_id][2] if row.subject_id in written else 0
        written[row.subject_id] = (row.full_name or "–", row.received_at, entries + 1)
    return written


def _compared(row: Any, author: str, at: datetime, entries: int) -> Compared:
    return Compared(
        id=row.id,
        unit_id=row.unit_id,
        indicator=row.indicator,
        vaccine=row.vaccine,
        period=Period(row.period, row.first_on, row.last_on, row.campaign_id),
        unit_value=row.unit_value,
        cdc_value=row.cdc_value,
        cdc_source=row.cdc_source,
        reason=row.reason,
        agreed_value=row.agreed_value,
        state=row.state,
        author=author,
        at=at,
        entries=entries,
    )
