"""What covered people are divided by (R012, R017, R064): people due on the register, population returns, the plan.

enumerated: people due on the register. opening, current: the commune's newest population return of the goal's age
group, less the people the register knows to be contraindicated (R058) and, for a booster, not due yet.
plan: the people the plan names. A return or target is about a whole commune: where a commune of another day's tree
holds a part of one only, nobody knows the figure, and it is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from server.database import select_among
from server.indicators.standings import Standing, Standings
from server.places.models import Place
from server.places.tree import Tree
from server.plans.goals import Goal, planned_at, planned_people
from server.plans.models import Population

#: The ways to divide, the usual one first.
DENOMINATORS = ("enumerated", "opening", "current", "plan")

#: People told of units, by unit and goal; None where the figure is not known.
Told = dict[tuple[str, Goal], int | None]


@dataclass(frozen=True, slots=True)
class Return:
    """A commune's figure for an age group: people, whose figure it is and of which day."""

    people: int
    source: str
    as_of: date


def returns_of(
    connection: Connection, communes: Iterable[str], which: str, as_of: date
) -> dict[tuple[str, str], Return]:
    """(commune, age group) -> the newest figure by a day; `which` is opening or current. A blank is left out."""
    query = (
        select(
            Population.commune_id, Population.age_group, Population.as_of, Population.source,
            getattr(Population, which).label("people"),
        )
        .where(Population.corrected_by.is_(None), Population.as_of <= as_of)
        .order_by(Population.as_of, Population.return_id)
    )  # fmt: skip
    rows = select_among(connection, query, Population.commune_id, sorted(communes))
    return {
        (row.commune_id, row.age_group): Return(row.people, row.source, row.as_of)
        for row in sorted(rows, key=lambda row: row.as_of)
        if row.people is not None
    }


def told_of(
    connection: Connection, province: str, goals: Sequence[Goal], which: str, as_of: date
) -> dict[tuple[str, Goal], int]:
    """(place, goal) -> people told of it as it stands on a day: targets of the plan, or communes' returns.

    `province` is the stream of the province's reference entries.
    """
    if which == "plan":
        planned = planned_people(connection, province, as_of)
        return {(place, goal): people for (goal, place), people in planned.items() if goal in set(goals)}
    query = select(Place.id).where(Place.level == "commune", Place.province_id == province)
    returned = returns_of(connection, connection.execute(query).scalars(), which, as_of)
    return {
        (commune, goal): figure.people
        for (commune, group), figure in returned.items()
        for goal in goals
        if goal.age_group == group
    }


def divided_by(
    connection: Connection,
    found: Standings,
    goals: Sequence[Goal],
    which: str,
    *,
    tree: Tree,
    own_tree: Tree,
    province: str,
    place: str,
    as_of: date,
) -> Standings:
    """The standings of a place and the places under it, divided by another denominator.

    `tree` groups the rows; `own_tree` is the one of the day, in whose communes returns and targets are told. A
    goal without a figure has nobody due: its coverage is not known.
    """
    if which == "enumerated":
        return found
    communes = [node.id for node in own_tree.nodes.values() if node.level == "commune"]
    if which == "plan":
        planned = planned_people(connection, province, as_of)
        told: Told = {(c, goal): planned_at(planned, own_tree, goal, c) for c in communes for goal in goals}
        if tree is own_tree:
            places = [*(row.place_id for row in found.rows), place]
            told |= {(p, goal): planned_at(planned, tree, goal, p) for p in places if p for goal in goals}
    else:
        returned = returns_of(connection, communes, which, as_of)
        told = {
            (c, goal): figure.people
            for c in communes
            for goal in goals
            if (figure := returned.get((c, goal.age_group)))
        }
    home = {village: c for c in communes for village in own_tree.villages(c)}
    whole = {c: len(own_tree.villages(c)) for c in communes}

    def divide(row: Standing, villages: Sequence[str], itself: str) -> Standing:
        inside = _wholly_inside(villages, home, whole)
        return _with(row, [_sum(told, itself, inside, goal) for goal in goals], subtract=which != "plan")

    rows = tuple(divide(row, tree.villages(row.place_id), row.place_id) for row in found.rows)
    under = tree.villages(place) if place else [v for row in found.rows for v in tree.villages(row.place_id)]
    return Standings(rows, divide(found.total, under, place))


def _wholly_inside(
    villages: Sequence[str], home: Mapping[str, str], whole: Mapping[str, int]
) -> list[str] | None:
    """The communes these villages make up; None when they hold a part of one only."""
    held: dict[str, int] = {}
    for village in villages:
        if (commune := home.get(village)) is not None:
            held[commune] = held.get(commune, 0) + 1
    return list(held) if all(count == whole[c] for c, count in held.items()) else None


def _sum(told: Told, place: str, communes: list[str] | None, goal: Goal) -> int | None:
    own = told.get((place, goal))
    if own is not None:
        return own
    if not communes:
        return None
    figures = [told.get((commune, goal)) for commune in communes]
    known = [people for people in figures if people is not None]
    return sum(known) if len(known) == len(figures) else None


def _with(row: Standing, people: Sequence[int | None], *, subtract: bool) -> Standing:
    """The row, each goal divided by the people given, less those not to be divided by where they are in them."""
    progress = []
    for each, figure, count in zip(row.progress, row.figures, people, strict=True):
        taken = figure.contraindicated + figure.not_due if subtract else 0
        progress.append(replace(each, due=0 if count is None else max(0, count - taken)))
    return replace(row, progress=tuple(progress))
