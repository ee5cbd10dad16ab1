"""Real phones against a real server on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.world import World, make_world, open_world


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A small province in a SQLite file that every test gets a copy of, and its users."""
    from sqlalchemy import create_engine

    from server.database import migrate

    file = tmp_path_factory.mktemp("province") / "tungnha.db"
    engine = create_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    world = make_world(f"sqlite:///{file}")
    world.close()
    return file, world.users


@pytest.fixture
def world(_seeded: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[World]:
    """The small province, served, on SQLite."""
    file, users = _seeded
    copy = tmp_path / "tungnha.db"
    shutil.copyfile(file, copy)
    made = open_world(f"sqlite:///{copy}", users)
    with made.serving():
        yield made
    made.close()


@pytest.fixture
def either_world(database_url: str) -> Iterator[World]:
    """The small province, served, once on SQLite and once on PostgreSQL."""
    made = make_world(database_url)
    with made.serving():
        yield made
    made.close()
