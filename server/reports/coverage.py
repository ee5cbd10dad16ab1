"""Coverage of every goal at the places of one level, added up from the cells of their villages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.indicators.figures import Figures, figures, total
from server.places.tree import Node, Tree
from server.plans.goals import Goal, goals_of, planned_at, planned_people
from server.plans.versions import PlanVersion, plan_version_of

#: The levels a report may be made at, the widest first.
LEVELS = ("province", "district", "commune", "village")


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One goal at one place. `planned` is the plan's own figure for that place, else the sum of those below it,
    None when it names none. `plan_document` and `plan_valid_from` tell the newest version of the plan that day.

    covered ≤ due ≤ people, all counted in people; `percent` is 100 × covered / due with one decimal, None
    when nobody is due. `absent` and `contraindicated` are counted apart. `days_left` is negative when late.
    """

    province: str
    district: str | None
    commune: str | None
    place: str
    code: str | None
    place_id: str
    campaign_id: str
    age_group: str
    dose_type: str
    due_on: date
    days_left: int
    planned: int | None
    people: int
    absent: int
    contraindicated: int
    due: int
    covered: int
    percent: float | None
    plan_document: str | None
    plan_valid_from: date | None


def coverage_rows(
    connection: Connection, tree: Tree, provinces: Sequence[Node], level: str, today: date
) -> Iterator[CoverageRow]:
    """The rows of each province, place by place in the tree's order, goal by goal by due date."""
    for province in provinces:
        goals = goals_of(connection, province.province, today)
        planned = planned_people(connection, province.province, today)
        versions = {
            campaign: plan_version_of(connection, campaign, today)
            for campaign in {goal.campaign_id for goal in goals}
        }
        places = [province] if level == "province" else list(tree.below(province.id, level))
        for place in places:
            summed = total(figures(connection, tree.villages(place.id)).values())
            for goal in goals:
                target = planned_at(planned, tree, goal, place.id)
                version = versions[goal.campaign_id]
                yield _row(tree, place, goal, summed.get(goal, Figures()), target, version, today)


def _row(
    tree: Tree,
    place: Node,
    goal: Goal,
    found: Figures,
    planned: int | None,
    version: PlanVersion | None,
    today: date,
) -> CoverageRow:
    above = {node.level: node.name for node in tree.path(place.id)}
    return CoverageRow(
        province=above["province"],
        district=above.get("district"),
        commune=above.get("commune"),
        place=place.name,
        code=place.code,
        place_id=place.id,
        campaign_id=goal.campaign_id,
        age_group=goal.age_group,
        dose_type=goal.dose_type,
        due_on=goal.due_on,
        days_left=(goal.due_on - today).days,
        planned=planned,
        people=found.people,
        absent=found.absent,
        contraindicated=found.contraindicated,
        due=found.due,
        covered=found.covered,
        percent=round(100 * found.covered / found.due, 1) if found.due else None,
        plan_document=version.document if version else None,
        plan_valid_from=version.valid_from if version else None,
    )
