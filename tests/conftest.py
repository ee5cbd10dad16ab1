"""What every test may ask for: a fresh database of either sort, and the names of what it proves."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine

from shared.text.translations import Catalogue
from tests.postgresql import Cluster, running_cluster
from tests.traceability import known_ids

# The same examples in every run, so that a failure is one for whoever runs it next; `--hypothesis-profile=explore`
# looks for new ones.
settings.register_profile("steady", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("steady")

# A message that nobody wrote is an error here, not a key on a screen.
Catalogue.strict = True

# A developer's own settings must not reach a test, and Kivy reads these at its first import.
for variable in [name for name in os.environ if name.startswith("TUNGNHA_")]:
    del os.environ[variable]
KIVY_HOME = tempfile.mkdtemp(prefix="tungnha-kivy-")
os.environ.update(
    SDL_VIDEODRIVER="offscreen",
    KIVY_CLIPBOARD="dummy",
    KIVY_HOME=KIVY_HOME,
    KIVY_NO_ARGS="1",
    KIVY_NO_CONFIG="1",
    KIVY_NO_CONSOLELOG="1",
    KIVY_NO_FILELOG="1",
)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(KIVY_HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that says it proves something nobody asked for has a misprint. Files with a slow test begin first, so that
    no core stands idle beside the last of them.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    known = known_ids()
    for item in items:
        for mark in item.iter_markers("proves"):
            if unknown := set(mark.args) - known:
                raise pytest.UsageError(f"{item.nodeid}: proves {sorted(unknown)}, which no list holds")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(_sqlite_template: Path | None, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite file."""
    file = tmp_path / "tungnha.db"
    if _sqlite_template is not None:
        shutil.copyfile(_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(_postgresql: tuple[Cluster, str]) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database, dropped after the test."""
    cluster, template = _postgresql
    database = cluster.create(template)
    yield cluster.url(database)
    cluster.drop(database)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    file = tmp_path_factory.mktemp("template") / "tungnha.db"
    return file if _migrate(f"sqlite:///{file}") else None


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[tuple[Cluster, str]]:
    """The run's cluster, and the name of the migrated database that every test's own is a copy of."""
    with running_cluster() as cluster:
        template = cluster.create()
        _migrate(cluster.url(template))
        yield cluster, template


def _migrate(url: str) -> bool:
    """Bring an empty database up to date; False while the project has no tables yet."""
    try:
        migrate: Callable[[object], object] = import_module("server.database").migrate
    except (ImportError, AttributeError):
        return False
    engine = create_engine(url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return True
