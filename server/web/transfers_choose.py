"""The first step of an order or a dispatch by hand: from where to where, which item, for which allocation or recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy import select

from server.accounts.session import reader
from server.database import select_among
from server.stock.allocations import allocations
from server.stock.catalogue import items_of
from server.stock.sending import Sendable
from server.stock.transfer_models import Recall
from server.web.area import area, connection, seen_place
from server.web.need_area import sites_inside
from server.web.plans import provinces
from server.web.texts import in_language
from server.web.transfers_frame import named_sites
from shared.faults import Refused, fault
from shared.identifiers import is_id
from shared.records import may_author
from shared.records.transfer import PURPOSES
from shared.rules.dispatching import proposed

_SITES = ("station", "team", "store")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address says so far; `whole` once both sites are known. `vials` of `item` are what is wanted."""

    source: str = ""
    destination: str = ""
    purpose: str = "supply"
    item: str = ""
    lot: str = ""
    vials: int = 0
    document: str = ""
    allocation: str = ""
    recall: str = ""

    @property
    def whole(self) -> bool:
        """Whether both sites are named."""
        return bool(self.source and self.destination)

    @property
    def decides(self) -> bool:
        """Whether the reader may approve what they order: a reviewer who answers for both sites."""
        both = {self.source, self.destination} <= area().visible
        return both and may_author(reader().role, "transfer_decision")

    def sources(self) -> list[tuple[str, str]]:
        """Sites whose stock the reader sees."""
        return named_sites(area().sites())

    def destinations(self) -> list[tuple[str, str]]:
        """Every site of the reader's province: goods may leave the area, and the name of a site is no secret."""
        own = set(provinces())
        nodes = area().tree.nodes.values()
        return named_sites(node.id for node in nodes if node.level in _SITES and node.province in own)

    def items(self) -> list[tuple[str, str]]:
        """The catalogue, to narrow the lots."""
        return [(item.id, in_language(item, "name")) for item in items_of(connection(), provinces())]


def chosen() -> Chosen:
    """What the address (or the form) says; an allocation or a recall fills in what it knows."""
    values = request.values
    found = _of_allocation(values.get("allocation", "")) or _of_recall(values.get("recall", "")) or Chosen()
    vials = values.get("vials", "")
    choice = Chosen(
        values.get("source", "") or found.source,
        values.get("destination", "") or found.destination,
        values.get("purpose", "") if values.get("purpose") in PURPOSES else found.purpose,
        values.get("item", "") or found.item,
        values.get("lot", "") or found.lot,
        int(vials) if vials.isascii() and vials.isdigit() and len(vials) < 8 else found.vials,
        found.document,
        found.allocation,
        found.recall,
    )
    if choice.source:
        seen_place(choice.source)
    nodes = [area().tree.get(site) for site in (choice.source, choice.destination) if site]
    if any(node is None or node.level not in _SITES or node.province not in provinces() for node in nodes):
        raise Refused(fault("scope.hidden"))
    if choice.whole and choice.source == choice.destination:
        raise Refused(fault("transfer.same_site", "destination"))
    return choice


def first_vials(choice: Chosen, held: Sequence[Sendable]) -> dict[str, int]:
    """What to send of the wanted item, the shortest-dated first; nothing when no quantity is wanted."""
    if not (choice.item and choice.vials):
        return {}
    fitting = [one for one in held if one.item_id == choice.item and choice.lot in ("", one.key[0])]
    if choice.lot:  # a lot that is called back is taken as it is, usable or not
        return {one.name: one.vials for one in fitting if one.vials > 0}
    return proposed([one.offered() for one in fitting], choice.vials)


def _of_allocation(allocation_id: str) -> Chosen | None:
    """From an allocation: its source (or the one store of that place), its site, what is still to come."""
    if not allocation_id:
        return None
    sites = area().sites()
    found = next(
        (
            one
            for one in allocations(connection(), sites, sites_inside(), sources=sorted(area().visible))
            if one.id == allocation_id
        ),
        None,
    )
    if found is None:
        raise Refused(fault("scope.hidden"))
    stores = [site for site in sites_inside().get(found.source_id or "", ()) if site in area().visible]
    source = found.source_id if found.source_id in sites else (stores[0] if len(stores) == 1 else "")
    return Chosen(
        source=source or "",
        destination=found.site_id,
        item=found.item_id,
        lot="",
        vials=found.outstanding,
        document=found.document,
        allocation=found.id,
    )


def _of_recall(recall_id: str) -> Chosen | None:
    """From a recall of a site the reader sees."""
    if not recall_id:
        return None
    query = select(Recall.id, Recall.site_id, Recall.item_id, Recall.lot_id, Recall.vials)
    query = query.add_columns(Recall.destination_id, Recall.document)
    rows = select_among(connection(), query, Recall.__table__.c.id, [recall_id]) if is_id(recall_id) else []
    if not rows or rows[0].site_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    row = rows[0]
    return Chosen(
        source=row.site_id,
        destination=row.destination_id or "",
        purpose="recall",
        item=row.item_id,
        lot=row.lot_id or "",
        vials=row.vials,
        document=row.document or "",
        recall=row.id,
    )
