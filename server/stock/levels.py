"""Reserves: the least and the most a site should hold of an item, beside what it can use (R074). Vials or units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.database import select_among, table_of
from server.stock.expiring import expiring_stock
from server.stock.models import Item, Lot, StockBalance
from server.stock.transfer_models import StockLevel
from shared.rules.need import why_unusable

_LEVEL = table_of(StockLevel)
_BALANCE = table_of(StockBalance)


@dataclass(frozen=True, slots=True)
class Level:
    """What a site should hold of an item and does. `own`: it was set for this site; else it is the item's default,
    which holds wherever the item was ever kept.
    """

    site_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    item_class: str
    unit_vi: str
    unit_en: str
    least: int | None
    most: int | None
    own: bool
    document: str | None
    usable: int
    on_hand: int

    @property
    def missing(self) -> int:
        """What lacks to the reserve; only what may be used counts towards it."""
        return max(0, (self.least or 0) - self.usable)

    @property
    def over(self) -> int:
        """What is more than can be stored."""
        return max(0, self.on_hand - self.most) if self.most is not None else 0

    @property
    def state(self) -> str:
        """below, over, kept, or none (no reserve is set)."""
        if self.missing:
            return "below"
        if self.over:
            return "over"
        return "kept" if self.least or self.most is not None else "none"


def levels(connection: Connection, sites: Collection[str], today: date) -> list[Level]:
    """Every item these sites have a level of or ever kept, what lacks most first."""
    items = {row.id: row for row in connection.execute(select(Item.__table__))}
    own = {
        (row.site_id, row.item_id): row
        for row in select_among(connection, select(_LEVEL), _LEVEL.c.site_id, sorted(sites))
    }
    kept = select(_BALANCE.c.site_id, Lot.item_id).join(Lot, Lot.id == _BALANCE.c.lot_id).distinct()
    pairs = set(own) | {
        (row.site_id, row.item_id)
        for row in select_among(connection, kept, _BALANCE.c.site_id, sorted(sites))
    }
    usable: dict[tuple[str, str], int] = {}
    on_hand: dict[tuple[str, str], int] = {}
    for held in expiring_stock(connection, sites, today):
        if held.vials > 0:
            key = held.site_id, held.item_id
            on_hand[key] = on_hand.get(key, 0) + held.vials
            if not why_unusable(held.state, held.hold, held.days_left):
                usable[key] = usable.get(key, 0) + held.vials
    found = []
    for site, item_id in pairs:
        item, set_here = items.get(item_id), own.get((site, item_id))
        if item is not None:
            found.append(
                Level(
                    site, item_id, item.name_vi, item.name_en, item.item_class, item.unit_vi, item.unit_en,
                    set_here.least if set_here and set_here.least is not None else item.least,
                    set_here.most if set_here else None, set_here is not None,
                    set_here.document if set_here else None,
                    usable.get((site, item_id), 0), on_hand.get((site, item_id), 0),
                )
            )  # fmt: skip
    return sorted(found, key=lambda level: (-level.missing, level.item_name_vi, level.site_id))


def below_reserve(connection: Connection, sites: Collection[str], today: date) -> list[Level]:
    """The levels of these sites that are not held, what lacks most first."""
    return [level for level in levels(connection, sites, today) if level.missing]
