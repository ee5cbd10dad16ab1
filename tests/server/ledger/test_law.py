"""The law: what the server shows depends on what was recorded, not on how it arrived.

A history that breaks it is told as it was drawn, at once; `SHRINK=1` looks for the shortest one, for minutes.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from server.accounts.models import Device
from server.database import open_engine
from server.indicators.models import CoverageCell
from server.indicators.refreshing import refresh, stale_villages
from server.ledger.accept import accept
from server.ledger.models import EntryRow, Home
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from tests.server.ledger.hands import (
    CLOCK,
    PROVINCE,
    VILLAGES,
    Hand,
    enrol_hands,
    holds,
    place,
    projected,
    rebuilds_alike,
)
from tests.server.ledger.histories import Step, hands, pushes, steps, write

ADMIN = Hand(place("admin device"), place("admin"), "administrator")
DUE = "2022-04-30"


def plan() -> list[dict[str, Any]]:
    """Villages and goals, so that there are cells to compare."""
    ADMIN.seq = 1
    version = {"valid_from": "2020-01-01", "name": "Bản", "unit_type": "Bản"}
    found = [
        ADMIN.entry("place", village, PROVINCE, {"level": "village", "versions": [version]})
        for village in VILLAGES
    ]
    campaign = {"name_vi": "x", "name_en": "x", "disease": "x", "document": "x", "starts_on": "2022-01-01"}
    found.append(ADMIN.entry("campaign", place("campaign"), PROVINCE, campaign))
    for dose_type, group in (
        ("primary_1", "A18"),
        ("booster_1", "A18"),
        ("primary_2", "A_GROUP_OF_TOMORROW"),
    ):
        target = {
            "campaign": place("campaign"), "target_place": PROVINCE, "age_group": group, "dose_type": dose_type,
            "due_on": DUE, "planned_people": 1, "document": "x", "valid_from": "2022-01-01",
        }  # fmt: skip
        found.append(ADMIN.entry("plan_target", place(f"target {dose_type}"), PROVINCE, target))
    return found


class Ledger:
    """One database that begins again from nothing as often as asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def anew(self) -> Iterator[Connection]:
        """A transaction on an empty ledger with its devices and places, rolled back at the end."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            enrol_hands(connection, [*hands(), ADMIN])
            accept(connection, ADMIN.sender(), plan(), CLOCK, PROJECTORS)
            yield connection
            transaction.rollback()


def arrive(connection: Connection, arriving: list[tuple[Hand, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Deliver the pushes; everything that must not depend on how it was done."""
    for number, (hand, raws) in enumerate(arriving):
        accept(connection, hand.sender(), raws, CLOCK, PROJECTORS)
        if number % 5 == 2:
            refresh(connection, stale_villages(connection), CLOCK)
    holds(connection)
    refresh(connection, stale_villages(connection), CLOCK)
    assert stale_villages(connection) == []
    cells = select(CoverageCell.__table__).with_only_columns(
        *[
            c
            for c in CoverageCell.__table__.c
            if c.name not in ("village_head", "reference_head", "computed_at")
        ]
    )
    shown = {
        "projections": projected(connection),
        "homes": sorted(map(tuple, connection.execute(select(Home.person_id, Home.village_id)))),
        "entries": sorted(connection.execute(select(EntryRow.id)).scalars()),
        "cells": sorted(map(repr, connection.execute(cells))),
        "receipts": sorted(
            (row.id, row.received_through, row.received_count, bytes(row.received_hash))
            for row in connection.execute(select(Device.__table__))
        ),
    }
    refresh(connection, list(VILLAGES), CLOCK)
    assert sorted(map(repr, connection.execute(cells))) == shown["cells"], (
        "a cell was stale and did not say so"
    )
    rebuilds_alike(connection)
    return shown


def straight(made: list[Hand]) -> list[tuple[Hand, list[dict[str, Any]]]]:
    return [(hand, hand.written) for hand in made]


def one_by_one(made: list[Hand]) -> list[tuple[Hand, list[dict[str, Any]]]]:
    return [(hand, [raw]) for hand in reversed(made) for raw in reversed(hand.written)]


def obeys(ledger: Ledger, history: list[Step], chance: random.Random) -> None:
    made = write(history)
    ways: list[Callable[[], Any]] = [
        lambda: straight(made),
        lambda: one_by_one(made),
        lambda: pushes(made, chance),
    ]
    shown = []
    for way in ways:
        with ledger.anew() as connection:
            shown.append(arrive(connection, way()))
    assert shown[0] == shown[1] == shown[2]


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Ledger]:
    engine = open_engine("sqlite://")
    with engine.connect() as connection:  # one connection: the database lives as long as it does
        metadata.create_all(connection)
        connection.commit()
    yield Ledger(engine)
    engine.dispose()


LAW = pytest.mark.proves("L9", "L7", "L1")
PHASES = tuple(Phase) if os.environ.get("SHRINK") else (Phase.explicit, Phase.generate)


@LAW
@settings(
    max_examples=60, phases=PHASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(history=steps, chance=st.randoms(use_true_random=False))
def test_neither_order_nor_splitting_nor_repetition_matters(
    in_memory: Ledger, history: list[Step], chance: random.Random
) -> None:
    obeys(in_memory, history, chance)


@LAW
@pytest.mark.postgresql
@settings(
    max_examples=10,
    phases=PHASES,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
@given(history=steps, chance=st.randoms(use_true_random=False))
def test_the_same_on_postgresql(pg: Engine, history: list[Step], chance: random.Random) -> None:
    obeys(Ledger(pg), history, chance)
