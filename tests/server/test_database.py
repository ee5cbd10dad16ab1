"""The bulk statements of the sync path, alike on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Date, Engine, LargeBinary, MetaData, Table, Text, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from server.database import (
    Id,
    Instant,
    in_parts,
    insert_new,
    insert_rows,
    migrate,
    normal_url,
    open_engine,
    select_among,
)
from shared.identifiers import named_id

metadata = MetaData()
THING = Table(
    "thing", metadata,
    Column("id", Id, primary_key=True), Column("name", Text), Column("made_at", Instant), Column("on", Date),
    Column("digest", LargeBinary),
)  # fmt: skip
NOON = datetime(2022, 4, 15, 12, tzinfo=timezone(timedelta(hours=7)))


def thing(number: int, name: str | None = "x") -> dict[str, Any]:
    return {
        "id": named_id(str(number)),
        "name": name,
        "made_at": NOON,
        "on": date(2022, 4, 15),
        "digest": b"\0\xff\\x",
    }


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    metadata.create_all(made)
    yield made
    made.dispose()


def test_rows_come_back_as_they_went(engine: Engine) -> None:
    awkward = "Ớ \\ ' \" \u2028 😀 \\u0041 {}"
    with engine.begin() as connection:
        insert_rows(connection, THING, [thing(1, awkward), thing(2, None)])
        insert_rows(connection, THING, [])
        rows = {row.id: row for row in connection.execute(select(THING))}
    one = rows[named_id("1")]
    assert (one.name, one.made_at, one.on, bytes(one.digest)) == (
        awkward,
        NOON.astimezone(UTC),
        date(2022, 4, 15),
        b"\0\xff\\x",
    )
    assert one.made_at.tzinfo is not None
    assert rows[named_id("2")].name is None


def test_replace_keep_and_neither(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_rows(connection, THING, [thing(1), thing(2)])
        insert_rows(connection, THING, [thing(2, "new"), thing(1, "new"), thing(3, "new")], replace=("id",))
        insert_rows(connection, THING, [thing(3, "newer"), thing(4, "newer")], keep=True)
        names = dict(connection.execute(select(THING.c.id, THING.c.name)).tuples().all())
    assert [names[named_id(str(n))] for n in (1, 2, 3, 4)] == ["new", "new", "new", "newer"]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        insert_rows(connection, THING, [thing(1)])


def test_insert_new_names_only_what_is_new(engine: Engine) -> None:
    with engine.begin() as connection:
        assert insert_new(connection, THING, [thing(1), thing(2)], "id") == {named_id("1"), named_id("2")}
        assert insert_new(connection, THING, [thing(2, "other"), thing(3)], "id") == {named_id("3")}
        assert insert_new(connection, THING, [thing(2)], "id") == set()
        assert insert_new(connection, THING, [], "id") == set()
        assert connection.execute(select(THING.c.name).where(THING.c.id == named_id("2"))).scalar_one() == "x"


def test_select_among_many(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_rows(connection, THING, [thing(n) for n in range(1_200)])
        wanted = [named_id(str(n)) for n in range(0, 2_400, 2)]
        assert len(select_among(connection, select(THING.c.id), THING.c.id, wanted)) == 600
        assert select_among(connection, select(THING.c.id), THING.c.id, []) == []
        days = select_among(connection, select(THING.c.id), THING.c.on, {date(2022, 4, 15)})
        assert len(days) == 1_200


def test_a_moment_has_a_zone(engine: Engine) -> None:
    with pytest.raises(StatementError, match="without a zone"), engine.begin() as connection:
        connection.execute(THING.insert().values(id=named_id("1"), made_at=NOON.replace(tzinfo=None)))


def test_sqlite_is_durable_and_writers_wait(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
        assert found == ["wal", 2, 1, 30_000]
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    with engine.connect().execution_options(readonly=True) as reading, engine.connect() as writing:
        reading.execute(text("SELECT count(*) FROM entry"))
        writing.execute(text("SELECT 1"))
    engine.dispose()


def test_urls() -> None:
    assert normal_url("data.db") == "sqlite:///data.db"
    assert normal_url("postgresql://a@b/c") == normal_url("postgres://a@b/c") == "postgresql+psycopg://a@b/c"
    assert normal_url("sqlite:///x") == "sqlite:///x"
    assert [list(part) for part in in_parts([1, 2, 3], 2)] == [[1, 2], [3]]


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(str(tmp_path / "new.db"))
    migrate(engine)
    before = sorted(inspect(engine).get_table_names())
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == before
    assert {"entry", "stream", "delivery", "alembic_version"} <= set(before)
    engine.dispose()
