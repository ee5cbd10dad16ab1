"""Stock counts beside the book: what was counted, when, and how far it was from the balance of that day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from server.database import in_parts
from server.stock.models import Item, Lot, StockBalance, StockCount, StockCountLine, StockMovement


@dataclass(frozen=True, slots=True)
class Counted:
    """One counted holding. `vials` None was not counted, which is not 0.

    `book` is the balance at the end of the day of the count; `difference` counted minus book.
    """

    count_id: str
    site_id: str
    as_of: date
    holding_id: str
    item_id: str
    name_vi: str
    name_en: str
    lot_number: str
    vials: int | None
    book: int

    @property
    def difference(self) -> int | None:
        """Counted minus book; None when it was not counted."""
        return None if self.vials is None else self.vials - self.book


@dataclass(frozen=True, slots=True)
class Held:
    """What the book says a site holds of one lot in one state."""

    holding_id: str
    site_id: str
    lot_id: str
    name_vi: str
    name_en: str
    lot_number: str
    state: str
    vials: int
    doses: int | None


def newest_counts(connection: Connection, sites: Collection[str], limit: int) -> list[Counted]:
    """The lines of the newest counts of these sites, newest first; corrected counts left out."""
    found: list[Counted] = []
    for part in in_parts(list(sites)):
        query = (
            _lines()
            .where(StockCount.site_id.in_(part))
            .order_by(StockCount.as_of.desc(), StockCount.id.desc(), StockCountLine.line_no)
            .limit(limit)
        )
        found += [Counted(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda c: (c.as_of, c.count_id), reverse=True)[:limit]


def last_counts(connection: Connection, holdings: Collection[str]) -> dict[str, Counted]:
    """Holding id -> its last counted line."""
    found: dict[str, Counted] = {}
    for part in in_parts(list(holdings)):
        query = (
            _lines()
            .where(StockCountLine.holding_id.in_(part), StockCountLine.vials.is_not(None))
            .order_by(StockCount.as_of, StockCount.id)
        )
        found |= {row.holding_id: Counted(*row) for row in connection.execute(query)}
    return found


def held(connection: Connection, sites: Collection[str]) -> list[Held]:
    """What the book says these sites hold, empty holdings left out."""
    rows = connection.execute(
        select(
            StockBalance.holding_id,
            StockBalance.site_id,
            StockBalance.lot_id,
            Item.name_vi,
            Item.name_en,
            Lot.lot_number,
            StockBalance.state,
            StockBalance.vials,
            StockBalance.vials * Item.doses_per_vial,
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.site_id.in_(sites), StockBalance.vials != 0)
        .order_by(Item.name_vi, Lot.lot_number)
    )
    return [Held(*row) for row in rows]


def _lines() -> Select[Any]:
    book = (
        select(func.coalesce(func.sum(StockMovement.vials), 0))
        .where(
            and_(
                StockMovement.holding_id == StockCountLine.holding_id,
                StockMovement.moved_on <= StockCount.as_of,
            )
        )
        .correlate(StockCountLine, StockCount)
        .scalar_subquery()
    )
    return (
        select(
            StockCount.id,
            StockCount.site_id,
            StockCount.as_of,
            StockCountLine.holding_id,
            Item.id,
            Item.name_vi,
            Item.name_en,
            Lot.lot_number,
            StockCountLine.vials,
            book,
        )
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .join(Lot, Lot.id == StockCountLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockCount.corrected_by.is_(None))
    )
