"""Figures of goals as the cells hold them, added up to any areas: villages, communes, districts, a province."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, func, select

from server.indicators.areas import area_table
from server.indicators.definitions import MEASURES
from server.indicators.models import CoverageCell, CoveredDay, GroupCell, VillageCount
from server.plans.goals import Goal

_CELL: Table = CoverageCell.__table__  # type: ignore[assignment]
_DAY: Table = CoveredDay.__table__  # type: ignore[assignment]
_GROUP: Table = GroupCell.__table__  # type: ignore[assignment]
_COUNT: Table = VillageCount.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one goal at one place: the sum over its villages, in people. covered ≤ due ≤ people.

    `villages` are those counted; `oldest` is since when the least recent of their counts holds.
    """

    people: int = 0
    absent: int = 0
    contraindicated: int = 0
    due: int = 0
    covered: int = 0
    villages: int = 0
    oldest: datetime | None = None

    @property
    def not_due(self) -> int:
        """Present and not contraindicated, but the interval is not reached by the due date (boosters)."""
        return self.people - self.contraindicated - self.due

    def __add__(self, other: Figures) -> Figures:
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


def figures_by(connection: Connection, areas: Mapping[str, str]) -> dict[str, dict[Goal, Figures]]:
    """Area -> goal -> figures, added up in the database; `areas` says which area each village belongs to."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    keys = (told.c.area, _CELL.c.due_on, _CELL.c.age_group, _CELL.c.dose_type, _CELL.c.campaign_id)
    query = (
        select(
            *keys,
            *(func.sum(_CELL.c[name]) for name in MEASURES),
            func.count(),
            func.min(_COUNT.c.computed_at),
        )
        .join(_CELL, _CELL.c.village_id == told.c.village_id)
        .join(_COUNT, _COUNT.c.village_id == _CELL.c.village_id)
        .group_by(*keys)
    )
    found: dict[str, dict[Goal, Figures]] = {}
    for row in connection.execute(query):
        people, absent, contraindicated, due, covered, villages = (int(value) for value in row[5:11])
        found.setdefault(row[0], {})[Goal(*row[1:5])] = Figures(
            people, absent, contraindicated, due, covered, villages, row[11]
        )
    return found


def figures(connection: Connection, villages: Collection[str]) -> dict[str, dict[Goal, Figures]]:
    """Village id -> goal -> figures, from the cells as they stand."""
    return figures_by(connection, {village: village for village in villages})


def total(parts: Iterable[Mapping[Goal, Figures]]) -> dict[Goal, Figures]:
    """Figures of several villages (or communes) together."""
    summed: dict[Goal, Figures] = {}
    for part in parts:
        for goal, figure in part.items():
            summed[goal] = summed[goal] + figure if goal in summed else figure
    return summed


def covered_days(
    connection: Connection,
    areas: Mapping[str, str],
    since: date | None = None,
    until: date | None = None,
    goal: Goal | None = None,
) -> dict[str, dict[Goal, dict[date, int]]]:
    """Area -> goal -> day -> people covered that day (their dose of the goal), between two days included.

    `goal` leaves out the others.
    """
    if not areas:
        return {}
    told = area_table(connection, areas)
    keys = (told.c.area, _DAY.c.due_on, _DAY.c.age_group, _DAY.c.dose_type, _DAY.c.campaign_id)
    query = (
        select(*keys, _DAY.c.given_on, func.sum(_DAY.c.covered))
        .join(_DAY, _DAY.c.village_id == told.c.village_id)
        .group_by(*keys, _DAY.c.given_on)
    )
    if since is not None:
        query = query.where(_DAY.c.given_on >= since)
    if until is not None:
        query = query.where(_DAY.c.given_on <= until)
    if goal is not None:
        query = query.where(
            _DAY.c.campaign_id == goal.campaign_id,
            _DAY.c.age_group == goal.age_group,
            _DAY.c.dose_type == goal.dose_type,
            _DAY.c.due_on == goal.due_on,
        )
    found: dict[str, dict[Goal, dict[date, int]]] = {}
    for row in connection.execute(query):
        found.setdefault(row[0], {}).setdefault(Goal(*row[1:5]), {})[row[5]] = int(row[6])
    return found


def covered_between(
    connection: Connection, areas: Mapping[str, str], since: date, until: date
) -> dict[str, dict[Goal, int]]:
    """Area -> goal -> people covered between two days, both included: the pace of an area."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    keys = (told.c.area, _DAY.c.due_on, _DAY.c.age_group, _DAY.c.dose_type, _DAY.c.campaign_id)
    query = (
        select(*keys, func.sum(_DAY.c.covered))
        .join(_DAY, _DAY.c.village_id == told.c.village_id)
        .where(_DAY.c.given_on.between(since, until))
        .group_by(*keys)
    )
    found: dict[str, dict[Goal, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row[0], {})[Goal(*row[1:5])] = int(row[5])
    return found


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A goal among the people of one vulnerable group; covered ≤ due ≤ people."""

    people: int
    due: int
    covered: int


def group_figures(
    connection: Connection, areas: Mapping[str, str]
) -> dict[str, dict[Goal, dict[str, GroupFigures]]]:
    """Area -> goal -> vulnerable group -> figures (R066)."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    keys = (
        told.c.area, _GROUP.c.due_on, _GROUP.c.age_group, _GROUP.c.dose_type, _GROUP.c.campaign_id,
        _GROUP.c.vulnerable,
    )  # fmt: skip
    query = (
        select(*keys, func.sum(_GROUP.c.people), func.sum(_GROUP.c.due), func.sum(_GROUP.c.covered))
        .join(_GROUP, _GROUP.c.village_id == told.c.village_id)
        .group_by(*keys)
    )
    found: dict[str, dict[Goal, dict[str, GroupFigures]]] = {}
    for row in connection.execute(query):
        by_group = found.setdefault(row[0], {}).setdefault(Goal(*row[1:5]), {})
        by_group[row[5]] = GroupFigures(*(int(value) for value in row[6:9]))
    return found
