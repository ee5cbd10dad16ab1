"""What of the stock on hand will expire where it stands: the FEFO identity over what each site uses up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, case, func, or_, select

from server.database import select_among
from server.redistribution.expected import expected_demand
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item, Lot, StockMovement
from shared.rules.alerts import USED_OVER_DAYS, WARN_DAYS
from shared.rules.at_risk import Demand, losses, steady_demand
from shared.rules.need import why_unusable

_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A holding with what stands against it, in doses (in units for items without doses).

    `unusable` is why it may not be used (`why_unusable`), None when it may. `amount` is there by the book, below zero
    nothing; `usable` of it may be used. `used` is what the site used up of the item in USED_OVER_DAYS; `losing`
    what of a usable holding expires unused when the shortest date goes first and use is as forecast, or goes on as it
    was. `warned`: it expires within the days its item is told of before.
    """

    stock: ExpiringStock
    unusable: str | None
    amount: int
    usable: int
    used: int
    losing: int
    warned: bool


def exposed_stock(
    connection: Connection, sites: Collection[str], stores: Collection[str], today: date
) -> list[Exposed]:
    """Every holding of these sites that is not empty; first what is lost of items nobody uses there, then what is
    lost most. A store among them (`stores`) uses up what it issues.
    """
    stocks = expiring_stock(connection, sites, today)
    used = used_up(connection, sites, stores, today)
    demand = expected_demand(connection, sites, today)
    return exposed(stocks, used, demand, _warn_days(connection, {stock.item_id for stock in stocks}), today)


def exposed(
    stocks: Iterable[ExpiringStock],
    used: Mapping[tuple[str, str], int],
    expected: Mapping[tuple[str, str], Demand],
    warn_days: Mapping[str, int],
    today: date,
) -> list[Exposed]:
    """The same from what was read: `used` by (site, item) in USED_OVER_DAYS, the demand where none is `expected`,
    `warn_days` by item.
    """
    shelves: dict[tuple[str, str], list[tuple[ExpiringStock, str | None]]] = {}
    for stock in stocks:
        reason = why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm)
        shelves.setdefault((stock.site_id, stock.item_id), []).append((stock, reason))
    found = []
    for shelf, held in shelves.items():
        use = used.get(shelf, 0)
        counted = [
            (stock.expiry, _amount(stock))
            for stock, reason in held
            if reason is None and stock.expiry and _amount(stock) > 0
        ]
        lost = iter(losses(counted, expected.get(shelf) or steady_demand(use, USED_OVER_DAYS, today)))
        for stock, reason in held:
            counts = reason is None and stock.expiry and _amount(stock) > 0
            left, warn = stock.days_left, warn_days.get(stock.item_id, WARN_DAYS)
            warned = left is not None and left <= warn
            amount = max(0, _amount(stock))
            usable = 0 if reason else amount
            found.append(Exposed(stock, reason, amount, usable, use, next(lost) if counts else 0, warned))
    return sorted(found, key=rank)


def used_up(
    connection: Connection, sites: Collection[str], stores: Collection[str], today: date
) -> dict[tuple[str, str], int]:
    """(site, item) -> doses (units) used up in the USED_OVER_DAYS before today and on it."""
    doses = case((_MOVED.c.state == "opened", _MOVED.c.doses), else_=_MOVED.c.vials * Item.doses_per_vial)
    query = (
        select(
            _MOVED.c.site_id,
            Lot.item_id,
            _MOVED.c.reason,
            func.sum(func.coalesce(doses, _MOVED.c.vials)).label("moved"),
        )
        .join(Lot, Lot.id == _MOVED.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVED.c.moved_on > today - timedelta(days=USED_OVER_DAYS),
            _MOVED.c.moved_on <= today,
            or_(_MOVED.c.reason == "administered", _MOVED.c.reason == "issued"),
            _MOVED.c.idle.is_(False),
        )
        .group_by(_MOVED.c.site_id, Lot.item_id, _MOVED.c.reason)
    )
    found: dict[tuple[str, str], int] = {}
    kept = frozenset(stores)
    for row in select_among(connection, query, _MOVED.c.site_id, sites):
        if row.reason == "administered" or row.site_id in kept:
            key = row.site_id, row.item_id
            found[key] = found.get(key, 0) - int(row.moved)
    return {key: max(0, amount) for key, amount in found.items()}


def _warn_days(connection: Connection, items: Collection[str]) -> dict[str, int]:
    query = select(Item.id, Item.warn_days).where(Item.warn_days.is_not(None))
    return {row.id: row.warn_days for row in connection.execute(query) if row.id in items}


def _amount(stock: ExpiringStock) -> int:
    return stock.vials if stock.doses is None else stock.doses


def rank(each: Exposed) -> tuple[bool, bool, int, int, str]:
    """The order of holdings: first what is lost of items nobody uses there, then what is lost most."""
    left = 100_000 if each.stock.days_left is None else each.stock.days_left
    return each.losing == 0, each.used > 0, -each.losing, left, each.stock.holding_id
