"""The fixtures every other test stands on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]

PROGRAM = """
import time
from tests.postgresql import running_cluster
with running_cluster() as cluster:
    print(cluster.pid, cluster.folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_a_database_of_its_own(database_url: str, turn: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id integer)"))
    engine.dispose()


@pytest.mark.postgresql
def test_a_connection_left_open_does_not_keep_the_database(
    left_open: list[psycopg.Connection], postgresql_url: str
) -> None:
    left_open.append(psycopg.connect(postgresql_url.replace("+psycopg", "")))
    assert left_open[0].execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.fixture
def left_open() -> Iterator[list[psycopg.Connection]]:
    """Connections closed only after the database has been dropped."""
    connections: list[psycopg.Connection] = []
    yield connections
    for connection in connections:
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_no_server_and_no_folder(way: signal.Signals) -> None:
    run = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    pid, folder = run.stdout.readline().split()
    assert Path(folder).is_dir()
    run.send_signal(way)
    run.communicate()
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not _alive(int(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
