"""One runner a job: leases, and real scheduler processes beside each other on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from server.database import open_engine
from server.scheduler import leases
from server.scheduler.jobs import JOBS, Job, run
from server.scheduler.leases import LeaseLost, lease
from server.tables import metadata
from tests.server.checks import small

RUN, LOCK = metadata.tables["job_run"], metadata.tables["job_lock"]

#: The scheduler with one job that takes its time and comes round quickly.
BUSY = """
import sys, time
from datetime import timedelta
from sqlalchemy import select
from server.database import open_engine
from server.scheduler import jobs, process
from server.tables import metadata
from shared.clock import FieldClock

def work(engine, clock, between):
    time.sleep(0.4)
    between(1, 1)
    return {}

job = jobs.Job("busy", work, timedelta(seconds=1), timedelta(0))
jobs.JOBS.clear()
jobs.JOBS["busy"] = job
process.serve(open_engine(sys.argv[1]), FieldClock(), lambda ran: print(ran.state, flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_a_lease_is_held_by_one(engine: Engine) -> None:
    with lease(engine, "job", "one:1") as held:
        assert held is not None
        with lease(engine, "job", "other:2") as refused:
            assert refused is None
        with lease(engine, "job", "one:1") as again:
            assert again is None
        with lease(engine, "another job", "other:2") as other:
            assert other is not None
    with lease(engine, "job", "other:2") as held:
        assert held is not None


def test_a_lease_nobody_renews_ends_by_itself(engine: Engine) -> None:
    with engine.begin() as connection:
        past = leases.real_now(connection) - timedelta(seconds=1)
        connection.execute(LOCK.insert().values(name="job", owner="dead:1", until=past))
    with lease(engine, "job", "alive:2") as held:
        assert held is not None


def test_of_many_only_one_takes_it(engine: Engine) -> None:
    taken: list[str] = []
    start, stay = threading.Barrier(8), threading.Barrier(8)

    def try_it(owner: str) -> None:
        start.wait()
        with lease(engine, "job", owner) as held:
            if held is not None:
                taken.append(owner)
            stay.wait()

    threads = [threading.Thread(target=try_it, args=(f"host:{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_a_long_job_renews_and_a_lost_lease_stops_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
    with lease(engine, "job") as held:
        assert held is not None
        with engine.connect() as connection:
            first = connection.scalar(select(LOCK.c.until))
        time.sleep(0.3)
        held.check()
        with engine.connect() as connection:
            assert connection.scalar(select(LOCK.c.until)) > first
        with engine.begin() as connection:
            connection.execute(update(LOCK).values(owner="thief:9"))
        time.sleep(0.3)
        with pytest.raises(LeaseLost):
            held.check()
    with engine.connect() as connection:
        assert connection.scalar(select(LOCK.c.owner)) == "thief:9"


def test_every_job_runs_and_keeps_its_result(engine: Engine) -> None:
    small.fill(engine)
    for name, job in JOBS.items():
        ran = run(engine, small.CLOCK, job)
        assert ran.state == "ran", name
        assert run(engine, small.CLOCK, job).state == "rested"
        assert run(engine, small.CLOCK, job, rest=False).state == "ran"
    with engine.connect() as connection:
        kept = {row.name: json.loads(row.result) for row in connection.execute(select(RUN))}
        assert connection.scalar(select(func.count()).where(RUN.c.finished_at.is_(None))) == 0
    assert kept["scan_expiry"] == {
        "day": "2022-04-15", "sites": 1, "holdings": {"within_7": 1}, "doses": {"within_7": 252}
    }  # fmt: skip
    assert kept["list_silent"] == {"silent": 0, "devices": []}


def test_a_failing_job_is_kept_without_a_result(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> dict[str, Any]:
        raise RuntimeError("no")

    job = Job("fails", fail, timedelta(1), timedelta(0))
    assert run(engine, small.CLOCK, job).state == "failed"
    with engine.connect() as connection:
        row = connection.execute(select(RUN)).one()
    assert row.result is None
    assert row.finished_at is not None
    assert "job fails" in caplog.text
    assert run(engine, small.CLOCK, job).state == "failed"  # its lease was released


@pytest.mark.slow
def test_runs_of_two_schedulers_never_overlap(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", BUSY, url]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TUNGNHA_")}
    two = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while runs(engine) < 6 and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        for process in two:
            process.send_signal(signal.SIGTERM)
    said = [process.communicate(timeout=30)[0].splitlines() for process in two]
    assert [process.returncode for process in two] == [0, 0]
    assert all(lines[-1] == "ended" for lines in said), said
    with engine.connect() as connection:
        found = connection.execute(
            select(RUN.c.started_at, RUN.c.finished_at).order_by(RUN.c.started_at)
        ).all()
    assert len(found) >= 6
    assert all(row.finished_at for row in found), "SIGTERM waits for a job at work"
    assert all(before.finished_at <= after.started_at for before, after in pairwise(found))
    assert "busy" in said[0] + said[1], "they never met, so nothing was tried"


def runs(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(RUN)) or 0
