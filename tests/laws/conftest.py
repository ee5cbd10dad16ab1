"""A database of its own for each law."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from server.database import open_engine


@pytest.fixture
def pg(postgresql_url: str) -> Iterator[Engine]:
    """On PostgreSQL."""
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()
