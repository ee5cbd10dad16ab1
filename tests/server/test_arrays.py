"""Rows go into the database as they are, whatever stands in their text (PostgreSQL gets them as arrays)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from server.database import insert_new, insert_rows, open_engine, select_among
from server.ledger.models import HeldEntry
from server.registers.models import VaccinationSession
from shared.identifiers import named_id, new_id

_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_HELD: Table = HeldEntry.__table__  # type: ignore[assignment]

#: No database stores NUL, and half a surrogate pair has no spelling in UTF-8.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)
NASTY = (
    'a"b',
    "a\\b",
    '\\"',
    "{x},{y}",
    "NULL",
    "null",
    "",
    " ",
    "a,b",
    "\n\t\r",
    "\x01",
    "\\n",
    "Đặng Thị Ớt",
    "😀",
    "\\x61",
)


def session_row(name: str | None, detail: str, closed: bool = False) -> dict[str, object]:
    return {
        "id": new_id(), "site_id": named_id("site"), "held_on": date(2022, 4, 15), "session_type": "fixed",
        "point_name": name, "closed": closed, "detail": detail,
    }  # fmt: skip


def come_back(connection: Connection, rows: list[dict[str, object]]) -> None:
    insert_rows(connection, _SESSION, rows)
    ids = [str(row["id"]) for row in rows]
    found = {row.id: row._asdict() for row in select_among(connection, select(_SESSION), _SESSION.c.id, ids)}
    assert [found[str(row["id"])] for row in rows] == rows


def test_nasty_text_comes_back(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        come_back(connection, [session_row(text, text[::-1], n % 2 == 0) for n, text in enumerate(NASTY)])
        come_back(connection, [session_row(None, text) for text in NASTY])
        come_back(connection, [session_row(None if n % 2 else text, text) for n, text in enumerate(NASTY)])
    engine.dispose()


@pytest.mark.postgresql
@given(st.lists(st.tuples(st.none() | TEXTS, TEXTS, st.booleans()), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(postgresql_url: str, given_rows: list[tuple[str | None, str, bool]]) -> None:
    engine = open_engine(postgresql_url)
    with engine.connect() as connection:
        come_back(connection, [session_row(*row) for row in given_rows])
    engine.dispose()


def test_bytes_moments_and_numbers_come_back(database_url: str) -> None:
    engine = open_engine(database_url)
    moment = datetime(2022, 4, 15, 1, 2, 3, 456789, tzinfo=UTC)
    rows = [
        {
            "entry_id": new_id(), "device_id": named_id("device"), "device_seq": number, "kind": "well",
            "version": 2, "received_at": moment, "digest": bytes((number, 0, 92, 34)) * 8, "payload": "{}",
        }
        for number in range(3)
    ]  # fmt: skip
    with engine.connect() as connection:
        assert insert_new(connection, _HELD, rows[:2], "entry_id") == {row["entry_id"] for row in rows[:2]}
        assert insert_new(connection, _HELD, rows, "entry_id") == {rows[2]["entry_id"]}
        found = connection.execute(select(_HELD).order_by(_HELD.c.device_seq)).all()
        assert [row._asdict() | {"digest": bytes(row.digest)} for row in found] == rows
    engine.dispose()
