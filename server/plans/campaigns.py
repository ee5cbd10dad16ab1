"""Campaigns and deviations from their plans, as pages list them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.accounts.models import User
from server.database import select_among
from server.plans.goals import Goal
from server.plans.models import Campaign, PlanDeviation


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as its document has it."""

    id: str
    province_id: str
    name_vi: str
    name_en: str
    disease: str
    document: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """A deviation that stands, with the name of who reported it. Without a goal it is about the whole campaign."""

    id: str
    place_id: str
    campaign_id: str
    goal: Goal | None
    reason: str
    differs: str
    proposed: str | None
    proposed_people: int | None
    proposed_due_on: date | None
    from_on: date
    reported_on: date
    author_id: str
    author: str


_CAMPAIGNS = select(*(getattr(Campaign, name) for name in CampaignRow.__dataclass_fields__))
_DEVIATIONS = (
    select(PlanDeviation.__table__, User.full_name)
    .outerjoin(User, User.id == PlanDeviation.author_id)
    .where(PlanDeviation.corrected_by.is_(None))
)


def campaigns_of(connection: Connection, provinces: Collection[str]) -> list[CampaignRow]:
    """The campaigns of provinces, the newest first."""
    rows = select_among(connection, _CAMPAIGNS, Campaign.province_id, provinces)
    found = [CampaignRow(*row) for row in rows]
    return sorted(found, key=lambda c: (c.starts_on, c.id), reverse=True)


def deviations_at(connection: Connection, places: Collection[str]) -> list[Deviation]:
    """The deviations at places that were neither corrected nor withdrawn, the newest first."""
    rows = select_among(connection, _DEVIATIONS, PlanDeviation.place_id, places)
    found = [_deviation(row) for row in rows]
    return sorted(found, key=lambda d: (d.reported_on, d.id), reverse=True)


def _deviation(row: Any) -> Deviation:
    goal = None
    if row.age_group is not None and row.dose_type is not None and row.due_on is not None:
        goal = Goal(row.due_on, row.age_group, row.dose_type, row.campaign_id)
    return Deviation(
        row.id,
        row.place_id,
        row.campaign_id,
        goal,
        row.reason,
        row.differs,
        row.proposed,
        row.proposed_people,
        row.proposed_due_on,
        row.from_on,
        row.reported_on,
        row.author_id,
        row.full_name or "–",
    )
