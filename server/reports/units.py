"""Who reports: every commune with its sites and villages, and every mobile team that stands above the communes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.places.order import place_key
from server.places.tree import Node, Tree
from shared.records.place import DOSE_SITES


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit: doses count where they were given (`sites`), visits in its `villages`."""

    id: str
    name: str
    district_id: str | None
    province_id: str
    sites: frozenset[str]
    villages: frozenset[str]

    @property
    def places(self) -> frozenset[str]:
        """Every place whose records it answers for."""
        return self.sites | self.villages | {self.id}


def units_under(tree: Tree, place: str) -> list[Unit]:
    """The units of a place (itself when it is one), communes first, by name."""
    node = tree.nodes[place]
    inside = [node, *tree.below(place)]
    communes = [n for n in inside if n.level == "commune"]
    teams = [n for n in inside if n.level == "team" and tree.up(n.id, "commune") is None]
    ordered = sorted(communes, key=lambda n: place_key(n.name)) + sorted(
        teams, key=lambda n: place_key(n.name)
    )
    return [_unit(tree, n) for n in ordered]


def units_of(tree: Tree, visible: Collection[str]) -> list[Unit]:
    """The units whose place the reader may see. A reader of a station alone answers for its commune's report too."""
    seen = {n.id for n in tree.nodes.values() if n.id in visible and _is_unit(tree, n)}
    for node in tree.nodes.values():
        if node.level == "station" and node.id in visible and node.parent in tree.nodes:
            seen.add(node.parent)
    units = [_unit(tree, tree.nodes[place]) for place in seen]
    return sorted(units, key=lambda u: (tree.nodes[u.id].level, place_key(u.name), u.id))


def unit_of(tree: Tree, place: str) -> Unit:
    """The unit a place is. KeyError when it is none."""
    node = tree.nodes[place]
    if not _is_unit(tree, node):
        raise KeyError(place)
    return _unit(tree, node)


def _is_unit(tree: Tree, node: Node) -> bool:
    return node.level == "commune" or (node.level == "team" and tree.up(node.id, "commune") is None)


def _unit(tree: Tree, node: Node) -> Unit:
    district = tree.up(node.id, "district")
    if node.level == "team":  # its villages belong to their communes: what is said there is theirs to report
        return Unit(
            node.id,
            node.name,
            district.id if district else None,
            node.province,
            frozenset({node.id}),
            frozenset(),
        )
    return Unit(
        node.id,
        node.name,
        district.id if district else None,
        node.province,
        frozenset(n.id for n in tree.below(node.id) if n.level in DOSE_SITES),
        frozenset(tree.villages(node.id)),
    )
