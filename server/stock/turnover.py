"""In, out and balance of a period (nhập – xuất – tồn): closing = opening + the sum of every column, by item and lot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, Table, case, cast, false, func, literal_column, select

from server.database import select_among
from server.stock.models import Item, Lot, StockMovement
from shared.rules.turnover import COLUMNS, LEAVING, column_of

#: vials: whole vials or units. doses: doses, those left in opened vials, units of items without doses.
Measure = Literal["vials", "doses"]

_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]

_AMOUNTS: dict[str, Any] = {
    "vials": _MOVED.c.vials,
    "doses": case(
        (_MOVED.c.state == "opened", _MOVED.c.doses),
        else_=_MOVED.c.vials * func.coalesce(Item.doses_per_vial, literal_column("1")),
    ),
}


@dataclass(frozen=True, slots=True)
class TurnoverKey:
    """What a row is of: a place (a site, or what sites were put together into), an item, a lot (None: all lots)."""

    place: str
    item_id: str
    lot_id: str | None


@dataclass(slots=True)
class Turnover:
    """A row: `moved` are signed amounts by column (issued, used and wasted stock below zero)."""

    key: TurnoverKey
    opening: int = 0
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + sum(self.moved.values())

    def shown(self, column: str) -> int:
        """The amount of a column as people write it: what left stands without its sign."""
        return -self.moved[column] if column in LEAVING else self.moved[column]

    @property
    def is_empty(self) -> bool:
        """Nothing was there and nothing happened."""
        return not (self.opening or any(self.moved.values()))

    def add(self, other: Turnover) -> None:
        """Take another row into this one."""
        self.opening += other.opening
        for column, amount in other.moved.items():
            self.moved[column] += amount


@dataclass(frozen=True, slots=True)
class Named:
    """An item or lot by its names."""

    item_vi: str
    item_en: str
    item_class: str
    unit_vi: str
    unit_en: str
    lot_number: str


def turnover(
    connection: Connection, sites: Collection[str], first: date, last: date, measure: Measure = "vials"
) -> list[Turnover]:
    """Rows by site and lot, from the morning of `first` to the evening of `last`; rows without anything left out."""
    rows: dict[TurnoverKey, Turnover] = {}

    def row(found: Any) -> Turnover:
        key = TurnoverKey(found.site_id, found.item_id, found.lot_id)
        return rows.setdefault(key, Turnover(key))

    amount = cast(func.sum(_AMOUNTS[measure]), BigInteger).label("amount")
    named = _MOVED.c.site_id, Lot.item_id, _MOVED.c.lot_id
    for found in _select(connection, [*named], amount, sites, _MOVED.c.moved_on < first):
        row(found).opening += found.amount
    comes_in = (_MOVED.c.vials > literal_column("0")).label("comes_in")
    turned = _MOVED.c.reverses_id.is_not(None).label("turned")
    within = _MOVED.c.moved_on.between(first, last)
    for found in _select(connection, [*named, _MOVED.c.reason, comes_in, turned], amount, sites, within):
        column = column_of(found.reason, comes_in=bool(found.comes_in), turned=bool(found.turned))
        row(found).moved[column] += found.amount
    return [found for found in rows.values() if not found.is_empty]


def put_together(rows: Iterable[Turnover], place_of: Callable[[str], str], *, by_lot: bool) -> list[Turnover]:
    """Rows of sites added up by the places `place_of` says, and over lots unless `by_lot`."""
    found: dict[TurnoverKey, Turnover] = {}
    for row in rows:
        key = TurnoverKey(place_of(row.key.place), row.key.item_id, row.key.lot_id if by_lot else None)
        found.setdefault(key, Turnover(key)).add(row)
    return [row for row in found.values() if not row.is_empty]


def names_of(connection: Connection, lots: Collection[str]) -> dict[str, Named]:
    """Lot id -> the names of it and its item."""
    query = select(
        Lot.id, Item.name_vi, Item.name_en, Item.item_class, Item.unit_vi, Item.unit_en, Lot.lot_number
    ).join(Item, Item.id == Lot.item_id)
    return {
        row.id: Named(*row[1:]) for row in select_among(connection, query, Lot.__table__.c.id, sorted(lots))
    }


def _select(
    connection: Connection, named: list[Any], amount: Any, sites: Collection[str], when: Any
) -> list[Any]:
    query = (
        select(*named, amount)
        .join(Lot, Lot.id == _MOVED.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(when, _MOVED.c.idle == false())
        .group_by(*named)
    )
    return select_among(connection, query, _MOVED.c.site_id, sorted(sites))
