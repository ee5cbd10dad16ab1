"""An engine for several connections at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from server.database import open_engine


@pytest.fixture
def pg(postgresql_url: str) -> Iterator[Engine]:
    """On PostgreSQL only: what several connections do to each other."""
    made = open_engine(postgresql_url, pool_size=20)
    yield made
    made.dispose()
