"""The equipment register: what stands where, in which condition, what is proposed and decided (R052, R073)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.database import select_among, table_of
from server.stock.models import Item
from server.stock.transfer_models import Equipment

_EQUIPMENT = table_of(Equipment)


@dataclass(frozen=True, slots=True)
class Equipped:
    """A record of the register with its item; `pieces` is 1 where nobody said."""

    id: str
    site_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    unit_vi: str
    unit_en: str
    serial: str | None
    pieces: int
    received_on: date | None
    funding: str | None
    condition: str
    in_use: bool
    solution: str | None
    plan_after: str | None
    decided: str | None
    document: str | None
    gone: str | None
    note: str | None


def equipment_of(connection: Connection, sites: Collection[str]) -> list[Equipped]:
    """The register of these sites, by item; an item nobody knows here yet is "–"."""
    query = select(_EQUIPMENT, Item.name_vi, Item.name_en, Item.unit_vi, Item.unit_en).outerjoin(
        Item, Item.id == _EQUIPMENT.c.item_id
    )
    found = [
        Equipped(
            row.id, row.site_id, row.item_id, row.name_vi or "–", row.name_en or "–", row.unit_vi or "",
            row.unit_en or "", row.serial, row.pieces or 1, row.received_on, row.funding, row.condition,
            bool(row.in_use), row.solution, row.plan_after, row.decided, row.document, row.gone, row.note,
        )
        for row in select_among(connection, query, _EQUIPMENT.c.site_id, sorted(sites))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.item_name_vi, one.site_id, one.serial or "", one.id))
