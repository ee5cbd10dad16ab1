"""The dated tree of places, and the one door to what a user may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.orm import Session

from server.accounts.models import User, UserPlace
from server.places.scope import assigned_places, followed_streams, site_of, visible_places
from server.places.tree import Tree
from tests.server.ledger.hands import TODAY, enrol, place, push

PROVINCE, OLD, NEW, COMMUNE = (
    place("tree province"),
    place("old district"),
    place("new district"),
    place("tree commune"),
)
VILLAGE, OTHER, STATION, TEAM = (
    place("tree village"),
    place("tree other"),
    place("tree station"),
    place("tree team"),
)
CHANGED = date(2025, 7, 1)


def version(
    start: str, parent: str | None, end: str | None = None, name: str = "Nơi", **more: Any
) -> dict[str, Any]:
    found: dict[str, Any] = {"valid_from": start, "name": name, "unit_type": "x", **more}
    return found | ({"parent": parent} if parent else {}) | ({"valid_to": end} if end else {})


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    admin, station, worker, team, inspector = enrol(
        engine, "administrator", "station", "village_health_worker", "mobile_team", "inspector"
    )
    last = str(CHANGED - timedelta(days=1))
    bodies: dict[str, dict[str, Any]] = {
        PROVINCE: {"level": "province", "versions": [version("2004-01-01", None)]},
        OLD: {"level": "district", "versions": [version("2004-01-01", PROVINCE, last, "Huyện Cũ")]},
        NEW: {"level": "district", "versions": [version(str(CHANGED), PROVINCE, name="Vùng y tế")]},
        COMMUNE: {
            "level": "commune", "succeeds": [OLD],
            "versions": [
                version("2004-01-01", OLD, last, "Xã Ớt"),
                version(str(CHANGED), PROVINCE, name="Xã Ớt mới", health_parent=NEW),
            ],
        },
        VILLAGE: {"level": "village", "versions": [version("2004-01-01", COMMUNE, name="Bản Đông")]},
        OTHER: {"level": "village", "versions": [version("2004-01-01", COMMUNE, name="Bản Ân")]},
        STATION: {"level": "station", "versions": [version("2004-01-01", COMMUNE)]},
        TEAM: {"level": "team", "versions": [version("2004-01-01", COMMUNE)], "serves": [VILLAGE]},
    }  # fmt: skip
    entries = [admin.entry("place", subject, PROVINCE, body) for subject, body in bodies.items()]
    push(engine, admin, *reversed(entries))
    edit = admin.entry(
        "place", TEAM, PROVINCE, {"serves": [OTHER, VILLAGE, OTHER]}, based_on=[entries[-1]["id"]]
    )
    push(engine, admin, edit)
    with engine.begin() as connection:
        scope = [
            (station, COMMUNE),
            (worker, VILLAGE),
            (team, TEAM),
            (inspector, PROVINCE),
            (inspector, place("gone")),
        ]
        connection.execute(insert(UserPlace), [{"user_id": h.user, "place_id": p} for h, p in scope])
        yield connection


def test_the_tree_of_a_day(connection: Connection) -> None:
    before, after = Tree.load(connection, CHANGED - timedelta(days=1)), Tree.load(connection, CHANGED)
    assert [n.name for n in before.path(VILLAGE)] == ["Nơi", "Huyện Cũ", "Xã Ớt", "Bản Đông"]
    assert [n.name for n in after.path(VILLAGE)] == ["Nơi", "Vùng y tế", "Xã Ớt mới", "Bản Đông"]
    law = Tree.load(connection, CHANGED, "administrative")
    assert [n.level for n in law.path(VILLAGE)] == ["province", "commune", "village"]
    assert before.get(NEW) is None
    assert after.name(OLD) == "–"
    assert [n.name for n in before.children(COMMUNE, "village")] == ["Bản Ân", "Bản Đông"]
    assert {n.id for n in before.below(PROVINCE)} == {OLD, COMMUNE, VILLAGE, OTHER, STATION, TEAM}
    district = before.up(VILLAGE, "district")
    assert district is not None
    assert district.id == OLD
    assert [n.id for n in before.provinces()] == [PROVINCE]
    assert Tree.load(connection, date(1990, 1, 1)).nodes == {}


def test_villages_of_places(connection: Connection) -> None:
    tree = Tree.load(connection, TODAY)
    assert tree.villages(VILLAGE) == [VILLAGE]
    assert sorted(tree.villages(TEAM)) == sorted(tree.villages(STATION)) == sorted((VILLAGE, OTHER))
    assert sorted(tree.villages(PROVINCE)) == sorted((VILLAGE, OTHER))


@pytest.mark.proves("L24")
def test_what_a_user_may_see(connection: Connection) -> None:
    tree = Tree.load(connection, TODAY)
    session = Session(connection)
    users = {user.role: user for user in session.query(User)}
    seen = {role: visible_places(connection, user.id, tree) for role, user in users.items()}
    assert seen["village_health_worker"] == {VILLAGE}
    assert seen["station"] == {COMMUNE, VILLAGE, OTHER, STATION, TEAM}
    assert seen["mobile_team"] == {TEAM, VILLAGE, OTHER}
    assert PROVINCE in seen["inspector"]
    assert seen["administrator"] == frozenset()
    assert followed_streams(connection, users["inspector"], tree) == [PROVINCE]
    assert followed_streams(connection, users["village_health_worker"], tree) == sorted((PROVINCE, VILLAGE))
    assert site_of(connection, users["station"], tree) == STATION
    assert site_of(connection, users["mobile_team"], tree) == TEAM
    assert site_of(connection, users["village_health_worker"], tree) is None
    assert assigned_places(connection, users["mobile_team"].id) == [TEAM]


@pytest.mark.proves("L7")
def test_a_ring_of_places_is_nonsense_and_ends(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    one, two = place("ring 1"), place("ring 2")
    pairs = ((PROVINCE, "province", None), (one, "district", two), (two, "district", one))
    entries = [
        admin.entry("place", a, PROVINCE, {"level": level, "versions": [version("2004-01-01", b)]})
        for a, level, b in pairs
    ]
    push(engine, admin, *entries)
    with engine.connect() as connection:
        tree = Tree.load(connection, TODAY)
        assert len(tree.path(one)) == 2
        assert {node.id for node in tree.below(one)} == {two}
        assert tree.villages(PROVINCE) == []
        newer = admin.entry(
            "place",
            one,
            PROVINCE,
            {"versions": [version("2004-01-01", PROVINCE)]},
            based_on=[entries[1]["id"]],
        )
    push(engine, admin, newer)
    with engine.connect() as connection:
        assert {node.id for node in Tree.load(connection, TODAY).below(PROVINCE)} == {one, two}, (
            "a kept tree is left behind"
        )


@pytest.mark.proves("R068")
def test_teams_serve_villages_across_communes_and_a_village_has_several(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    far, second = place("far village"), place("second team")
    bodies: dict[str, dict[str, Any]] = {
        PROVINCE: {"level": "province", "versions": [version("2004-01-01", None)]},
        COMMUNE: {"level": "commune", "versions": [version("2004-01-01", PROVINCE)]},
        NEW: {"level": "commune", "versions": [version("2004-01-01", PROVINCE)]},
        VILLAGE: {"level": "village", "versions": [version("2004-01-01", COMMUNE)]},
        far: {"level": "village", "versions": [version("2004-01-01", NEW)]},
        TEAM: {"level": "team", "versions": [version("2004-01-01", COMMUNE)], "serves": [VILLAGE, far]},
        second: {"level": "team", "versions": [version("2004-01-01", PROVINCE)], "serves": [far]},
    }
    push(engine, admin, *(admin.entry("place", subject, PROVINCE, body) for subject, body in bodies.items()))
    with engine.connect() as connection:
        tree = Tree.load(connection, TODAY)
    assert sorted(tree.villages(TEAM)) == sorted((VILLAGE, far)), "beyond the commune it stands in"
    assert tree.villages(second) == [far], "and the village has both"
    assert tree.villages(COMMUNE) == [VILLAGE], "the commune's own villages stay its own"
