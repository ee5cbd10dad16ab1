"""Whom to go back to: households that asked for another visit, and people by their newest outcome (R050, R054)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, false, func, select, tuple_
from sqlalchemy.orm import aliased

from server.indicators.counting import identities
from server.indicators.outreach import ASKED_ABOUT, newest_outcomes
from server.registers.models import Household, Immunisation, Person, Visit, VisitOutcome

#: Lists of people by what is to be done about them: by newest outcome; nobody asked about them; an appointment
#: they have not come to yet; parents who decline or consider.
FOLLOW_UPS = (
    "refused",
    "hesitant",
    "absent",
    "deferred",
    "contraindicated",
    "never",
    "appointment",
    "consent",
)

_later = aliased(Visit)


@dataclass(frozen=True, slots=True)
class Revisit:
    """A household whose newest visit asks for another on a day."""

    household_id: str
    head_name: str
    lane: str | None
    address: str | None
    phone: str | None
    village_id: str
    visited_on: date
    revisit_on: date
    note: str | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Somebody of a list, with the newest outcome (None: nobody has asked about them)."""

    id: str
    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    village_id: str
    household_id: str
    head_name: str | None
    lane: str | None
    outcome: str | None
    reason: str | None
    visited_on: date | None
    appointment_on: date | None
    consent: str | None


@dataclass(frozen=True, slots=True)
class Parents:
    """What parents of an area answer, in children: by the newest outcome that says so."""

    reached: int
    agree: int
    decline: int
    considering: int


def count_revisits(connection: Connection, villages: Sequence[str], today: date) -> tuple[int, int]:
    """(households that asked for another visit, those of them whose day has passed)."""
    overdue = func.sum(case((Visit.revisit_on < today, 1), else_=0))
    row = connection.execute(_asked_again(select(func.count(), overdue), villages)).one()
    return row[0], int(row[1] or 0)


def revisits(
    connection: Connection, villages: Sequence[str], *, before: date | None, offset: int, limit: int
) -> list[Revisit]:
    """Households that asked for another visit, the longest ago first; `before`: only those asked for earlier."""
    query = _asked_again(
        select(
            Household.id,
            Household.head_name,
            Household.lane,
            Household.address,
            Household.phone,
            Household.village_id,
            Visit.visited_on,
            Visit.revisit_on,
            Visit.note,
        ),
        villages,
    )
    if before is not None:
        query = query.where(Visit.revisit_on < before)
    query = query.order_by(Visit.revisit_on, Household.village_id, Household.lane, Household.id)
    return [Revisit(*row) for row in connection.execute(query.offset(offset).limit(limit))]


def count_follow_ups(connection: Connection, villages: Sequence[str]) -> dict[str, int]:
    """How many people each list of FOLLOW_UPS holds."""
    newest = newest_outcomes(villages)
    sums = [func.sum(case((_listed(name, newest), 1), else_=0)) for name in FOLLOW_UPS]
    row = connection.execute(_follow_ups(select(*sums), newest, villages)).one()
    return {name: int(count or 0) for name, count in zip(FOLLOW_UPS, row, strict=True)}


def follow_ups(
    connection: Connection,
    villages: Sequence[str],
    listed: str,
    *,
    reason: str | None = None,
    offset: int,
    limit: int,
) -> tuple[int, list[FollowUp]]:
    """How many people a list of FOLLOW_UPS holds (of one reason), and those of a page, by village and lane."""
    newest = newest_outcomes(villages)
    condition = _listed(listed, newest)
    if reason is not None:
        condition = and_(condition, func.coalesce(newest.c.reason, "") == reason)
    total = connection.scalar(_follow_ups(select(func.count()), newest, villages).where(condition))
    query = _follow_ups(
        select(
            Person.id,
            Person.full_name,
            Person.birth_date,
            Person.birth_precision,
            Person.sex,
            Person.village_id,
            Person.household_id,
            Household.head_name,
            Household.lane,
            newest.c.outcome,
            newest.c.reason,
            newest.c.visited_on,
            newest.c.appointment_on,
            newest.c.consent,
        ),
        newest,
        villages,
    )
    first = newest.c.appointment_on if listed == "appointment" else Person.village_id
    query = query.where(condition).order_by(
        first, Person.village_id, Household.lane, Person.sort_name, Person.id
    )
    rows = connection.execute(query.offset(offset).limit(limit))
    return int(total or 0), [FollowUp(*row) for row in rows]


def parents_answers(connection: Connection, villages: Sequence[str]) -> Parents:
    """What parents answer: of each child the newest outcome that holds an answer."""
    people = identities(villages)
    turn = func.row_number().over(
        partition_by=people.c.kept_id, order_by=(Visit.visited_on.desc(), Visit.id.desc())
    )
    newest = (
        select(VisitOutcome.consent, VisitOutcome.reached, turn.label("turn"))
        .select_from(people)
        .join(VisitOutcome, VisitOutcome.person_id == people.c.record_id)
        .join(Visit, and_(Visit.id == VisitOutcome.visit_id, Visit.corrected_by.is_(None)))
        .where(VisitOutcome.consent.is_not(None))
        .subquery("newest")
    )
    query = select(
        func.sum(case((newest.c.reached, 1), else_=0)),
        *(func.sum(case((newest.c.consent == c, 1), else_=0)) for c in ("agree", "decline", "considering")),
    ).where(newest.c.turn == 1)
    return Parents(*(int(value or 0) for value in connection.execute(query).one()))


def _asked_again(query: Select[Any], villages: Sequence[str]) -> Select[Any]:
    """Standing visits that ask for another, with no later visit to the household."""
    later = exists().where(
        _later.household_id == Visit.household_id,
        _later.village_id == Visit.village_id,
        _later.corrected_by.is_(None),
        tuple_(_later.visited_on, _later.id) > tuple_(Visit.visited_on, Visit.id),
    )
    return (
        query.select_from(Visit)
        .join(
            Household,
            and_(Household.id == Visit.household_id, Household.village_id == Visit.village_id),
        )
        .where(
            Household.village_id.in_(villages),
            Visit.corrected_by.is_(None),
            Visit.revisit_on.is_not(None),
            ~later,
        )
    )


def _follow_ups(query: Select[Any], newest: Any, villages: Sequence[str]) -> Select[Any]:
    return (
        query.select_from(Person)
        .outerjoin(newest, newest.c.person_id == Person.id)
        .outerjoin(Household, Household.id == Person.household_id)
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(
            Person.village_id.in_(villages), Person.merged_into.is_(None), Person.residence.in_(ASKED_ABOUT)
        )
    )


def _listed(name: str, newest: Any) -> ColumnElement[bool]:
    if name == "never":
        return newest.c.person_id.is_(None)  # type: ignore[no-any-return]
    if name == "appointment":
        came = func.coalesce(Immunisation.last_dose_on >= newest.c.visited_on, false())
        return and_(newest.c.appointment_on.is_not(None), ~came)
    if name == "consent":
        return newest.c.consent.in_(("decline", "considering"))  # type: ignore[no-any-return]
    return newest.c.outcome == name  # type: ignore[no-any-return]
