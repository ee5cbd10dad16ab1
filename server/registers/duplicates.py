"""Finding records that may be of one person, across the communes of a province (R095).

Only people who share a key are compared: name and year of birth, identity number, or a phone number together
with name or birth date. A village is looked through again when its stream has moved on, against everyone of
the province, so the work follows what changed. Keys that very many share (a health station's own phone given
for everybody) say nothing and are passed over, counted in the answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, extract, func, not_, or_, select, union
from sqlalchemy.orm import aliased

from server.database import in_parts, insert_rows, select_among
from server.ledger.models import Stream
from server.places.models import Place
from server.registers.identity_models import DuplicateCandidate, DuplicateScan
from server.registers.models import Household, Person
from shared.rules.matching import Described, compare

_CANDIDATE: Table = DuplicateCandidate.__table__  # type: ignore[assignment]
_SCAN: Table = DuplicateScan.__table__  # type: ignore[assignment]

#: Villages looked through together: some 10,000 people.
TOGETHER = 50

#: A key that more people share than this is passed over.
MOST_OF_A_NAME = 400
MOST_OF_A_NUMBER = 30

_mine = aliased(Person)
_theirs = aliased(Person)
_my_house = aliased(Household)
_their_house = aliased(Household)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a look through some villages found: pairs kept as candidates, pairs compared, keys passed over.

    A pair of two villages that were not looked through together is counted with each.
    """

    candidates: int
    compared: int
    crowded: int


def unscanned_villages(connection: Connection) -> list[str]:
    """Villages in which something arrived since they were last looked through, in the order of their ids."""
    query = (
        select(Place.id)
        .join(Stream, Stream.id == Place.id)
        .outerjoin(DuplicateScan, DuplicateScan.village_id == Place.id)
        .where(Place.level == "village", func.coalesce(DuplicateScan.head, 0) != Stream.head)
    )
    return sorted(connection.scalars(query))


def scan(connection: Connection, villages: Sequence[str], today: date) -> Scanned:
    """Look through the people of these villages and keep what was found. The caller commits.

    Heads are read before the people: a village may be looked through once too often, never too seldom.
    """
    total = Scanned(0, 0, 0)
    for part in in_parts(sorted(villages), TOGETHER):
        found = _scan(connection, part, today)
        total = Scanned(
            total.candidates + found.candidates,
            total.compared + found.compared,
            total.crowded + found.crowded,
        )
    return total


def _scan(connection: Connection, villages: Sequence[str], today: date) -> Scanned:
    heads = select_among(connection, select(Stream.id, Stream.head), Stream.id, villages)
    crowded = {name: _crowded(connection, villages, name, most) for name, most in _SHARED.items()}
    pairs = _pairs(connection, villages, crowded)
    rows = _judged(connection, pairs, today)
    known = _forget(connection, villages)
    for row in rows:
        row["found_on"] = known.get((row["person_a"], row["person_b"]), today)
    insert_rows(connection, _CANDIDATE, rows, replace=("person_a", "person_b"))
    scanned = [{"village_id": row.id, "head": row.head} for row in heads]
    insert_rows(connection, _SCAN, scanned, replace=("village_id",))
    return Scanned(len(rows), len(pairs), sum(map(len, crowded.values())))


#: Columns that are keys by themselves, and how many may share one value.
_SHARED = {
    "match_key": MOST_OF_A_NAME,
    "id_number": MOST_OF_A_NUMBER,
    "phone": MOST_OF_A_NUMBER,
    "guardian_phone": MOST_OF_A_NUMBER,
}


def _crowded(connection: Connection, villages: Sequence[str], name: str, most: int) -> list[str]:
    """Values of a column that somebody of these villages has and too many have."""
    mine, theirs = getattr(_mine, name), getattr(_theirs, name)
    here = select(mine).where(_mine.village_id.in_(villages), mine.is_not(None)).distinct().subquery()
    query = (
        select(theirs)
        .join(here, here.c[name] == theirs)
        .group_by(theirs)
        .having(func.count() > most)
        .order_by(theirs)
    )
    return list(connection.scalars(query))


def _pairs(
    connection: Connection, villages: Sequence[str], crowded: dict[str, list[str]]
) -> list[tuple[str, str]]:
    """Pairs (least id first) of somebody of these villages with anybody of the same province that share a key."""
    alike = or_(
        _mine.birth_date == _theirs.birth_date,
        _mine.match_key == _theirs.match_key,
        _mine.search == _theirs.search,
    )
    ways = [
        _sharing("match_key", "match_key", villages, crowded, _worth_comparing()),
        _sharing("id_number", "id_number", villages, crowded),
    ]
    ways += [
        _sharing(mine, theirs, villages, crowded, alike)
        for mine, theirs in product(("phone", "guardian_phone"), repeat=2)
    ]
    found = {tuple(sorted((row.mine, row.theirs))) for row in connection.execute(union(*ways))}
    return sorted((pair[0], pair[1]) for pair in found)


def _sharing(
    mine: str,
    theirs: str,
    villages: Sequence[str],
    crowded: dict[str, list[str]],
    condition: ColumnElement[bool] | None = None,
) -> Select[Any]:
    key, other = getattr(_mine, mine), getattr(_theirs, theirs)
    home, away = aliased(Place), aliased(Place)
    query = (
        select(_mine.id.label("mine"), _theirs.id.label("theirs"))
        .join(_theirs, and_(other == key, _theirs.id != _mine.id))
        .join(home, home.id == _mine.village_id)
        .join(away, and_(away.id == _theirs.village_id, away.province_id == home.province_id))
        .where(_mine.village_id.in_(villages))
    )
    if passed_over := crowded[mine] + crowded[theirs]:
        query = query.where(key.not_in(passed_over))
    if condition is None:
        return query
    return (
        query.outerjoin(_my_house, _my_house.id == _mine.household_id)
        .outerjoin(_their_house, _their_house.id == _theirs.household_id)
        .where(condition)
    )


def _worth_comparing() -> ColumnElement[bool]:
    """Of those with one name and year of birth: born on one day, or of one village, house, family, number.

    A day that only stands for the year (the 1st of January, or so recorded) is no day: very many share it.
    """
    real = and_(
        _mine.birth_precision == "day",
        _theirs.birth_precision == "day",
        not_(and_(extract("month", _mine.birth_date) == 1, extract("day", _mine.birth_date) == 1)),
    )
    return or_(
        and_(_mine.birth_date == _theirs.birth_date, real),
        _mine.village_id == _theirs.village_id,
        _my_house.head_name == _their_house.head_name,
        _mine.guardian_name == _theirs.guardian_name,
        _mine.phone == _theirs.phone,
        and_(
            _mine.birth_date != _theirs.birth_date,
            extract("day", _mine.birth_date) == extract("month", _theirs.birth_date),
            extract("month", _mine.birth_date) == extract("day", _theirs.birth_date),
        ),
    )


def _judged(connection: Connection, pairs: Sequence[tuple[str, str]], today: date) -> list[dict[str, Any]]:
    rows = []
    for part in in_parts(pairs, 5_000):
        people = described(connection, {person for pair in part for person in pair})
        for one, other in part:
            found = compare(people[one], people[other])
            if found.level == "no":
                continue
            reasons = [(reason.code, reason.points) for reason in found.reasons]
            rows.append(
                {
                    "person_a": one,
                    "person_b": other,
                    "score": found.score,
                    "level": found.level,
                    "reasons": orjson.dumps(reasons).decode(),
                    "found_on": today,
                }
            )
    return rows


def described(connection: Connection, persons: Collection[str]) -> dict[str, Described]:
    """Id → the person as compared."""
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
        Household.head_name,
    ).outerjoin(Household, Household.id == Person.household_id)
    return {row[0]: Described(*row[1:]) for row in select_among(connection, query, Person.id, persons)}


def _forget(connection: Connection, villages: Sequence[str]) -> dict[tuple[str, str], date]:
    """Drop what was found about people of these villages before; when each pair was found first."""
    here = select(Person.id).where(Person.village_id.in_(villages))
    about = or_(_CANDIDATE.c.person_a.in_(here), _CANDIDATE.c.person_b.in_(here))
    query = select(_CANDIDATE.c.person_a, _CANDIDATE.c.person_b, _CANDIDATE.c.found_on).where(about)
    known = {(row.person_a, row.person_b): row.found_on for row in connection.execute(query)}
    connection.execute(_CANDIDATE.delete().where(about))
    return known
