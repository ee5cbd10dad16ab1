"""Watching closed periods: which may have changed, and the restatement a late record makes by itself."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, Table, select

from server.database import insert_rows, select_among
from server.ledger.author import ServerAuthor
from server.ledger.models import Stream
from server.places.tree import Tree
from server.reports.closing import Closed, closed, standing_closes
from server.reports.models import PeriodClose, ReportWatch
from server.reports.restating import compare, restate, restatements
from server.reports.units import Unit, units_under

_CLOSE: Table = PeriodClose.__table__  # type: ignore[assignment]
_WATCH: Table = ReportWatch.__table__  # type: ignore[assignment]

#: Closed periods older than this are compared only when someone asks.
WATCHED_DAYS = 400

WHY = "Máy tự so số đã chốt với các bản ghi nhận được sau đó."


def to_compare(connection: Connection, today: date) -> list[str]:
    """Ids of the closed periods whose streams moved since they were last compared, the oldest first."""
    since = today - timedelta(days=WATCHED_DAYS)
    query = select(_CLOSE).where(_CLOSE.c.corrected_by.is_(None), _CLOSE.c.last_on >= since)
    found = connection.execute(query.order_by(_CLOSE.c.first_on, _CLOSE.c.id)).all()
    seen = {row.close_id: row.heads for row in connection.execute(select(_WATCH))}
    heads = {row.id: row.head for row in connection.execute(select(Stream.id, Stream.head))}
    moved = []
    for row in found:
        close = closed(row)
        units = units_closed(connection, close)
        if seen.get(close.id) != _heads(heads, units):
            moved.append(close.id)
    return moved


def compare_and_restate(connection: Connection, author: ServerAuthor, close_id: str) -> bool:
    """Compare one closed period; whether a restatement was written. The caller commits.

    Heads are read first: the watch can only lag behind the figures, never run ahead.
    """
    row = connection.execute(select(_CLOSE).where(_CLOSE.c.id == close_id)).one()
    close = standing_closes(connection, [row.period_id]).get(row.period_id)
    if close is None or close.id != close_id:
        return False
    units = units_closed(connection, close)
    streams = sorted({place for unit in units for place in unit.places})
    query = select(Stream.id, Stream.head)
    heads = {found.id: found.head for found in select_among(connection, query, Stream.id, streams)}
    last = restatements(connection, [close.period_id]).get(close.period_id, [])
    comparison = compare(connection, close, units, last[-1] if last else None)
    if comparison.news:
        restate(author, close, comparison, WHY)
    watch = {"close_id": close.id, "heads": _heads(heads, units)}
    insert_rows(connection, _WATCH, [watch], replace=("close_id",))
    return comparison.news


def units_closed(connection: Connection, close: Closed) -> list[Unit]:
    """The units of a closed period, as the places stood on its last day."""
    tree = Tree.load(connection, close.period.last)
    wanted = {unit.unit_id for unit in close.units}
    if close.place_id not in tree.nodes:
        return []
    return [unit for unit in units_under(tree, close.place_id) if unit.id in wanted]


def _heads(heads: dict[str, int], units: list[Unit]) -> int:
    return sum(heads.get(place, 0) for unit in units for place in unit.places)
