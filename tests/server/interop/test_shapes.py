"""Areas out of GeoJSON and TopoJSON: the same rings from both, turned the right way, thinned without gaps."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.interop.shapes import Feature, Polygon, Ring, area, read_features
from server.interop.thinning import packed, thinned
from shared.faults import Refused

SQUARE = [[103.0, 22.0], [103.1, 22.0], [103.1, 22.1], [103.0, 22.1], [103.0, 22.0]]
HOLE = [[103.02, 22.02], [103.02, 22.04], [103.04, 22.04], [103.04, 22.02], [103.02, 22.02]]
ISLAND = [[103.2, 22.0], [103.2, 22.1], [103.3, 22.1], [103.3, 22.0], [103.2, 22.0]]


def geojson(*geometries: Any, **properties: Any) -> bytes:
    features = [{"type": "Feature", "properties": properties, "geometry": g} for g in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def turned(rings: Polygon) -> list[int]:
    return [1 if area(ring) > 0 else -1 for ring in rings]


def test_rings_are_turned_as_the_standard_says_holes_and_islands_are_kept() -> None:
    backwards = geojson({"type": "MultiPolygon", "coordinates": [[SQUARE[::-1], HOLE[::-1]], [ISLAND]]})
    (feature,) = read_features(backwards)
    assert [turned(each) for each in feature.polygons] == [[1, -1], [1]]
    assert sorted(feature.polygons[0][0]) == sorted({(round(x * 1e4), round(y * 1e4)) for x, y in SQUARE})
    assert sorted(feature.polygons[0][1]) == sorted({(round(x * 1e4), round(y * 1e4)) for x, y in HOLE})


def topology(transform: bool) -> bytes:
    """Two squares side by side; the second borrows the border of the first, backwards."""
    border = [[10, 0], [0, 10]]
    left = [[10, 10], [-10, 0], [0, -10], [10, 0]]
    right = [[10, 0], [10, 0], [0, 10], [-10, 0]]
    document: dict[str, Any] = {
        "type": "Topology",
        "objects": {
            "communes": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"code": "1"}},
                    {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"code": "2"}},
                    {"type": "Point", "coordinates": [0, 0], "properties": {"code": "3"}},
                ],
            }
        },
    }
    if transform:
        document |= {
            "transform": {"scale": [0.01, 0.01], "translate": [103.0, 22.0]},
            "arcs": [border, left, right],
        }
    else:
        document["arcs"] = [
            [[103 + x / 100, 22 + y / 100] for x, y in walked(arc)] for arc in (border, left, right)
        ]
    return json.dumps(document).encode()


def walked(arc: list[list[int]]) -> list[tuple[int, int]]:
    x = y = 0
    found = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


@pytest.mark.parametrize("transform", [True, False])
def test_arcs_of_a_topology_become_rings(transform: bool) -> None:
    left, right, point = read_features(topology(transform))
    assert [f.text("code") for f in (left, right, point)] == ["1", "2", "3"]
    assert point.polygons == []
    assert set(left.polygons[0][0]) == {
        (1030000, 220000),
        (1031000, 220000),
        (1031000, 221000),
        (1030000, 221000),
    }
    assert set(right.polygons[0][0]) == {
        (1031000, 220000),
        (1032000, 220000),
        (1032000, 221000),
        (1031000, 221000),
    }
    assert turned(left.polygons[0]) == turned(right.polygons[0]) == [1]


def test_a_single_feature_and_a_geometry_collection_are_read_too() -> None:
    feature = {
        "type": "Feature",
        "properties": {"code": 3388},
        "geometry": {"type": "GeometryCollection", "geometries": [polygon(SQUARE), polygon(ISLAND)]},
    }
    (found,) = read_features(b"\xef\xbb\xbf" + json.dumps(feature).encode())
    assert (found.number, found.text("code"), found.text("name"), len(found.polygons)) == (1, "3388", "", 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not json", "boundaries.unreadable"),
        (b"\xff\xfe", "boundaries.unreadable"),
        (b"[]", "boundaries.unreadable"),
        (b'{"type":"Point","coordinates":[1,2]}', "boundaries.unreadable"),
        (b'{"type":"FeatureCollection","features":[]}', "boundaries.unreadable"),
        (geojson(polygon([[1]])), "boundaries.unreadable"),
        (geojson(polygon([[float("nan"), 22.0]])), "boundaries.unreadable"),
        (b'{"type":"Topology","objects":{"a":{"type":"Polygon","arcs":[[7]]}},"arcs":[]}', "boundaries.unreadable"),
        (geojson(polygon([[500000, 2400000], [500100, 2400000], [500100, 2400100]])), "boundaries.not_degrees"),
    ],
)  # fmt: skip
def test_what_is_no_map_of_degrees_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_features(data)
    assert [f.code for f in refused.value.faults] == [code]


def test_an_area_without_extent_has_no_polygons() -> None:
    flat = [[103.0, 22.0], [103.1, 22.0], [103.2, 22.0], [103.0, 22.0]]
    empty, lone, missing = read_features(geojson(polygon(flat), polygon(SQUARE, flat), None))
    assert empty.polygons == missing.polygons == []
    assert len(lone.polygons[0]) == 1


# ---------------------------------------------------------------- thinning


def strips(heights: list[int], width: int = 400) -> list[list[Polygon]]:
    """Areas one above the other, whose borders wave by the given heights."""
    lines: list[Ring] = [
        [(i * width, level * 1000 + (h if 0 < level < 3 else 0)) for i, h in enumerate(heights)]
        for level in range(4)
    ]
    return [[[[*lower, *reversed(upper)]]] for lower, upper in pairwise(lines)]


heights = st.lists(st.integers(-60, 60), min_size=3, max_size=30)


@given(heights, st.sampled_from([2, 8, 32, 64]))
def test_areas_that_shared_a_border_still_share_it(waves: list[int], tolerance: int) -> None:
    areas = strips(waves)
    found = thinned(areas, tolerance)
    doubled = [sum(area(polygon[0]) for polygon in polygons) for polygons in found]
    assert all(size > 0 for size in doubled)
    # Nothing between them is lost or covered twice: together they are what they were.
    assert sum(doubled) == sum(area(polygons[0][0]) for polygons in areas)
    for before, after in zip(areas, found, strict=True):
        assert set(after[0][0]) <= set(before[0][0])


@given(heights, st.integers(0, 29), st.booleans())
def test_thinning_does_not_depend_on_where_a_ring_starts(
    waves: list[int], start: int, other_first: bool
) -> None:
    areas = strips(waves)
    turned_areas = [
        [[[*ring[start % len(ring) :], *ring[: start % len(ring)]] for ring in p] for p in a] for a in areas
    ]
    order = slice(None, None, -1) if other_first else slice(None)
    first, second = thinned(areas, 16), thinned(turned_areas[order], 16)[order]
    assert [set(a[0][0]) for a in first] == [set(a[0][0]) for a in second]


def test_no_area_is_lost_however_coarse_but_specks_are() -> None:
    speck = [(0, 0), (3, 0), (3, 3), (0, 3)]
    large = [(100, 0), (1100, 0), (1100, 1000), (100, 1000)]
    hole = [(500, 500), (500, 502), (502, 502), (502, 500)]
    only, both = thinned([[[speck]], [[large, hole], [[(x, y + 5000) for x, y in speck]]]], 64)
    assert only == [[speck]]
    assert [len(polygon) for polygon in both] == [1]
    assert area(both[0][0]) == area(large)


def test_packed_rings_are_steps() -> None:
    assert packed([[[(10, 20), (13, 20), (13, 18)]]]) == [[[10, 20, 3, 0, 0, -2]]]


def test_a_property_is_text() -> None:
    assert Feature(1, {"code": 12, "name": None}, []).text("code") == "12"
    assert Feature(1, {"code": 12, "name": None}, []).text("name") == ""
