"""Which places the outreach pages are about: the place asked for, those below it, and villages in their order."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from server.accounts.session import reader
from server.places.order import place_key
from server.places.tree import Node
from server.web.area import area, seen_place
from server.web.entries import HIDDEN, TELLS_OF_INFECTION
from server.web.maps import area_node
from server.web.texts import in_language
from shared.faults import Refused, fault
from shared.permissions import may_see
from shared.reference import reasons
from shared.rules.visits import NEED_REASON
from shared.text.folding import place_sort_key

#: Lists of people and households are made for a district at most: a province is read district by district.
LISTED = ("district", "commune", "village", "station", "team", "area")

#: Which list of reasons an outcome takes its own from.
_REASONS_OF = {
    **dict.fromkeys(NEED_REASON, "refusal"),
    "absent": "absence",
    "deferred": "deferral",
    "contraindicated": "contraindication",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """The place a page is about (without an id: all the reader's places together) and its visible villages."""

    node: Node
    villages: tuple[str, ...]

    @property
    def listed(self) -> bool:
        """Whether lists of people are made for it."""
        return self.node.level in LISTED and not any(root.level == "province" for root in self._roots())

    def below(self) -> list[Node]:
        """The rows of its table: districts, communes or villages, those with a village in sight."""
        seen, node = area(), self.node
        if not node.id:
            found = list(seen.roots)
        elif node.level in ("province", "district", "commune"):
            level = {"province": "district", "district": "commune", "commune": "village"}[node.level]
            found = seen.tree.children(node.id, level) or seen.tree.children(node.id, "commune")
        else:
            found = [seen.tree.nodes[village] for village in self.villages]
        return [place for place in found if villages_of(place)]

    def _roots(self) -> tuple[Node, ...]:
        return () if self.node.id else area().roots


def reached(place_id: str | None) -> Reached:
    """The place of an address, 404 outside the reader's area; without one, the reader's own."""
    seen = area()
    if place_id:
        node = seen_place(place_id)
        if node.level in ("store", "school"):
            raise Refused(fault("scope.hidden"))
        return Reached(node, tuple(villages_of(node)))
    roots = [root for root in seen.roots if root.level not in ("store", "school")]
    if len(roots) == 1:
        return Reached(roots[0], tuple(villages_of(roots[0])))
    found = dict.fromkeys(village for root in roots for village in villages_of(root))
    return Reached(area_node(), tuple(found))


def asked_place() -> Reached:
    """The place the address names as `place`."""
    return reached(request.values.get("place"))


def villages_of(node: Node) -> list[str]:
    """Villages of a place that the reader may see."""
    seen = area()
    return [village for village in seen.tree.villages(node.id) if village in seen.visible]


def village_rank(village: str) -> tuple[str, ...]:
    """Where a village stands in a list: by its commune's own name, then by its own."""
    tree = area().tree
    commune = tree.up(village, "commune")
    return (place_key(commune.name) if commune else "", place_key(tree.name(village)), village)


def pickable() -> list[tuple[str, str]]:
    """(id, name with what lies above it) of the places a list can be made for, in their order."""
    seen = area()
    levels = ("district", "commune") if len(seen.roots) == 1 else ("commune",)
    nodes = {node.id: node for level in levels for node in seen.at_level(level)}
    nodes |= {root.id: root for root in seen.roots if root.level in LISTED}
    named = ((id_, ", ".join(filter(None, (node.name, seen.where(id_))))) for id_, node in nodes.items())
    return sorted(named, key=lambda pair: (nodes[pair[0]].level != "district", place_key(pair[1])))


def screens() -> bool:
    """Whether the reader screens people: nobody else reads of an infection (R079)."""
    return may_see(reader().role, "screening")


def reason_of(outcome: str | None, code: str | None) -> str:
    """A coded reason in words; a code nobody knows stands for itself, none is ""."""
    if not code:
        return ""
    if code in TELLS_OF_INFECTION and not screens():
        return HIDDEN
    known = reasons(_REASONS_OF[outcome]).get(code) if outcome in _REASONS_OF else None
    return in_language(known, "label") if known else code


def lane_rank(lane: str | None) -> tuple[bool, str]:
    """Where a lane stands in a list: by name, households without one last."""
    return (not lane, place_sort_key(lane or ""))
