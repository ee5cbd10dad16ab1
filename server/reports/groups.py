"""People of schools and special places against the goals: counted from the register, not from cells of villages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from server.database import in_parts
from server.indicators.definitions import NOW, in_age_group, measure
from server.plans.goals import Goal
from server.registers.models import Immunisation, Person


@dataclass(frozen=True, slots=True)
class Counted:
    """People present, and (due, covered) of each goal in the goals' order."""

    people: int
    goals: tuple[tuple[int, int], ...]

    def __add__(self, other: Counted) -> Counted:
        """Two groups together."""
        added = tuple((a + c, b + d) for (a, b), (c, d) in zip(self.goals, other.goals, strict=True))
        return Counted(self.people + other.people, added)


@dataclass(frozen=True, slots=True)
class Group:
    """A class or section of a group place; `name` is None for people without one."""

    place_id: str
    name: str | None
    total: Counted


def group_figures(
    connection: Connection, goals: Sequence[Goal], villages: Collection[str], places: Sequence[str]
) -> list[Group]:
    """The groups of these places; only people who live in one of the villages are counted."""
    found: dict[tuple[str, str | None], Counted] = {}
    for part in in_parts(sorted(places)):
        query = (
            select(
                Person.group_place_id,
                Person.group_name,
                Person.village_id,
                func.count(),
                *(
                    _number(in_age_group(goal), measure(goal, name))
                    for goal in goals
                    for name in ("due", "covered")
                ),
            )
            .outerjoin(Immunisation, Immunisation.person_id == Person.id)
            .where(Person.group_place_id.in_(part), NOW.present)
            .group_by(Person.group_place_id, Person.group_name, Person.village_id)
        )
        for place, name, village, people, *counts in connection.execute(query):
            if village not in villages:
                continue
            pairs = tuple((int(counts[2 * g]), int(counts[2 * g + 1])) for g in range(len(goals)))
            one = Counted(people, pairs)
            found[place, name] = found[place, name] + one if (place, name) in found else one
    return [Group(place, name, counted) for (place, name), counted in found.items()]


def groups_of(found: Iterable[Group], goals: int) -> dict[str, Counted]:
    """Place -> all its groups together; `goals` is how many there are."""
    totals: dict[str, Counted] = {}
    for group in found:
        totals[group.place_id] = totals.get(group.place_id, Counted(0, ((0, 0),) * goals)) + group.total
    return totals


def _number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((and_(*conditions), 1), else_=0))
