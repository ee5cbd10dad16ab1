"""How many people of each village were covered in the last days: the pace against which a goal is judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from server.indicators.definitions import in_age_group, measure
from server.indicators.progress import PACE_DAYS
from server.plans.goals import Goal
from server.registers.models import Immunisation, Person

#: Fewer villages than this are named in the query; for more it reads them all and the caller picks.
_NAMED = 400


def covered_lately(
    connection: Connection, goals: Sequence[Goal], villages: Collection[str], today: date
) -> dict[str, tuple[int, ...]]:
    """Village id -> people covered for each goal (in their order) in the last 7 days, today included."""
    if not goals or not villages:
        return {}
    lately = [_covered(goal, today) for goal in goals]
    query = (
        select(Person.village_id, *(func.sum(case((condition, 1), else_=0)) for condition in lately))
        .join(Immunisation, Immunisation.person_id == Person.id)
        .where(or_(*lately))
        .group_by(Person.village_id)
    )
    if len(villages) <= _NAMED:
        query = query.where(Person.village_id.in_(villages))
    return {row[0]: tuple(map(int, row[1:])) for row in connection.execute(query) if row[0] in villages}


def _covered(goal: Goal, today: date) -> ColumnElement[bool]:
    given_on = getattr(Immunisation, f"{goal.dose_type}_on")
    lately = given_on.between(today - timedelta(days=PACE_DAYS - 1), today)
    return and_(lately, in_age_group(goal), measure(goal, "covered"))
