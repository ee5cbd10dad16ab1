"""The log of files that leave the system with people in them: who took what, of where, how much (Law 91/2025/QH15).

The file itself is not kept; its digest tells later whether a file that turned up is the one taken.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, LargeBinary, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import User
from server.database import Id, Instant, Model
from shared.clock import Clock
from shared.identifiers import new_id


class ExportLog(Model):
    """A file taken: `what` is the key of its name ("export." + what), `rows` people or lines in it."""

    __tablename__ = "export_log"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id)
    what: Mapped[str] = mapped_column(Text)
    place_id: Mapped[str | None] = mapped_column(Id)
    rows: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(Instant, index=True)


@dataclass(frozen=True, slots=True)
class Export:
    """A line of the log, with who took the file."""

    made_at: datetime
    full_name: str
    username: str
    role: str
    what: str
    place_id: str | None
    rows: int
    digest: bytes


def log_export(
    connection: Connection,
    user_id: str,
    what: str,
    place_id: str | None,
    rows: int,
    data: bytes,
    clock: Clock,
) -> None:
    """Write down that a user takes `data` with so many rows. The caller commits before the file goes out."""
    log_file(connection, user_id, what, place_id, rows, hashlib.sha256(data).digest(), clock)


def log_file(
    connection: Connection,
    user_id: str,
    what: str,
    place_id: str | None,
    rows: int,
    digest: bytes,
    clock: Clock,
) -> None:
    """The same for a file too long to be held, known by its SHA-256."""
    row = {
        "id": new_id(),
        "user_id": user_id,
        "what": what,
        "place_id": place_id,
        "rows": rows,
        "digest": digest,
        "made_at": clock.now(),
    }
    connection.execute(ExportLog.__table__.insert().values(row))  # type: ignore[attr-defined]


def exports_of(connection: Connection, places: Collection[str], limit: int) -> list[Export]:
    """The last files taken of these places, newest first."""
    query = (
        select(
            ExportLog.made_at,
            User.full_name,
            User.username,
            User.role,
            ExportLog.what,
            ExportLog.place_id,
            ExportLog.rows,
            ExportLog.digest,
        )
        .join(User, User.id == ExportLog.user_id)
        .where(ExportLog.place_id.in_(places))
        .order_by(ExportLog.made_at.desc(), ExportLog.id.desc())
        .limit(limit)
    )
    return [Export(*row) for row in connection.execute(query)]
