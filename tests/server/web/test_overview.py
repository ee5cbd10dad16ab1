"""The command pages: what is divided by what, as of when, on which boundaries; map, trend, quality; and who sees it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.accounts.models import User
from server.database import db
from server.indicators.refreshing import refresh
from server.interop.boundaries import Columns, import_boundaries
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock
from shared.identifiers import named_id
from tests.server.conftest import Desk, post
from tests.server.world import PASSWORD, TODAY, World

REFORM = "2025-07-01"


def rows(text: str) -> dict[str, list[str]]:
    """The table of places: name -> the cells of its row as text."""
    table = text[text.index('id="table"') :]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.S)[1:]:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        words = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        found[words[0]] = words[1:]
    return found


def totals(text: str) -> list[str]:
    return rows(text)["Tổng cộng"]


@pytest.mark.proves("R004", "R017")
def test_the_address_chooses_the_denominator_and_the_page_says_which(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    usual = client.get("/").text
    assert "Mẫu số: người đến lịch đã rà soát trên địa bàn" in usual
    plan = client.get("/?denominator=plan").text
    assert "Mẫu số: số người theo kế hoạch đang có hiệu lực" in plan
    assert "Tỷ lệ = đã tiêm ÷ kế hoạch" in plan
    districts, total = list(rows(plan).values())[:-1], totals(plan)
    assert [int(row[1].rpartition("/ ")[2].replace(".", "")) for row in districts] == [80] * 8
    assert total[1].endswith("/ 640")
    # Links keep the choice; what is covered stays the same.
    assert re.search(r'<a href="/places/[^"]+\?denominator=plan">Huyện', plan)
    assert total[1].split()[-3] == totals(usual)[1].split()[-3]
    opening = client.get("/?denominator=opening").text
    assert totals(opening)[1] == "–"
    assert "chưa có số dân đầu kỳ" in opening


def somebody(desk: Desk) -> None:
    """An adult registered in March, whose booster was given on 8 April."""
    commune = desk.world.communes[0]
    village, station = desk.world.villages[commune][0], desk.world.stations[commune]
    with desk.app.app_context():
        user = db.session.get_one(User, desk.world.users[f"tram.{station[:6]}"])
        clock = current_settings().clock
        author = ServerAuthor(db.session.connection(), user, clock, PROJECTORS)
        day = date(2022, 3, 1)
        household = author.write("household", place=village, body={"head_name": "Lò Văn Ân"}, occurred_on=day)
        body = {
            "household": household, "full_name": "Lò Văn Ân", "birth_date": "1980-02-01", "sex": "male",
            "birth_precision": "day", "id_kind": "none", "residence": "permanent",
        }  # fmt: skip
        person = author.write("person", place=village, body=body, occurred_on=day)
        doses = {"primary_1": date(2021, 9, 1), "primary_2": date(2021, 10, 1), "booster_1": date(2022, 4, 8)}
        for dose_type, given_on in doses.items():
            given = {
                "vaccine": "PFZ_ADULT",
                "dose_type": dose_type,
                "screening": "eligible",
                "lot_number": "A1",
            }
            author.write("dose", subject=person, place=station, body=given, occurred_on=given_on)
        author.flush()
        refresh(db.session.connection(), [village], clock)
        db.session.commit()


@pytest.mark.proves("R091")
def test_a_past_day_shows_the_register_and_the_doses_of_that_day(desk: Desk) -> None:
    """Only one person of the tests was on the register before today."""
    somebody(desk)
    client = desk.sign_in("tinh")
    before, after = (client.get(f"/?as_of=2022-04-{day}").text for day in ("07", "08"))
    assert "Số liệu tại ngày 07/04/2022" in before
    assert "Tính đến 07/04/2022." in before
    assert totals(before)[2].endswith("0 / 1")
    assert totals(after)[2].endswith("1 / 1")
    # The people behind a past figure are not listed: the list is of today.
    assert "/figures/" not in before
    listed = re.findall(r'href="(/places/[^"]+/figures/[^"]+)"', client.get("/").text)[0]
    assert client.get(listed).status_code == 200
    assert client.get(f"{listed}?as_of=2022-04-07").status_code == 404
    assert client.get("/trend").status_code == 404
    assert client.get(f"/places/{desk.world.province}/trend?as_of=2022-04-08").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["as_of=x", "as_of=9999-12-31", "hierarchy=1999", "denominator=", "goal=x", "sort=x"],
)
def test_an_address_that_makes_no_sense_is_as_usual(desk: Desk, query: str) -> None:
    client = desk.sign_in("tinh")
    for page in ("/", f"/places/{desk.world.communes[0]}"):
        answer = client.get(f"{page}?{query}")
        assert answer.status_code == 200, query
        assert "Chưa có chỉ tiêu" not in answer.text


def test_a_place_is_not_shown_for_a_day_before_it_was(desk: Desk) -> None:
    assert desk.sign_in("tinh").get("/?as_of=1999-01-01").status_code == 404


# ---------------------------------------------------------------- the communes of 2025


def reform(world: World) -> str:
    """On 1 July 2025 the first communes of two districts become one; the district is an area of health management."""
    user = db.session.get_one(User, world.users["quantri"])
    author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
    merged, tree = named_id("place", "2025", "commune", "1"), Tree.load(db.session.connection(), TODAY)
    first = tree.nodes[world.communes[0]]
    second = next(tree.nodes[c] for c in world.communes if tree.nodes[c].parent != first.parent)
    version: dict[str, Any] = {
        "valid_from": REFORM,
        "name": "Xã Mới",
        "unit_type": "Xã",
        "parent": world.province,
    }
    body = {"level": "commune", "versions": [version | {"health_parent": first.parent}]}
    author.write("place", subject=merged, place=world.province, body=body)
    for commune in (first, second):
        version = {
            "valid_from": "2020-01-01",
            "valid_to": "2025-06-30",
            "name": commune.name,
            "unit_type": "Xã",
        }
        ended = {"versions": [version | {"code": commune.code, "parent": commune.parent}]}
        heads = author.heads("place", commune.id)
        author.write("place", subject=commune.id, place=world.province, body=ended, based_on=heads)
    for old in (first.id, second.id):
        for village in world.villages[old]:
            heads = author.heads("place", village)
            told = {"name": tree.name(village), "unit_type": "Bản"}
            versions = [
                {"valid_from": "2020-01-01", "valid_to": "2025-06-30", "parent": old, **told},
                {"valid_from": REFORM, "parent": merged, **told},
            ]
            author.write(
                "place", subject=village, place=world.province, body={"versions": versions}, based_on=heads
            )
    author.flush()
    db.session.commit()
    return merged


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    post(client, "/sign-in", username=username, password=PASSWORD)
    return client


@pytest.mark.proves("R043", "R091")
def test_the_same_campaign_on_the_communes_of_2022_and_of_2025(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        merged = reform(world)
        tree = Tree.load(db.session.connection(), TODAY)
        district = tree.nodes[tree.nodes[world.communes[0]].parent or ""]
        second = next(tree.nodes[c] for c in world.communes if tree.nodes[c].parent != district.id)
    client = signed_in(app, "tinh")
    before, after = client.get("/").text, client.get("/?hierarchy=2025").text
    assert totals(before)[:3] == totals(after)[:3]
    page = client.get(f"/places/{merged}?hierarchy=2025")
    assert page.status_code == 200
    assert "Xã Mới" in page.text
    assert page.text.count('class="place-cell"') == 4
    # Every figure opens as many people as it says, on this tree too.
    for address, shown in re.findall(r'<dd><a href="(/places/[^"]+/figures/[^"]+)">(\d+)</a>', page.text):
        assert "hierarchy=2025" in address
        assert client.get(address).text.count('href="/persons/') == int(shown), address
    # The commune of 2022 is looked for among those of 2025: the one its villages are in.
    assert "Xã Mới" in client.get(f"/places/{second.id}?hierarchy=2025").text
    assert client.get(f"/places/{merged}").status_code == 404
    # A district sees the part of the merged commune that is its own, and cannot open what is not.
    reviewer = signed_in(app, f"huyen.{district.code}")
    shown = reviewer.get("/?hierarchy=2025").text
    assert "(phần thuộc địa bàn của bạn)" in shown
    assert reviewer.get(f"/places/{merged}?hierarchy=2025").status_code == 404
    assert reviewer.get(f"/places/{second.id}?hierarchy=2025").status_code == 404
    assert reviewer.get(f"/places/{merged}/map.json?hierarchy=2025").status_code == 404


# ---------------------------------------------------------------- map, trend, quality


def draw(world: World, commune: str) -> None:
    tree = Tree.load(db.session.connection(), TODAY)
    ring = [[103.0, 22.0], [103.1, 22.0], [103.1, 22.1], [103.0, 22.0]]
    feature = {
        "type": "Feature",
        "properties": {"code": tree.nodes[commune].code, "name": tree.name(commune)},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    import_boundaries(
        db.session.connection(), tree, TODAY, json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(),
        level="commune", columns=Columns(), source="xa.geojson", attribution="© <Nhà xuất bản>",
        clock=FixedClock(TODAY),
    )  # fmt: skip
    db.session.commit()


def mapped(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.proves("R096")
def test_the_map_says_what_the_table_says(desk: Desk) -> None:
    commune = desk.world.communes[0]
    with desk.app.app_context():
        draw(desk.world, commune)
        parent = Tree.load(db.session.connection(), TODAY).nodes[commune].parent
    client = desk.sign_in("tinh")
    data = mapped(client, f"/places/{desk.world.province}/map.json")
    assert {place["id"] for place in data["places"]} == set(desk.world.communes)
    shapes = {place["id"]: place["shape"] for place in data["places"]}
    assert shapes[commune] == [[[1030000, 220000, 1000, 0, 0, 1000]]]
    assert [id_ for id_, shape in shapes.items() if shape] == [commune]
    assert data["attributions"] == ["© <Nhà xuất bản>"]
    table = rows(client.get(f"/places/{parent}").text)
    for place in data["places"]:
        if place["name"] in table:
            percent = table[place["name"]][1].split(" ")[0]
            assert percent in place["words"], place
    villages = mapped(client, f"/places/{commune}/map.json")["places"]
    assert {v["id"] for v in villages} == set(desk.world.villages[commune])
    assert mapped(client, "/map.json")["places"]


def test_map_trend_and_quality_show_nothing_beyond_the_readers_area(desk: Desk) -> None:
    with desk.app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
        for commune in desk.world.communes:
            draw(desk.world, commune)
    own = next(tree.nodes[d] for d in desk.world.districts)
    inside = {n.name for n in tree.below(own.id)} | {own.name}
    foreign = {tree.name(c) for c in desk.world.communes if tree.nodes[c].parent != own.id} - inside
    client = desk.sign_in(f"huyen.{own.code}")
    pages = ("", "/map.json", "/trend", "/quality")
    for other in (desk.world.province, *desk.world.districts[1:3], *desk.world.communes[-2:]):
        assert other != own.id
        for page in pages:
            assert client.get(f"/places/{other}{page}").status_code == 404, page
    for page in ("/", "/map.json", *(f"/places/{own.id}{page}" for page in pages)):
        text = client.get(page).text
        assert not [name for name in foreign if name in text], page
    assert len(mapped(client, "/map.json")["places"]) == 2


@pytest.mark.proves("R028", "R096")
def test_the_trend_ends_at_the_figure_of_the_card(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    goal = re.findall(r'<option value="([^"]+booster_1[^"]+)"', client.get("/").text)[0]
    text = client.get(f"/places/{desk.world.province}/trend?goal={goal}").text
    cells = re.findall(
        r'<th scope="row" data-label="15/04">15/04/2022</th><td class="number" data-value="(\d+)">', text
    )
    card = client.get("/").text
    covered = re.findall(r"([\d.]+) / [\d.]+ người đến lịch", card)[1].replace(".", "")
    assert cells[0] == covered
    assert 'data-mark="Hạn hoàn thành"' in text
    assert 'data-series="plan"' in text


@pytest.mark.proves("R064", "R065", "R066")
def test_quality_names_groups_phones_and_timeliness(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    text = client.get(f"/places/{desk.world.province}/quality").text
    for words in (
        "Người cao tuổi", "Lao động di cư", "Nhập đúng ngày", "Khớp CSDL dân cư", "Có số giấy tờ",
        "Chưa có thiết bị nào đăng ký",
    ):  # fmt: skip
        assert words in text, words
    assert text.count('class="place-cell"') == 8


def test_a_district_page_names_who_answers_for_it(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    assert (
        "Chịu trách nhiệm: Y tế Thành phố Lai Châu" in client.get(f"/places/{desk.world.districts[0]}").text
    )
