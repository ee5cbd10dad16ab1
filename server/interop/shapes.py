"""Areas out of GeoJSON and TopoJSON files: every feature with its properties and its polygons in whole numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.faults import Refused, fault

#: Points to a degree: 1/10,000 degree is 11 m, finer than any line a page can show.
PER_DEGREE = 10_000

MOST_BYTES = 256 << 20

Point = tuple[int, int]  # longitude, latitude in 1/10,000 degree
Ring = list[Point]  # the first point is not repeated at the end
Polygon = list[Ring]  # the outer ring, then its holes


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a file: its number (from 1), its properties, its polygons (none when it has no area)."""

    number: int
    properties: Mapping[str, Any]
    polygons: list[Polygon]

    def text(self, name: str) -> str:
        """A property as trimmed text; "" when it is missing or null."""
        value = self.properties.get(name)
        return "" if value is None else str(value).strip()


def read_features(data: bytes) -> list[Feature]:
    """The features of a GeoJSON or TopoJSON file in degrees of longitude and latitude (EPSG:4326).

    Outer rings run counter-clockwise and holes clockwise (RFC 7946), whatever the file does.
    Raises Refused: `boundaries.unreadable`, `boundaries.not_degrees`, `request.too_large`.
    """
    if len(data) > MOST_BYTES:
        raise Refused(fault("request.too_large"))
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
        found = [
            Feature(number, dict(properties or {}), _polygons(geometry))
            for number, (properties, geometry) in enumerate(_features(document), 1)
        ]
    except (
        UnicodeError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise Refused(fault("boundaries.unreadable")) from error
    if not found:
        raise Refused(fault("boundaries.unreadable"))
    if any(
        _outside(point) for each in found for polygon in each.polygons for ring in polygon for point in ring
    ):
        raise Refused(fault("boundaries.not_degrees"))
    return found


def area(ring: Ring) -> int:
    """Twice the signed area of a ring: positive when it runs counter-clockwise."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], *ring[:1]], strict=True))


def _no_number(name: str) -> float:
    raise ValueError(name)


def _outside(point: Point) -> bool:
    return abs(point[0]) > 180 * PER_DEGREE or abs(point[1]) > 90 * PER_DEGREE


def _features(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """(properties, GeoJSON geometry) of each feature."""
    if document["type"] == "Topology":
        line = _lines(document)
        for layer in document["objects"].values():
            for geometry in _members(layer):
                yield geometry.get("properties"), _unfolded(geometry, line)
    elif document["type"] == "FeatureCollection":
        for feature in document["features"]:
            yield feature.get("properties"), feature["geometry"]
    elif document["type"] == "Feature":
        yield document.get("properties"), document["geometry"]
    else:
        raise ValueError(document["type"])


def _members(layer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if layer["type"] == "GeometryCollection":
        for geometry in layer["geometries"]:
            yield from _members(geometry)
    else:
        yield layer


def _lines(topology: dict[str, Any]) -> Callable[[int], list[Any]]:
    """The line an arc number stands for: deltas added up when quantised, reversed when the number is negative."""
    transform = topology.get("transform")
    arcs = [_absolute(arc, transform) if transform else arc for arc in topology["arcs"]]

    def line(number: int) -> list[Any]:
        return arcs[number] if number >= 0 else arcs[~number][::-1]

    return line


def _absolute(arc: list[list[int]], transform: dict[str, list[float]]) -> list[list[float]]:
    (scale_x, scale_y), (start_x, start_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step in arc:
        x, y = x + step[0], y + step[1]
        points.append([x * scale_x + start_x, y * scale_y + start_y])
    return points


def _unfolded(geometry: dict[str, Any], line: Callable[[int], list[Any]]) -> dict[str, Any] | None:
    """A TopoJSON geometry as GeoJSON; arcs that follow each other share their end point."""

    def ring(numbers: list[int]) -> list[Any]:
        points: list[Any] = []
        for number in numbers:
            points += line(number)[1 if points else 0 :]
        return points

    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": [ring(numbers) for numbers in geometry["arcs"]]}
    if geometry["type"] == "MultiPolygon":
        parts = [[ring(numbers) for numbers in polygon] for polygon in geometry["arcs"]]
        return {"type": "MultiPolygon", "coordinates": parts}
    return None


def _polygons(geometry: dict[str, Any] | None) -> list[Polygon]:
    if geometry is None:
        return []
    if geometry["type"] == "GeometryCollection":
        return [polygon for each in geometry["geometries"] for polygon in _polygons(each)]
    told = geometry["coordinates"] if geometry["type"] in ("Polygon", "MultiPolygon") else []
    found = []
    for rings in [told] if geometry["type"] == "Polygon" else told:
        outer, *holes = [_whole(ring) for ring in rings]
        if area(outer):
            found.append([_turned(outer, 1), *(_turned(hole, -1) for hole in holes if area(hole))])
    return found


def _whole(points: list[list[float]]) -> Ring:
    """Points in whole numbers, neighbours that fall together and the closing point left out."""
    ring: Ring = []
    for x, y, *_ in points:
        point = (round(x * PER_DEGREE), round(y * PER_DEGREE))
        if not ring or ring[-1] != point:
            ring.append(point)
    while len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring


def _turned(ring: Ring, sign: int) -> Ring:
    return ring if area(ring) * sign > 0 else ring[::-1]
