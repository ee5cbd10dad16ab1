"""The overview of a province at the size of a seed: the query behind it, and the whole page as it travels."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, select, text

from server.accounts import session
from server.accounts.models import User
from server.app import create_app
from server.bench.machines import durable_postgresql
from server.database import db, migrate, open_engine
from server.indicators.standings import standings
from server.places.tree import Tree
from server.plans.goals import goals_of
from server.seed.plan import DEMO_DAY, SeedPlan
from server.seed.run import seed
from server.settings import Settings
from shared.clock import FixedClock
from shared.permissions import PROVINCIAL_MANAGER

ROUNDS = 15

_CELLS = text("SELECT people, absent, contraindicated, due, covered FROM coverage_cell")


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """Medians in ms. `limit_ms`: reading the cells alone, in one bare statement."""

    people: int
    cells: int
    seed_seconds: float
    limit_ms: float
    query_ms: float
    page_ms: float
    page_bytes: int

    def as_json(self) -> dict[str, Any]:
        """{people, cells, seed_seconds, limit_ms, query_ms, query_ratio, page_ms, page_ratio, page_bytes}."""
        return {
            "people": self.people,
            "cells": self.cells,
            "seed_seconds": round(self.seed_seconds, 1),
            "limit_ms": round(self.limit_ms, 2),
            "query_ms": round(self.query_ms, 2),
            "query_ratio": round(self.limit_ms / self.query_ms, 3),
            "page_ms": round(self.page_ms, 2),
            "page_ratio": round(self.limit_ms / self.page_ms, 3),
            "page_bytes": self.page_bytes,
        }


def measure(size: str, tell: Callable[[str], None] = lambda step: None) -> CoverageFigures:
    """Seed a durable PostgreSQL and measure on it."""
    clock = FixedClock(DEMO_DAY)
    with durable_postgresql() as database:
        engine = open_engine(database.url)
        migrate(engine)
        tell(f"seed {size}")
        started = time.perf_counter()
        made = seed(engine, SeedPlan(size))
        seconds = time.perf_counter() - started
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        tell("coverage")
        with engine.connect() as connection:
            cells = len(connection.execute(_CELLS).all())
            limit = _median_ms(lambda: connection.execute(_CELLS).all())
            query = _median_ms(lambda: _overview(connection, clock))
        page_ms, size_of_page = _page(engine, database.url, clock)
        engine.dispose()
    return CoverageFigures(made.people, cells, seconds, limit, query, page_ms, size_of_page)


def _overview(connection: Connection, clock: FixedClock) -> object:
    """The figures of the province page: every goal in every district."""
    tree = Tree.load(connection, clock.today())
    (province,) = [node for node in tree.provinces() if any(tree.below(node.id, "village"))]
    goals = goals_of(connection, province.id, clock.today())
    districts = tree.children(province.id, "district")
    places = {node.id: (node.name, tree.villages(node.id)) for node in districts}
    return standings(connection, goals, places, clock.today())


def _page(engine: Engine, url: str, clock: FixedClock) -> tuple[float, int]:
    """(ms, bytes) of the page a provincial manager sees after signing in."""
    key = secrets.token_urlsafe(32)
    app = create_app(Settings(database=url, secret_key=key, secure_cookies=False, clock=clock))

    def sign_in() -> str:
        session.sign_in(db.session.scalars(select(User).where(User.role == PROVINCIAL_MANAGER)).one())
        return ""

    app.add_url_rule("/bench-sign-in", view_func=sign_in)
    client = app.test_client()
    client.get("/bench-sign-in")
    length = len(_get(client))
    median = _median_ms(lambda: _get(client))
    with app.app_context():
        db.engine.dispose()
    return median, length


def _get(client: FlaskClient) -> bytes:
    answer = client.get("/")
    if answer.status_code != 200:
        raise RuntimeError(f"the overview answered {answer.status_code}")
    return bytes(answer.data)


def _median_ms(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1_000
