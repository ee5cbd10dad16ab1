"""Demand per site and item: from people still due, uptake, session rhythm and use not censored by stock-outs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.places.tree import Tree
from server.redistribution.due import Due, due_by_site
from server.redistribution.forecast_errors import error_by_item
from server.redistribution.site_demand import SiteDemand
from server.redistribution.usage import Key, Usage, usage
from server.stock.expiry_models import StockExpiry
from server.stock.models import Item
from shared.rules.demand import Use, expected_use, session_weekdays, spread, uptake

_EXPIRY: Table = StockExpiry.__table__  # type: ignore[assignment]

#: Days that are looked back on.
WINDOW_DAYS = 56

#: Few weeks of few sites can show any variance; more than this is not believed.
_MOST_SPREAD = 20.0


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    vaccine: str | None
    doses_per_vial: int


def sites_of(tree: Tree, province: str) -> dict[str, list[str]]:
    """The sites of a province by level."""
    return {
        level: [node.id for node in tree.below(province, level)] for level in ("station", "team", "store")
    }


def forecast(connection: Connection, province: str, tree: Tree, as_of: date) -> dict[Key, SiteDemand]:
    """The demand of every site of a province for every item with doses or stock there, from `as_of` on."""
    levels = sites_of(tree, province)
    stores = levels["store"]
    sites = [site for found in levels.values() for site in found]
    first = as_of - timedelta(days=WINDOW_DAYS)
    used = usage(connection, sites, stores, first, WINDOW_DAYS)
    items = _items(connection, province)
    codes = {item.vaccine for item in items.values() if item.vaccine}
    due = due_by_site(connection, province, tree, codes, first, WINDOW_DAYS, as_of)
    errors = error_by_item(connection, province)
    serving = frozenset(sites) - frozenset(stores)
    dispersion = _dispersions(used, serving)
    rates = _rates(due, serving)
    stocked = _usable_doses(connection, sorted(serving), as_of)
    found: dict[Key, SiteDemand] = {}
    for item in items.values():
        for site in sorted(serving):
            key = site, item.id
            still = due.people.get((site, item.vaccine or ""), 0) if item.vaccine in due.planned else None
            use = used.of(key)
            if not (use.doses or use.days or still):
                continue
            found[key] = _demand(
                key, use, still, rates.get(site, 0.0), used.sessions.get(site, set()), dispersion, errors
            )
        for store in stores:
            found |= _of_store(tree, store, item, used, found, stocked, dispersion, errors)
    return found


def used_in(connection: Connection, province: str, tree: Tree) -> Callable[[date, int], Usage]:
    """What gives the use of a province's sites in so many days from a day."""
    levels = sites_of(tree, province)
    sites = [site for found in levels.values() for site in found]
    return lambda first, days: usage(connection, sites, levels["store"], first, days)


def _demand(
    key: Key,
    use: Use,
    still: int | None,
    rate: float,
    held: Collection[date],
    dispersion: Mapping[str, float],
    errors: Mapping[str, float],
) -> SiteDemand:
    a_week = len(held) * 7 / WINDOW_DAYS or None
    mean = expected_use(use, (still or 0) * rate, a_week if use.doses else None)
    site, item = key
    return SiteDemand(
        site,
        item,
        mean,
        dispersion.get(item, 1.0),
        errors.get(item),
        still,
        session_weekdays(held),
        use,
    )


def _of_store(
    tree: Tree,
    store: str,
    item: _Item,
    used: Usage,
    found: Mapping[Key, SiteDemand],
    stocked: Mapping[Key, int],
    dispersion: Mapping[str, float],
    errors: Mapping[str, float],
) -> dict[Key, SiteDemand]:
    """A store has people of nobody; it passes on what its sites run out of, at the pace it issued so far."""
    key = store, item.id
    use = used.of(key)
    if not (use.doses or use.days):
        return {}
    parent = tree.nodes[store].parent
    below = [n.id for level in ("station", "team") for n in tree.below(parent or store, level)]
    wanted = [found[site, item.id] for site in below if (site, item.id) in found]
    still = None
    if any(demand.still_due is not None for demand in wanted):
        still = sum(max((d.still_due or 0) - stocked.get((d.site_id, item.id), 0), 0) for d in wanted)
    theirs = sum(demand.mean for demand in wanted)  # what it fills shelves with is not used yet
    mean = min(expected_use(use, theirs, None), theirs)
    return {key: SiteDemand(*key, mean, dispersion.get(item.id, 1.0), errors.get(item.id), still, (), use)}


def _usable_doses(connection: Connection, sites: Collection[str], as_of: date) -> dict[Key, int]:
    query = (
        select(_EXPIRY.c.site_id, _EXPIRY.c.item_id, func.sum(_EXPIRY.c.doses).label("doses"))
        .where(_EXPIRY.c.stopped.is_(None), _EXPIRY.c.expires_on >= as_of, _EXPIRY.c.doses > 0)
        .group_by(_EXPIRY.c.site_id, _EXPIRY.c.item_id)
    )
    rows = select_among(connection, query, _EXPIRY.c.site_id, sites)
    return {(row.site_id, row.item_id): int(row.doses) for row in rows}


def _rates(due: Due, sites: Iterable[str]) -> dict[str, float]:
    """Site -> share of its people due who are given a dose a day. Half of those given were due on average."""
    exposed = {site: (due.everyone.get(site, 0) + due.given.get(site, 0) / 2) * WINDOW_DAYS for site in sites}
    everywhere = sum(exposed.values())
    province = sum(due.given.get(site, 0) for site in exposed) / everywhere if everywhere else 0.0
    return {site: uptake(due.given.get(site, 0), days, province) for site, days in exposed.items()}


def _items(connection: Connection, province: str) -> dict[str, _Item]:
    query = select(Item.id, Item.vaccine, Item.doses_per_vial).where(
        Item.province_id == province, Item.item_class != "equipment"
    )
    rows = connection.execute(query.order_by(Item.id))
    return {row.id: _Item(row.id, row.vaccine, row.doses_per_vial or 1) for row in rows}


def _dispersions(used: Usage, sites: Collection[str]) -> dict[str, float]:
    """Item -> variance ÷ mean, pooled over these sites; what stores issue comes in lumps of its own."""
    weeks: dict[str, list[list[int]]] = defaultdict(list)
    for key in sorted(used.by_key):
        if key[0] in sites:
            weeks[key[1]].append(used.weeks(key))
    return {item: min(spread(counts), _MOST_SPREAD) for item, counts in weeks.items()}
