"""A job runs in one process at a time: whoever holds its lease, a row with an owner and an end in real time.

A process that dies leaves a lease that ends by itself. A job that takes longer keeps renewing its own.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import OperationalError

from server.scheduler.models import JobLock

_LOCK: Table = JobLock.__table__  # type: ignore[assignment]

#: How long a lease holds when nobody renews it, and how often it is renewed.
LEASE = timedelta(seconds=90)
RENEW_SECONDS = 20.0


class LeaseLost(Exception):
    """Another process may run the job by now: stop at once."""


class Lease:
    """A job's lease in this process's hands."""

    def __init__(self, engine: Engine, job: str, owner: str) -> None:
        self.job, self.owner = job, owner
        self._engine = engine
        self._done = threading.Event()
        self._lost = threading.Event()

    def check(self) -> None:
        """Raise LeaseLost when it could not be renewed in time."""
        if self._lost.is_set():
            raise LeaseLost(self.job)

    def keep(self) -> None:
        """Renew it now and then until it is released."""
        while not self._done.wait(RENEW_SECONDS):
            try:
                with self._engine.begin() as connection:
                    kept = _extend(connection, self.job, self.owner, LEASE)
            except OperationalError:  # a busy database: the next try may still be in time
                continue
            if not kept:
                self._lost.set()
                return

    def release(self) -> None:
        """End it, unless it is somebody else's by now."""
        self._done.set()
        with self._engine.begin() as connection:
            _extend(connection, self.job, self.owner, timedelta(0))


@contextmanager
def lease(engine: Engine, job: str, owner: str | None = None) -> Iterator[Lease | None]:
    """The job's lease for the length of the block, kept alive by a thread; None when another has it."""
    owner = owner or f"{socket.gethostname()}:{os.getpid()}"
    with engine.begin() as connection:
        taken = _take(connection, job, owner)
    if not taken:
        yield None
        return
    held = Lease(engine, job, owner)
    keeper = threading.Thread(target=held.keep, name=f"lease of {job}", daemon=True)
    keeper.start()
    try:
        yield held
    finally:
        held.release()
        keeper.join()


def real_now(connection: Connection) -> datetime:
    """The moment by one clock for all processes: the database's, or this machine's where both are on it."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return datetime.now(UTC)


def _take(connection: Connection, job: str, owner: str) -> bool:
    """One statement: a new row, or the row of a lease that has ended. The same on both databases."""
    now = real_now(connection)
    values = {"name": job, "owner": owner, "until": now + LEASE}
    insert: Any = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(_LOCK).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": statement.excluded.owner, "until": statement.excluded.until},
        where=_LOCK.c.until <= now,
    )
    return connection.execute(statement.returning(_LOCK.c.name)).first() is not None


def _extend(connection: Connection, job: str, owner: str, by: timedelta) -> bool:
    now = real_now(connection)
    mine = _LOCK.update().where(_LOCK.c.name == job, _LOCK.c.owner == owner, _LOCK.c.until > now)
    return connection.execute(mine.values(until=now + by)).rowcount > 0
