"""The jobs, each run under its lease and kept with its result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, Table, func, select

from server.alerts.digests import send_digests
from server.mail_settings import MailSettings
from server.scheduler import work
from server.scheduler.leases import Lease, lease, real_now
from server.scheduler.models import JobRun
from shared.clock import Clock
from shared.identifiers import new_id

_RUN: Table = JobRun.__table__  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)

#: Runs are kept this long.
KEEP = timedelta(days=30)

Work = Callable[[Engine, Clock, work.Between], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: `every` so long (a day means at `hour` o'clock in Vietnam), and never again within `rest` of the
    last time it began, whichever process ran it.
    """

    name: str
    work: Work
    every: timedelta
    rest: timedelta
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a call to run a job: ran (with its result), busy (elsewhere), rested or failed."""

    job: str
    state: Literal["ran", "busy", "rested", "failed"]
    seconds: float
    result: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """{job, state, seconds, result}."""
        return {
            "job": self.job,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "result": self.result,
        }


def _replay(engine: Engine, clock: Clock, between: work.Between) -> dict[str, Any]:
    return {"replayed": work.replay(engine, clock, between)}


def _mail(engine: Engine, clock: Clock, between: work.Between) -> dict[str, Any]:
    settings = MailSettings.from_environment()
    if settings is None:
        return {"state": "no mail server"}
    result = send_digests(engine, clock, settings, between)
    if result["down"]:
        _LOG.warning("mail server: %s", result["down"])
    return result


#: Every job by its name. All of them also run when the scheduler starts.
JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job("replay_held", _replay, timedelta(days=1), timedelta(minutes=1), hour=4),
        Job("refresh_cells", work.refresh_stale, timedelta(seconds=30), timedelta(seconds=15)),
        Job("scan_expiry", work.scan_expiry, timedelta(days=1), timedelta(minutes=1), hour=5),
        Job("redistribute", work.redistribute, timedelta(days=1), timedelta(hours=6), hour=2),
        Job("find_duplicates", work.find_duplicates, timedelta(minutes=15), timedelta(minutes=1)),
        Job("scan_doubts", work.scan_doubts, timedelta(minutes=1), timedelta(seconds=30)),
        Job("count_schedule", work.count_schedule, timedelta(minutes=1), timedelta(seconds=30)),
        Job("restate_periods", work.restate_periods, timedelta(minutes=30), timedelta(minutes=1)),
        Job("mail_alerts", _mail, timedelta(minutes=15), timedelta(minutes=5)),
        Job("list_silent", work.list_silent, timedelta(hours=1), timedelta(minutes=1)),
    )
}


def run(engine: Engine, clock: Clock, job: Job, *, rest: bool = True) -> Ran:
    """Run a job unless another process does, or (with `rest`) did just now; its result is kept in job_run.

    A job that fails is logged and kept without a result; it comes round again.
    """
    started = time.perf_counter()
    with lease(engine, job.name) as held:
        if held is None:
            return Ran(job.name, "busy", 0.0)
        with engine.begin() as connection:
            if rest and _rests(connection, job):
                return Ran(job.name, "rested", 0.0)
            run_id = _begin(connection, job)
        result = _work(engine, clock, job, held)
        with engine.begin() as connection:
            _finish(connection, job, run_id, result)
    state: Literal["ran", "failed"] = "ran" if result is not None else "failed"
    return Ran(job.name, state, time.perf_counter() - started, result)


def _work(engine: Engine, clock: Clock, job: Job, held: Lease) -> dict[str, Any] | None:
    try:
        return job.work(engine, clock, lambda done, total: held.check())
    except Exception:  # noqa: BLE001 a job that fails must not end the scheduler
        _LOG.exception("job %s", job.name)
        return None


def _rests(connection: Connection, job: Job) -> bool:
    last = connection.scalar(select(func.max(_RUN.c.started_at)).where(_RUN.c.name == job.name))
    return last is not None and last > real_now(connection) - job.rest


def _begin(connection: Connection, job: Job) -> str:
    run_id = new_id()
    row = {"id": run_id, "name": job.name, "started_at": real_now(connection)}
    connection.execute(_RUN.insert().values(row))
    return run_id


def _finish(connection: Connection, job: Job, run_id: str, result: dict[str, Any] | None) -> None:
    now = real_now(connection)
    told = None if result is None else orjson.dumps(result).decode()
    connection.execute(_RUN.update().where(_RUN.c.id == run_id).values(finished_at=now, result=told))
    connection.execute(_RUN.delete().where(_RUN.c.name == job.name, _RUN.c.started_at < now - KEEP))
