"""An engine on a fresh database of either sort."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from server.database import open_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """On SQLite and on PostgreSQL."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def pg(postgresql_url: str) -> Iterator[Engine]:
    """On PostgreSQL only: what several connections do to each other."""
    made = open_engine(postgresql_url, pool_size=20)
    yield made
    made.dispose()
