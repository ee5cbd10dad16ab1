"""What identifiers in an entry stand for: people, households, lots, items, campaigns, sessions."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.database import select_among
from server.plans.models import Campaign
from server.registers.models import Household, Person, VaccinationSession
from server.stock.models import Item, Lot
from shared.identifiers import is_id


def subject_names(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Id -> (what it is, its name), for those of `ids` that stand in a register."""
    wanted = [found for found in ids if is_id(found)]
    sources = (
        ("person", Person.id, Person.full_name),
        ("household", Household.id, Household.head_name),
        ("lot", Lot.id, Lot.lot_number),
        ("item", Item.id, Item.name_vi),
        ("campaign", Campaign.id, Campaign.name_vi),
        ("session", VaccinationSession.id, VaccinationSession.point_name),
    )
    names: dict[str, tuple[str, str]] = {}
    for what, key, name in sources:
        for row in select_among(connection, select(key, name), key, wanted):
            names[row[0]] = (what, row[1] or "–")
    return names


def villages_of(connection: Connection, persons: Collection[str]) -> dict[str, str]:
    """Person id -> the village they live in, for those of `persons` that are known."""
    query = select(Person.id, Person.village_id)
    return {row.id: row.village_id for row in select_among(connection, query, Person.id, persons)}
