"""Stock counts beside the book: what was counted, when, how far it was from the balance of that day, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
)

from server.database import in_parts
from server.stock.models import Item, Lot, StockBalance, StockCount, StockCountLine, StockMovement
from shared.rules.counts import difference, unexplained


@dataclass(frozen=True, slots=True)
class Counted:
    """One counted holding. `vials` None was not counted, which is not 0; `doses` are those left in opened vials.

    `book` is the balance at the end of the day of the count without what explains this count; `explained` what
    explains it. Of the doses likewise.
    """

    count_id: str
    site_id: str
    as_of: date
    holding_id: str
    item_id: str
    name_vi: str
    name_en: str
    lot_id: str
    lot_number: str
    state: str
    thawed_on: date | None
    opened_on: date | None
    vials: int | None
    doses: int | None
    vvm: int | None
    condition: str | None
    solution: str | None
    note: str | None
    book: int
    explained: int
    book_doses: int
    explained_doses: int

    @property
    def difference(self) -> int | None:
        """Counted minus book; None when it was not counted."""
        return difference(self.vials, self.book)

    @property
    def difference_doses(self) -> int | None:
        """The same of the doses in opened vials; None when they were not counted."""
        return difference(self.doses, self.book_doses) if self.state == "opened" else None

    @property
    def open(self) -> int:
        """Vials that nothing explains yet."""
        return unexplained(self.vials, self.book, self.explained)

    @property
    def open_doses(self) -> int:
        """Doses of opened vials that nothing explains yet."""
        counted = self.doses if self.state == "opened" else None
        return unexplained(counted, self.book_doses, self.explained_doses)

    @property
    def is_open(self) -> bool:
        """Whether something of the line waits for an explanation."""
        return bool(self.open or self.open_doses)


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
            count_lines()
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
            count_lines()
            .where(StockCountLine.holding_id.in_(part), StockCountLine.vials.is_not(None))
            .order_by(StockCount.as_of, StockCount.id)
        )
        found |= {row.holding_id: Counted(*row) for row in connection.execute(query)}
    return found


def counts_between(
    connection: Connection, site: str, item: str, first: date, last: date, holding: str = ""
) -> list[Counted]:
    """Counted lines of an item at a site (of one holding when it is named) as of these days, in their order."""
    query = (
        count_lines()
        .where(
            StockCount.site_id == site,
            Lot.item_id == item,
            StockCount.as_of >= first,
            StockCount.as_of <= last,
        )
        .order_by(StockCount.as_of, StockCount.id, StockCountLine.line_no)
    )
    if holding:
        query = query.where(StockCountLine.holding_id == holding)
    return [Counted(*row) for row in connection.execute(query)]


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


def count_lines(*further: Any) -> Select[Any]:
    """Lines of counts that no other count corrects, in the order of the fields of `Counted`, then `further`."""
    return (
        select(
            StockCount.id,
            StockCount.site_id,
            StockCount.as_of,
            StockCountLine.holding_id,
            Item.id,
            Item.name_vi,
            Item.name_en,
            Lot.id,
            Lot.lot_number,
            StockCountLine.state,
            StockCountLine.thawed_on,
            StockCountLine.opened_on,
            StockCountLine.vials,
            StockCountLine.doses,
            StockCountLine.vvm,
            StockCountLine.condition,
            StockCountLine.solution,
            StockCountLine.note,
            _moved(StockMovement.vials, own=False).label("book"),
            _moved(StockMovement.vials, own=True).label("explained"),
            _of_opened(_moved(StockMovement.doses, own=False)).label("book_doses"),
            _of_opened(_moved(StockMovement.doses, own=True)).label("explained_doses"),
            *further,
        )
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .join(Lot, Lot.id == StockCountLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockCount.corrected_by.is_(None))
    )


def _moved(amount: Any, *, own: bool) -> ScalarSelect[int]:
    """The sum over movements of the line's holding: those that explain its count, or all others up to its day."""
    explains = StockMovement.count_id == StockCount.id
    others = and_(
        StockMovement.moved_on <= StockCount.as_of,
        or_(StockMovement.count_id.is_(None), StockMovement.count_id != StockCount.id),
    )
    return (
        select(cast(func.coalesce(func.sum(amount), 0), BigInteger))
        .where(
            StockMovement.holding_id == StockCountLine.holding_id,
            StockMovement.idle == false(),
            explains if own else others,
        )
        .correlate(StockCountLine, StockCount)
        .scalar_subquery()
    )


def _of_opened(doses: ScalarSelect[int]) -> Any:
    return case((StockCountLine.state == "opened", doses), else_=0)
