"""Every projection is what a rebuild from the entries gives, table by table, row by row, column by column."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, select

from server.checks.findings import Findings
from server.checks.streaming import by_bytes, count_of, rows_of, side_by_side
from server.database import open_engine
from server.ledger.rebuild import rebuild
from server.sync.projectors import PROJECTED, PROJECTORS
from server.tables import metadata


def check_projections(connection: Connection, findings: Findings) -> None:
    """Rebuild beside what is stored (in a scratch file) and compare."""

    def tell(done: int, total: int) -> None:
        findings.tell(findings.name, done, total)

    with _scratch() as engine:
        with engine.begin() as target:
            rebuild(connection, target, PROJECTORS, PROJECTED, tell)
        findings.expect(count_of(connection, *PROJECTED))
        with engine.connect() as rebuilt:
            for table in PROJECTED:
                _compare(findings, table, connection, rebuilt)


def _compare(findings: Findings, table: Table, stored: Connection, rebuilt: Connection) -> None:
    keys = [column.name for column in table.primary_key]
    places = [list(table.columns.keys()).index(name) for name in keys]

    def rows(connection: Connection) -> Iterator[Any]:
        order = [by_bytes(connection, column) for column in table.primary_key]
        return rows_of(connection, select(table).order_by(*order))

    def key(row: Any) -> tuple[Any, ...]:
        return tuple(row[place] for place in places)

    for one, other in side_by_side(rows(stored), rows(rebuilt), key, key):
        findings.look()
        if one is None:
            findings.differ("projection.missing", table=table.name, row=_spelt(key(other)))
        elif other is None:
            findings.differ("projection.extra", table=table.name, row=_spelt(key(one)))
        elif tuple(one) != tuple(other):
            _name_columns(findings, table, _spelt(key(one)), one, other)


def _name_columns(findings: Findings, table: Table, key: str, one: Any, other: Any) -> None:
    for name, stored, expected in zip(table.columns.keys(), one, other, strict=True):
        if stored != expected:
            findings.differ(
                "projection.column", table=table.name, row=key, column=name, stored=stored, expected=expected
            )


def _spelt(key: tuple[Any, ...]) -> str:
    return " ".join(map(str, key))


@contextmanager
def _scratch() -> Iterator[Engine]:
    """An empty SQLite file with the projected tables, gone afterwards; nothing in it must survive a crash."""
    with tempfile.TemporaryDirectory(prefix="tungnha-verify-") as folder:
        engine = open_engine(str(Path(folder) / "rebuilt.db"))
        event.listen(engine, "connect", _hurry)
        metadata.create_all(engine, tables=list(PROJECTED))
        try:
            yield engine
        finally:
            engine.dispose()


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
