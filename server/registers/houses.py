"""Households of a village as door-to-door review has left them, and their lanes (R060)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from server.indicators.outreach import ASKED_ABOUT, newest_outcomes
from server.registers.models import Household, Person, Visit
from shared.rules.review import AT_THE_DOOR
from shared.text.folding import place_sort_key, search_key, sort_key

#: How a list of households can be narrowed. Except `complete`, each is something left to do.
STATES = ("never_knocked", "unasked", "revisit", "unwilling", "complete")

#: Key of the households without a lane.
NO_LANE = "-"

UNWILLING = ("refused", "hesitant")


@dataclass(frozen=True, slots=True)
class House:
    """A household of a list. `outcomes`: people asked about by their newest outcome; `unasked` have none."""

    id: str
    head_name: str
    lane: str | None
    address: str | None
    search: str
    knocked: bool
    visited_on: date | None
    revisit_on: date | None
    people: int
    unasked: int
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        """Knocked at, and every member asked about has an outcome."""
        return self.knocked and not self.unasked

    @property
    def unwilling(self) -> int:
        """People who refuse or hesitate."""
        return sum(self.outcomes[name] for name in UNWILLING)

    def is_(self, state: str) -> bool:
        """Whether it is in one of STATES."""
        return {
            "never_knocked": not self.knocked,
            "unasked": self.knocked and self.unasked > 0,
            "revisit": self.revisit_on is not None,
            "unwilling": self.unwilling > 0,
            "complete": self.complete,
        }[state]

    @property
    def lane_key(self) -> str:
        """What spellings of one lane share; NO_LANE without a lane."""
        return search_key(self.lane) if self.lane else NO_LANE


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of a village: its households added up. `name` None: households without a lane."""

    key: str
    name: str | None
    households: int
    knocked: int
    complete: int
    revisits: int
    people: int
    unasked: int

    @property
    def never_knocked(self) -> int:
        """Houses nobody has been at."""
        return self.households - self.knocked


def houses_of(connection: Connection, village: str) -> list[House]:
    """Every household of a village, by lane and head."""
    visits = _newest_visits(connection, [village])
    newest = newest_outcomes([village])
    people: dict[str, Counter[str]] = {}
    rows = connection.execute(
        select(Person.household_id, newest.c.outcome, func.count())
        .outerjoin(newest, newest.c.person_id == Person.id)
        .where(Person.village_id == village, _asked_about())
        .group_by(Person.household_id, newest.c.outcome)
    )
    for household, outcome, count in rows:
        people.setdefault(household, Counter())[outcome or ""] += count
    houses = connection.execute(
        select(Household.id, Household.head_name, Household.lane, Household.address, Household.search).where(
            Household.village_id == village
        )
    )
    found = [_house(row, visits.get(row.id), people.get(row.id, Counter())) for row in houses]
    return sorted(found, key=lambda h: (*_lane_rank(h), sort_key(h.head_name), h.id))


def lanes_of(houses: Iterable[House]) -> list[Lane]:
    """The lanes of these households, in their order; households without one last."""
    grouped: dict[str, list[House]] = {}
    for house in houses:
        grouped.setdefault(house.lane_key, []).append(house)
    return [
        Lane(
            key,
            inside[0].lane,
            len(inside),
            sum(house.knocked for house in inside),
            sum(house.complete for house in inside),
            sum(house.revisit_on is not None for house in inside),
            sum(house.people for house in inside),
            sum(house.unasked for house in inside),
        )
        for key, inside in sorted(grouped.items(), key=lambda pair: _lane_rank(pair[1][0]))
    ]


def _lane_rank(house: House) -> tuple[bool, str]:
    return (not house.lane, place_sort_key(house.lane or ""))


def _asked_about() -> Any:
    return and_(Person.merged_into.is_(None), Person.residence.in_(ASKED_ABOUT))


def _house(row: Any, visited: tuple[bool, date, date | None] | None, outcomes: Counter[str]) -> House:
    knocked, visited_on, revisit_on = visited or (False, None, None)
    unasked = outcomes.pop("", 0)
    people = unasked + sum(outcomes.values())
    return House(
        row.id,
        row.head_name,
        row.lane,
        row.address,
        row.search,
        knocked,
        visited_on,
        revisit_on,
        people,
        unasked,
        outcomes,
    )


def _newest_visits(
    connection: Connection, villages: Sequence[str]
) -> dict[str, tuple[bool, date, date | None]]:
    """Household -> whether anyone was at the door, the newest visit's day, and the day it asks for another."""
    rows = connection.execute(
        select(Visit.household_id, Visit.visit_type, Visit.visited_on, Visit.revisit_on)
        .join(
            Household,
            and_(Household.id == Visit.household_id, Household.village_id == Visit.village_id),
        )
        .where(Household.village_id.in_(villages), Visit.corrected_by.is_(None))
        .order_by(Visit.visited_on, Visit.id)
    )
    found: dict[str, tuple[bool, date, date | None]] = {}
    for household, visit_type, visited_on, revisit_on in rows:
        before = found.get(household)
        knocked = visit_type in AT_THE_DOOR or (before is not None and before[0])
        found[household] = (knocked, visited_on, revisit_on)
    return found
