"""The instance of one item of a province on a day, from what is known of its stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from server.places.tree import Node, Tree
from server.redistribution.ground import Ground, ItemInfo
from server.redistribution.instance import Demand, Holding, Instance, Parameters, Site
from server.stock.expiring import ExpiringStock
from shared.rules.need import why_unusable

#: A site whose last count is older counts again before it sends anything.
COUNT_DAYS = 31

#: A pair of sites does not exchange an item the other way round, nor is a rejected pair proposed again, so long.
COOLDOWN_DAYS = 28

#: What came by a redistribution stays so long before it is moved on.
SETTLE_DAYS = 14

#: What is promised without a lot is thought to last longer than anything on the shelf.
_FRESH_DAYS = 365

#: Stock whose vial monitor is at this stage travels short ways only.
_VVM_SHORT = 2


@dataclass(slots=True)
class _Shelf:
    """A holding while promises are taken off it: `vials` still there, `reserved` of them not to be moved."""

    stock: ExpiringStock
    vials: int
    reserved: int = 0

    @property
    def expiry(self) -> date:
        if self.stock.expiry is None:
            raise ValueError("only stock of a known expiry is planned with")
        return self.stock.expiry


def instance_of(ground: Ground, item_id: str, parameters: Parameters) -> Instance | None:
    """The instance; None when no site has anything of the item that could be used or moved."""
    item = ground.items[item_id]
    shelves = _usable(ground, item_id)
    if not any(shelves.values()):
        return None
    arriving = list(_arriving(ground, item, shelves))
    _reserve(ground, item, shelves)
    sites = tuple(_site(ground, item, node) for node in ground.sites)
    known = {site.id for site in sites}
    moved_in = _settling(ground, item_id)
    holdings = [
        _holding(shelf, item, moved_in) for site in shelves.values() for shelf in site if shelf.vials > 0
    ]
    return Instance(
        item.code,
        item.doses_per_vial,
        ground.as_of,
        sites,
        (*holdings, *(each for each in arriving if each.site in known)),
        None,
        tuple(sorted(_cooldowns(ground, item_id, known))),
        ((item.diluent_code, 1),) if item.diluent_code else (),
        parameters,
    )


def _usable(ground: Ground, item_id: str) -> dict[str, list[_Shelf]]:
    """Site -> its usable unopened holdings, the first to expire first."""
    found: dict[str, list[_Shelf]] = defaultdict(list)
    for stock in ground.stock.get(item_id, ()):
        if stock.vials > 0 and why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm) is None:
            found[stock.site_id].append(_Shelf(stock, stock.vials))
    for shelves in found.values():
        shelves.sort(key=lambda shelf: (shelf.expiry, shelf.stock.holding_id))
    return found


def _arriving(ground: Ground, item: ItemInfo, shelves: dict[str, list[_Shelf]]) -> Iterator[Holding]:
    """What is on its way or ordered, taken off where it stands and put where it goes; promises after it."""
    tomorrow = ground.as_of + timedelta(days=1)
    for standing, line in ground.moving.get(item.id, ()):
        told, row = line.standing, standing.row
        expected = max(standing.expected_on or row.arrive_by or tomorrow, tomorrow)
        vials = 0
        if standing.stage in ("dispatched", "partly"):
            vials = max(told.in_transit, 0)
        elif standing.stage in ("proposed", "approved"):
            vials = _take_lot(
                shelves.get(row.source_id, []), told.lot, told.state, told.thawed_on, told.ordered
            )
        if vials and line.expiry and line.expiry >= expected and not line.hold:
            yield Holding(
                f"transfer:{standing.id}:{told.lot}:{told.state}:{told.thawed_on or ''}", row.destination_id, told.lot,
                vials, item.doses_per_vial, line.expiry, arrives_on=expected,
            )  # fmt: skip
    for recall in ground.recalled.get(item.id, ()):
        if not any(s.row.recall_id == recall.id for s, _ in ground.moving.get(item.id, ())):
            giving = [s for s in shelves.get(recall.site_id, []) if recall.lot_id in (None, s.stock.lot_id)]
            yield from _sent(
                giving, recall.vials, f"recall:{recall.id}", recall.destination_id, item, tomorrow
            )
    for planned in ground.promised.get(item.id, ()):
        expected = max(planned.by_on, tomorrow)
        name = f"allocation:{planned.id}"
        left = planned.outstanding
        if planned.source_id and planned.source_id != planned.site_id:
            for sent in _sent(
                shelves.get(planned.source_id, []), left, name, planned.site_id, item, expected
            ):
                left -= sent.vials
                yield sent
        elif left:
            fresh = ground.as_of + timedelta(days=_FRESH_DAYS)
            yield Holding(name, planned.site_id, name, left, item.doses_per_vial, fresh, arrives_on=expected)


def _take_lot(shelves: list[_Shelf], lot: str, state: str, thawed_on: date | None, vials: int) -> int:
    taken = 0
    for shelf in shelves:
        held = shelf.stock
        if (held.lot_id, held.state, held.thawed_on) == (lot, state, thawed_on):
            taken += (part := min(vials - taken, shelf.vials))
            shelf.vials -= part
    return taken


def _sent(
    shelves: list[_Shelf], vials: int, name: str, site: str, item: ItemInfo, arrives_on: date
) -> Iterator[Holding]:
    """Vials promised from these shelves, the first to expire first."""
    for shelf in shelves:
        part = min(vials, shelf.vials)
        if part <= 0:
            continue
        shelf.vials -= part
        vials -= part
        if shelf.expiry >= arrives_on:
            held = shelf.stock
            yield Holding(
                f"{name}:{held.holding_id}", site, held.lot_id, part, item.doses_per_vial, shelf.expiry,
                arrives_on=arrives_on,
            )  # fmt: skip


def _reserve(ground: Ground, item: ItemInfo, shelves: dict[str, list[_Shelf]]) -> None:
    """Keep what a commitment will still use where it was committed; what it will not use may move."""
    for commitment in ground.committed.get(item.id, ()):
        kept = max(commitment.use.left - commitment.surplus, 0)
        vials = -(-kept // commitment.per_vial)
        for shelf in shelves.get(commitment.planned.site_id, []):
            part = min(vials, shelf.vials - shelf.reserved)
            shelf.reserved += part
            vials -= part


def _holding(shelf: _Shelf, item: ItemInfo, moved_in: set[tuple[str, str]]) -> Holding:
    stock = shelf.stock
    return Holding(
        stock.holding_id,
        stock.site_id,
        stock.lot_id,
        shelf.vials,
        item.doses_per_vial,
        shelf.expiry,
        shelf.reserved,
        stock.vvm == _VVM_SHORT,
        why_not="cooldown" if (stock.site_id, stock.lot_id) in moved_in else None,
    )


def _site(ground: Ground, item: ItemInfo, node: Node) -> Site:
    """A store gives and does not receive: what it would pass on is already counted as the demand of its sites."""
    demand = ground.demand.get((node.id, item.id))
    least, most = ground.levels.get((node.id, item.id), (None, None))
    lat, lon = _position(ground.tree, node)
    counted = _is_counted(ground, node.id)
    placed = lat is not None and lon is not None
    why_not = None if placed else "no_position"
    return Site(
        node.id,
        (lat or 0) * 10,
        (lon or 0) * 10,
        Demand(0.0)
        if demand is None
        else Demand(demand.mean, demand.dispersion, demand.still_due, demand.weekdays, demand.error),
        node.name,
        most,
        (item.least if least is None else least) * item.doses_per_vial,
        ground.diluent_at(node.id, item),
        placed and counted,
        placed and node.level != "store",
        why_not or (None if counted else "stale_count"),
    )


def _is_counted(ground: Ground, site: str) -> bool:
    """Whether a site was counted lately, or began to keep stock so lately that its book is still fresh."""
    since = ground.as_of - timedelta(days=COUNT_DAYS)
    last = ground.counted.get(site) or ground.since.get(site)
    return last is None or last >= since


def _position(tree: Tree, node: Node) -> tuple[int | None, int | None]:
    """Its own place, else the nearest above it that has one or, short of the province, the middle of its communes."""
    for place in reversed(tree.path(node.id)):
        if place.lat_e5 is not None and place.lon_e5 is not None:
            if place.level != "province" or node.parent == place.id:
                return place.lat_e5, place.lon_e5
        elif place.level != "province" or node.parent == place.id:
            known = [(c.lat_e5, c.lon_e5) for c in tree.below(place.id, "commune") if c.lat_e5 and c.lon_e5]
            if known:
                return sum(lat for lat, _ in known) // len(known), sum(lon for _, lon in known) // len(known)
    return None, None


def _cooldowns(ground: Ground, item_id: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs that exchanged the item lately, turned round; pairs that were proposed and rejected."""
    since = ground.as_of - timedelta(days=COOLDOWN_DAYS)
    for standing, _ in ground.moving.get(item_id, ()):
        row = standing.row
        if row.source_id not in known or row.destination_id not in known:
            continue
        lately = row.dispatched_on and row.dispatched_on >= since
        if lately or standing.stage in ("proposed", "approved"):
            yield row.destination_id, row.source_id
        if row.proposal_id and row.decision == "rejected" and row.decided_on and row.decided_on >= since:
            yield row.source_id, row.destination_id


def _settling(ground: Ground, item_id: str) -> set[tuple[str, str]]:
    """(site, lot) of what lately came there by a redistribution."""
    since = ground.as_of - timedelta(days=SETTLE_DAYS)
    return {
        (standing.row.destination_id, line.standing.lot)
        for standing, line in ground.moving.get(item_id, ())
        if standing.row.purpose == "redistribution"
        and standing.row.received_on
        and standing.row.received_on >= since
    }
