"""Reading households, visits and doses for pages. Ids in, plain rows out; nothing is written here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from server.database import in_parts, select_among
from server.registers.identity_models import PersonGroup
from server.registers.models import Dose, Household, Person, Visit
from server.stock.models import Lot


@dataclass(frozen=True, slots=True)
class Reach:
    """Households of a village, and how many of them were ever visited."""

    households: int
    visited: int

    @property
    def never(self) -> int:
        """Households nobody has visited."""
        return self.households - self.visited


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A dose with the person it was given to. `id` is the entry's."""

    id: str
    person_id: str
    full_name: str
    birth_date: date
    village_id: str
    vaccine: str
    dose_type: str
    given_on: date
    site_id: str
    lot_number: str | None


def reach(connection: Connection, villages: Collection[str]) -> dict[str, Reach]:
    """Village id -> its households and how many were ever visited."""
    found: dict[str, Reach] = {}
    for part in in_parts(list(villages)):
        visited = (
            select(Visit.household_id)
            .where(Visit.village_id.in_(part), Visit.corrected_by.is_(None))
            .distinct()
            .subquery()
        )
        rows = connection.execute(
            select(Household.village_id, func.count(), func.count(visited.c.household_id))
            .outerjoin(visited, visited.c.household_id == Household.id)
            .where(Household.village_id.in_(part))
            .group_by(Household.village_id)
        )
        found |= {village: Reach(total, seen) for village, total, seen in rows}
    return found


def recent_doses(connection: Connection, villages: Collection[str], limit: int) -> list[GivenDose]:
    """The last doses given to people of these villages, newest first; corrected ones left out."""
    rows = connection.execute(
        _doses()
        .where(Person.village_id.in_(villages))
        .order_by(Dose.given_on.desc(), Dose.id.desc())
        .limit(limit)
    )
    return [GivenDose(*row) for row in rows]


def doses_of(connection: Connection, persons: Collection[str]) -> dict[str, list[GivenDose]]:
    """Person id -> their doses in the order they were given, those of merged records too; corrected ones left out."""
    kept = {person: person for person in persons}
    query = select(PersonGroup.person_id, PersonGroup.kept_id)
    for row in select_among(connection, query, PersonGroup.kept_id, persons):
        kept[row.person_id] = row.kept_id
    found: dict[str, list[GivenDose]] = {person: [] for person in persons}
    for record, doses in doses_held(connection, kept).items():
        found[kept[record]] += doses
    return {
        person: sorted(doses, key=lambda dose: (dose.given_on, dose.id)) for person, doses in found.items()
    }


def doses_held(connection: Connection, records: Collection[str]) -> dict[str, list[GivenDose]]:
    """Record id -> the doses written down for that very record, in order; corrected ones left out."""
    found: dict[str, list[GivenDose]] = {record: [] for record in records}
    for part in in_parts(list(records)):
        rows = connection.execute(_doses().where(Dose.person_id.in_(part)).order_by(Dose.given_on, Dose.id))
        for row in rows:
            dose = GivenDose(*row)
            found[dose.person_id].append(dose)
    return found


def _doses() -> Select[Any]:
    return (
        select(
            Dose.id,
            Dose.person_id,
            Person.full_name,
            Person.birth_date,
            Person.village_id,
            Dose.vaccine,
            Dose.dose_type,
            Dose.given_on,
            Dose.site_id,
            func.coalesce(Lot.lot_number, Dose.lot_number),
        )
        .join(Person, Person.id == Dose.person_id)
        .outerjoin(Lot, Lot.id == Dose.lot_id)
        .where(Dose.corrected_by.is_(None))
    )
