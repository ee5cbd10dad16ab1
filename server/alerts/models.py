"""Tables of mail: where a user is written to, and what was sent them on which day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class MailAddress(Model):
    """Where a user wants to be written to; `wanted` is whether the daily alerts are."""

    __tablename__ = "mail_address"
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    wanted: Mapped[bool]


class AlertDigest(Model):
    """A user's mail of a day. `state`: sending (begun, the outcome not known), sent, nothing (no alert that day),
    failed (not taken; tried again) or refused (the address is not taken; not tried again that day).

    `told` are the alerts in it as a JSON list, so that the next mail can say which are new.
    """

    __tablename__ = "alert_digest"
    __table_args__ = (Index("ix_alert_digest_day", "day"),)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    alerts: Mapped[int]
    told: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
