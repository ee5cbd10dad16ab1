"""What is known of a province's stock on a day: read once, for the instances of all its items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.places.tree import Node, Tree
from server.redistribution.site_demand import SiteDemand
from server.redistribution.usage import Key
from server.stock.allocations import Planned, allocations
from server.stock.commitments import Commitment, commitments
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item, StockCount, StockMovement
from server.stock.transfer_models import Recall, StockLevel
from server.stock.transfers import Standing, transfers

_COUNT: Table = StockCount.__table__  # type: ignore[assignment]
_LEVEL: Table = StockLevel.__table__  # type: ignore[assignment]
_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]
_RECALL: Table = Recall.__table__  # type: ignore[assignment]

LEVELS = ("station", "team", "store")

#: Item classes that are moved by themselves; diluent travels with its vaccine, equipment has other ways.
MOVED_CLASSES = ("vaccine", "medicine", "biological", "chemical", "supply")


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """An item: doses a vial (1 for what is counted in units), its diluent, and its reserve at every site."""

    id: str
    code: str
    vaccine: str | None
    doses_per_vial: int
    diluent_id: str | None
    diluent_code: str | None
    least: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything by item or by (site, item). `counted`: the last count of a site; `since`: its first movement.

    `stock` are holdings that are not empty, usable or not; `recalled` are approved recalls that say where to.
    """

    tree: Tree
    province: str
    as_of: date
    sites: tuple[Node, ...]
    items: dict[str, ItemInfo]
    stock: dict[str, list[ExpiringStock]]
    demand: Mapping[Key, SiteDemand]
    moving: dict[str, list[tuple[Standing, Any]]]
    promised: dict[str, list[Planned]]
    committed: dict[str, list[Commitment]]
    recalled: dict[str, list[Any]]
    levels: dict[Key, tuple[int | None, int | None]]
    counted: dict[str, date]
    since: dict[str, date]

    def diluent_at(self, site: str, item: ItemInfo) -> int | None:
        """Vials of usable diluent at a site; None when the item needs none or nobody keeps book of it."""
        if item.diluent_id is None or item.diluent_id not in self.stock:
            return None
        usable = (
            stock.vials
            for stock in self.stock[item.diluent_id]
            if stock.site_id == site and not stock.hold and (stock.days_left is None or stock.days_left >= 0)
        )
        return max(sum(usable), 0)


def ground_of(
    connection: Connection, province: str, tree: Tree, as_of: date, demand: Mapping[Key, SiteDemand]
) -> Ground:
    """The ground of a province. The book is today's; expiry, promises and counts are judged as of the day given."""
    sites = tuple(node for level in LEVELS for node in tree.below(province, level))
    ids = [node.id for node in sites]
    stock: dict[str, list[ExpiringStock]] = defaultdict(list)
    for found in expiring_stock(connection, ids, as_of):
        stock[found.item_id].append(found)
    moving: dict[str, list[tuple[Standing, Any]]] = defaultdict(list)
    for standing in transfers(connection, ids, as_of):
        for line in standing.lines:
            if line.item_id:
                moving[line.item_id].append((standing, line))
    inside = _inside(tree, province, ids)
    return Ground(
        tree,
        province,
        as_of,
        sites,
        _items(connection, province),
        dict(stock),
        demand,
        dict(moving),
        _by_item(allocations(connection, ids, inside, sources=list(inside))),
        _committed(commitments(connection, tree, ids, inside, as_of)),
        _recalled(connection, ids),
        _levels(connection, ids),
        *_counted(connection, ids, as_of),
    )


def _inside(tree: Tree, province: str, sites: Collection[str]) -> dict[str, list[str]]:
    """Place -> the sites in it: what an allocation's source may name."""
    found: dict[str, list[str]] = {}
    for site in sites:
        for place in tree.path(site):
            found.setdefault(place.id, []).append(site)
    return found


def _items(connection: Connection, province: str) -> dict[str, ItemInfo]:
    rows = connection.execute(
        select(
            Item.id,
            Item.code,
            Item.vaccine,
            Item.doses_per_vial,
            Item.diluent_id,
            Item.least,
            Item.item_class,
        )
        .where(Item.province_id == province)
        .order_by(Item.code, Item.id)
    ).all()
    codes = {row.id: row.code for row in rows}
    return {
        row.id: ItemInfo(
            row.id,
            row.code,
            row.vaccine,
            row.doses_per_vial or 1,
            row.diluent_id,
            codes.get(row.diluent_id),
            row.least or 0,
        )
        for row in rows
        if row.item_class in MOVED_CLASSES
    }


def _by_item(planned: Iterable[Planned]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = defaultdict(list)
    for line in planned:
        if line.outstanding:
            found[line.item_id].append(line)
    return dict(found)


def _committed(found: Iterable[Commitment]) -> dict[str, list[Commitment]]:
    by_item: dict[str, list[Commitment]] = defaultdict(list)
    for each in found:
        by_item[each.planned.item_id].append(each)
    return dict(by_item)


def _recalled(connection: Connection, sites: Collection[str]) -> dict[str, list[Any]]:
    query = select(_RECALL).where(_RECALL.c.status == "approved", _RECALL.c.destination_id.is_not(None))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(select_among(connection, query, _RECALL.c.site_id, sites), key=lambda r: str(r.id)):
        found[row.item_id].append(row)
    return dict(found)


def _levels(connection: Connection, sites: Collection[str]) -> dict[Key, tuple[int | None, int | None]]:
    rows = select_among(connection, select(_LEVEL), _LEVEL.c.site_id, sites)
    return {(row.site_id, row.item_id): (row.least, row.most) for row in rows}


def _counted(
    connection: Connection, sites: Collection[str], as_of: date
) -> tuple[dict[str, date], dict[str, date]]:
    counts = (
        select(_COUNT.c.site_id, func.max(_COUNT.c.as_of).label("on"))
        .where(_COUNT.c.corrected_by.is_(None), _COUNT.c.as_of <= as_of)
        .group_by(_COUNT.c.site_id)
    )
    begun = select(_MOVED.c.site_id, func.min(_MOVED.c.moved_on).label("on")).group_by(_MOVED.c.site_id)
    last = {row.site_id: row.on for row in select_among(connection, counts, _COUNT.c.site_id, sites)}
    first = {row.site_id: row.on for row in select_among(connection, begun, _MOVED.c.site_id, sites)}
    return last, first
