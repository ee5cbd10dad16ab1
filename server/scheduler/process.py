"""The scheduler's own process: APScheduler with its jobs stored in the database.

Several may run; leases keep one job from running twice at once (see `server.scheduler.leases`).
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine, MetaData

from server.scheduler.jobs import JOBS, Job, Ran, run
from server.scheduler.models import StoredJob
from shared.clock import VIETNAM, Clock

#: Jobs at work at once; on SQLite they take turns at writing anyway.
AT_ONCE = 4

# A stored job is only a name: the process that runs it sets here what it needs.
_perform: Callable[[Job], None] | None = None


def serve(engine: Engine, clock: Clock, told: Callable[[Ran], None]) -> None:
    """Run every job now and then at its times, until SIGTERM or SIGINT; a job at work is finished first."""
    global _perform

    def perform(job: Job) -> None:
        told(run(engine, clock, job))

    _perform = perform
    store = SQLAlchemyJobStore(engine=engine, tablename=StoredJob.__tablename__, metadata=MetaData())
    scheduler = BlockingScheduler(
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    for job in JOBS.values():
        scheduler.add_job(
            perform_stored,
            _trigger(job, clock),
            args=[job.name],
            id=job.name,
            next_run_time=datetime.now(UTC),
            replace_existing=True,
        )
    signal.signal(signal.SIGTERM, _stop)
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown(wait=True)


def perform_stored(name: str) -> None:
    """What a stored job calls, by the job's name; a job of another version that is unknown here does nothing."""
    job = JOBS.get(name)
    if job is not None and _perform is not None:
        _perform(job)


def _trigger(job: Job, clock: Clock) -> IntervalTrigger:
    """The times of a job in real time; a daily one falls at its hour by the field's clock."""
    seconds = round(job.every.total_seconds())
    if job.hour is None:
        return IntervalTrigger(seconds=seconds, timezone=UTC)
    now = clock.now()
    next_time = now.astimezone(VIETNAM).replace(hour=job.hour, minute=0, second=0, microsecond=0)
    if next_time <= now:
        next_time += timedelta(days=1)
    return IntervalTrigger(seconds=seconds, start_date=datetime.now(UTC) + (next_time - now), timezone=UTC)


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
