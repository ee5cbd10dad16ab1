"""One household: its members with their newest outcomes, and every visit that was made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.accounts.models import User
from server.database import select_among
from server.indicators.outreach import ASKED_ABOUT, newest_outcomes
from server.registers.models import Household, Person, Visit, VisitOutcome


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household with the newest outcome, of the person's whole record."""

    id: str
    village_id: str
    full_name: str
    relation: str | None
    birth_date: date
    birth_precision: str
    sex: str
    residence: str
    cannot_come: str | None
    contraindication: str | None
    outcome: str | None
    reason: str | None
    visited_on: date | None
    asked_about: bool


@dataclass(frozen=True, slots=True)
class VisitLine:
    """What a visit found for one member; `full_name` None: nobody on the register bears that id (yet)."""

    person_id: str
    full_name: str | None
    outcome: str
    reason: str | None
    appointment_on: date | None
    reached: bool | None
    consent: str | None
    transport_need: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class HouseVisit:
    """A visit, corrected or not; `id` is the entry's."""

    id: str
    visited_on: date
    visit_type: str
    revisit_on: date | None
    communication: str | None
    note: str | None
    author: str | None
    corrected_by: str | None
    lines: tuple[VisitLine, ...]


def household_row(connection: Connection, household: str) -> Any | None:
    """The columns of one household, or None."""
    return connection.execute(select(Household.__table__).where(Household.id == household)).first()


def members_of(connection: Connection, household: str, village: str) -> list[Member]:
    """Everyone whose home is the household, those who left too, in the order they are asked after: by age."""
    newest = newest_outcomes([village])
    rows = connection.execute(
        select(
            Person.id,
            Person.village_id,
            Person.full_name,
            Person.relation,
            Person.birth_date,
            Person.birth_precision,
            Person.sex,
            Person.residence,
            Person.cannot_come,
            Person.contraindication,
            newest.c.outcome,
            newest.c.reason,
            newest.c.visited_on,
            Person.residence.in_(ASKED_ABOUT),
        )
        .outerjoin(newest, newest.c.person_id == Person.id)
        .where(Person.household_id == household, Person.merged_into.is_(None))
        .order_by(Person.birth_date, Person.id)
    )
    return [Member(*row) for row in rows]


def visits_of(connection: Connection, household: str, limit: int) -> list[HouseVisit]:
    """The last visits to a household, newest first; corrected ones too, since they happened to be recorded."""
    visits = connection.execute(
        select(Visit.__table__, User.full_name.label("author"))
        .outerjoin(User, User.id == Visit.author_id)
        .where(Visit.household_id == household)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
    ).all()
    lines = outcome_lines(connection, [visit.id for visit in visits])
    return [
        HouseVisit(
            row.id,
            row.visited_on,
            row.visit_type,
            row.revisit_on,
            row.communication,
            row.note,
            row.author,
            row.corrected_by,
            tuple(lines.get(row.id, ())),
        )
        for row in visits
    ]


def outcome_lines(connection: Connection, visits: Collection[str]) -> dict[str, list[VisitLine]]:
    """Visit -> what it found, member by member, by age."""
    query = (
        select(
            VisitOutcome.visit_id,
            VisitOutcome.person_id,
            Person.full_name,
            VisitOutcome.outcome,
            VisitOutcome.reason,
            VisitOutcome.appointment_on,
            VisitOutcome.reached,
            VisitOutcome.consent,
            VisitOutcome.transport_need,
            VisitOutcome.note,
        )
        .outerjoin(Person, Person.id == VisitOutcome.person_id)
        .order_by(Person.birth_date, VisitOutcome.person_id)
    )
    found: dict[str, list[VisitLine]] = {}
    for row in select_among(connection, query, VisitOutcome.visit_id, visits):
        found.setdefault(row[0], []).append(VisitLine(*row[1:]))
    return found
