"""Commitments: allocations with a last day of use (R037), beside what was used of them since they came.

Amounts are doses (units of items without doses). A store gives nobody a dose itself: of what it received, the use
of every site below the place it serves counts, and what it issues to them has not left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from server.database import select_among, table_of
from server.places.tree import Tree
from server.stock.allocations import Planned, allocations
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from server.stock.transfer_models import Recall
from shared.rules.commitments import LOOK_BACK_DAYS, STATES, Out, Received, Share, Use, shares
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL

_MOVEMENT = table_of(StockMovement)
_RECALL = table_of(Recall)

#: Reason -> how it takes stock away from a commitment. Changes of state and corrections of the book do not.
_WAY = {
    "administered": "used",
    "issued": "moved",
    "returned": "moved",
    **dict.fromkeys(OPEN_VIAL | CLOSED_VIAL, "discarded"),
}


@dataclass(frozen=True, slots=True)
class Commitment:
    """An allocation with `use_by`: what became of it until `today`, and what left it, part by part.

    `recalled` tells that an approved recall stands; `sites` are those whose use counts.
    """

    planned: Planned
    use: Use
    parts: tuple[Share, ...]
    sites: tuple[str, ...]
    today: date
    recalled: bool

    @property
    def per_vial(self) -> int:
        """Doses a vial, 1 for what is counted in units."""
        return self.planned.doses_per_vial or 1

    @property
    def state(self) -> str:
        """One of `shared.rules.commitments.STATES`."""
        withdrawn = self.planned.withdrawn is not None
        return self.use.state(self.today, withdrawn=withdrawn, recalled=self.recalled)

    @property
    def surplus(self) -> int:
        """Doses (units) that will not be used by the last day."""
        return self.use.surplus(self.today) if self.state in ("behind", "broken", "recalled") else 0

    @property
    def rank(self) -> tuple[int, int, date]:
        """The most pressing first: state, then the most that will be left, then the first day."""
        return STATES.index(self.state), -self.surplus, self.use.use_by


def commitments(
    connection: Connection,
    tree: Tree,
    sites: Collection[str],
    inside: Mapping[str, Collection[str]],
    today: date,
) -> list[Commitment]:
    """The commitments of these sites, the most pressing first. `inside` as for `allocations`."""
    planned = [line for line in allocations(connection, sites, inside) if line.use_by]
    around = {line.site_id: using_sites(tree, line.site_id, sites) for line in planned}
    outs = _outs(connection, {site for found in around.values() for site in found}, planned)
    recalled = _recalled(connection, [line.id for line in planned])
    groups: dict[tuple[str, str], list[Planned]] = {}
    for line in planned:
        groups.setdefault((line.site_id, line.item_id), []).append(line)
    found: list[Commitment] = []
    for (site, item), lines in groups.items():
        left = [out for where in around[site] for out in _leaving(outs.get((where, item), ()), around[site])]
        parts: dict[str, list[Share]] = {}
        for share in shares(_received(lines), _netted(left)):
            parts.setdefault(share.commitment, []).append(share)
        found += [
            Commitment(
                line,
                use_of(line, parts.get(line.id, ()), today),
                tuple(parts.get(line.id, ())),
                around[site],
                today,
                line.id in recalled,
            )
            for line in lines
        ]
    return sorted(found, key=lambda each: (each.rank, each.planned.id))


def using_sites(tree: Tree, site: str, sites: Collection[str]) -> tuple[str, ...]:
    """Of these sites, those that use up what a site received: itself; of a store, all below the place it serves."""
    node = tree.nodes[site]
    if node.level != "store" or node.parent is None:
        return (site,)
    below = {each.id for each in tree.below(node.parent)}
    return tuple(sorted(below.intersection(sites) | {site}))


def use_of(line: Planned, parts: Iterable[Share], today: date) -> Use:
    """What became of a commitment, from the parts that left it."""
    if line.use_by is None:
        raise ValueError("an allocation without a last day of use is no commitment")
    ways = {"used": 0, "discarded": 0, "moved": 0}
    lately = 0
    for part in parts:
        if part.on <= today:
            ways[part.way] += part.amount
            if part.way == "used" and part.on > today - timedelta(days=LOOK_BACK_DAYS):
                lately += part.amount
    per_vial = line.doses_per_vial or 1
    weekly = None if line.weekly is None else line.weekly * per_vial
    received = line.received * per_vial if line.received > 0 else 0
    return Use(
        received, line.received_on if received else None, line.use_by, weekly, **ways, used_lately=lately
    )


def _received(lines: Iterable[Planned]) -> list[Received]:
    return [
        Received(
            line.id, line.lot_id, line.received_on, line.received * (line.doses_per_vial or 1), line.use_by
        )
        for line in lines
        if line.received > 0 and line.received_on and line.use_by
    ]


def _leaving(outs: Iterable[Any], around: Collection[str]) -> Iterable[Any]:
    """What really left: not what was only passed on among the sites whose use counts."""
    return (out for out in outs if _WAY[out.reason] != "moved" or out.counterpart_id not in around)


def _netted(rows: Iterable[Any]) -> list[Out]:
    sums: dict[tuple[date, str, str], int] = {}
    for row in rows:
        key = row.moved_on, row.lot_id, _WAY[row.reason]
        sums[key] = sums.get(key, 0) + int(row.amount)
    return [Out(*key, amount) for key, amount in sums.items() if amount]


def _outs(
    connection: Connection, sites: Collection[str], planned: Iterable[Planned]
) -> dict[tuple[str, str], list[Any]]:
    """(site, item) -> amounts out of it by day, lot, reason and counterpart, since the first commitment."""
    since = min((line.received_on for line in planned if line.received_on), default=None)
    if since is None:
        return {}
    query = (
        select(
            _MOVEMENT.c.site_id,
            Lot.item_id,
            _MOVEMENT.c.lot_id,
            _MOVEMENT.c.moved_on,
            _MOVEMENT.c.reason,
            _MOVEMENT.c.counterpart_id,
            (-func.sum(moved_doses())).label("amount"),
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.reason.in_(sorted(_WAY)),
            _MOVEMENT.c.moved_on >= since,
            ~_MOVEMENT.c.idle,
            Lot.item_id.in_(sorted({line.item_id for line in planned})),
        )
        .group_by(
            _MOVEMENT.c.site_id,
            Lot.item_id,
            _MOVEMENT.c.lot_id,
            _MOVEMENT.c.moved_on,
            _MOVEMENT.c.reason,
            _MOVEMENT.c.counterpart_id,
        )
    )
    found: dict[tuple[str, str], list[Any]] = {}
    for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites)):
        found.setdefault((row.site_id, row.item_id), []).append(row)
    return found


def _recalled(connection: Connection, allocations: Collection[str]) -> set[str]:
    query = select(_RECALL.c.allocation_id).where(_RECALL.c.status == "approved")
    return {
        row.allocation_id
        for row in select_among(connection, query, _RECALL.c.allocation_id, sorted(allocations))
    }
