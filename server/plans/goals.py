"""Goals: what the plan asks for, gathered from its targets: one dose in one age group by one day.

Plans have versions. What applies on a day is `shared.rules.plans.in_force`; every reader of goals and planned
figures says the day they are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.places.tree import Tree
from server.plans.models import Campaign, PlanTarget
from shared.rules.plans import in_force


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


@dataclass(frozen=True, slots=True)
class Target:
    """A target as the documents give it; `planned_people` in people."""

    id: str
    campaign_id: str
    target_place_id: str
    age_group: str
    dose_type: str
    due_on: date
    planned_people: int
    document: str
    valid_from: date
    status: str | None

    @property
    def goal(self) -> Goal:
        """The goal it is part of."""
        return Goal(self.due_on, self.age_group, self.dose_type, self.campaign_id)


def goals_of(connection: Connection, province: str, as_of: date) -> list[Goal]:
    """The goals of the province's campaigns that apply on a day, by due date."""
    return sorted({target.goal for target in in_force(targets_of(connection, province), as_of)})


def every_goal(connection: Connection, province: str) -> list[Goal]:
    """The goals of every version there is, also those not valid yet or no more, by due date.

    Cells are computed for all of these, so that a figure can be given as of any day.
    """
    query = (
        select(PlanTarget.due_on, PlanTarget.age_group, PlanTarget.dose_type, PlanTarget.campaign_id)
        .join(Campaign, Campaign.id == PlanTarget.campaign_id)
        .where(Campaign.province_id == province)
        .distinct()
    )
    return sorted(Goal(*row) for row in connection.execute(query))


def planned_people(connection: Connection, province: str, as_of: date) -> dict[tuple[Goal, str], int]:
    """People planned, by goal and target place, as the plan stands on a day."""
    planned: dict[tuple[Goal, str], int] = {}
    for target in in_force(targets_of(connection, province), as_of):
        key = (target.goal, target.target_place_id)
        planned[key] = max(planned.get(key, 0), target.planned_people)  # told twice is not planned twice
    return planned


def planned_at(planned: Mapping[tuple[Goal, str], int], tree: Tree, goal: Goal, place: str) -> int | None:
    """People planned for a goal at a place: its own target, else the sum of the targets below it.

    Schools stand beside the communes' targets, not in them: their pupils are residents of communes already.
    None when the plan names neither the place nor anything below it.
    """
    own = planned.get((goal, place))
    if own is not None:
        return own
    found = [
        planned_at(planned, tree, goal, child.id)
        for child in tree.children(place)
        if child.level in ("district", "commune", "village")
    ]
    known = [people for people in found if people is not None]
    return sum(known) if known else None


def targets_of(connection: Connection, province: str) -> list[Target]:
    """Every target of the province's campaigns, of all versions, by id."""
    query = _TARGETS.join(Campaign, Campaign.id == PlanTarget.campaign_id)
    return [Target(*row) for row in connection.execute(query.where(Campaign.province_id == province))]


def campaign_targets(connection: Connection, campaign: str) -> list[Target]:
    """Every target of one campaign, of all versions, by id."""
    return [Target(*row) for row in connection.execute(_TARGETS.where(PlanTarget.campaign_id == campaign))]


_TARGETS = select(*(getattr(PlanTarget, name) for name in Target.__dataclass_fields__)).order_by(
    PlanTarget.id
)
