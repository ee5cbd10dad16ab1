"""Every alert of some sites today, from stock, transfers, commitments, reserves and people who wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from server.alerts.waiting import waiting
from server.database import select_among
from server.places.tree import Tree
from server.redistribution.expected import expected_demand
from server.redistribution.losing import used_up
from server.stock.commitments import commitments
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item, Lot, StockBalance
from server.stock.transfer_models import StockLevel
from server.stock.transfers import Standing, transfers
from shared.rules import alerts as rules
from shared.rules.alerts import Alert, Held, Moving, Promised

_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]
_LEVEL: Table = StockLevel.__table__  # type: ignore[assignment]


def alerts(connection: Connection, tree: Tree, sites: Collection[str], today: date) -> list[Alert]:
    """The alerts these sites have to do with, the most pressing first. The sites stand on the tree of today."""
    stores = [site for site in sites if tree.nodes[site].level == "store"]
    items = _items(connection)
    held = [_held(stock) for stock in expiring_stock(connection, sites, today)]
    used = used_up(connection, sites, stores, today)
    warn_days = {item: row.warn_days for item, row in items.items()}
    usable = [holding for holding in held if holding.usable(today)]
    found = [
        *rules.of_stock(held, used, warn_days, today, expected=expected_demand(connection, sites, today)),
        *_of_needs(connection, tree, sites, usable, items, today),
        *_of_levels(connection, sites, usable, items),
        *(
            alert
            for one in transfers(connection, sites, today)
            for alert in rules.of_transfer(moving(one), today)
        ),
        *_of_commitments(connection, tree, sites, today),
    ]
    return rules.in_order(found)


def moving(one: Standing) -> Moving:
    """A transfer as the rule looks at it: in dispute the vials that differ, before a dispatch those ordered."""
    lines = [line.standing for line in one.lines]
    amounts = {
        "disputed": sum(abs(line.in_transit) for line in lines),
        "unconfirmed": sum(line.accepted + line.rejected for line in lines),
        "lapsed": sum(line.ordered for line in lines),
    }
    row = one.row
    return Moving(
        one.id, row.source_id, row.destination_id, one.stage, amounts.get(one.stage, one.in_transit),
        row.dispatched_on, one.expected_on, row.dispatch_by,
    )  # fmt: skip


def _items(connection: Connection) -> dict[str, Any]:
    query = select(Item.id, Item.vaccine, Item.doses_per_vial, Item.warn_days, Item.least)
    return {row.id: row for row in connection.execute(query)}


def _held(stock: ExpiringStock) -> Held:
    doses = stock.vials if stock.doses is None else stock.doses
    return Held(
        stock.site_id,
        stock.item_id,
        stock.lot_id,
        stock.state,
        stock.vials,
        doses,
        stock.expiry,
        stock.hold,
        stock.vvm,
    )


def _of_needs(
    connection: Connection,
    tree: Tree,
    sites: Collection[str],
    usable: Iterable[Held],
    items: Mapping[str, Any],
    today: date,
) -> Iterator[Alert]:
    """Stations that have nothing usable for people due. Stores serve nobody, teams take along what stations hold."""
    here: dict[str, set[str]] = {}
    for holding in usable:
        if vaccine := items[holding.item].vaccine:
            here.setdefault(holding.site, set()).add(vaccine)
    stations = [site for site in sites if tree.nodes[site].level == "station"]
    vaccines = {row.vaccine for row in items.values() if row.vaccine}
    for site, needs in waiting(connection, tree, stations, vaccines, today).items():
        unserved = sum(people for people, fits in needs if fits and not fits & here.get(site, set()))
        yield from rules.of_need(site, unserved, 0)


def _of_levels(
    connection: Connection, sites: Collection[str], usable: Iterable[Held], items: Mapping[str, Any]
) -> Iterator[Alert]:
    """Below the site's own level, or below the item's where the site keeps that item and has no level of its own."""
    stock: dict[tuple[str, str], int] = {}
    for holding in usable:
        if holding.state != "opened":
            key = holding.site, holding.item
            stock[key] = stock.get(key, 0) + holding.vials
    kept = select(_BALANCE.c.site_id, Lot.item_id).join(Lot, Lot.id == _BALANCE.c.lot_id).distinct()
    own = select(_LEVEL.c.site_id, _LEVEL.c.item_id, _LEVEL.c.least)
    least = {
        (row.site_id, row.item_id): items[row.item_id].least
        for row in select_among(connection, kept, _BALANCE.c.site_id, sorted(sites))
        if row.item_id in items
    }
    least |= {
        (row.site_id, row.item_id): row.least
        for row in select_among(connection, own, _LEVEL.c.site_id, sorted(sites))
        if row.least is not None
    }
    for (site, item), reserve in least.items():
        yield from rules.of_level(site, item, stock.get((site, item), 0), reserve)


def _of_commitments(
    connection: Connection, tree: Tree, sites: Collection[str], today: date
) -> Iterator[Alert]:
    for each in commitments(connection, tree, sites, {}, today):
        planned = each.planned
        if planned.use_by:
            promised = Promised(
                planned.id,
                planned.site_id,
                planned.item_id,
                planned.lot_id,
                planned.use_by,
                each.state,
                each.surplus,
            )
            yield from rules.of_commitment(promised)
