"""Reviewing records that may be of one person: the queue, two records side by side, verdicts and their withdrawal.

A pair is shown to those whose area holds both records; what lies across two districts is the province's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from server.accounts.models import User
from server.database import select_among
from server.ledger.author import ServerAuthor
from server.registers.identity_models import DuplicateCandidate, SamePerson
from server.registers.models import Household, Person
from server.registers.queries import GivenDose, doses_held
from shared.identifiers import is_id
from shared.rules.matching import Described, Likeness, compare
from shared.rules.pairs import pair_id

_one = aliased(Person)
_other = aliased(Person)
_verdict = aliased(SamePerson)

_C = DuplicateCandidate

#: The likeliest first; ids settle ties, so that "the next one" always means the same.
_ORDER = (_C.score.desc(), _C.person_a, _C.person_b)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records, with what tells them apart and the doses it holds itself."""

    id: str
    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    id_kind: str
    id_number: str | None
    phone: str | None
    guardian_name: str | None
    guardian_phone: str | None
    village_id: str
    head_name: str | None
    lane: str | None
    residence: str
    merged_into: str | None
    doses: tuple[GivenDose, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records to be judged, why, and which of them to propose as the one kept."""

    sides: tuple[Side, Side]
    likeness: Likeness
    found_on: date | None
    keep: str

    @property
    def key(self) -> str:
        """How an address names the pair."""
        return f"{self.sides[0].id}.{self.sides[1].id}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pairs of an area: waiting (likely, possible; `across`: with only one record inside, left to whoever sees
    both), and decided (verdicts that stand).
    """

    likely: int
    possible: int
    across: int
    same: int
    different: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict that stands. `disputed`: another one that stands says the opposite."""

    id: str
    pair_id: str
    person_a: str
    person_b: str
    names: tuple[str, str]
    villages: tuple[str, str]
    verdict: str
    keep_id: str | None
    checked_by: str | None
    note: str | None
    decided_on: date
    author: str
    disputed: bool


def waiting(connection: Connection, villages: Collection[str]) -> Waiting:
    """How many pairs wait in an area, and how many were decided."""
    inside = and_(_one.village_id.in_(villages), _other.village_id.in_(villages))
    partly = or_(_one.village_id.in_(villages), _other.village_id.in_(villages))
    query = _open(select(_C.level, inside, func.count())).where(partly).group_by(_C.level, inside)
    counts = {(level, bool(whole)): count for level, whole, count in connection.execute(query)}
    across = sum(count for (_, whole), count in counts.items() if not whole)
    standing = _standing().where(_one.village_id.in_(villages), _other.village_id.in_(villages)).subquery()
    decided = dict(
        connection.execute(select(standing.c.verdict, func.count()).group_by(standing.c.verdict))
        .tuples()
        .all()
    )
    return Waiting(
        counts.get(("likely", True), 0),
        counts.get(("possible", True), 0),
        across,
        decided.get("same", 0),
        decided.get("different", 0),
    )


def next_pair(
    connection: Connection, villages: Collection[str], level: str | None, after: str | None
) -> tuple[str, str] | None:
    """The likeliest pair of an area that waits, or the next one after the pair that an address names."""
    query = _open(select(_C.person_a, _C.person_b)).where(
        _one.village_id.in_(villages), _other.village_id.in_(villages)
    )
    if level:
        query = query.where(_C.level == level)
    if after and (behind := _behind(connection, after)) is not None:
        query = query.where(behind)
    row = connection.execute(query.order_by(*_ORDER).limit(1)).first()
    return None if row is None else (row.person_a, row.person_b)


def pair_of(connection: Connection, one: str, other: str) -> Pair | None:
    """Two records side by side as they are now; None when one of them is unknown."""
    ids = sorted((one, other))
    sides = _sides(connection, ids)
    if len(sides) < 2:
        return None
    found = connection.execute(
        select(_C.found_on).where(_C.person_a == ids[0], _C.person_b == ids[1])
    ).scalar()
    first, second = sides[ids[0]], sides[ids[1]]
    likeness = compare(_described(first), _described(second))
    return Pair((first, second), likeness, found, max((second, first), key=_worth_keeping).id)


def verdicts(
    connection: Connection,
    villages: Collection[str],
    verdict: Literal["same", "different"],
    *,
    offset: int,
    limit: int,
) -> list[Verdict]:
    """Verdicts of an area that stand, the newest first."""
    query = _standing().where(
        SamePerson.verdict == verdict, _one.village_id.in_(villages), _other.village_id.in_(villages)
    )
    page = query.order_by(SamePerson.decided_on.desc(), SamePerson.id.desc()).offset(offset).limit(limit)
    return [_verdict_of(row) for row in connection.execute(page)]


def decide(
    author: ServerAuthor,
    pair: Pair,
    verdict: Literal["same", "different"],
    *,
    keep: str | None = None,
    checked_by: str | None = None,
    note: str | None = None,
) -> None:
    """Write a verdict; it corrects one that stands, and withdraws every other. Raises Refused (`identity.*`)."""
    one, other = pair.sides
    standing = standing_verdicts(author.connection, one.id, other.id)
    body = {
        "person_a": one.id,
        "person_b": other.id,
        "verdict": verdict,
        "keep": keep if verdict == "same" else None,
        "checked_by": checked_by,
        "note": note,
    }
    place = next((side.village_id for side in pair.sides if side.id == keep), one.village_id)
    author.write(
        "same_person",
        subject=pair_id(one.id, other.id),
        place=place,
        body=body,
        corrects=standing[0] if standing else None,
    )
    for earlier in standing[1:]:
        _withdraw(author, earlier, one.id, other.id, place)
    author.flush()


def withdraw(author: ServerAuthor, verdict: Verdict) -> None:
    """Take a verdict back: the two records are as they were before, and wait for review again."""
    _withdraw(author, verdict.id, verdict.person_a, verdict.person_b, verdict.villages[0])
    author.flush()


def standing_verdict(connection: Connection, verdict_id: str) -> Verdict | None:
    """A verdict that stands, with both records known; otherwise None."""
    row = connection.execute(_standing().where(SamePerson.id == verdict_id)).first()
    return None if row is None else _verdict_of(row)


def standing_verdicts(connection: Connection, one: str, other: str) -> list[str]:
    """Ids of the verdicts about two records that stand."""
    query = select(SamePerson.id).where(
        SamePerson.pair_id == pair_id(one, other), SamePerson.corrected_by.is_(None)
    )
    return list(connection.scalars(query.order_by(SamePerson.id)))


def _withdraw(author: ServerAuthor, verdict: str, one: str, other: str, place: str) -> None:
    body = {"of": "same_person", "reason": "other"}
    author.write("void", subject=pair_id(one, other), place=place, body=body, corrects=verdict)


def _standing() -> Select[Any]:
    """Verdicts that stand, of records that are known."""
    opposite = exists().where(
        _verdict.pair_id == SamePerson.pair_id,
        _verdict.corrected_by.is_(None),
        _verdict.verdict != SamePerson.verdict,
    )
    return (
        select(
            SamePerson.id,
            SamePerson.pair_id,
            SamePerson.person_a,
            SamePerson.person_b,
            _one.full_name.label("name_a"),
            _other.full_name.label("name_b"),
            _one.village_id.label("village_a"),
            _other.village_id.label("village_b"),
            SamePerson.verdict,
            SamePerson.keep_id,
            SamePerson.checked_by,
            SamePerson.note,
            SamePerson.decided_on,
            func.coalesce(User.full_name, "").label("author"),
            opposite.label("disputed"),
        )
        .join(_one, _one.id == SamePerson.person_a)
        .join(_other, _other.id == SamePerson.person_b)
        .outerjoin(User, User.id == SamePerson.author_id)
        .where(SamePerson.corrected_by.is_(None))
    )


def _verdict_of(row: Any) -> Verdict:
    return Verdict(
        row.id,
        row.pair_id,
        row.person_a,
        row.person_b,
        (row.name_a, row.name_b),
        (row.village_a, row.village_b),
        row.verdict,
        row.keep_id,
        row.checked_by,
        row.note,
        row.decided_on,
        row.author,
        bool(row.disputed),
    )


def _open(query: Select[Any]) -> Select[Any]:
    """Candidates nobody has decided on, not of one person already."""
    decided = exists().where(
        SamePerson.person_a == _C.person_a,
        SamePerson.person_b == _C.person_b,
        SamePerson.corrected_by.is_(None),
    )
    return (
        query.join(_one, _one.id == _C.person_a)
        .join(_other, _other.id == _C.person_b)
        .where(
            ~decided,
            func.coalesce(_one.merged_into, _one.id) != func.coalesce(_other.merged_into, _other.id),
        )
    )


def _behind(connection: Connection, after: str) -> ColumnElement[bool] | None:
    """Whatever stands in the queue behind a pair, which may have been decided meanwhile."""
    one, _, other = after.partition(".")
    if not (is_id(one) and is_id(other)):
        return None
    score = connection.execute(select(_C.score).where(_C.person_a == one, _C.person_b == other)).scalar()
    if score is None:
        return None
    later = or_(_C.person_a > one, and_(_C.person_a == one, _C.person_b > other))
    return or_(_C.score < score, and_(_C.score == score, later))


def _sides(connection: Connection, ids: list[str]) -> dict[str, Side]:
    query = select(
        Person.id,
        Person.full_name,
        Person.birth_date,
        Person.birth_precision,
        Person.sex,
        Person.id_kind,
        Person.id_number,
        Person.phone,
        Person.guardian_name,
        Person.guardian_phone,
        Person.village_id,
        Household.head_name,
        Household.lane,
        Person.residence,
        Person.merged_into,
    ).outerjoin(Household, Household.id == Person.household_id)
    doses = doses_held(connection, ids)
    rows = select_among(connection, query, Person.id, ids)
    return {row.id: Side(**row._asdict(), doses=tuple(doses[row.id])) for row in rows}


def _described(side: Side) -> Described:
    return Described(
        side.full_name,
        side.birth_date,
        side.birth_precision,
        side.sex,
        side.id_kind,
        side.id_number,
        side.phone,
        side.guardian_name,
        side.guardian_phone,
        side.head_name,
    )


def _worth_keeping(side: Side) -> tuple[bool, bool, int]:
    """The record with a number, of someone who lives there, with more doses."""
    return bool(side.id_number), side.residence not in ("moved", "deceased"), len(side.doses)
