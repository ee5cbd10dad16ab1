"""The summary of an area for a meeting (R019): goals, the places below, doses both ways, and what may be published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, func, select

from server.indicators.areas import area_table
from server.indicators.figures import Figures, figures_by
from server.indicators.models import DoseTally
from server.indicators.progress import Progress
from server.places.tree import Node, Tree
from server.plans.goals import Goal, goals_of, planned_at, planned_people
from shared.records.place import DOSE_SITES
from shared.reference import DOSE_TYPES
from shared.rules.disclosure import held_back

_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal at a place: people planned (None: the plan names none), and the figures of its villages."""

    place_id: str
    name: str
    above: str
    goal: Goal
    planned: int | None
    figures: Figures

    def progress(self, today: date) -> Progress:
        """How far it is on a day; the pace is not looked at here."""
        return Progress(self.figures.due, self.figures.covered, 0, (self.goal.due_on - today).days)


@dataclass(frozen=True, slots=True)
class DoseLine:
    """Doses of one type at a place: by where people live, and by where they were given."""

    place_id: str
    name: str
    dose_type: str
    by_residence: int
    by_site: int


@dataclass(frozen=True, slots=True)
class Summary:
    """An area as of `as_of`, the moment of the oldest count in it (None while nothing was counted)."""

    goals: tuple[GoalLine, ...]
    districts: tuple[GoalLine, ...]
    communes: tuple[GoalLine, ...]
    doses: tuple[DoseLine, ...]
    as_of: datetime | None


def summary(
    connection: Connection, tree: Tree, roots: Sequence[Node], visible: Collection[str], today: date
) -> Summary:
    """The summary of these places together, limited to the visible ones."""
    province = roots[0].province
    goals = goals_of(connection, province, today)
    planned = planned_people(connection, province, today)
    inside = [node for root in roots for node in (root, *tree.below(root.id)) if node.id in visible]
    villages = [node.id for node in inside if node.level == "village"]

    def lines(level: str) -> tuple[GoalLine, ...]:
        places = [node for node in inside if node.level == level]
        areas = {
            village: node.id for node in places for village in tree.villages(node.id) if village in visible
        }
        found = figures_by(connection, areas)
        return tuple(
            GoalLine(
                node.id,
                node.name,
                tree.name(node.parent),
                goal,
                planned_at(planned, tree, goal, node.id),
                found.get(node.id, {}).get(goal, Figures()),
            )
            for goal in goals
            for node in places
        )

    whole = figures_by(connection, dict.fromkeys(villages, "all")).get("all", {})
    total = tuple(
        GoalLine(
            roots[0].id,
            roots[0].name,
            "",
            goal,
            planned_at(planned, tree, goal, roots[0].id) if len(roots) == 1 else None,
            whole.get(goal, Figures()),
        )
        for goal in goals
    )
    moments = [line.figures.oldest for line in total if line.figures.oldest]
    return Summary(
        total,
        lines("district"),
        lines("commune"),
        _doses(connection, tree, inside),
        min(moments, default=None),
    )


def publishable(lines: Sequence[GoalLine]) -> list[tuple[GoalLine, bool]]:
    """Each line with whether its figures may be published (R051). Within a goal and a district nobody can be found
    out, by a small figure or by taking the others from the sum.
    """
    told: dict[tuple[str, Goal], list[GoalLine]] = {}
    for line in lines:
        told.setdefault((line.above, line.goal), []).append(line)
    shown: dict[tuple[str, Goal], bool] = {}
    for group in told.values():
        hidden = held_back([(one.figures.covered, one.figures.due - one.figures.covered) for one in group])
        for place, line in enumerate(group):
            shown[line.place_id, line.goal] = place not in hidden
    return [(line, shown[line.place_id, line.goal]) for line in lines]


def _doses(connection: Connection, tree: Tree, inside: Sequence[Node]) -> tuple[DoseLine, ...]:
    """Doses by district, of every type there is, both ways (R006)."""
    districts = [node for node in inside if node.level == "district"]
    homes = {v: node.id for node in districts for v in tree.villages(node.id)}
    sites = {
        site.id: node.id for node in districts for site in tree.below(node.id) if site.level in DOSE_SITES
    }
    by_home = _tally(connection, homes, "village_id")
    by_site = _tally(connection, sites, "site_id")
    given = {dose_type for _, dose_type in (*by_home, *by_site)}
    types = [dose_type for dose_type in DOSE_TYPES if dose_type in given]
    return tuple(
        DoseLine(
            node.id,
            node.name,
            dose_type,
            by_home.get((node.id, dose_type), 0),
            by_site.get((node.id, dose_type), 0),
        )
        for node in districts
        for dose_type in types
    )


def _tally(connection: Connection, areas: dict[str, str], column: str) -> dict[tuple[str, str], int]:
    if not areas:
        return {}
    told = area_table(connection, areas)
    query = (
        select(told.c.area, _TALLY.c.dose_type, func.sum(_TALLY.c.doses))
        .join(_TALLY, _TALLY.c[column] == told.c.village_id)
        .group_by(told.c.area, _TALLY.c.dose_type)
    )
    return {(area, dose_type): int(doses) for area, dose_type, doses in connection.execute(query)}
