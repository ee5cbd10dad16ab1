"""Positions of places that have none of their own."""

from __future__ import annotations

from server.places.positions import position
from server.places.tree import Node, Tree


def _node(id_: str, level: str, parent: str | None, at: tuple[int, int] | None = None) -> Node:
    return Node(id_, level, id_, level, None, parent, "p", *(at or (None, None)))


def _tree(*nodes: Node) -> Tree:
    return Tree({node.id: node for node in nodes}, {})


def test_a_site_lies_where_it_says_else_in_its_commune_else_amid_the_communes_it_serves() -> None:
    tree = _tree(
        _node("p", "province", None),
        _node("d", "district", "p"),
        _node("c1", "commune", "d", (2_200_000, 10_300_000)),
        _node("c2", "commune", "d", (2_210_000, 10_320_000)),
        _node("own", "station", "c1", (2_200_500, 10_300_500)),
        _node("in commune", "station", "c1"),
        _node("store", "store", "d"),
    )
    assert position(tree, "own") == (2_200_500, 10_300_500)
    assert position(tree, "in commune") == (2_200_000, 10_300_000)
    assert position(tree, "store") == (2_205_000, 10_310_000)


def test_where_nothing_is_known_nothing_is_made_up() -> None:
    tree = _tree(_node("p", "province", None), _node("d", "district", "p"), _node("store", "store", "d"))
    assert position(tree, "store") is None
