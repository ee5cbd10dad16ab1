"""The tree of places as it stood on one day, in one hierarchy.

``health`` groups communes for health management: where the administrative tree has no district (after
1 July 2025), a version names its `health_parent`. ``administrative`` is the law's own tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, or_, select, text

from server.places.models import Place, PlaceServes, PlaceVersion
from shared.text.folding import sort_key

Hierarchy = Literal["health", "administrative"]


@dataclass(frozen=True, slots=True)
class Node:
    """A place on the tree's day. Coordinates in 1/100,000 degree, None when not known."""

    id: str
    level: str
    name: str
    unit_type: str
    code: str | None
    parent: str | None
    province: str
    lat_e5: int | None
    lon_e5: int | None


class Tree:
    """Places valid on a day, with their parents in one hierarchy."""

    def __init__(self, nodes: dict[str, Node], serves: dict[str, tuple[str, ...]]) -> None:
        self.nodes = nodes
        self.serves = serves
        self._children: dict[str | None, list[Node]] = {}
        self._villages: dict[str, list[str]] = {}
        for node in sorted(nodes.values(), key=lambda n: (n.level, sort_key(n.name), n.id)):
            self._children.setdefault(node.parent, []).append(node)

    @classmethod
    def load(cls, connection: Connection, as_of: date, hierarchy: Hierarchy = "health") -> "Tree":
        """The tree of a day. It is kept as long as no entry arrives in a province's stream, and never changed."""
        streams = _reference_state(connection)
        if not streams:
            return cls._read(connection, as_of, hierarchy)
        key = (as_of, hierarchy, streams)
        tree = _KEPT.get(key)
        if tree is None:
            tree = cls._read(connection, as_of, hierarchy)
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)), None)
            _KEPT[key] = tree
        return tree

    @classmethod
    def _read(cls, connection: Connection, as_of: date, hierarchy: Hierarchy) -> "Tree":
        """One query over the versions valid then."""
        query = (
            select(
                Place.id,
                Place.level,
                Place.province_id,
                Place.lat_e5,
                Place.lon_e5,
                PlaceVersion.name,
                PlaceVersion.unit_type,
                PlaceVersion.code,
                PlaceVersion.parent_id,
                PlaceVersion.health_parent_id,
            )
            .join(PlaceVersion, PlaceVersion.place_id == Place.id)
            .where(
                PlaceVersion.valid_from <= as_of,
                or_(PlaceVersion.valid_to.is_(None), PlaceVersion.valid_to >= as_of),
            )
        )
        nodes = {}
        for row in connection.execute(query):
            parent = row.parent_id
            if hierarchy == "health" and row.health_parent_id is not None:
                parent = row.health_parent_id
            nodes[row.id] = Node(
                row.id,
                row.level,
                row.name,
                row.unit_type,
                row.code,
                parent,
                row.province_id,
                row.lat_e5,
                row.lon_e5,
            )
        serves: dict[str, list[str]] = {}
        for pair in connection.execute(select(PlaceServes.place_id, PlaceServes.village_id)):
            serves.setdefault(pair.place_id, []).append(pair.village_id)
        return cls(nodes, {place: tuple(sorted(villages)) for place, villages in serves.items()})

    def get(self, place: str | None) -> Node | None:
        """The place, or None when it is not on the tree that day."""
        return self.nodes.get(place) if place else None

    def name(self, place: str | None) -> str:
        """Its name; "–" when it is not on the tree."""
        node = self.get(place)
        return node.name if node else "–"

    def children(self, place: str | None, level: str | None = None) -> list[Node]:
        """Places directly under it, by level and Vietnamese name; only those of `level` when given."""
        return [n for n in self._children.get(place, []) if level is None or n.level == level]

    def below(self, place: str, level: str | None = None) -> Iterator[Node]:
        """Every place under it (not itself), of `level` when given; once each, even if entries put places in a ring."""
        pending, seen = list(reversed(self._children.get(place, []))), {place}
        while pending:
            node = pending.pop()
            if node.id in seen:
                continue
            seen.add(node.id)
            if level is None or node.level == level:
                yield node
            pending += reversed(self._children.get(node.id, []))

    def villages(self, place: str) -> list[str]:
        """Ids of the villages in it: itself when it is one, those it serves for a team or station."""
        if place not in self._villages:  # asked for on every page, and a tree never changes
            self._villages[place] = self._villages_of(place)
        return list(self._villages[place])

    def _villages_of(self, place: str) -> list[str]:
        node = self.nodes[place]
        if node.level == "village":
            return [place]
        if node.level in ("station", "team"):
            served = list(self.serves.get(place, ()))
            if served or node.parent is None or node.level == "team":
                return served
            return self.villages(node.parent)
        return [village.id for village in self.below(place, "village")]

    def path(self, place: str) -> list[Node]:
        """From the province down to the place."""
        found: list[Node] = []
        node = self.get(place)
        while node is not None and node not in found:
            found.append(node)
            node = self.get(node.parent)
        return found[::-1]

    def up(self, place: str, level: str) -> Node | None:
        """The place of `level` that contains it (itself included)."""
        return next((node for node in reversed(self.path(place)) if node.level == level), None)

    def provinces(self) -> list[Node]:
        """Provinces on the tree that day."""
        return [node for node in self.nodes.values() if node.level == "province"]


#: Trees read before, by day, hierarchy and the running hashes of the provinces' streams: equal hashes mean
#: equal entries, in whichever database they stand.
_KEPT: dict[tuple[date, Hierarchy, frozenset[tuple[str, bytes]]], Tree] = {}
_MOST_KEPT = 8

_PROVINCE_STREAMS = text(
    "SELECT CAST(id AS text), hash FROM stream WHERE id IN (SELECT id FROM place WHERE level = 'province')"
)


def _reference_state(connection: Connection) -> frozenset[tuple[str, bytes]]:
    return frozenset((row[0], bytes(row[1])) for row in connection.execute(_PROVINCE_STREAMS))
