"""A transfer in a browser: order, approval, dispatch, a short receipt, the dispute settled; on desk and on phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from tests.server.world import World

pytestmark = pytest.mark.browser

STORE = "Kho Trung tâm Y tế thị trấn Nông trường Mộc Châu"


def _store(app: Flask, world: World) -> None:
    """A store of the first district with a long name, some vaccine and gloves in it."""
    with app.app_context():
        for username, work in (("quantri", _place), ("tinh", _stock)):
            user = db.session.get_one(User, world.users[username])
            author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
            work(author, world)
            author.flush()
        db.session.commit()


def _place(author: ServerAuthor, world: World) -> None:
    version = {"valid_from": "2020-01-01", "name": STORE, "unit_type": "Kho", "parent": world.districts[0]}
    body = {"level": "store", "versions": [version]}
    author.write("place", subject=named_id("store", "1"), place=world.province, body=body)


def _stock(author: ServerAuthor, world: World) -> None:
    gloves = {
        "code": "GLOVES", "name_vi": "Găng tay y tế không bột, cỡ vừa", "name_en": "Gloves", "item_class": "supply",
        "unit_vi": "đôi", "unit_en": "pair",
    }  # fmt: skip
    item = author.write("item", place=world.province, body=gloves)
    box = author.write("lot", place=world.province, body={"item": item, "lot_number": "GT-01/2022"})
    young, old = (
        author.write("lot", place=world.province, body={"item": world.item, **body})
        for body in (
            {"lot_number": "FP9999", "label_expiry": "2022-06-30"},
            {"lot_number": "FN5091", "label_expiry": "2022-04-27"},
        )
    )
    for lot, vials, state in ((young, 60, "frozen"), (old, 12, "frozen"), (box, 400, "chilled")):
        body = {"state": state, "vials": vials, "reason": "opening"}
        author.write("stock_movement", subject=lot, place=named_id("store", "1"), body=body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, _store)


def as_(window: Desk, username: str) -> None:
    """Somebody else sits down at the same browser."""
    window.page.context.clear_cookies()
    window.sign_in(username)


def look(window: Desk, name: str) -> None:
    """The page is whole: nothing wider than the window, no fault of accessibility."""
    check_accessibility(window.page)
    assert window.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    window.picture(name, full=True)


@pytest.mark.proves("R036", "R063", "R081")
@pytest.mark.parametrize("window", ["desk", "phone"])
def test_from_order_to_settled_dispute(request: pytest.FixtureRequest, site: Site, window: str) -> None:
    one: Desk = request.getfixturevalue(window)
    page, world = one.page, site.world
    station, *others = world.stations.values()
    district = _district_user(one, station)
    as_(one, district)
    one.open("/stock/transfers")
    page.get_by_role("link", name="Lập lệnh điều chuyển").click()
    look(one, "transfer-choose")
    page.select_option("#source", station)
    other = next(
        s for s in page.locator("#source option").evaluate_all("o => o.map(e => e.value)") if s in others
    )
    page.select_option("#destination", other)
    page.select_option("#item", label="Vắc xin Pfizer (12+)")
    page.fill("#vials", "2")
    page.get_by_role("button", name="Đi tiếp").click()
    look(one, "transfer-order")
    filled = page.locator(".holdings input").evaluate_all("found => found.map(f => f.value).filter(v => v)")
    assert filled == ["2"], "the shortest-dated lot is proposed"
    page.select_option("#purpose", "redistribution")
    page.fill("#document", "LĐC 14/TTYT")
    page.get_by_role("button", name="Lập lệnh, chờ duyệt").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lập lệnh")
    look(one, "transfer-proposed")
    address = page.url.removeprefix(site.url)
    page.get_by_role("link", name="Quyết định", exact=True).click()
    page.select_option("#decision", "approved")
    look(one, "transfer-decide")
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_role("status")).to_contain_text("Đã duyệt lệnh")

    as_(one, f"tram.{station[:6]}")
    one.open(address)
    page.get_by_role("link", name="Ghi phiếu xuất").click()
    page.fill("#cold_box", "Phích 2")
    page.fill("#celsius", "-20")
    look(one, "transfer-dispatch")
    page.get_by_role("button", name="Ghi phiếu xuất").click()
    expect(page.locator("h1 + p .chip").first).to_have_text("Đang trên đường")
    look(one, "transfer-on-the-way")

    as_(one, f"tram.{other[:6]}")
    one.open(address)
    page.get_by_role("link", name="Ghi phiếu nhập").click()
    page.locator("input[name=line-0-accepted]").fill("1")
    page.locator("input[name=line-0-why]").fill("Thiếu một lọ so với phiếu")
    look(one, "transfer-receive")
    page.get_by_role("button", name="Ghi phiếu nhập").click()
    expect(page.locator("h1 + p .chip").first).to_have_text("Chênh lệch giao nhận")
    look(one, "transfer-disputed")

    as_(one, district)
    one.open("/stock/transfers?group=disputed")
    look(one, "transfers")
    page.locator("#table tbody a").first.click()
    page.get_by_role("link", name="Xử lý chênh lệch").click()
    page.locator("input[name=line-0-back]").fill("1")
    page.select_option("#cause", "miscounted")
    page.fill("#reason", "Đếm lại: còn một lọ trong tủ của trạm gửi")
    look(one, "transfer-settle")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.locator("h1 + p .chip").first).to_have_text("Xong")
    look(one, "transfer-closed")
    page.get_by_role("link", name="In phiếu").first.click()
    expect(page.locator(".note h1")).to_have_text("PHIẾU XUẤT KHO")
    expect(page.locator(".note")).to_contain_text("nhận 1, không nhận 0")
    look(one, "transfer-note")
    page.emulate_media(media="print")
    one.picture("transfer-note-print", full=True)


@pytest.mark.proves("R038", "R008")
def test_supplies_leave_a_store_and_another_lot_says_why(desk: Desk, site: Site) -> None:
    page, store = desk.page, named_id("store", "1")
    desk.sign_in("tinh")
    station = site.world.stations[site.world.communes[0]]
    desk.open(f"/stock/transfers/send?source={store}&destination={station}")
    look(desk, "transfer-send")
    page.get_by_label(re.compile("Số lọ.*Găng tay")).fill("150")
    page.get_by_label(re.compile("Số lọ.*FP9999")).fill("5")
    page.get_by_role("button", name="Ghi phiếu xuất").click()
    expect(page.get_by_role("alert")).to_contain_text("Lô FP9999 được gửi trong khi lô FN5091")
    look(desk, "transfer-send-refused")
    desk.complaints.clear()  # the browser tells of the 422 itself
    page.get_by_label(re.compile("Lý do không gửi.*FP9999")).select_option("reserved")
    page.get_by_role("button", name="Ghi phiếu xuất").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi phiếu xuất")
    expect(page.locator(".chain")).to_contain_text("Lô hạn ngắn hơn đã dành cho buổi tiêm khác")
    look(desk, "transfer-send-done")


def _district_user(window: Desk, station: str) -> str:
    """The reviewer who sees the station: tried by signing in, as the world names them by the district's code."""
    for username in (name for name in window.site.world.users if name.startswith("huyen.")):
        as_(window, username)
        window.open("/stock/transfers/new")
        if window.page.locator(f"#source option[value='{station}']").count():
            return username
    raise AssertionError("no district has the station")
