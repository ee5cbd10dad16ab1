"""The law of figures: whatever happened and however it arrived, an outsider with the exported entries counts the
same cells (R076). `recount` shares no code with the product.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Table, select

from server.database import open_engine
from server.indicators.counting import count_days, count_people
from server.indicators.definitions import MEASURES, register_as_of
from server.indicators.refreshing import CELLS, refresh, stale_villages
from server.ledger.accept import accept
from server.plans.goals import every_goal
from server.reports.entries import write_entries
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from tests.laws.recount import Recount, read
from tests.server.ledger.hands import CLOCK, PROVINCE, TODAY, VILLAGES, Hand, enrol_hands, place
from tests.server.ledger.histories import Step, hands, pushes, steps, write

ADMIN = Hand(place("admin device"), place("admin"), "administrator")

#: (age group, dose, due on): adults and children, boosters, month ends, a group nobody knows.
GOALS = (
    ("A18", "primary_1", "2022-04-30"),
    ("A18", "booster_1", "2022-04-30"),
    ("A18", "booster_1", "2021-12-10"),
    ("A18", "booster_2", "2022-02-28"),
    ("A12_17", "primary_2", "2022-04-30"),
    ("A_GROUP_OF_TOMORROW", "primary_2", "2022-04-30"),
)

#: What names a cell, of each table.
KEYS = {
    "covered_day": ("campaign_id", "age_group", "dose_type", "due_on", "given_on"),
    "group_cell": ("campaign_id", "age_group", "dose_type", "due_on", "vulnerable"),
    "coverage_cell": ("campaign_id", "age_group", "dose_type", "due_on"),
    "dose_tally": ("site_id", "given_on", "dose_type", "vaccine", "age_group"),
    "outreach_cell": (),
    "refusal_cell": ("outcome", "reason"),
}


def plan() -> list[dict[str, Any]]:
    ADMIN.seq = 1
    version = {"valid_from": "2020-01-01", "name": "Bản", "unit_type": "Bản"}
    bodies = [(village, {"level": "village", "versions": [version]}) for village in VILLAGES]
    found = [ADMIN.entry("place", subject, PROVINCE, body) for subject, body in bodies]
    campaign = {"name_vi": "x", "name_en": "x", "disease": "x", "document": "x", "starts_on": "2022-01-01"}
    found.append(ADMIN.entry("campaign", place("campaign"), PROVINCE, campaign))
    for group, dose_type, due_on in GOALS:
        target = {
            "campaign": place("campaign"), "target_place": PROVINCE, "age_group": group, "dose_type": dose_type,
            "due_on": due_on, "planned_people": 1, "document": "x", "valid_from": "2022-01-01",
        }  # fmt: skip
        found.append(ADMIN.entry("plan_target", place(f"{group} {dose_type} {due_on}"), PROVINCE, target))
    return found


@contextmanager
def anew(engine: Engine) -> Iterator[Connection]:
    """A transaction on an empty ledger with its devices, places and plan, rolled back at the end."""
    with engine.connect() as connection, connection.begin() as transaction:
        enrol_hands(connection, [*hands(), ADMIN])
        accept(connection, ADMIN.sender(), plan(), CLOCK, PROJECTORS)
        yield connection
        transaction.rollback()


def exported(connection: Connection, **chosen: Any) -> str:
    out = io.StringIO()
    write_entries(out, connection, **chosen)
    return out.getvalue()


def stored(connection: Connection, cells: Table) -> dict[tuple[str, ...], tuple[int, ...]]:
    rows = connection.execute(select(cells)).mappings()
    return keyed(cells.name, map(dict, rows))


def keyed(name: str, rows: Any) -> dict[tuple[str, ...], tuple[int, ...]]:
    keys = ("village_id", *KEYS[name])
    return {
        tuple(str(row[key]) for key in keys): tuple(number for key, number in row.items() if key not in keys)
        for row in rows
    }


def agrees(engine: Engine, history: list[Step], chance: random.Random) -> None:
    with anew(engine) as connection:
        for number, (hand, raws) in enumerate(pushes(write(history), chance)):
            accept(connection, hand.sender(), raws, CLOCK, PROJECTORS)
            if number % 5 == 2:
                refresh(connection, stale_villages(connection), CLOCK)
        refresh(connection, stale_villages(connection), CLOCK)
        counted = everything(Recount(read(exported(connection))))
        for cells in CELLS:
            assert stored(connection, cells) == counted[cells.name], cells.name
        for day in (TODAY - timedelta(days=days) for days in (0, 1, 2, 3, 5, 40, 200)):
            entries = exported(connection, province=PROVINCE, as_of=day)
            assert as_it_was(connection, day) == Recount(read(entries), day).coverage(), day


def everything(recount: Recount) -> dict[str, Any]:
    names = ("coverage_cell", "covered_day", "group_cell", "dose_tally", "outreach_cell", "refusal_cell")
    return dict(zip(names, (*recount.coverage(), recount.tallies(), *recount.outreach()), strict=True))


def as_it_was(connection: Connection, day: date) -> tuple[Any, Any, Any]:
    goals, register = every_goal(connection, PROVINCE), register_as_of(day)
    cells, groups = count_people(connection, list(VILLAGES), goals, register)
    rows = (cells, count_days(connection, list(VILLAGES), goals, register), groups)
    names = ("coverage_cell", "covered_day", "group_cell")
    return tuple(keyed(name, found) for name, found in zip(names, rows, strict=True))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Engine]:
    engine = open_engine("sqlite://")
    with engine.connect() as connection:  # one connection: the database lives as long as it does
        metadata.create_all(connection)
        connection.commit()
    yield engine
    engine.dispose()


CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
PHASES = (Phase.explicit, Phase.generate)
LAW = pytest.mark.proves("R076", "R018", "L18", "L28")


@LAW
@settings(max_examples=60, phases=PHASES, suppress_health_check=CHECKS)
@given(history=steps, chance=st.randoms(use_true_random=False))
def test_an_outsider_counts_the_same(in_memory: Engine, history: list[Step], chance: random.Random) -> None:
    agrees(in_memory, history, chance)


@LAW
@pytest.mark.postgresql
@settings(max_examples=8, phases=PHASES, suppress_health_check=CHECKS)
@given(history=steps, chance=st.randoms(use_true_random=False))
def test_the_same_on_postgresql(pg: Engine, history: list[Step], chance: random.Random) -> None:
    agrees(pg, history, chance)


def test_the_histories_fill_every_cell(in_memory: Engine) -> None:
    """A law about nothing would hold, too: random histories reach every column of every table."""
    reached: dict[str, set[int]] = {}
    for seed in range(30):
        chance = random.Random(seed)
        history = [tuple(chance.randrange(1_000) for _ in range(4)) for _ in range(60)]
        with anew(in_memory) as connection:
            for hand, raws in pushes(write(history), chance):  # type: ignore[arg-type]
                accept(connection, hand.sender(), raws, CLOCK, PROJECTORS)
            refresh(connection, stale_villages(connection), CLOCK)
            for cells in CELLS:
                for numbers in stored(connection, cells).values():
                    reached.setdefault(cells.name, set()).update(
                        n for n, value in enumerate(numbers) if value
                    )
    columns = {cells.name: len(cells.c) - 1 - len(KEYS[cells.name]) for cells in CELLS}
    missing = {name: set(range(count)) - reached.get(name, set()) for name, count in columns.items()}
    assert not any(missing.values()), missing
    assert len(MEASURES) == columns["coverage_cell"]
