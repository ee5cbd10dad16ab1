"""Boundaries find their places by code and by name within the district, and say what found none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from server.cli.places import places as command
from server.database import db
from server.interop import boundaries as room
from server.interop.boundaries import Columns, import_boundaries, match
from server.interop.shapes import Feature
from server.places.boundaries import newest_import, outlines
from server.places.tree import Node, Tree
from shared.clock import FixedClock
from shared.faults import Refused
from tests.server.world import TODAY, World

SQUARE = [[(0, 0), (10, 0), (10, 10), (0, 10)]]
DAY = date(2022, 4, 15)


def node(id_: str, level: str, name: str, code: str | None, parent: str | None) -> Node:
    return Node(id_, level, name, name.split()[0], code, parent, "p", None, None)


TREE = Tree(
    {
        n.id: n
        for n in (
            node("p", "province", "Tỉnh Lai Châu", "12", None),
            node("d1", "district", "Huyện Mường Tè", "107", "p"),
            node("d2", "district", "Huyện Tuần Giáo", "099", "p"),
            node("hua-bum", "commune", "Xã Hua Bum", "03460", "d1"),
            node("bum-to", "commune", "Xã Bum Tở", "03439", "d1"),
            node("nam-ban-1", "commune", "Xã Nậm Ban", "03445", "d1"),
            node("nam-ban-2", "commune", "Xã Nậm Ban", "03246", "d2"),
            node("town", "commune", "Thị trấn Tuần Giáo", "03253", "d2"),
            node("rural", "commune", "Xã Tuần Giáo", "03254", "d2"),
        )
    },
    {},
)


def feature(number: int = 1, area: bool = True, **properties: Any) -> Feature:
    return Feature(number, properties, [SQUARE] if area else [])


@pytest.mark.parametrize(
    ("properties", "place", "how"),
    [
        ({"code": "03460", "name": "Xã Hua Bum"}, "hua-bum", "code"),
        ({"code": 3460, "name": "HUA BUM"}, "hua-bum", "code"),
        ({"code": "03460", "name": "Hua Bun"}, "hua-bum", "spelling"),
        ({"code": "03460"}, "hua-bum", "code_only"),
        ({"name": "Nam Ban", "parent_code": "107"}, "nam-ban-1", "name"),
        ({"name": "Nậm Ban", "parent_code": "Huyện Tuần Giáo"}, "nam-ban-2", "name"),
        ({"name": "Thị trấn Tuần Giáo", "parent_code": "99"}, "town", "name"),
        ({"code": "03439", "name": "Xã Hua Bum", "parent_code": "107"}, "hua-bum", "name"),
        ({"name": "Bum Tở"}, "bum-to", "name"),
    ],
)
def test_an_area_finds_its_place(properties: dict[str, Any], place: str, how: str) -> None:
    found = match(TREE, [feature(**properties)], "commune", Columns())
    assert [(m.place.id, m.how) for m in found.matched] == [(place, how)]
    assert found.unmatched == []


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"code": "03460", "name": "Phường Đoàn Kết"}, "other_name"),
        ({"code": "99999", "name": "Xã Nơi Nào"}, "unknown"),
        ({"name": "Xã Nậm Ban"}, "several"),
        ({"name": "Xã Nậm Ban", "parent_code": "12"}, "several"),
        ({"name": "Xã Hua Bum", "parent_code": "Tuần Giáo"}, "unknown"),
        ({}, "unknown"),
        ({"code": "03460", "name": "Hua Bum", "area": False}, "no_area"),
    ],
)
def test_an_area_without_a_place_says_why(properties: dict[str, Any], reason: str) -> None:
    found = match(TREE, [feature(**properties)], "commune", Columns())
    assert [(u.number, u.reason) for u in found.unmatched] == [(1, reason)]
    assert found.matched == []


def test_a_code_given_again_to_another_commune_is_taken_only_when_told_to() -> None:
    area = feature(code="03460", name="Phường Đoàn Kết")
    (found,) = match(TREE, [area], "commune", Columns(), trust_codes=True).matched
    assert (found.place.id, found.how) == ("hua-bum", "code_only")


def test_an_area_with_the_code_wins_over_one_with_the_name_alone() -> None:
    found = match(
        TREE, [feature(1, name="Hua Bum"), feature(2, code="03460", name="Hua Bum")], "commune", Columns()
    )
    assert [m.feature.number for m in found.matched] == [2]
    assert [(u.number, u.reason) for u in found.unmatched] == [(1, "taken")]


def collection(*places: tuple[str, str, float], **more: Any) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"MA": code, "TEN": name, **more},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 22.0], [x + 0.1, 22.0], [x + 0.1, 22.1], [x, 22.1], [x, 22.0]]],
            },
        }
        for code, name, x in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.proves("R096")
def test_outlines_are_stored_replaced_and_owed(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        connection = db.session.connection()
        tree = Tree.load(connection, DAY)
        first, second = (tree.nodes[id_] for id_ in world.communes[:2])

        def load(data: bytes, store: bool = True) -> room.Outcome:
            return import_boundaries(
                connection, tree, DAY, data, level="commune", columns=Columns("MA", "TEN"),
                source="xa.geojson", attribution="© A", clock=FixedClock(TODAY), store=store,
            )  # fmt: skip

        assert newest_import(connection) is None
        found = load(collection((first.code or "", first.name, 103.0)), store=False)
        assert (len(found.matched), len(found.without)) == (1, len(world.communes) - 1)
        assert outlines(connection, world.communes) == {}
        load(collection((first.code or "", first.name, 103.0)))
        # An island of its own feature joins the place it belongs to; a second file replaces the outline.
        found = load(collection((first.code or "", first.name, 103.0), (first.code or "", first.name, 103.5)))
        assert len({m.place.id for m in found.matched}) == 1
        stored = outlines(connection, world.communes)
        assert set(stored) == {first.id}
        assert json.loads(stored[first.id].shape)[1][0][:4] == [1035000, 220000, 1000, 0]
        assert stored[first.id].attribution == "© A"
        load(collection((second.code or "", second.name, 104.0)))
        assert set(outlines(connection, world.communes)) == {first.id, second.id}
        assert newest_import(connection) is not None
        with pytest.raises(Refused) as refused:
            load(collection(("1", "Xã Không Có", 103.0)))
        assert "MA, TEN" in refused.value.faults[0].message("vi")


def test_outlines_are_thinned_until_a_page_can_carry_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = [(x, (x * 7919) % 5) for x in range(0, 4000, 2)] + [(4000, 3000), (0, 3000)]
    area = Feature(1, {"code": "03460", "name": "Hua Bum"}, [[ring]])
    outcome = match(TREE, [area], "commune", Columns())
    assert len(room._fit(outcome)["hua-bum"]) > 9_000
    assert outcome.tolerance_m == 0
    monkeypatch.setattr(room, "BUDGET", 1_000)
    assert len(room._fit(outcome)["hua-bum"]) == outcome.size <= 1_000
    assert outcome.tolerance_m > 0


def test_the_command_reports_what_matched_and_what_did_not(
    fresh: tuple[Flask, World], tmp_path: Path
) -> None:
    app, world = fresh
    with app.app_context():
        place = Tree.load(db.session.connection(), DAY).nodes[world.communes[0]]
        url = db.engine.url.render_as_string(hide_password=False)
        db.session.remove()
    file = tmp_path / "xa.geojson"
    file.write_bytes(collection((place.code or "", place.name, 103.0), ("7", "Xã Lạ", 103.2)))
    asked = [
        "boundaries",
        str(file),
        "--database",
        url,
        "--as-of",
        "2022-04-15",
        "--code",
        "MA",
        "--name",
        "TEN",
    ]
    run = CliRunner().invoke(command, ["boundaries", str(file), "--json"])
    assert run.exit_code == 2
    assert "--attribution" in run.output
    run = CliRunner().invoke(command, [*asked, "--attribution", "© A", "--json"], catch_exceptions=False)
    told = json.loads(run.stdout)
    assert (told["areas"], told["places"], told["matched"]["code"], told["stored"]) == (2, 1, 1, True)
    assert told["matches"][0]["id"] == place.id
    assert told["unmatched"] == [{"number": 2, "code": "7", "name": "Xã Lạ", "reason": "unknown"}]
    assert len(told["without_boundary"]) == len(world.communes) - 1
    run = CliRunner().invoke(command, [*asked, "--attribution", "© A", "--dry-run"], catch_exceptions=False)
    assert "Xã Lạ" in run.stdout
    assert "chưa lưu" in run.stdout
    with app.app_context():
        assert set(outlines(db.session.connection(), world.communes)) == {place.id}
