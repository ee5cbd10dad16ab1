"""Tables of users, their scope, their devices and one-time enrolment codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class User(Model):
    """A named person. No account is shared (R030)."""

    __tablename__ = "user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    full_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class UserPlace(Model):
    """A place a user answers for; everything under it belongs to the scope."""

    __tablename__ = "user_place"
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    place_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


class Device(Model):
    """A phone, or the server's own hand for entries made here (`is_server`).

    `received_through` is contiguous: every number up to it is stored. `received_hash` runs over the digests
    of entries 1..received_through. `clock_offset_s` is server minus phone at the last push.
    """

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("user.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    received_through: Mapped[int] = mapped_column(default=0)
    received_count: Mapped[int] = mapped_column(default=0)
    received_hash: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    clock_offset_s: Mapped[int | None] = mapped_column(BigInteger)
    is_server: Mapped[bool] = mapped_column(default=False)


class EnrolmentCode(Model):
    """A one-time code that turns a phone into a user's device. Only its hash is kept."""

    __tablename__ = "enrolment_code"
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("user.id"), index=True)
    issued_by: Mapped[str | None] = mapped_column(Id)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    device_id: Mapped[str | None] = mapped_column(Id)
