"""Tables of scheduled jobs: who runs one now, and what each run found."""

from datetime import datetime

from sqlalchemy import Float, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class JobLock(Model):
    """A lease, in real time: one runner a job."""

    __tablename__ = "job_lock"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    owner: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime] = mapped_column(Instant)


class JobRun(Model):
    """One run of a job; `result` is JSON text, null while it runs or when it failed."""

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_name", "name", "started_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str | None] = mapped_column(Text)


class StoredJob(Model):
    """APScheduler's own store of jobs, declared as it makes it so that migrations know of it. Never read here."""

    __tablename__ = "scheduled_job"
    id: Mapped[str] = mapped_column(String(191), primary_key=True)
    next_run_time: Mapped[float | None] = mapped_column(Float(25), index=True)
    job_state: Mapped[bytes] = mapped_column(LargeBinary)
