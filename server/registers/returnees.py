"""Who came or returned to an area in a period, from where, and which of their doses are due (R041)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.indicators.definitions import PRESENT
from server.registers.models import Household, Immunisation, Person
from shared.rules.openings import Openings
from shared.rules.schedule import PlannedDose, schedule_of
from shared.text.folding import fold

_HAD = [column for column in Immunisation.__table__.c if column.name != "person_id"]
_TOLD = (
    "id", "full_name", "birth_date", "birth_precision", "sex", "phone", "guardian_phone", "village_id",
    "household_id", "head_name", "lane", "address", "residence", "came_on", "came_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Returnee:
    """Somebody who came and is there. `due`: doses that are due now, soonest first."""

    id: str
    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    phone: str | None
    guardian_phone: str | None
    village_id: str
    household_id: str
    head_name: str | None
    lane: str | None
    address: str | None
    residence: str
    came_on: date
    came_from: str | None
    due: tuple[PlannedDose, ...]

    @property
    def origin(self) -> str:
        """Where they came from, however it is spelt: folded; "" when nobody noted it."""
        return fold(self.came_from or "")


@dataclass(frozen=True, slots=True)
class Came:
    """People who came, and those of them who lack a due dose."""

    people: int = 0
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin in its most frequent spelling."""

    key: str
    name: str
    came: Came


def returnees(
    connection: Connection, villages: Collection[str], since: date, until: date, openings: Openings, on: date
) -> list[Returnee]:
    """People present who came to these villages from one day through another, the latest first."""
    query = (
        select(
            Person.__table__,
            Household.head_name,
            Household.lane,
            Household.address,
            Immunisation.person_id,
            *_HAD,
        )
        .outerjoin(Household, Household.id == Person.household_id)
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(
            Person.village_id.in_(villages),
            Person.came_on.between(since, until),
            Person.merged_into.is_(None),
            Person.residence.in_(PRESENT),
        )
        .order_by(Person.came_on.desc(), Person.sort_name, Person.id)
    )
    return [_returnee(row._asdict(), openings, on) for row in connection.execute(query)]


def came_by(people: Iterable[Returnee], part: Callable[[Returnee], str | None]) -> dict[str, Came]:
    """Part -> who came there; people of no part are left out."""
    came: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    for person in people:
        if (key := part(person)) is not None:
            came[key] += 1
            lacking[key] += bool(person.due)
    return {key: Came(count, lacking[key]) for key, count in came.items()}


def origins_of(people: Collection[Returnee], smallest: int = 1) -> list[Origin]:
    """Where people came from, the most first. Those named by fewer than `smallest` people are not told apart."""
    spellings: dict[str, Counter[str]] = {}
    for person in people:
        spellings.setdefault(person.origin, Counter())[person.came_from or ""] += 1
    counted = came_by(people, lambda person: person.origin)
    found = [
        Origin(key, max(spellings[key].items(), key=lambda pair: (pair[1], pair[0]))[0], came)
        for key, came in counted.items()
        if came.people >= smallest
    ]
    return sorted(found, key=lambda origin: (-origin.came.people, origin.key))


def _returnee(row: dict[str, Any], openings: Openings, on: date) -> Returnee:
    had = row if row["person_id"] else None
    due = tuple(dose for dose in schedule_of(row, had, on, openings) if dose.state == "due")
    return Returnee(**{name: row[name] for name in _TOLD}, due=due)
