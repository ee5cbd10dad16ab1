"""Import of boundaries: every area of a file given to the place it draws, by code or by name within its district.

A code alone proves nothing: on 1 July 2025 codes were given again to other communes. So a code counts when
the name agrees with it, and a name when one place only of the same district has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import Connection, Table

from server.database import insert_rows
from server.interop.shapes import Feature, Polygon, read_features
from server.interop.thinning import TOLERANCES, packed, thinned
from server.places.boundaries import PlaceBoundary, outlines
from server.places.order import own_name
from server.places.tree import Node, Tree
from shared.clock import Clock
from shared.faults import Fault, Refused
from shared.text.folding import search_key

_BOUNDARY: Table = PlaceBoundary.__table__  # type: ignore[assignment]

LEVELS = ("commune", "district", "province")

#: Bytes of the outlines of one level of a province that a page may have to fetch.
BUDGET = 200_000

#: From this likeness on, two spellings are of one name ("Nậm Sỏ", "Nậm Xỏ").
LIKE = 0.75

#: Metres in 1/10,000 degree.
METRES = 11.1


@dataclass(frozen=True, slots=True)
class Columns:
    """The properties in which the file keeps code, name, and the code or name of the district."""

    code: str = "code"
    name: str = "name"
    parent: str = "parent_code"


@dataclass(frozen=True, slots=True)
class Matched:
    """An area and its place. `how`: code (and name), spelling (code, name nearly), code_only, name."""

    feature: Feature
    place: Node
    how: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An area without a place. `reason`: no_area, other_name (its code is another place's), several, unknown, taken."""

    number: int
    code: str
    name: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of a file: areas matched and not, places of the level without an outline afterwards."""

    matched: list[Matched] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    without: list[Node] = field(default_factory=list)
    tolerance_m: int = 0
    size: int = 0

    def counts(self) -> dict[str, int]:
        """Areas matched, by how."""
        return {
            how: sum(m.how == how for m in self.matched) for how in ("code", "spelling", "code_only", "name")
        }


def match(
    tree: Tree, features: Sequence[Feature], level: str, columns: Columns, *, trust_codes: bool = False
) -> Outcome:
    """Give each area its place among those of `level` on the tree; `trust_codes` takes a code whatever the name."""
    finder = _Finder(tree, level, columns, trust_codes)
    outcome = Outcome()
    for feature in features:
        found = finder.find(feature) if feature.polygons else "no_area"
        if isinstance(found, Matched):
            outcome.matched.append(found)
        else:
            outcome.unmatched.append(_unmatched(feature, columns, found))
    by_code = {m.place.id for m in outcome.matched if m.how != "name"}
    lost = [m for m in outcome.matched if m.how == "name" and m.place.id in by_code]
    outcome.matched = [m for m in outcome.matched if m not in lost]
    outcome.unmatched += [_unmatched(m.feature, columns, "taken") for m in lost]
    outcome.unmatched.sort(key=lambda u: u.number)
    return outcome


def import_boundaries(
    connection: Connection,
    tree: Tree,
    as_of: date,
    data: bytes,
    *,
    level: str,
    columns: Columns,
    source: str,
    attribution: str,
    clock: Clock,
    trust_codes: bool = False,
    store: bool = True,
) -> Outcome:
    """Read, match and store; the caller commits. Raises Refused (`boundaries.*`), then nothing was stored."""
    features = read_features(data)
    outcome = match(tree, features, level, columns, trust_codes=trust_codes)
    if not outcome.matched:
        names = sorted({name for feature in features for name in feature.properties})
        params = {"level": level, "day": as_of.isoformat(), "properties": ", ".join(names) or "–"}
        raise Refused(Fault("boundaries.no_match", params=params))
    shapes = _fit(outcome)
    if store:
        now = clock.now()
        rows = [
            {
                "place_id": place,
                "shape": shape,
                "source": source,
                "attribution": attribution,
                "imported_at": now,
            }
            for place, shape in shapes.items()
        ]
        insert_rows(connection, _BOUNDARY, rows, replace=("place_id",))
    provinces = {m.place.province for m in outcome.matched}
    inside = [n for n in tree.nodes.values() if n.level == level and n.province in provinces]
    drawn = {*shapes, *outlines(connection, [n.id for n in inside])}
    outcome.without = [n for n in inside if n.id not in drawn]
    return outcome


def _fit(outcome: Outcome) -> dict[str, str]:
    """Place id -> shape, thinned until the largest province keeps within the budget."""
    together: dict[str, list[Polygon]] = {}
    for m in outcome.matched:  # a place may come in several features, one an island
        together.setdefault(m.place.id, []).extend(m.feature.polygons)
    province = {m.place.id: m.place.province for m in outcome.matched}
    shapes: dict[str, str] = {}
    for tolerance in TOLERANCES:
        thin = thinned(list(together.values()), tolerance)
        shapes = {
            place: json.dumps(packed(polygons), separators=(",", ":"))
            for place, polygons in zip(together, thin, strict=True)
        }
        sizes: dict[str, int] = {}
        for place, shape in shapes.items():
            sizes[province[place]] = sizes.get(province[place], 0) + len(shape)
        outcome.tolerance_m, outcome.size = round(tolerance * METRES), sum(sizes.values())
        if max(sizes.values()) <= BUDGET:
            break
    return shapes


def _unmatched(feature: Feature, columns: Columns, reason: str) -> Unmatched:
    return Unmatched(feature.number, feature.text(columns.code), feature.text(columns.name), reason)


class _Finder:
    """Places of a level by code and by folded name."""

    def __init__(self, tree: Tree, level: str, columns: Columns, trust_codes: bool) -> None:
        self.tree, self.columns, self.trust_codes = tree, columns, trust_codes
        self.by_code: dict[str, list[Node]] = {}
        self.by_name: dict[str, list[Node]] = {}
        for node in tree.nodes.values():
            if node.level == level:
                self.by_code.setdefault(_code(node.code), []).append(node)
                self.by_name.setdefault(_key(node.name), []).append(node)

    def find(self, feature: Feature) -> Matched | str:
        """The place with how it was found, or the reason why there is none."""
        code, name = _code(feature.text(self.columns.code)), feature.text(self.columns.name)
        coded = self.by_code.get(code, []) if code else []
        if len(coded) == 1 and (how := self._agreement(coded[0], name)):
            return Matched(feature, coded[0], how)
        named = self._within(feature, self.by_name.get(_key(name), []) if name else [])
        if len(named) > 1:  # a town and a commune of one name: the type decides
            named = [n for n in named if search_key(n.name) == search_key(name)] or named
        if len(named) == 1:
            return Matched(feature, named[0], "name")
        return "several" if named else "other_name" if coded else "unknown"

    def _agreement(self, place: Node, name: str) -> str | None:
        if not name:
            return "code_only"
        ours, theirs = _key(place.name), _key(name)
        if ours == theirs:
            return "code"
        if SequenceMatcher(None, ours, theirs).ratio() >= LIKE:
            return "spelling"
        return "code_only" if self.trust_codes else None

    def _within(self, feature: Feature, places: Iterable[Node]) -> list[Node]:
        """Those in the district (or province) the feature names; all of them when it names none."""
        parent = feature.text(self.columns.parent)
        if not parent:
            return list(places)
        return [n for n in places if any(_is(above, parent) for above in self.tree.path(n.id)[:-1])]


def _is(place: Node, named: str) -> bool:
    return _code(place.code) == _code(named) or _key(place.name) == _key(named)


def _code(text: str | None) -> str:
    """Codes lose their leading zeros in spreadsheets."""
    return (text or "").lstrip("0")


def _key(name: str) -> str:
    return search_key(own_name(name)).replace(" ", "")
