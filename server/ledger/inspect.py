"""One entry as it is kept: envelope, body, digest, who wrote it, where it was delivered, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from server.accounts.models import Device, User
from server.ledger.models import Delivery, EntryFlag, EntryRow
from shared import wire
from shared.entries import Entry
from shared.reading import read_payload


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where an entry stands: number `position` of the stream of a place, with the running hash up to it."""

    place_id: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """An entry with everything the server knows about it; `intact` tells that its bytes give its digest."""

    entry: Entry
    received_at: datetime
    author: str | None
    device: str | None
    deliveries: tuple[Delivered, ...]
    corrected_by: str | None
    flags: tuple[str, ...]
    intact: bool

    @property
    def places(self) -> set[str]:
        """Every place that may see the entry: its own and those it was delivered to."""
        return {self.entry.place} | {d.place_id for d in self.deliveries}


def inspect(connection: Connection, entry_id: str) -> Inspected | None:
    """The entry of that id, or None."""
    row = connection.execute(select(EntryRow.__table__).where(EntryRow.id == entry_id)).first()
    if row is None:
        return None
    payload = row.payload.encode()
    deliveries = connection.execute(
        select(Delivery.stream_id, Delivery.position, Delivery.hash)
        .where(Delivery.entry_id == entry_id)
        .order_by(Delivery.stream_id)
    )
    return Inspected(
        entry=read_payload(payload),
        received_at=row.received_at,
        author=connection.scalar(select(User.full_name).where(User.id == row.author_id)),
        device=connection.scalar(select(Device.label).where(Device.id == row.device_id)),
        deliveries=tuple(Delivered(d.stream_id, d.position, d.hash.hex()) for d in deliveries),
        corrected_by=connection.scalar(select(EntryRow.id).where(EntryRow.corrects_id == entry_id).limit(1)),
        flags=tuple(
            connection.scalars(
                select(EntryFlag.code).where(EntryFlag.entry_id == entry_id).order_by(EntryFlag.code)
            )
        ),
        intact=wire.digest(payload) == row.digest,
    )


def history(
    connection: Connection, subject_id: str, limit: int = 200
) -> list[tuple[str, str, str, datetime]]:
    """The entries about a subject, the latest received first: (id, kind, author's name, received at)."""
    rows = connection.execute(
        select(EntryRow.id, EntryRow.kind, User.full_name, EntryRow.received_at)
        .outerjoin(User, User.id == EntryRow.author_id)
        .where(EntryRow.subject_id == subject_id)
        .order_by(EntryRow.received_at.desc(), EntryRow.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
