"""How far door-to-door review has come: houses knocked at, people asked about, reasons of refusal (R054, R060).

A person stands under the newest outcome anyone recorded in the village they live in, at the door or at a health
facility; a house counts as knocked at only when someone went there. Who moves is asked again at the new home: a
village's figures come from its own stream alone, and its phones hold all they are counted from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Table, and_, case, func, literal, null, or_, select

from server.indicators.areas import area_table
from server.indicators.counting import identities
from server.indicators.definitions import PRESENT
from server.indicators.models import OutreachCell, RefusalCell
from server.registers.models import Household, Person, Visit, VisitOutcome
from shared.rules.review import AT_THE_DOOR

_CELL: Table = OutreachCell.__table__  # type: ignore[assignment]
_REFUSAL: Table = RefusalCell.__table__  # type: ignore[assignment]

Row = dict[str, Any]

#: Outcomes that count each for themselves; moved and deceased are `left` until the register says so too.
_OUTCOMES = ("reviewed", "absent", "hesitant", "refused", "deferred", "contraindicated")

#: Newest outcome -> the column it counts in.
_COLUMN_OF: dict[str | None, str] = {None: "never", **dict(zip(_OUTCOMES, _OUTCOMES, strict=True))}

#: Residences a visit asks about.
ASKED_ABOUT = (*PRESENT, "absent")


@dataclass(frozen=True, slots=True)
class Outreach:
    """The columns of `outreach_cell`, added up over an area; see there."""

    households: int = 0
    knocked: int = 0
    complete: int = 0
    revisits: int = 0
    people: int = 0
    reviewed: int = 0
    absent: int = 0
    hesitant: int = 0
    refused: int = 0
    deferred: int = 0
    contraindicated: int = 0
    left: int = 0
    never: int = 0
    cannot_come: int = 0
    without_id: int = 0

    @property
    def never_knocked(self) -> int:
        """Houses nobody has been at."""
        return self.households - self.knocked

    @property
    def asked(self) -> int:
        """People with an outcome."""
        return self.people - self.never

    def __add__(self, other: Outreach) -> Outreach:
        return Outreach(*(getattr(self, name) + getattr(other, name) for name in _NAMES))


#: What is counted of houses.
_HOUSES = ("households", "knocked", "complete", "revisits")

_NAMES = tuple(field.name for field in fields(Outreach))


def outreach_by(connection: Connection, areas: Mapping[str, str]) -> dict[str, Outreach]:
    """Area -> outreach, added up from the cells; `areas` says which area each village belongs to."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    query = (
        select(told.c.area, *(func.sum(_CELL.c[name]) for name in _NAMES))
        .join(_CELL, _CELL.c.village_id == told.c.village_id)
        .group_by(told.c.area)
    )
    return {row[0]: Outreach(*map(int, row[1:])) for row in connection.execute(query)}


def refusals_by(connection: Connection, areas: Mapping[str, str]) -> dict[str, dict[tuple[str, str], int]]:
    """Area -> (outcome, reason) -> people who refuse or hesitate; the reason "" was not given."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    keys = (told.c.area, _REFUSAL.c.outcome, _REFUSAL.c.reason)
    query = (
        select(*keys, func.sum(_REFUSAL.c.people))
        .join(_REFUSAL, _REFUSAL.c.village_id == told.c.village_id)
        .group_by(*keys)
    )
    found: dict[str, dict[tuple[str, str], int]] = {}
    for area, outcome, reason, people in connection.execute(query):
        found.setdefault(area, {})[outcome, reason] = int(people)
    return found


def newest_outcomes(villages: Sequence[str]) -> Any:
    """Of each person of these villages with an outcome the newest: (person_id, outcome, reason, appointment_on,
    consent, visited_on, visit_id).

    Outcomes of a merged record are those of the person kept; those from another village do not count.
    """
    people = identities(villages)
    turn = func.row_number().over(
        partition_by=people.c.kept_id,
        order_by=(Visit.visited_on.desc(), Visit.id.desc(), VisitOutcome.person_id),
    )
    ranked = (
        select(
            people.c.kept_id.label("person_id"),
            VisitOutcome.outcome,
            VisitOutcome.reason,
            VisitOutcome.appointment_on,
            VisitOutcome.consent,
            Visit.visited_on,
            Visit.id.label("visit_id"),
            turn.label("turn"),
        )
        .select_from(people)
        .join(VisitOutcome, VisitOutcome.person_id == people.c.record_id)
        .join(
            Visit,
            and_(
                Visit.id == VisitOutcome.visit_id,
                Visit.corrected_by.is_(None),
                Visit.village_id == people.c.village_id,
            ),
        )
        .subquery("ranked")
    )
    columns = (column for column in ranked.c if column.name != "turn")
    return select(*columns).where(ranked.c.turn == 1).subquery("newest")


def count_outreach(connection: Connection, villages: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Rows of `outreach_cell` (one a village with a house or a person) and of `refusal_cell`.

    One statement for people and houses: both need every person's newest outcome, which is worked out once.
    """
    members = _members(villages)
    rows: dict[str, Row] = {}
    refusals: dict[tuple[str, str, str], int] = {}
    for found in connection.execute(_people(members).union_all(_houses(members, villages))):
        village, outcome, reason, cannot_come, without_id, people, *houses = found
        row = rows.setdefault(village, {"village_id": village, **dict.fromkeys(_NAMES, 0)})
        if houses[0]:
            row |= dict(zip(_HOUSES, map(int, houses), strict=True))
            continue
        row["people"] += people
        row[_COLUMN_OF.get(outcome, "left")] += people
        row["cannot_come"] += people * cannot_come
        row["without_id"] += people * without_id
        if outcome in ("refused", "hesitant"):
            key = (village, outcome, reason or "")
            refusals[key] = refusals.get(key, 0) + people
    return list(rows.values()), [
        {"village_id": village, "outcome": outcome, "reason": reason, "people": people}
        for (village, outcome, reason), people in refusals.items()
    ]


def _members(villages: Sequence[str]) -> Any:
    """Everybody who is asked about, with the newest outcome (None without any)."""
    newest = newest_outcomes(villages)
    cannot_come = and_(Person.cannot_come.is_not(None), Person.residence.in_(PRESENT))
    without_id = or_(Person.id_kind == "none", Person.id_number.is_(None))
    return (
        select(
            Person.village_id,
            Person.household_id,
            newest.c.outcome,
            newest.c.reason,
            case((cannot_come, 1), else_=0).label("cannot_come"),
            case((without_id, 1), else_=0).label("without_id"),
        )
        .outerjoin(newest, newest.c.person_id == Person.id)
        .where(
            Person.village_id.in_(villages), Person.merged_into.is_(None), Person.residence.in_(ASKED_ABOUT)
        )
        .cte("members")
    )


def _people(members: Any) -> Any:
    """(village, newest outcome, reason, cannot come, has no number, people, and zeros for the houses)."""
    keys = (
        members.c.village_id, members.c.outcome, members.c.reason, members.c.cannot_come, members.c.without_id,
    )  # fmt: skip
    return select(*keys, func.count().label("people"), *(literal(0) for _ in _HOUSES)).group_by(*keys)


def _houses(members: Any, villages: Sequence[str]) -> Any:
    """The same columns with nobody in them: (village, …, households, knocked, complete, revisits)."""
    turn = func.row_number().over(
        partition_by=Visit.household_id, order_by=(Visit.visited_on.desc(), Visit.id.desc())
    )
    visits = (
        select(Visit.household_id, Visit.visit_type, Visit.revisit_on, turn.label("turn"))
        .join(Household, and_(Household.id == Visit.household_id, Household.village_id == Visit.village_id))
        .where(Household.village_id.in_(villages), Visit.corrected_by.is_(None))
        .subquery("visits")
    )
    last = case((and_(visits.c.turn == 1, visits.c.revisit_on.is_not(None)), 1), else_=0)
    visited = (
        select(
            visits.c.household_id,
            func.max(case((visits.c.visit_type.in_(AT_THE_DOOR), 1), else_=0)).label("knocked"),
            func.max(last).label("revisit"),
        )
        .group_by(visits.c.household_id)
        .subquery("visited")
    )
    unasked = (
        select(members.c.household_id, members.c.village_id)
        .where(members.c.outcome.is_(None))
        .distinct()
        .subquery("unasked")
    )
    knocked = func.coalesce(visited.c.knocked, 0)
    return (
        select(
            Household.village_id,
            null(),
            null(),
            literal(0),
            literal(0),
            literal(0),
            func.count(),
            func.sum(knocked),
            func.sum(case((and_(knocked == 1, unasked.c.household_id.is_(None)), 1), else_=0)),
            func.sum(func.coalesce(visited.c.revisit, 0)),
        )
        .outerjoin(visited, visited.c.household_id == Household.id)
        .outerjoin(
            unasked,
            and_(unasked.c.household_id == Household.id, unasked.c.village_id == Household.village_id),
        )
        .where(Household.village_id.in_(villages))
        .group_by(Household.village_id)
    )
