"""Tables of what units tell each other, of rosters, profiles and communication: projections of their entries."""

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class Matter(Model):
    """A staff shortage, proposal, inspection remark or reminder; `corrected_by` names what withdrew it."""

    __tablename__ = "matter"
    __table_args__ = (Index("ix_matter_place", "place_id", "kind"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    place_id: Mapped[str] = mapped_column(Id)
    topic: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    ask: Mapped[str | None] = mapped_column(Text)
    people: Mapped[int | None]
    area: Mapped[str | None] = mapped_column(Text)
    from_on: Mapped[date | None]
    due_on: Mapped[date | None]
    urgent: Mapped[bool]
    author_id: Mapped[str] = mapped_column(Id)
    told_on: Mapped[date]
    told_at: Mapped[datetime] = mapped_column(Instant)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Answer(Model):
    """One answer to a matter. It may arrive before the matter does."""

    __tablename__ = "answer"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[str] = mapped_column(Id, index=True)
    matter_kind: Mapped[str] = mapped_column(Text)
    place_id: Mapped[str] = mapped_column(Id)
    action: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    support: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    told_at: Mapped[datetime] = mapped_column(Instant)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class TeamRoster(Model):
    """The community team of a village."""

    __tablename__ = "team_roster"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    reviewed_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)


class TeamMember(Model):
    """A member of a village's community team, in the order of the list."""

    __tablename__ = "team_member"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    task: Mapped[str | None] = mapped_column(Text)


class StationProfile(Model):
    """What a station can do. A figure not known is null, not 0."""

    __tablename__ = "station_profile"
    station_id: Mapped[str] = mapped_column(Id, primary_key=True)
    reviewed_on: Mapped[date]
    fridges: Mapped[int | None]
    cold_boxes: Mapped[int | None]
    tables: Mapped[int | None]
    phones: Mapped[int | None]
    computers: Mapped[int | None]
    difficult: Mapped[bool]
    high_risk: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)


class StationStaff(Model):
    """How many work at a station in one role."""

    __tablename__ = "station_staff"
    station_id: Mapped[str] = mapped_column(Id, primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]


class MessageContent(Model):
    """A text to be told to people."""

    __tablename__ = "message_content"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Communication(Model):
    """A communication activity; `villages` is a JSON list of ids."""

    __tablename__ = "communication"
    __table_args__ = (Index("ix_communication_place", "place_id", "held_on"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = mapped_column(Id)
    held_on: Mapped[date]
    form: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    content_id: Mapped[str | None] = mapped_column(Id)
    villages: Mapped[str] = mapped_column(Text)
    reached: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class SmsPermission(Model):
    """Whether a person agreed to receive messages; no row while nobody recorded an answer."""

    __tablename__ = "sms_permission"
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    allowed: Mapped[bool]
