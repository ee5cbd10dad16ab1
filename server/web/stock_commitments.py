"""Commitments on pages (R037): the list by how pressing they are, and one with its whole chain (R009, R036, R038)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.places.order import place_key
from server.redistribution.destinations import Destination, destinations
from server.settings import current_settings
from server.stock.commitments import Commitment, commitments, using_sites
from server.stock.expiring import ExpiringStock
from server.stock.models import Lot
from server.stock.recalls import Carried, Draft, Recalled, carried_out, draft, movable, recalls_of
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.need_area import sites_inside
from server.web.texts import in_language
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.rules.commitments import STATES, weeks
from shared.text.folding import sort_key

#: Destinations the page offers, those that can take most first.
OFFERED = 12

#: Stages of a transfer that moves nothing any more.
ENDED = ("rejected", "cancelled", "lapsed")


@dataclass(frozen=True, slots=True)
class Chain:
    """A commitment with everything that followed. `recall` is the one that stands, if any; `draft` the rule's."""

    commitment: Commitment
    weeks: Sequence[tuple[date, int, int | None]]
    holdings: Sequence[ExpiringStock]
    draft: Draft | None
    recalls: Sequence[Recalled]
    carried: Sequence[Carried]
    offered: Sequence[Destination]

    @property
    def recall(self) -> Recalled | None:
        """The newest recall that was not withdrawn."""
        return next((r for r in reversed(self.recalls) if r.status != "withdrawn"), None)

    @property
    def ordered(self) -> int:
        """Vials (units) of the standing recall that transfers carry or carried."""
        recall = self.recall
        return sum(
            max(each.vials("ordered"), each.vials("dispatched"))
            for each in self.carried
            if recall and each.transfer.row.recall_id == recall.id and each.transfer.stage not in ENDED
        )

    @property
    def to_order(self) -> int:
        """Vials (units) of an approved recall that no order moves yet."""
        recall = self.recall
        if recall is None or recall.status != "approved":
            return 0
        return max(0, min(recall.vials - self.ordered, sum(held.vials for held in self.holdings)))


@blueprint.get("/stock/commitments")
@login_required
def commitment_list() -> ResponseReturnValue:
    """The list, narrowed by state, district and item from the address."""
    require("stock")
    every = _every()
    asked = {name: request.args.get(name, "") for name in ("state", "district", "item")}
    here = [
        each
        for each in every
        if (not asked["district"] or _district(each) == asked["district"])
        and (not asked["item"] or each.planned.item_id == asked["item"])
    ]
    shown = [each for each in here if not asked["state"] or each.state == asked["state"]]
    sorting, paging = Sorting.from_address(_KEYS, "state"), Paging.from_address(len(shown))
    counts = Counter(each.state for each in here)
    return render_template(
        "stock_commitments.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={
            name: counts[name] for name in STATES if counts[name] or name in ("broken", "behind", "kept")
        },
        **asked,
        districts=_districts(every),
        items=sorted({(e.planned.item_id, in_language(e.planned, "item_name")) for e in every}, key=_by_name),
        today=current_settings().clock.today(),
        may_plan=may_author(reader().role, "allocation"),
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/commitments/<allocation_id>")
@login_required
def commitment(allocation_id: str) -> ResponseReturnValue:
    """One commitment with its chain."""
    return commitment_page(allocation_id, ())


def commitment_page(allocation_id: str, faults: Sequence[Fault]) -> str:
    """The page, with what was refused."""
    chain = chain_of(allocation_id)
    lots = {row.id: row.lot_number for row in connection().execute(Lot.__table__.select().where(_of(chain)))}
    return render_template(
        "stock_commitment.html",
        faults=faults,
        chain=chain,
        line=chain.commitment.planned,
        use=chain.commitment.use,
        lots=lots,
        given=request.form,
        today=chain.commitment.today,
        may_recall=may_author(reader().role, "recall"),
        sees_place=lambda place: place in area().visible,
        place_name=area().tree.name,
        where=area().where,
    )


def chain_of(allocation_id: str) -> Chain:
    """The chain of a commitment in the reader's area. Refused: `scope.hidden`."""
    require("stock")
    found = next((each for each in _every() if each.planned.id == allocation_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    holdings = movable(connection(), found)
    recalls = recalls_of(connection(), [allocation_id])
    tree, sites = area().tree, area().sites()
    using = {site: using_sites(tree, site, sites) for site in sites}
    carried = carried_out(connection(), [r.id for r in recalls], [allocation_id], using, found.today)
    chain = Chain(
        found,
        weeks(found.use, found.parts, found.today),
        holdings,
        draft(found, holdings),
        recalls,
        carried,
        (),
    )
    if not chain.to_order:
        return chain
    expiry = min(held.expiry for held in holdings if held.expiry)
    offered = destinations(connection(), tree, sites, found.sites, found.planned.item_id, expiry, found.today)
    return Chain(found, chain.weeks, holdings, chain.draft, recalls, carried, offered[:OFFERED])


def _every() -> Sequence[Commitment]:
    today = current_settings().clock.today()
    return kept_stock(
        "commitments",
        lambda: commitments(connection(), area().tree, area().sites(), sites_inside(), today),
    )


def _of(chain: Chain) -> Any:
    named = {held.lot_id for held in chain.holdings} | {chain.commitment.planned.lot_id}
    named |= {part.lot for part in chain.commitment.parts}
    return Lot.__table__.c.id.in_([lot for lot in named if lot])


def _district(each: Commitment) -> str | None:
    node = area().tree.up(each.planned.site_id, "district")
    return node.id if node else None


def _districts(every: Sequence[Commitment]) -> list[tuple[str, str]]:
    found = {district for each in every if (district := _district(each))}
    return sorted(((place, area().tree.name(place)) for place in found), key=lambda pair: place_key(pair[1]))


def _by_name(pair: tuple[str, str]) -> tuple[Any, str]:
    return sort_key(pair[1]), pair[0]


_KEYS: dict[str, Callable[[Commitment], Any]] = {
    "state": lambda each: each.rank,
    "site": lambda each: (place_key(area().tree.name(each.planned.site_id)), each.use.use_by),
    "item": lambda each: (sort_key(in_language(each.planned, "item_name")), each.use.use_by),
    "use_by": lambda each: each.use.use_by,
    "received": lambda each: each.use.received,
    "used": lambda each: each.use.used,
    "planned": lambda each: each.use.planned(each.today),
    "left": lambda each: each.use.left,
    "surplus": lambda each: each.surplus,
}
