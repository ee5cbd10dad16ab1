"""Reserves, the review of leftovers, the equipment register and the catalogue on pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.models import PlaceVersion
from server.settings import current_settings
from server.stock.leftover_models import LeftoverDecision
from server.stock.models import Item
from server.stock.transfer_models import Equipment, StockLevel
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk, post


def rows(desk: Desk, model: Any) -> list[Any]:
    with desk.app.app_context():
        return list(db.session.execute(select(model.__table__)).all())


@pytest.fixture
def supplied(desk: Desk) -> tuple[Desk, str, dict[str, str]]:
    """(desk, station, ids by name): tests never used, chemicals half used, a fridge not in use."""
    world, ids = desk.world, {}
    station = world.stations[world.communes[0]]
    with desk.app.app_context():
        user = db.session.get(User, world.users["tinh"])
        assert user
        manager = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        for code, name, item_class, unit in (
            ("TEST_AG", "Test nhanh", "biological", "test"),
            ("CLORAMIN_B", "Cloramin B", "chemical", "kg"),
            ("TU_LANH", "Tủ lạnh TCW 40", "equipment", "cái"),
        ):
            body = {
                "code": code, "name_vi": name, "name_en": code, "item_class": item_class, "unit_vi": unit,
                "unit_en": unit,
            }  # fmt: skip
            ids[code] = manager.write("item", place=world.province, body=body)
        for code, expiry in (("TEST_AG", "2022-04-25"), ("CLORAMIN_B", "2023-01-31")):
            body = {"item": ids[code], "lot_number": f"L-{code}", "label_expiry": expiry}
            ids[f"lot {code}"] = manager.write("lot", place=world.province, body=body)
        for code, vials, reason in (
            ("TEST_AG", 500, "received"),
            ("CLORAMIN_B", 40, "received"),
            ("CLORAMIN_B", -15, "administered"),
            ("CLORAMIN_B", -5, "broken"),
        ):
            body = {"state": "chilled", "vials": vials, "reason": reason}
            manager.write("stock_movement", subject=ids[f"lot {code}"], place=station, body=body)
        line = {
            "lot": ids["lot TEST_AG"], "state": "chilled", "vials": 500, "condition": "unused", "solution": "transfer",
        }  # fmt: skip
        manager.write("stock_count", subject=station, place=station, body={"lines": [line]})
        fridge = {
            "item": ids["TU_LANH"], "condition": "unused", "pieces": 2, "solution": "keep",
            "plan_after": "Dùng cho tiêm chủng mở rộng",
        }  # fmt: skip
        ids["fridge"] = manager.write("equipment", place=station, body=fridge)
        manager.flush()
        db.session.commit()
    return desk, station, ids


@pytest.mark.proves("R052", "R075")
def test_what_was_bought_and_never_used_stands_first_and_is_decided(
    supplied: tuple[Desk, str, dict[str, str]],
) -> None:
    desk, station, ids = supplied
    client = desk.sign_in("tinh")
    text = client.get("/stock/leftovers").text
    table = text[text.index('id="table"') :]
    found = [table.index(name) for name in ("Test nhanh", "Tủ lạnh TCW 40", "Cloramin B")]
    assert found == sorted(found), "never used first, then what expires first"
    assert table.count("Chưa dùng lần nào") == 2
    assert table.count("Chưa quyết định") == 3
    keys = re.findall(r'name="line" value="([^"]+)"', table)
    assert len(keys) == 3
    send = {
        "line": keys[0],
        "decision": "transfer",
        "until": "2022-04-20",
        "document": "CV 91",
        "reason": "x",
    }
    assert post(client, "/stock/leftovers/decide", page="/password", **send).status_code == 302
    [decision] = rows(desk, LeftoverDecision)
    assert (decision.site_id, decision.lot_id, decision.decision, decision.document) == (
        station, ids["lot TEST_AG"], "transfer", "CV 91",
    )  # fmt: skip
    again = send | {"decision": "return"}
    assert post(client, "/stock/leftovers/decide", page="/password", **again).status_code == 302
    assert [row.decision for row in rows(desk, LeftoverDecision)] == ["return"], "a decision may be changed"
    fridge = {"line": f"equipment.{ids['fridge']}", "decision": "keep", "document": "CV 92"}
    assert post(client, "/stock/leftovers/decide", page="/password", **fridge).status_code == 302
    assert [row.decided for row in rows(desk, Equipment)] == ["keep"]
    assert client.get("/stock/leftovers?open=1").text.count("Cloramin B") > 0
    assert "Test nhanh" not in client.get("/stock/leftovers?open=1").text
    for wrong in ({"line": keys[0]}, {"decision": "keep"}, {"line": "lot.x.y", "decision": "keep"}):
        assert post(client, "/stock/leftovers/decide", page="/password", **wrong).status_code == 422


@pytest.mark.proves("R052")
def test_the_review_as_a_file(supplied: tuple[Desk, str, dict[str, str]]) -> None:
    desk, _, _ = supplied
    client = desk.sign_in("tinh")
    sheet = load_workbook(io.BytesIO(client.get("/stock/leftovers.xlsx").data)).worksheets[0]
    values = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    chemical = next(row for row in values if "Cloramin B" in row)
    assert [cell for cell in chemical if isinstance(cell, int)][-5:] == [40, 15, 0, 5, 20]
    assert "Cloramin B" not in client.get("/stock/leftovers.csv?unused=1").text
    assert client.get("/stock/leftovers.pdf").status_code == 404


@pytest.mark.proves("R074")
def test_reserves_are_set_for_many_sites_and_what_is_below_is_listed(
    supplied: tuple[Desk, str, dict[str, str]],
) -> None:
    desk, station, ids = supplied
    client, district = desk.sign_in("tinh"), desk.world.districts[0]
    edit = f"/stock/levels/edit?item={ids['TEST_AG']}&district={district}"
    text = client.get(edit).text
    sites = re.findall(r'name="least-([0-9a-f-]{36})"', text)
    assert len(sites) == 2
    body = {"item": ids["TEST_AG"], "district": district, "least-all": "600", "most-all": "900", "do": "all"}
    assert post(client, "/stock/levels/edit", page="/password", **body).status_code == 302
    assert {(row.site_id, row.least, row.most) for row in rows(desk, StockLevel)} == {
        (site, 600, 900) for site in sites
    }
    below = client.get("/stock/levels?state=below").text
    table = below[below.index('id="table"') :]
    missing = re.findall(r'"Còn thiếu" class="number"><strong>([\d.]+)', table)
    held = {site: 500 if site == station else 0 for site in sites}
    assert sorted(missing) == sorted(str(600 - held[site]) for site in sites)
    own = {f"least-{site}": "100" for site in sites} | {
        "item": ids["TEST_AG"],
        "district": district,
        "do": "each",
    }
    assert post(client, "/stock/levels/edit", page="/password", **own).status_code == 302
    assert {(row.least, row.most) for row in rows(desk, StockLevel)} == {(100, None)}
    wrong = own | {f"most-{sites[0]}": "5"}
    assert post(client, "/stock/levels/edit", page="/password", **wrong).status_code == 422
    wrong = own | {f"least-{sites[0]}": "mười"}
    assert post(client, "/stock/levels/edit", page="/password", **wrong).status_code == 422


@pytest.mark.proves("R074")
def test_the_default_of_an_item_holds_where_it_was_ever_kept(
    supplied: tuple[Desk, str, dict[str, str]],
) -> None:
    desk, _, ids = supplied
    client = desk.sign_in("tinh")
    page = f"/stock/items/{ids['CLORAMIN_B']}"
    item = next(row for row in rows(desk, Item) if row.id == ids["CLORAMIN_B"])
    fields = {
        "code": item.code, "name_vi": item.name_vi, "name_en": item.name_en, "item_class": item.item_class,
        "unit_vi": item.unit_vi, "unit_en": item.unit_en, "least": "30", "warn_days": "45", "source": "QĐ 1",
    }  # fmt: skip
    assert post(client, page, page="/password", **fields).status_code == 302
    changed = next(row for row in rows(desk, Item) if row.id == ids["CLORAMIN_B"])
    assert (changed.least, changed.warn_days, changed.source) == (30, 45, "QĐ 1")
    text = client.get("/stock/levels?state=below").text
    assert text.count("Cloramin B") >= 1
    assert "mức chung" in text


@pytest.mark.proves("R075")
def test_the_catalogue_by_class_and_a_new_item(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    fields = {
        "code": "NACL_09", "name_vi": "Dung môi NaCl 0,9 %", "name_en": "NaCl diluent", "item_class": "diluent",
        "unit_vi": "lọ", "unit_en": "vial",
    }  # fmt: skip
    assert post(client, "/stock/items/new", page="/password", **fields).status_code == 302
    assert "NACL_09" in client.get("/stock/items?class=diluent").text
    assert "NACL_09" not in client.get("/stock/items?class=vaccine").text
    assert "NACL_09" in client.get("/stock/items?q=dung moi").text
    answer = post(client, "/stock/items/new", page="/password", **fields)
    assert answer.status_code == 422
    assert "đã dùng cho mặt hàng khác" in answer.text
    assert post(client, "/stock/items/new", page="/password", **fields | {"name_vi": ""}).status_code == 422
    pfizer = client.get(f"/stock/items/{desk.world.item}").text
    assert "Dung môi NaCl" in pfizer, "a vaccine names the diluent that goes with it"
    watching = desk.sign_in("thanhtra")
    assert watching.get(f"/stock/items/{desk.world.item}").status_code == 200
    assert post(watching, "/stock/items/new", page="/password", **fields).status_code == 403


@pytest.mark.proves("R052", "R073", "L24")
def test_the_equipment_register_of_a_district(supplied: tuple[Desk, str, dict[str, str]]) -> None:
    desk, station, ids = supplied
    with desk.app.app_context():
        by_district = select(PlaceVersion.place_id, PlaceVersion.code).where(
            PlaceVersion.place_id.in_(desk.world.districts)
        )
        codes = dict(db.session.execute(by_district).tuples().all())
    own, other = (desk.sign_in(f"huyen.{codes[d]}") for d in desk.world.districts[:2])
    page = f"/stock/equipment/{ids['fridge']}"
    assert 'name="decided"' in own.get(page).text
    assert other.get(page).status_code == 404
    change = {"pieces": "2", "condition": "good", "in_use": "1", "decided": "keep", "document": "CV 5"}
    assert post(own, page, page="/password", **change).status_code == 302
    [row] = rows(desk, Equipment)
    assert (row.condition, row.in_use, row.decided, row.plan_after) == ("good", True, "keep", None)
    assert "Tủ lạnh" not in own.get("/stock/leftovers").text, "in use and in order is nothing left over"
    assert "Tủ lạnh" in own.get("/stock/equipment?condition=good").text
    nurse = desk.sign_in(f"tram.{station[:6]}")
    text = nurse.get(page).text
    assert 'name="condition"' in text
    assert 'name="decided"' not in text
    new = {"site": station, "item": ids["TU_LANH"], "condition": "broken", "serial": "TCW số 3"}
    assert post(nurse, "/stock/equipment/new", page="/password", **new).status_code == 302
    assert len(rows(desk, Equipment)) == 2
    elsewhere = new | {"site": desk.world.stations[desk.world.communes[-1]]}
    assert post(nurse, "/stock/equipment/new", page="/password", **elsewhere).status_code in (404, 422)
    assert post(nurse, "/stock/equipment/new", page="/password", **new | {"condition": ""}).status_code == 422
    inspector = desk.sign_in("thanhtra")
    assert "TCW số 3" in inspector.get("/stock/equipment?condition=broken").text
    assert 'name="condition"' not in inspector.get(page).text
