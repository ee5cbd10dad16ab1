"""The chain of a commitment in a browser, from a broken promise to use elsewhere; supplies and wastage at two sizes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.world import TODAY, World

pytestmark = pytest.mark.browser

COMMITMENT = named_id("commitment", "broken")
START = TODAY - timedelta(days=35)


def _author(app: Flask, world: World) -> ServerAuthor:
    user = db.session.get(User, world.users["tinh"])
    assert user
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def _move(author: ServerAuthor, lot: str, site: str, vials: int, reason: str, on: date, **more: Any) -> None:
    body = {"state": "chilled", "vials": vials, "reason": reason, **more}
    author.write("stock_movement", subject=lot, place=site, body=body, occurred_on=on)


def _broken(app: Flask, world: World) -> None:
    """A new lot: the first station received 20 vials and used 2, the second used all it had."""
    with app.app_context():
        author = _author(app, world)
        giving, taking = (world.stations[commune] for commune in world.communes[:2])
        item = {
            "code": "AZ", "name_vi": "Vắc xin AstraZeneca", "name_en": "AstraZeneca vaccine", "item_class": "vaccine",
            "vaccine": "AZ", "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 10,
        }  # fmt: skip
        az = author.write("item", place=world.province, body=item)
        lot = {"item": az, "lot_number": "NP0177", "label_expiry": "2022-05-31"}
        made = author.write("lot", place=world.province, body=lot)
        _move(author, made, giving, 20, "received", START, document="PX 7")
        _move(author, made, giving, -2, "administered", START + timedelta(days=10))
        _move(author, made, taking, 12, "opening", START)
        _move(author, made, taking, -12, "administered", TODAY - timedelta(days=2))
        promised = {
            "item": az, "lot": made, "vials": 20, "by_on": START.isoformat(), "document": "PX 7", "weekly": 4,
            "use_by": (TODAY + timedelta(days=7)).isoformat(),
        }  # fmt: skip
        author.write("allocation", subject=COMMITMENT, place=giving, body=promised, occurred_on=START)
        fridge = {
            "code": "TU_LANH", "name_vi": "Tủ lạnh âm sâu", "name_en": "Freezer", "item_class": "equipment",
            "unit_vi": "cái", "unit_en": "piece",
        }  # fmt: skip
        freezer = author.write("item", place=world.province, body=fridge)
        body = {"item": freezer, "condition": "unused", "serial": "TFW 800 số 1", "solution": "transfer"}
        author.write("equipment", place=giving, body=body)
        author.flush()
        db.session.commit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, _broken)


@pytest.mark.proves("R036", "R037", "R038")
def test_from_a_broken_commitment_to_an_order_on_one_page(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/stock/commitments?state=broken")
    page = desk.page
    check_accessibility(page)
    desk.picture("commitments", full=True)
    page.locator("#table tbody a").first.click()
    expect(page.locator("main")).to_contain_text("Mới dùng 20 trên 200 liều")
    expect(page.locator("#vials")).to_have_value("17")
    check_accessibility(page)
    page.fill("#reason", "Ít người đến tiêm")
    page.get_by_role("button", name="Duyệt thu hồi").click()
    expect(page.get_by_role("status")).to_contain_text("Đã duyệt thu hồi")
    check_accessibility(page)
    desk.picture("commitment-recalled", full=True)
    expect(page.locator("input[name=destination]").first).to_be_checked()
    page.get_by_role("button", name="Lập lệnh và duyệt").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lập lệnh chuyển 17")
    expect(page.locator(".chain")).to_contain_text("Đã duyệt, chờ xuất")
    page.get_by_role("link", name="Xem lệnh và phiếu").click()
    expect(page.locator("main")).to_contain_text("NP0177")


@pytest.mark.proves("R052", "R073")
def test_a_decision_on_what_is_left_over(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/stock/leftovers")
    page = desk.page
    check_accessibility(page)
    page.locator("input[name=line]").first.check()
    page.select_option("#decision", "transfer")
    page.fill("#document", "CV 91/SYT")
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_role("status")).to_contain_text("1 dòng")
    expect(page.locator("#table")).to_contain_text("CV 91/SYT")
    desk.picture("leftovers", full=True)


PAGES = (
    "/stock/commitments", f"/stock/commitments/{COMMITMENT}", "/stock/wastage", "/stock/wastage/movements",
    "/stock/leftovers", "/stock/equipment", "/stock/equipment/new", "/stock/levels", "/stock/items", "/stock/items/new",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_nothing_is_cut_off(phone: Desk, path: str) -> None:
    phone.sign_in("tinh")
    phone.open(path)
    check_accessibility(phone.page)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    phone.picture(path.strip("/").replace("/", "-"))
