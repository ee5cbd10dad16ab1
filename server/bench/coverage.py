"""The overview of a province at the size of a seed: the query behind it, and the whole page as it travels."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, bindparam, func, select, text

from server.accounts import session
from server.accounts.models import User
from server.app import create_app
from server.bench.machines import durable_postgresql
from server.database import Id, db, migrate, open_engine
from server.indicators.refreshing import refresh
from server.indicators.standings import standings
from server.places.tree import Tree
from server.plans.goals import goals_of
from server.registers.models import Person
from server.scheduler.work import refresh_all
from server.seed.plan import DEMO_DAY, SeedPlan
from server.seed.run import seed
from server.settings import Settings
from shared.clock import FixedClock
from shared.permissions import PROVINCIAL_MANAGER

ROUNDS = 15

#: Requests of a page; the slowest twentieth of them is what a page is judged by.
REQUESTS = 200

_COLUMNS = "SELECT people, absent, contraindicated, due, covered FROM coverage_cell"
_CELLS = text(_COLUMNS)
_CELLS_OF = text(f"{_COLUMNS} WHERE village_id IN :villages").bindparams(
    bindparam("villages", expanding=True, type_=Id)
)


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """Times in ms: medians, and of pages the 95th percentile of 200 requests. `limit_ms` and `district_limit_ms`:
    reading the cells of the province (of its largest district) alone, in one bare indexed statement.

    `refresh_ms`: counting the largest commune's villages again, `refresh_people` being its people;
    `recount_seconds`: every village of the province.
    """

    people: int
    cells: int
    seed_seconds: float
    limit_ms: float
    query_ms: float
    page_ms: float
    page_bytes: int
    district_limit_ms: float
    district_page_ms: float
    refresh_people: int
    refresh_ms: float
    recount_seconds: float

    def as_json(self) -> dict[str, Any]:
        """Every field, and {query_ratio, page_ratio, district_page_ratio}: the limit divided by the time."""
        told = {name: round(value, 2) for name, value in asdict(self).items()}
        ratios = {
            "query_ratio": self.limit_ms / self.query_ms,
            "page_ratio": self.limit_ms / self.page_ms,
            "district_page_ratio": self.district_limit_ms / self.district_page_ms,
        }
        return told | {name: round(value, 3) for name, value in ratios.items()}


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
            tree = Tree.load(connection, clock.today())
            district = _largest(tree, "district")
            inside = tree.villages(district)
            cells = len(connection.execute(_CELLS).all())
            limit = _median_ms(lambda: connection.execute(_CELLS).all())
            district_limit = _median_ms(lambda: connection.execute(_CELLS_OF, {"villages": inside}).all())
            query = _median_ms(lambda: _overview(connection, clock))
        tell("pages")
        page_ms, size_of_page, district_ms = _pages(engine, database.url, clock, f"/places/{district}")
        tell("refresh")
        refresh_people, refresh_ms = _refresh(engine, clock)
        started = time.perf_counter()
        refresh_all(engine, clock)
        recount = time.perf_counter() - started
        engine.dispose()
    return CoverageFigures(
        made.people, cells, seconds, limit, query, page_ms, size_of_page, district_limit, district_ms,
        refresh_people, refresh_ms, recount,
    )  # fmt: skip


def _largest(tree: Tree, level: str) -> str:
    """The place of a level with the most villages."""
    places = [node.id for node in tree.nodes.values() if node.level == level]
    return max(places, key=lambda place: (len(tree.villages(place)), place))


def _refresh(engine: Engine, clock: FixedClock) -> tuple[int, float]:
    """(people, median ms) of counting the villages of the most populous commune again, rolled back each time."""
    with engine.connect() as connection:
        tree = Tree.load(connection, clock.today())
        counted = select(Person.village_id, func.count()).group_by(Person.village_id)
        living = {row[0]: row[1] for row in connection.execute(counted)}
        communes = [node.id for node in tree.nodes.values() if node.level == "commune"]
        people = {c: sum(living.get(village, 0) for village in tree.villages(c)) for c in communes}
        commune = max(communes, key=lambda c: (people[c], c))
        villages = tree.villages(commune)
        connection.rollback()

        def count() -> None:
            refresh(connection, villages, clock)
            connection.rollback()

        return people[commune], _median_ms(count)


def _overview(connection: Connection, clock: FixedClock) -> object:
    """The figures of the province page: every goal in every district."""
    tree = Tree.load(connection, clock.today())
    (province,) = [node for node in tree.provinces() if any(tree.below(node.id, "village"))]
    goals = goals_of(connection, province.id, clock.today())
    districts = tree.children(province.id, "district")
    places = {node.id: (node.name, tree.villages(node.id)) for node in districts}
    return standings(connection, goals, places, clock.today())


def _pages(engine: Engine, url: str, clock: FixedClock, district: str) -> tuple[float, int, float]:
    """(ms and bytes of the province's page, ms of the district's), as a provincial manager sees them."""
    key = secrets.token_urlsafe(32)
    app = create_app(Settings(database=url, secret_key=key, secure_cookies=False, clock=clock))

    def sign_in() -> str:
        session.sign_in(db.session.scalars(select(User).where(User.role == PROVINCIAL_MANAGER)).one())
        return ""

    app.add_url_rule("/bench-sign-in", view_func=sign_in)
    client = app.test_client()
    client.get("/bench-sign-in")
    length = len(_get(client, "/"))
    province_ms = _slowest_ms(lambda: _get(client, "/"))
    district_ms = _slowest_ms(lambda: _get(client, district))
    with app.app_context():
        db.engine.dispose()
    return province_ms, length, district_ms


def _slowest_ms(work: Callable[[], object]) -> float:
    """The 95th percentile of REQUESTS."""
    return statistics.quantiles(_times_ms(work, REQUESTS), n=20)[-1]


def _get(client: FlaskClient, page: str) -> bytes:
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answered {answer.status_code}")
    return bytes(answer.data)


def _median_ms(work: Callable[[], object]) -> float:
    return statistics.median(_times_ms(work, ROUNDS))


def _times_ms(work: Callable[[], object], rounds: int) -> list[float]:
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1_000)
    return taken
