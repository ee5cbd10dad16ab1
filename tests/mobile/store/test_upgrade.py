"""A phone that was set up by an older program: its file gets the newer tables, and they are filled from its entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mobile.store import schema, stock
from mobile.store.driver import open_database
from mobile.store.store import Store
from shared import wire
from shared.clock import FixedClock
from tests.mobile.phones import LOT, PIN, STATION, TODAY, make_phone


def as_it_was(home: Path, migrations: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a phone's file again with the tables of an older program: its own entries and settings, nothing else."""
    store = Store.open(home, PIN, clock=FixedClock(TODAY))
    key = store.database._key
    kept = {
        table: [dict(row) for row in store.database.rows(f"SELECT * FROM {table}")]
        for table in ("entry", "meta", "stream", "draft")
    }
    for row in kept["entry"]:  # until entries were packed, their digests stood beside them
        row["digest"] = wire.digest(row["payload"])
    store.close()
    for file in home.glob("store.db*"):
        file.unlink()
    old = open_database(home / "store.db", key)
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:migrations])
    schema.migrate(old)
    monkeypatch.undo()
    for table, rows in kept.items():
        for row in rows:
            marks = ",".join("?" * len(row))
            old.execute(f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", list(row.values()))
    old.close()


@pytest.mark.parametrize("migrations", range(1, len(schema.MIGRATIONS)))
def test_the_book_is_whole_after_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrations: int
) -> None:
    phone = make_phone(tmp_path)
    for vials, reason in ((9, "received"), (-2, "broken")):
        body: dict[str, Any] = {"state": "chilled", "vials": vials, "reason": reason}
        phone.record("stock_movement", subject=LOT, place=STATION, body=body)
    line = {"lot": LOT, "state": "chilled", "vials": 6}
    phone.record("stock_count", place=STATION, body={"lines": [line]})
    phone.save_draft("count:x", "stock_count", {"vials": {}})
    shown = {
        table: [tuple(row) for row in phone.database.rows(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in ("stock_movement", "stock_balance", "stock_count", "stock_count_line")
    }
    unsent, batch = phone.outbox_summary(), phone.next_batch(10)
    phone.close()
    as_it_was(tmp_path, migrations, monkeypatch)
    again = Store.open(tmp_path, PIN, clock=FixedClock(TODAY))
    for table, rows in shown.items():
        assert rows, table
        assert [tuple(row) for row in again.database.rows(f"SELECT * FROM {table} ORDER BY 1, 2")] == rows
    assert again.outbox_summary() == unsent
    assert again.next_batch(10) == batch
    assert again.draft("count:x") == {"vials": {}}
    again.record(
        "stock_movement", subject=LOT, place=STATION, body={"state": "chilled", "vials": 1, "reason": "found"}
    )
    assert [row[0] for row in again.database.rows("SELECT vials FROM stock_balance")] == [8]
    assert stock.counts(again, STATION)
    again.close()
