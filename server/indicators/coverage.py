"""Coverage cells: computed for a village from its projections, stale when a stream has moved on.

No delta arithmetic: a refresh counts again, so the order of what arrived cannot matter.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, case, func, select

from server.database import in_parts, insert_rows, select_among
from server.indicators.definitions import MEASURES, in_age_group, measure
from server.indicators.models import CoverageCell
from server.ledger.models import Stream
from server.places.models import Place
from server.plans.goals import Goal, goals_of
from server.plans.models import Campaign, PlanTarget
from server.registers.models import Immunisation, Person
from shared.clock import Clock

_CELL: Table = CoverageCell.__table__  # type: ignore[assignment]
_CELL_KEY = tuple(column.name for column in _CELL.primary_key)
_PERSON: Table = Person.__table__  # type: ignore[assignment]

#: Provinces that have a goal.
_PLANNED = select(Campaign.province_id).join(PlanTarget, PlanTarget.campaign_id == Campaign.id).distinct()

#: Villages counted by one query.
TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one goal at one place: the sum over its villages. covered ≤ due ≤ people."""

    people: int = 0
    absent: int = 0
    contraindicated: int = 0
    due: int = 0
    covered: int = 0
    villages: int = 0
    oldest: datetime | None = None

    def __add__(self, other: "Figures") -> "Figures":
        moments = [moment for moment in (self.oldest, other.oldest) if moment]
        return Figures(
            self.people + other.people,
            self.absent + other.absent,
            self.contraindicated + other.contraindicated,
            self.due + other.due,
            self.covered + other.covered,
            self.villages + other.villages,
            min(moments) if moments else None,
        )


def stale_villages(connection: Connection, villages: Collection[str] | None = None) -> list[str]:
    """Villages (of these, or all) whose cells lack something that arrived since, in the order of their ids."""
    heads = {row.id: row.head for row in connection.execute(select(Stream.id, Stream.head))}
    query = select(Place.id, Place.province_id).where(Place.level == "village")
    places = (
        connection.execute(query) if villages is None else select_among(connection, query, Place.id, villages)
    )
    oldest = select(
        _CELL.c.village_id,
        func.min(_CELL.c.village_head).label("village_head"),
        func.min(_CELL.c.reference_head).label("reference_head"),
    ).group_by(_CELL.c.village_id)
    rows = (
        connection.execute(oldest)
        if villages is None
        else select_among(connection, oldest, _CELL.c.village_id, villages)
    )
    computed = {row.village_id: (row.village_head, row.reference_head) for row in rows}
    planned = set(connection.scalars(_PLANNED))
    return sorted(
        place.id
        for place in places
        if place.province_id in planned  # without goals there are no cells, so nothing to be stale
        and computed.get(place.id) != (heads.get(place.id, 0), heads.get(place.province_id, 0))
    )


def refresh(connection: Connection, villages: Sequence[str], clock: Clock) -> int:
    """Count the goals of these villages again; how many cells were written. The caller commits.

    Heads are read before the people: a cell can only be newer than it says, never older.
    """
    written = 0
    for part in in_parts(sorted(villages), TOGETHER):
        query = select(Place.id, Place.province_id)
        provinces = {row.id: row.province_id for row in select_among(connection, query, Place.id, part)}
        streams = {*provinces, *provinces.values()}
        known = select_among(connection, select(Stream.id, Stream.head), Stream.id, streams)
        heads = {row.id: row.head for row in known}
        for province in sorted(set(provinces.values())):
            inside = [village for village in part if provinces.get(village) == province]
            goals = goals_of(connection, province)
            _drop_withdrawn(connection, inside, goals)
            counted = _count(connection, inside, goals)
            rows = [
                {
                    "village_id": village,
                    "campaign_id": goal.campaign_id,
                    "age_group": goal.age_group,
                    "dose_type": goal.dose_type,
                    "due_on": goal.due_on,
                    **counted.get((village, goal), dict.fromkeys(MEASURES, 0)),
                    "village_head": heads.get(village, 0),
                    "reference_head": heads.get(province, 0),
                    "computed_at": clock.now(),
                }
                for village in inside
                for goal in goals
            ]
            insert_rows(connection, _CELL, rows, replace=_CELL_KEY)
            written += len(rows)
    return written


def _drop_withdrawn(connection: Connection, villages: Sequence[str], goals: Sequence[Goal]) -> None:
    """Cells of goals the plan no longer has, one after the other in the order of their keys: two refreshes of
    a village at once wait for each other, here as at the insert, instead of deadlocking.
    """
    planned = {(goal.campaign_id, goal.age_group, goal.dose_type, goal.due_on) for goal in goals}
    keys = [
        tuple(row)
        for row in select_among(connection, select(*_CELL.primary_key), _CELL.c.village_id, villages)
    ]
    for key in sorted(key for key in keys if key[1:] not in planned):
        same = [column == value for column, value in zip(_CELL.primary_key, key, strict=True)]
        connection.execute(_CELL.delete().where(*same))


def _count(
    connection: Connection, villages: Sequence[str], goals: Iterable[Goal]
) -> dict[tuple[str, Goal], dict[str, int]]:
    counted: dict[tuple[str, Goal], dict[str, int]] = {}
    for goal in goals:
        sums = [func.sum(case((measure(goal, name), 1), else_=0)).label(name) for name in MEASURES]
        query = (
            select(_PERSON.c.village_id, *sums)
            .select_from(_PERSON.outerjoin(Immunisation.__table__, Immunisation.person_id == _PERSON.c.id))
            .where(in_age_group(goal))
            .group_by(_PERSON.c.village_id)
        )
        for row in select_among(connection, query, _PERSON.c.village_id, villages):
            counted[row.village_id, goal] = {name: int(getattr(row, name)) for name in MEASURES}
    return counted


def figures(connection: Connection, villages: Collection[str]) -> dict[str, dict[Goal, Figures]]:
    """Village id → goal → figures, from the cells as they stand."""
    found: dict[str, dict[Goal, Figures]] = {}
    for row in select_among(connection, select(_CELL), _CELL.c.village_id, villages):
        goal = Goal(row.due_on, row.age_group, row.dose_type, row.campaign_id)
        measured: dict[str, Any] = {name: getattr(row, name) for name in MEASURES}
        found.setdefault(row.village_id, {})[goal] = Figures(**measured, villages=1, oldest=row.computed_at)
    return found


def total(parts: Iterable[dict[Goal, Figures]]) -> dict[Goal, Figures]:
    """Figures of several villages (or communes) together."""
    summed: dict[Goal, Figures] = {}
    for part in parts:
        for goal, figure in part.items():
            summed[goal] = summed.get(goal, Figures()) + figure
    return summed


def people_behind(goal: Goal, name: str) -> Any:
    """The query for the people behind a measure of a goal: ids of persons, to be narrowed by village."""
    return (
        select(Person.id)
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(and_(in_age_group(goal), measure(goal, name)))
    )
