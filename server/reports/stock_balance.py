"""In, out and balance of a period (nhập – xuất – tồn) at every site of a province, by item and lot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.places.tree import Node, Tree
from server.reports.stock import SITE_LEVELS
from server.stock.turnover import Measure, Named, Turnover, names_of, put_together, turnover
from shared.text.folding import sort_key

#: What a row may be of.
LEVELS = ("site", "commune", "district", "province")


@dataclass(frozen=True, slots=True)
class StockBalanceRow:
    """Of one item (and lot, unless lots are added up) at one place, in vials or units, or in doses.

    closing = opening + started + received − issued − used − open_waste − closed_waste + adjusted. `started` is what a
    book began with; received and issued include what moved between sites.
    """

    province: str
    district: str | None
    commune: str | None
    place: str
    place_id: str
    item_vi: str
    item_en: str
    lot_number: str | None
    unit_vi: str
    unit_en: str
    opening: int
    started: int
    received: int
    issued: int
    used: int
    open_waste: int
    closed_waste: int
    adjusted: int
    closing: int


@dataclass(frozen=True, slots=True)
class Period:
    """What is asked for: days (both included), places a row is of (one of LEVELS), lots apart, and the measure."""

    first: date
    last: date
    by: str = "site"
    by_lot: bool = True
    measure: Measure = "vials"


def stock_balance_rows(
    connection: Connection, tree: Tree, provinces: Sequence[Node], asked: Period
) -> Iterator[StockBalanceRow]:
    """The rows, by place, item and lot."""
    sites = [n.id for province in provinces for level in SITE_LEVELS for n in tree.below(province.id, level)]
    found = turnover(connection, sites, asked.first, asked.last, asked.measure)
    lots = {row.key.lot_id for row in found if row.key.lot_id}
    names = names_of(connection, lots)
    of_item = {row.key.item_id: names[row.key.lot_id] for row in found if row.key.lot_id in names}

    def above(site: str) -> str:
        node = tree.up(site, asked.by) if asked.by != "site" else None
        return node.id if node else site

    together = put_together(found, above, by_lot=asked.by_lot)
    rows = [
        _row(tree, row, names[row.key.lot_id] if row.key.lot_id else of_item[row.key.item_id], asked.measure)
        for row in together
    ]
    yield from sorted(rows, key=_place)


def _place(row: StockBalanceRow) -> tuple[str, ...]:
    places = row.province, row.district or "", row.commune or "", row.place
    return *map(sort_key, places), sort_key(row.item_vi), row.lot_number or "", row.place_id


def _row(tree: Tree, row: Turnover, named: Named, measure: Measure) -> StockBalanceRow:
    above = {node.level: node.name for node in tree.path(row.key.place)}
    doses = measure == "doses" and named.item_class == "vaccine"
    return StockBalanceRow(
        province=above["province"],
        district=above.get("district"),
        commune=above.get("commune"),
        place=tree.name(row.key.place),
        place_id=row.key.place,
        item_vi=named.item_vi,
        item_en=named.item_en,
        lot_number=named.lot_number if row.key.lot_id else None,
        unit_vi="liều" if doses else named.unit_vi,
        unit_en="dose" if doses else named.unit_en,
        opening=row.opening,
        started=row.shown("started"),
        received=row.shown("received"),
        issued=row.shown("issued"),
        used=row.shown("used"),
        open_waste=row.shown("open_waste"),
        closed_waste=row.shown("closed_waste"),
        adjusted=row.shown("adjusted"),
        closing=row.closing,
    )
