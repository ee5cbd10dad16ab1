"""Seeded databases: two districts of Lai Châu in the spring of 2022, and one after the reform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from server.database import migrate, open_engine
from server.places.tree import Tree
from server.seed.plan import SeedPlan
from server.seed.run import Seeded, seed


@dataclass
class Sown:
    """A seeded database, opened for reading."""

    plan: SeedPlan
    made: Seeded
    engine: Engine
    connection: Connection

    @property
    def tree(self) -> Tree:
        return Tree.load(self.connection, self.plan.today)


def sow(url: str, plan: SeedPlan) -> tuple[Engine, Seeded]:
    engine = open_engine(url)
    migrate(engine)
    return engine, seed(engine, plan)


def _sown(folder: Path, plan: SeedPlan) -> Iterator[Sown]:
    engine, made = sow(f"sqlite:///{folder / 'seeded.db'}", plan)
    with engine.connect().execution_options(readonly=True) as connection:
        yield Sown(plan, made, engine, connection)
    engine.dispose()


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sown]:
    """Twenty communes on 15/04/2022."""
    yield from _sown(tmp_path_factory.mktemp("spring"), SeedPlan(communes=20))


@pytest.fixture(scope="session")
def reformed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sown]:
    """Twelve communes of Kiên Giang as they stand in An Giang."""
    plan = SeedPlan(today=date(2026, 3, 2), province_code="91", communes=12)
    yield from _sown(tmp_path_factory.mktemp("reformed"), plan)
