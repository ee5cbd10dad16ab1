"""Tables of the ledger: entries, streams, deliveries, and what could not be read (yet)."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class EntryRow(Model):
    """An accepted entry. `payload` holds the bytes that were digested; the columns only find it again."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("device_id", "device_seq", name="uq_entry_device"),
        Index("ix_entry_subject", "subject_id"),
        Index("ix_entry_corrects", "corrects_id", postgresql_where=text("corrects_id IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    subject_id: Mapped[str] = mapped_column(Id)
    place_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(Id)
    device_seq: Mapped[int]
    occurred_on: Mapped[date]
    received_at: Mapped[datetime] = mapped_column(Instant)
    corrects_id: Mapped[str | None] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    payload: Mapped[str] = mapped_column(Text)


class Stream(Model):
    """A place's numbered deliveries: how many there are, and the running hash of the last."""

    __tablename__ = "stream"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))


class Delivery(Model):
    """Entry number `position` of a stream, with the running hash up to it."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_entry", "entry_id"),)
    stream_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry_id: Mapped[str] = mapped_column(Id)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Home(Model):
    """A person's present village; null while the person is known only from entries about them.

    The row is also what two pushes about one unknown person wait for each other on.
    """

    __tablename__ = "home"
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    village_id: Mapped[str | None] = mapped_column(Id)


class Mention(Model):
    """A person named by an entry that names several, and follows each of them home. Where it `joins` them, what
    is written about one goes to the homes of all.
    """

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_entry", "entry_id"),)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[str] = mapped_column(Id, primary_key=True)
    joins: Mapped[bool]


class Quarantine(Model):
    """A refused record, kept word for word with the reasons; visible to worker and district."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_device", "device_id", "device_seq"),)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[str | None] = mapped_column(Id)
    device_seq: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(Instant)
    payload: Mapped[str] = mapped_column(Text)
    faults: Mapped[str] = mapped_column(Text)


class HeldEntry(Model):
    """An entry of an unknown kind or newer version, kept word for word and replayed after an upgrade."""

    __tablename__ = "held"
    __table_args__ = (UniqueConstraint("device_id", "device_seq", name="uq_held_device"),)
    entry_id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_id: Mapped[str] = mapped_column(Id)
    device_seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    payload: Mapped[str] = mapped_column(Text)


class EntryFlag(Model):
    """A doubt about an accepted entry (clock, scope); `params` is JSON text."""

    __tablename__ = "flag"
    entry_id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    params: Mapped[str] = mapped_column(Text)


class Conflict(Model):
    """Two edits of one field that did not see each other. Both values stand in their entries."""

    __tablename__ = "conflict"
    subject_id: Mapped[str] = mapped_column(Id, primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    loser_id: Mapped[str] = mapped_column(Id, primary_key=True)
    winner_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
