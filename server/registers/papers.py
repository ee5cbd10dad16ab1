"""People without papers, for the police to give a number to (R011), and how far the register matches the
population database (R053, R064).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from server.database import select_among
from server.registers.identity_models import IdMatch
from server.registers.models import Household, Person

#: Residences of people who are counted, those away for a time included: they too need a number.
LIVING_HERE = ("permanent", "temporary", "staying", "absent")

#: What the worklist can be ordered by.
ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Person.sort_name.expression,
    "birth": Person.birth_date.expression,
    "village": Person.village_id.expression,
}


@dataclass(frozen=True, slots=True)
class WithoutPapers:
    """Somebody on the worklist."""

    id: str
    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    residence: str
    relation: str | None
    village_id: str
    head_name: str | None
    lane: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """Residents of a place, those with a number, and those whose number the population database matched."""

    people: int = 0
    numbered: int = 0
    matched: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.people + other.people, self.numbered + other.numbered, self.matched + other.matched)


def without_papers(
    connection: Connection,
    villages: Collection[str],
    *,
    order: str = "village",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[WithoutPapers]:
    """Residents of these villages without a number, records merged into another left out."""
    by = ORDERS[order]
    query = (
        _query()
        .where(Person.village_id.in_(villages))
        .order_by(by.desc() if descending else by, Person.sort_name, Person.id)
        .offset(offset)
        .limit(limit)
    )
    return [WithoutPapers(*row) for row in connection.execute(query)]


def count_without_papers(connection: Connection, villages: Collection[str]) -> dict[str, int]:
    """Village id → residents without a number, of villages that have any."""
    query = select(Person.village_id, func.count()).where(_no_number()).group_by(Person.village_id)
    return {row[0]: row[1] for row in select_among(connection, query, Person.village_id, villages)}


def matched_share(connection: Connection, villages: Collection[str]) -> dict[str, Share]:
    """Village id → how good its denominator is: residents, with a number, with a number that was matched.

    An answer counts for the number it was about: somebody whose number was changed since has no match.
    """
    matched = and_(IdMatch.answer == "matched", IdMatch.id_number == Person.id_number)
    query = (
        select(
            Person.village_id,
            func.count(),
            func.count(Person.id_number),
            func.sum(case((matched, 1), else_=0)),
        )
        .outerjoin(IdMatch, and_(IdMatch.person_id == Person.id, IdMatch.latest.is_(True)))
        .where(_resident())
        .group_by(Person.village_id)
    )
    rows = select_among(connection, query, Person.village_id, villages)
    return {row[0]: Share(row[1], row[2], int(row[3])) for row in rows}


def _resident() -> ColumnElement[bool]:
    return and_(Person.merged_into.is_(None), Person.residence.in_(LIVING_HERE))


def _no_number() -> ColumnElement[bool]:
    return and_(_resident(), or_(Person.id_kind == "none", Person.id_number.is_(None)))


def _query() -> Select[Any]:
    return (
        select(
            Person.id,
            Person.full_name,
            Person.birth_date,
            Person.birth_precision,
            Person.sex,
            Person.residence,
            Person.relation,
            Person.village_id,
            Household.head_name,
            Household.lane,
            Household.address,
        )
        .outerjoin(Household, Household.id == Person.household_id)
        .where(_no_number())
    )
