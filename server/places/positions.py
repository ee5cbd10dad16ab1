"""Where a place lies: its own coordinates, else those it can be given from the places around it."""

from __future__ import annotations

from server.places.tree import Node, Tree


def position(tree: Tree, place: str) -> tuple[int, int] | None:
    """(lat, lon) in 1/100,000 degree: its own, else those of the nearest place above it that has some.

    A place above without any of its own lies in the middle of its communes, as a district's store does. None when
    nothing around is known.
    """
    for node in reversed(tree.path(place)):
        found = _own(node) or _middle(tree, node)
        if found:
            return found
    return None


def _own(node: Node) -> tuple[int, int] | None:
    if node.lat_e5 is None or node.lon_e5 is None:
        return None
    return node.lat_e5, node.lon_e5


def _middle(tree: Tree, node: Node) -> tuple[int, int] | None:
    known = [at for commune in tree.below(node.id, "commune") if (at := _own(commune))]
    if not known:
        return None
    return sum(lat for lat, _ in known) // len(known), sum(lon for _, lon in known) // len(known)
