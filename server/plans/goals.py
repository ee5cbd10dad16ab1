"""Goals: what the plan asks for, gathered from its targets: one dose in one age group by one day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.plans.models import Campaign, PlanTarget


@dataclass(frozen=True, slots=True, order=True)
class Goal:
    """A goal of a campaign. Its targets give the people planned at each place."""

    due_on: date
    age_group: str
    dose_type: str
    campaign_id: str

    @property
    def key(self) -> str:
        """The goal in an address: campaign, age group, dose and day."""
        return f"{self.campaign_id}.{self.age_group}.{self.dose_type}.{self.due_on.isoformat()}"


def goals_of(connection: Connection, province: str) -> list[Goal]:
    """Every goal of the province's campaigns, by due date."""
    query = (
        select(PlanTarget.due_on, PlanTarget.age_group, PlanTarget.dose_type, PlanTarget.campaign_id)
        .join(Campaign, Campaign.id == PlanTarget.campaign_id)
        .where(Campaign.province_id == province)
        .distinct()
    )
    return sorted(Goal(*row) for row in connection.execute(query))


def planned_people(connection: Connection, province: str) -> dict[tuple[Goal, str], int]:
    """People planned, by goal and target place."""
    query = (
        select(PlanTarget)
        .join(Campaign, Campaign.id == PlanTarget.campaign_id)
        .where(Campaign.province_id == province)
        .with_only_columns(
            PlanTarget.due_on,
            PlanTarget.age_group,
            PlanTarget.dose_type,
            PlanTarget.campaign_id,
            PlanTarget.target_place_id,
            PlanTarget.planned_people,
        )
    )
    planned: dict[tuple[Goal, str], int] = {}
    for row in connection.execute(query):
        key = (Goal(row.due_on, row.age_group, row.dose_type, row.campaign_id), row.target_place_id)
        planned[key] = planned.get(key, 0) + row.planned_people
    return planned
