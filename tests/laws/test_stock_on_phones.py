"""Two phones and the server show the same book, whatever each wrote, in whatever order the rest reached it."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from mobile.store.project import project
from mobile.store.schema import PROJECTED
from mobile.store.store import Store
from mobile.store.writing import insert_entry
from server.database import open_engine
from server.ledger.accept import accept
from server.ledger.models import EntryRow
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from shared.reading import read_payload
from tests.laws.test_stock import stock_steps
from tests.server.ledger.hands import CLOCK, TODAY
from tests.server.ledger.histories import Step, pushes, write
from tests.server.ledger.test_law import Ledger

TABLES = (
    "stock_movement",
    "stock_balance",
    "stock_count",
    "stock_count_line",
    "transfer",
    "transfer_line",
    "transfer_document",
)


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Ledger]:
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
    yield Ledger(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def phones() -> Iterator[list[Store]]:
    with tempfile.TemporaryDirectory() as folder:
        stores = [Store.create(Path(folder) / str(n), "246813", clock=CLOCK) for n in range(2)]
        yield stores
        for store in stores:
            store.close()


def plain(value: Any) -> str:
    if isinstance(value, bool):
        value = int(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def carried(store: Store, payloads: list[str], chance: random.Random) -> dict[str, list[tuple[str, ...]]]:
    """What a phone shows that hears of all these entries, some at a time, in an order of its own."""
    told = list(payloads)
    chance.shuffle(told)
    with store.database.transaction() as connection:
        for table in ("entry", *PROJECTED):
            connection.execute(f"DELETE FROM {table}")
    while told:
        some = [read_payload(told.pop().encode()) for _ in range(min(len(told), chance.randint(1, 9)))]
        with store.database.transaction() as connection:
            for entry in some:
                insert_entry(connection, entry, origin="pulled")
            project(connection, some, TODAY)
    return {
        table: sorted(
            tuple(plain(row[column]) for column in sorted(row.keys()))
            for row in store.database.rows(f"SELECT * FROM {table}")
        )
        for table in TABLES
    }


def shown(connection: Connection) -> dict[str, list[tuple[str, ...]]]:
    found = {}
    for table in TABLES:
        rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings().all()
        found[table] = sorted(tuple(plain(row[column]) for column in sorted(row)) for row in rows)
    return found


@pytest.mark.proves("R081", "L2", "L9")
@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=stock_steps, chance=st.randoms(use_true_random=False))
def test_phones_and_server_keep_the_same_book(
    in_memory: Ledger, phones: list[Store], history: list[Step], chance: random.Random
) -> None:
    made = write(history)
    with in_memory.anew() as connection:
        for hand, raws in pushes(made, chance):
            accept(connection, hand.sender(), raws, CLOCK, PROJECTORS)
        kinds = ("stock_movement", "stock_count", "count_explanation", "transfer_order", "transfer_decision",
                 "dispatch", "receipt", "settlement")  # fmt: skip
        query = select(EntryRow.payload).where(EntryRow.kind.in_(kinds))
        payloads = list(connection.execute(query).scalars())
        book = shown(connection)
    for store in phones:
        assert carried(store, payloads, chance) == book
