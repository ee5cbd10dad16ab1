"""Leftovers (R052, R073, R075): what was bought of medicines, supplies, chemicals and equipment, used, left over.

Vaccines have pages of their own. What nobody has ever used stands first: “bought and left unused”.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from server.database import select_among, table_of
from server.stock.equipment import Equipped, equipment_of
from server.stock.leftover_models import LeftoverDecision
from server.stock.models import Item, Lot, StockCount, StockCountLine, StockMovement
from shared.rules.expiry import bucket, days_left, last_day_of_lot
from shared.rules.movements import CLOSED_VIAL, COMING_IN, OPEN_VIAL

_MOVEMENT = table_of(StockMovement)
_DECISION = table_of(LeftoverDecision)

#: Reason -> the column of the review it is told in. Changes of state and corrections of the book are in none.
_COLUMN = {
    **dict.fromkeys(COMING_IN, "bought"),
    "administered": "used",
    "issued": "passed_on",
    "returned": "passed_on",
    **dict.fromkeys(OPEN_VIAL | CLOSED_VIAL, "discarded"),
}


@dataclass(frozen=True, slots=True)
class Leftover:
    """One lot at a site, or one record of the equipment register (`lot_id` None), in units.

    bought: came to the site; passed_on: issued to another; left: by the book (of equipment: pieces not in use).
    `condition` and `proposed` are what was last told there, `decided` what the level above decided.
    """

    key: str
    site_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    item_class: str
    unit_vi: str
    unit_en: str
    lot_id: str | None
    lot_number: str | None
    bought: int
    used: int
    passed_on: int
    discarded: int
    left: int
    expiry: date | None
    days_left: int | None
    condition: str | None
    proposed: str | None
    plan_after: str | None
    decided: str | None
    until: date | None
    document: str | None

    @property
    def unused(self) -> bool:
        """Nothing of it was ever used there or passed on."""
        return self.used <= 0 and self.passed_on <= 0

    @property
    def bucket(self) -> str:
        """How soon it expires, as on the expiring board."""
        return bucket(self.days_left)

    @property
    def rank(self) -> tuple[bool, bool, int, str, str]:
        """Undecided first, of these what was never used, then what expires first."""
        left = 100_000 if self.days_left is None else self.days_left
        return self.decided is not None, not self.unused, left, self.item_name_vi, self.key


def leftovers(connection: Connection, sites: Collection[str], today: date) -> list[Leftover]:
    """What these sites have left, the most pressing first."""
    told = _told(connection, sites)
    decided = {
        (row.site_id, row.lot_id): row
        for row in select_among(connection, select(_DECISION), _DECISION.c.site_id, sorted(sites))
    }
    found = [
        _of_lot(row, sums, told.get(key), decided.get(key), today)
        for key, (row, sums) in _sums(connection, sites).items()
        if sums["left"] > 0
    ]
    found += _of_equipment(equipment_of(connection, sites))
    return sorted(found, key=lambda each: each.rank)


def _sums(
    connection: Connection, sites: Collection[str]
) -> dict[tuple[str, str], tuple[Any, dict[str, int]]]:
    """(site, lot) -> (a row with its lot and item, sums by column)."""
    named = (
        _MOVEMENT.c.site_id, _MOVEMENT.c.lot_id, Lot.item_id, Lot.lot_number, Lot.label_expiry, Lot.revisions,
        Item.name_vi, Item.name_en, Item.item_class, Item.unit_vi, Item.unit_en,
    )  # fmt: skip
    query = (
        select(*named, _MOVEMENT.c.reason, func.sum(_MOVEMENT.c.vials).label("units"))
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(Item.item_class != "vaccine", ~_MOVEMENT.c.idle)
        .group_by(*named, _MOVEMENT.c.reason)
    )
    found: dict[tuple[str, str], tuple[Any, dict[str, int]]] = {}
    for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites)):
        empty = dict.fromkeys(("bought", "used", "passed_on", "discarded", "left"), 0)
        _, sums = found.setdefault((row.site_id, row.lot_id), (row, empty))
        units = int(row.units)
        sums["left"] += units
        column = _COLUMN.get(row.reason)
        if column:
            sums[column] += units if column == "bought" else -units
    return found


def _told(connection: Connection, sites: Collection[str]) -> dict[tuple[str, str], Any]:
    """(site, lot) -> the last count line that says a condition or a solution."""
    query = (
        select(
            StockCount.site_id, StockCountLine.lot_id, StockCount.as_of, StockCount.id, StockCountLine.condition,
            StockCountLine.solution,
        )
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .where(
            StockCount.corrected_by.is_(None),
            StockCountLine.condition.is_not(None) | StockCountLine.solution.is_not(None),
        )
    )  # fmt: skip
    rows = select_among(connection, query, StockCount.__table__.c.site_id, sorted(sites))
    ordered = sorted(rows, key=lambda row: (row.as_of, row.id))
    return {(row.site_id, row.lot_id): row for row in ordered}


def _of_lot(row: Any, sums: dict[str, int], told: Any, decided: Any, today: date) -> Leftover:
    expiry = last_day_of_lot(row.label_expiry, orjson.loads(row.revisions))
    return Leftover(
        f"lot.{row.site_id}.{row.lot_id}", row.site_id, row.item_id, row.name_vi, row.name_en, row.item_class,
        row.unit_vi, row.unit_en, row.lot_id, row.lot_number, **sums, expiry=expiry,
        days_left=days_left(expiry, today),
        condition=told.condition if told else None,
        proposed=told.solution if told else None,
        plan_after=None,
        decided=decided.decision if decided else None,
        until=decided.until if decided else None,
        document=decided.document if decided else None,
    )  # fmt: skip


def _of_equipment(found: Iterable[Equipped]) -> list[Leftover]:
    """Equipment that is not in use, or not in working order, and has not gone."""
    return [
        Leftover(
            f"equipment.{one.id}", one.site_id, one.item_id, one.item_name_vi, one.item_name_en, "equipment",
            one.unit_vi, one.unit_en, None, one.serial, one.pieces, one.pieces if one.in_use else 0, 0, 0,
            0 if one.in_use else one.pieces, None, None, one.condition, one.solution, one.plan_after, one.decided, None,
            one.document,
        )
        for one in found
        if one.gone is None and (not one.in_use or one.condition in ("repair", "broken"))
    ]  # fmt: skip
