"""Fewer points for a page, and still no gap: a border two areas share is thinned once, for both alike.

Rings are cut where borders meet; each line between two such points is thinned by itself
(Douglas and Peucker 1973), always from the same end, whichever area it is seen from.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.interop.shapes import Point, Polygon, Ring, area

#: How far a thinned line may leave the true one, in 1/10,000 degree (11 m): the first that is small enough is taken.
TOLERANCES = (0, 2, 4, 8, 16, 32, 64)


def thinned(areas: Sequence[Sequence[Polygon]], tolerance: int) -> list[list[Polygon]]:
    """The areas with fewer points, each as close as `tolerance`; no area is lost, holes and islands may be."""
    borders = _Borders([ring for polygons in areas for polygon in polygons for ring in polygon], tolerance)
    return [_kept(polygons, borders) for polygons in areas]


def packed(polygons: Sequence[Polygon]) -> list[list[list[int]]]:
    """Rings as flat lists [x, y, dx, dy, …] in 1/10,000 degree, each point as the step from the one before."""
    return [[_steps(ring) for ring in polygon] for polygon in polygons]


def _kept(polygons: Sequence[Polygon], borders: _Borders) -> list[Polygon]:
    found = []
    for outer, *holes in polygons:
        line = borders.ring(outer)
        if area(line) > 0:
            thin = (borders.ring(hole) for hole in holes)
            found.append([line, *(hole for hole in thin if area(hole) < 0)])
    if found or not polygons:
        return found
    largest = max(polygons, key=lambda polygon: area(polygon[0]))
    return [[largest[0]]]


class _Borders:
    """The lines of all rings between the points where they meet."""

    def __init__(self, rings: Sequence[Ring], tolerance: int) -> None:
        self._tolerance = tolerance
        self._thin: dict[tuple[Point, ...], Ring] = {}
        beside: dict[Point, set[Point]] = {}
        for ring in rings:
            for before, point, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
                beside.setdefault(point, set()).update((before, after))
        self._meeting = {point for point, others in beside.items() if len(others) != 2}

    def ring(self, ring: Ring) -> Ring:
        """The ring, thinned."""
        if not self._tolerance:
            return ring
        cuts = [i for i, point in enumerate(ring) if point in self._meeting] or _ends(ring)
        if len(cuts) == 1:
            cuts = sorted({cuts[0], _farthest(ring, cuts[0])})
        found: Ring = []
        for start, end in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
            line = tuple(ring[i % len(ring)] for i in range(start, end + 1))
            found += self._line(line)[:-1]
        return found

    def _line(self, line: tuple[Point, ...]) -> Ring:
        if line[::-1] < line:
            return self._line(line[::-1])[::-1]
        if line not in self._thin:
            self._thin[line] = _douglas_peucker(line, self._tolerance)
        return self._thin[line]


def _ends(ring: Ring) -> list[int]:
    """Two points by which a ring that meets no other is cut, the same whichever point it starts with."""
    first = ring.index(min(ring))
    return sorted({first, _farthest(ring, first)})


def _farthest(ring: Ring, index: int) -> int:
    x, y = ring[index]
    return max(range(len(ring)), key=lambda i: ((ring[i][0] - x) ** 2 + (ring[i][1] - y) ** 2, ring[i]))


def _douglas_peucker(line: Sequence[Point], tolerance: int) -> Ring:
    kept = {0, len(line) - 1}
    pending = [(0, len(line) - 1)]
    while pending:
        start, end = pending.pop()
        if end - start < 2:
            continue
        farthest = max(range(start + 1, end), key=lambda i: _distance(line[i], line[start], line[end]))
        if _distance(line[farthest], line[start], line[end]) > tolerance * tolerance:
            kept.add(farthest)
            pending += [(start, farthest), (farthest, end)]
    return [line[i] for i in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """The square of a point's distance from a piece of line."""
    (x, y), (u, v) = start, end
    dx, dy = u - x, v - y
    length = dx * dx + dy * dy
    along = ((point[0] - x) * dx + (point[1] - y) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return float((point[0] - x - along * dx) ** 2 + (point[1] - y - along * dy) ** 2)


def _steps(ring: Ring) -> list[int]:
    flat: list[int] = []
    last = (0, 0)
    for point in ring:
        flat += [point[0] - last[0], point[1] - last[1]]
        last = point
    return flat
