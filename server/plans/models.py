"""Tables of campaigns, their targets, deviations and population returns: projections of their entries."""

from datetime import date

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class Campaign(Model):
    """A campaign against one disease."""

    __tablename__ = "campaign"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    disease: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class PlanTarget(Model):
    """People planned for one dose in one age group at one place by one day."""

    __tablename__ = "plan_target"
    __table_args__ = (Index("ix_plan_target_place", "target_place_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Id, index=True)
    target_place_id: Mapped[str] = mapped_column(Id)
    age_group: Mapped[str] = mapped_column(Text)
    dose_type: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    planned_people: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    status: Mapped[str | None] = mapped_column(Text)


class PlanDeviation(Model):
    """Where a place goes otherwise than planned, and why. Without an age group it is about the whole campaign."""

    __tablename__ = "plan_deviation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = mapped_column(Id, index=True)
    campaign_id: Mapped[str] = mapped_column(Id)
    age_group: Mapped[str | None] = mapped_column(Text)
    dose_type: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    differs: Mapped[str] = mapped_column(Text)
    proposed: Mapped[str | None] = mapped_column(Text)
    proposed_people: Mapped[int | None]
    proposed_due_on: Mapped[date | None]
    from_on: Mapped[date]
    reported_on: Mapped[date]
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Population(Model):
    """One line of a commune's population return. A figure not known is null, not 0."""

    __tablename__ = "population"
    return_id: Mapped[str] = mapped_column(Id, primary_key=True)
    age_group: Mapped[str] = mapped_column(Text, primary_key=True)
    commune_id: Mapped[str] = mapped_column(Id, index=True)
    period: Mapped[str] = mapped_column(Text)
    opening: Mapped[int | None]
    current: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)
