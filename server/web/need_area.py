"""How the reader's area is divided for supply: parts with their stock, and the stores above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from server.places.order import place_key
from server.places.tree import Node
from server.redistribution.need import Part
from server.web.area import area, seen_place
from shared.faults import Refused, fault

#: A place of a level is divided into places of another; any other place is one part.
_DIVIDED = {"province": "district", "district": "commune"}


@dataclass(frozen=True, slots=True)
class Divided:
    """`place` is divided (None: the reader's several places are the parts); `stores` are its sites in no part.

    `inside`: every place in sight that holds stock, or has sites below it that do -> those sites.
    """

    province: str
    place: Node | None
    parts: tuple[Part, ...]
    stores: tuple[str, ...]
    inside: Mapping[str, Sequence[str]]

    @property
    def level(self) -> str:
        """What the parts are: district, commune, or place when they are of different levels."""
        return _DIVIDED.get(self.place.level, "place") if self.place else "place"

    def part(self, part_id: str) -> Part | None:
        """The part of that id."""
        return next((part for part in self.parts if part.id == part_id), None)


def divided() -> Divided:
    """The place the address or the form asks for, else the reader's own area. Refused: `scope.hidden`."""
    seen, asked = area(), request.values.get("place", "")
    roots = [root for root in seen.roots if root.id in seen.visible]
    place = seen_place(asked) if asked else roots[0] if len(roots) == 1 else None
    if not roots or (place is not None and place.level == "village"):
        raise Refused(fault("scope.hidden"))
    nodes = list(roots)
    if place is not None:
        level = _DIVIDED.get(place.level)
        below = seen.tree.children(place.id, level) if level else []
        nodes = [node for node in below if node.id in seen.visible] or [place]
    inside = sites_inside()
    held = {site for node in nodes for site in inside.get(node.id, ())}
    around = inside.get(place.id, ()) if place else ()
    stores = sorted(site for site in around if site not in held)
    return Divided(
        nodes[0].province, place, tuple(_part(node, inside) for node in nodes), tuple(stores), inside
    )


def sites_inside() -> dict[str, list[str]]:
    """Visible place -> the visible sites in it, itself included."""
    seen = area()
    found: dict[str, list[str]] = {}
    for site in sorted(seen.sites()):
        for node in seen.tree.path(site):
            if node.id in seen.visible:
                found.setdefault(node.id, []).append(site)
    return found


def _part(node: Node, inside: Mapping[str, Sequence[str]]) -> Part:
    seen, sites = area(), inside.get(node.id, ())
    stores = sorted(
        (site for site in sites if seen.tree.nodes[site].level == "store"),
        key=lambda site: place_key(seen.tree.name(site)),
    )
    villages = tuple(v for v in seen.tree.villages(node.id) if v in seen.visible)
    return Part(
        node.id, villages, tuple(sites), stores[0] if stores else sites[0] if len(sites) == 1 else None
    )
