"""Where recalled stock could still be used: sites by what they can absorb of it before it expires."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.places.tree import Tree
from server.redistribution.expected import expected_demand
from server.redistribution.losing import used_up
from server.stock.commitments import using_sites
from server.stock.expiring import expiring_stock
from shared.rules.alerts import USED_OVER_DAYS
from shared.rules.at_risk import Demand, Stock, can_absorb, steady_demand
from shared.rules.need import why_unusable


@dataclass(frozen=True, slots=True)
class Destination:
    """A site with its usable doses (units) of an item, its use in USED_OVER_DAYS, and what it can absorb of more
    that expires on a day. A store stands for the sites it serves.
    """

    site_id: str
    usable: int
    used: int
    absorbs: int


def destinations(
    connection: Connection,
    tree: Tree,
    sites: Sequence[str],
    giving: Collection[str],
    item: str,
    expiry: date,
    today: date,
) -> list[Destination]:
    """Sites (none of `giving`) by how much they can absorb of the item, the most first; those that can take none are
    left out. Demand is the newest forecast (people still due among it), else the use of the last USED_OVER_DAYS.
    """
    used = used_up(connection, sites, (), today)
    expected = expected_demand(connection, sites, today)
    stock: dict[str, list[Stock]] = {}
    for held in expiring_stock(connection, sites, today):
        amount = held.vials if held.doses is None else held.doses
        usable = not why_unusable(held.state, held.hold, held.days_left)
        if held.item_id == item and usable and held.expiry and amount > 0:
            stock.setdefault(held.site_id, []).append((held.expiry, amount))
    found = []
    for site in sites:
        if site in giving:
            continue
        around = [each for each in using_sites(tree, site, sites) if each not in giving]
        usage = sum(used.get((each, item), 0) for each in around)
        held_there = [one for each in around for one in stock.get(each, ())]
        demands = [
            expected.get((each, item)) or steady_demand(used.get((each, item), 0), USED_OVER_DAYS, today)
            for each in [one for one in around if one != site] or around  # a store's own is that of its sites
        ]
        absorbs = can_absorb(held_there, _together(demands), expiry)
        if absorbs > 0:
            found.append(Destination(site, sum(amount for _, amount in held_there), usage, absorbs))
    return sorted(found, key=lambda each: (-each.absorbs, each.usable, each.site_id))


def _together(demands: Sequence[Demand]) -> Demand:
    return lambda day: sum(demand(day) for demand in demands)
