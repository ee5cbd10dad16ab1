"""The people behind a figure, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from server.registers.models import Household, Immunisation, Person

#: What a list of people can be ordered by.
ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Person.sort_name.expression,
    "birth": Person.birth_date.expression,
    "village": Person.village_id.expression,
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show them."""

    id: str
    full_name: str
    sort_name: str
    birth_date: date
    birth_precision: str
    sex: str
    village_id: str
    head_name: str | None
    residence: str
    contraindication: str | None


def people_where(
    connection: Connection,
    condition: ColumnElement[bool],
    villages: Collection[str],
    *,
    order: str,
    descending: bool,
    offset: int,
    limit: int,
) -> list[PersonRow]:
    """People of these villages for whom a condition on Person and Immunisation holds."""
    by = ORDERS[order]
    query = (
        _people()
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(condition, Person.village_id.in_(villages))
        .order_by(by.desc() if descending else by, Person.sort_name, Person.id)
        .offset(offset)
        .limit(limit)
    )
    return [PersonRow(*row) for row in connection.execute(query)]


def _people() -> Select[Any]:
    return select(
        Person.id,
        Person.full_name,
        Person.sort_name,
        Person.birth_date,
        Person.birth_precision,
        Person.sex,
        Person.village_id,
        Household.head_name,
        Person.residence,
        Person.contraindication,
    ).outerjoin(Household, Household.id == Person.household_id)
