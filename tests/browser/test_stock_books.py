"""Stock books in a browser: a card with its running balance, a movement taken back, a lot held, a count explained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import holding_id, named_id
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.world import TODAY, World

pytestmark = pytest.mark.browser

STORE = named_id("test", "store")
COUNT = named_id("test", "count")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A province with a store, and a station whose count lacks two vials."""
    yield from serve_site(tmp_path_factory, _fill)


def _fill(app: Flask, world: World) -> None:
    station = world.stations[world.communes[0]]
    with app.app_context():
        author = _author("quantri")
        version = {
            "valid_from": "2020-01-01",
            "name": "Kho CDC tỉnh",
            "unit_type": "Kho",
            "parent": world.province,
        }
        body = {"level": "store", "versions": [version]}
        author.write("place", place=world.province, subject=STORE, body=body)
        author.flush()
        keeper = _author(f"tram.{station[:6]}")
        for lot, vials in ((world.lots[2], 9), (world.lots[1], 4)):
            moved = {"state": "chilled", "vials": vials, "reason": "received", "document": "PN 5"}
            keeper.write("stock_movement", subject=lot, place=station, body=moved)
        line = {"lot": world.lots[2], "state": "chilled", "vials": 7}
        keeper.write("stock_count", subject=station, place=station, body={"lines": [line]}, entry_id=COUNT)
        keeper.flush()
        db.session.commit()


def _author(username: str) -> ServerAuthor:
    user = db.session.scalars(select(User).where(User.username == username)).one()
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


@pytest.mark.proves("R036", "R081")
def test_a_store_receives_and_takes_a_mistake_back(desk: Desk) -> None:
    desk.sign_in("tinh")
    page, world = desk.page, desk.site.world
    desk.open(f"/stock/sites/{STORE}/record?do=receive")
    check_accessibility(page)
    page.select_option("#lot", world.lots[2])
    page.select_option("#state", "frozen")
    page.fill("#vials", "12")
    page.fill("#document", "PN 01/2022")
    page.click("main form button")
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator("#card-title")).to_have_text("Đầu kỳ 0 + nhập 12 − xuất 0 = 12")
    check_accessibility(page)
    desk.picture("stock-card", full=True)
    page.click("text=Đảo phiếu")
    expect(page.locator("main")).to_contain_text("−12 lọ")
    check_accessibility(page)
    page.click("text=Đảo, rồi ghi lại phiếu đúng")
    expect(page.locator("#vials")).to_have_value("12")
    page.fill("#vials", "21")
    page.click("main form button")
    expect(page.locator("#card-title")).to_have_text("Đầu kỳ 0 + nhập 21 − xuất 0 = 21")
    expect(page.locator("tr.crossed")).to_have_count(2)
    with page.expect_download() as taken:
        page.click("text=Tải tệp Excel")
    assert taken.value.suggested_filename.endswith(".xlsx")


@pytest.mark.proves("R008", "R037")
def test_a_lot_is_found_held_and_freed(desk: Desk) -> None:
    desk.sign_in("tinh")
    page, world = desk.page, desk.site.world
    desk.open("/stock/lots")
    check_accessibility(page)
    page.fill("#q", "fp81")
    page.click("main form button")
    page.click("tbody th a")
    expect(page.locator("h1")).to_have_text("Lô FP8191")
    check_accessibility(page)
    page.fill("#hold-document", "TB 12/BYT")
    page.click("text=Tạm dừng lô này")
    expect(page.locator(".notice.late")).to_contain_text("TB 12/BYT")
    desk.picture("stock-lot", full=True)
    page.click("text=Cho dùng lại lô này")
    expect(page.locator(".notice.late")).to_have_count(0)
    desk.open(f"/stock/lots/{world.lots[0]}")
    check_accessibility(page)


@pytest.mark.proves("L25")
def test_a_difference_is_explained_line_by_line(scriptless: Desk) -> None:
    station = scriptless.site.world.stations[scriptless.site.world.communes[0]]
    scriptless.sign_in(f"tram.{station[:6]}")
    page = scriptless.page
    scriptless.open("/stock/counts?state=open")
    page.click(f"a[href='/stock/counts/{COUNT}']")
    expect(page.locator("#l0-0-vials")).to_have_value("-2")
    page.fill("#l0-0-vials", "-1")
    page.select_option("#l0-0-reason", "broken")
    page.click("text=Ghi giải trình")
    expect(page.locator(".notice.late")).to_contain_text("cộng lại phải bằng -2 lọ")
    scriptless.complaints[:] = [c for c in scriptless.complaints if "422" not in c]  # the page with faults
    page.fill("#l0-1-vials", "-1")
    page.select_option("#l0-1-reason", "unexplained")
    page.fill("#signed_by", "Nguyễn Thị Hoàng Phương Quỳnh Như")
    page.click("text=Ghi giải trình")
    expect(page.locator(".head")).to_contain_text("Đã giải trình")
    scriptless.picture("stock-count", full=True)


def test_the_pages_fit_a_phone_and_have_no_grave_fault(phone: Desk) -> None:
    phone.sign_in("tinh")
    page, world = phone.page, phone.site.world
    station = world.stations[world.communes[0]]
    held = holding_id(station, world.lots[2], "chilled", None)
    for path in (
        "/stock/sites",
        f"/stock/sites/{station}",
        f"/stock/sites/{station}/card?item={world.item}&holding={held}",
        "/stock/lots",
        f"/stock/lots/{world.lots[2]}",
        "/stock/counts",
        f"/stock/counts/{COUNT}",
        f"/stock/balance?by=site&from={TODAY.replace(day=1)}",
        f"/stock/sites/{STORE}/record?do=issue",
    ):
        phone.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        check_accessibility(page)
