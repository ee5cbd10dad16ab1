"""Connections and transactions: one connection a thread, one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mobile.store.driver import Connection, disk_is_full, open_database
from mobile.store.room import Reserve
from mobile.store.schema import migrate
from shared.faults import Refused, fault


class Database:
    """The encrypted file of a phone and the room kept for records. Readers never wait for the writer (WAL)."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self.reserve = Reserve(path.parent)
        self._local = threading.local()
        self._all: list[Connection] = []
        self._guard = threading.Lock()
        self._writing = threading.RLock()
        migrate(self.connection)

    @property
    def connection(self) -> Connection:
        """This thread's connection, opened at first use."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = open_database(self._path, self._key)
            self._local.connection = connection
            with self._guard:
                self._all.append(connection)
        return connection

    def rows(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """All rows of a query, each readable by position and by column name."""
        return self.connection.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any | None:
        """The first row of a query, or None."""
        return self.connection.execute(statement, values).fetchone()

    def version(self) -> tuple[int, int]:
        """Another value after anything was written, by this thread or another; as this thread sees the file now."""
        connection = self.connection
        return (connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it durable at the end, or nothing; inside another one it is part of that one.

        Raises Refused (phone.storage_full) when the storage is full.
        """
        with self._writing:
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            self.reserve.before_writing()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if disk_is_full(error):
                    raise Refused(fault("phone.storage_full")) from error
                raise

    def close(self) -> None:
        """Close every thread's connection; the database cannot be used afterwards."""
        with self._writing, self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()


def among(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The marks of an IN list and what they stand for: ``:v0,:v1`` and {v0: …, v1: …} for `name` v."""
    named = {f"{name}{number}": value for number, value in enumerate(values)}
    return ",".join(f":{mark}" for mark in named), named


def get_meta(connection: Connection, name: str, default: str = "") -> str:
    """A value kept under a name, or the default."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else default


def set_meta(connection: Connection, name: str, value: str) -> None:
    """Keep a value under a name."""
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
