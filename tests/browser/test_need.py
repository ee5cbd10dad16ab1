"""Vaccine need in a browser: suggestions allocated by one click, the list beside what came, at three sizes."""

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


def _stores(app: Flask, world: World) -> None:
    """A store of the province with stock, and one in every district with a long name."""
    with app.app_context():
        for username, work in (("quantri", _places), ("tinh", _stock)):
            user = db.session.get(User, world.users[username])
            assert user
            author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
            work(author, world)
            author.flush()
        db.session.commit()


def _places(author: ServerAuthor, world: World) -> None:
    for parent in (world.province, *world.districts):
        name = "Kho Trung tâm Y tế thị trấn Nông trường Mộc Châu"
        version = {"valid_from": "2020-01-01", "name": name, "unit_type": "Kho", "parent": parent}
        body = {"level": "store", "versions": [version]}
        author.write("place", subject=named_id("store", parent), place=world.province, body=body)


def _stock(author: ServerAuthor, world: World) -> None:
    """Every lot at the stations is on hold; the store has one that is not."""
    for lot in world.lots:
        heads = author.heads("lot", lot)
        author.write("lot", subject=lot, place=world.province, body={"hold": "CV 1/TTr"}, based_on=heads)
    body = {"item": world.item, "lot_number": "FP9999", "label_expiry": "2022-06-30"}
    fresh = author.write("lot", place=world.province, body=body)
    opening = {"state": "frozen", "vials": 60, "reason": "opening"}
    author.write("stock_movement", subject=fresh, place=named_id("store", world.province), body=opening)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, _stores)


@pytest.mark.proves("R029", "R063", "R048")
def test_from_need_to_allocations_by_one_click(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/stock/need")
    page = desk.page
    check_accessibility(page)
    desk.picture("need", full=True)
    page.get_by_role("link", name=re.compile("gợi ý điều phối")).click()
    lines = page.locator("#lines input[name=line]")
    count = lines.count()
    assert count > 1
    lines.first.uncheck()
    page.fill("#document", "PX 15/KDT")
    page.fill("#by_on", "2022-04-18")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Đã lập {count - 1} phân bổ")
    expect(page.locator("#table tbody tr")).to_have_count(count - 1)
    check_accessibility(page)
    desk.picture("allocations", full=True)
    page.locator("#table").get_by_role("link", name="Sửa").first.click()
    page.fill("#withdrawn", "Huyện đã có nguồn khác")
    page.get_by_role("button", name="Ghi phân bổ").click()
    expect(page.locator("#table")).to_contain_text("Đã hủy")
    desk.open("/stock/need")
    expect(lines).to_have_count(2)  # the one left out, and the one withdrawn


@pytest.mark.parametrize("path", ["/stock/need", "/stock/allocations", "/stock/allocations/new"])
def test_on_a_phone_nothing_is_cut_off(phone: Desk, path: str) -> None:
    phone.sign_in("tinh")
    phone.open(path)
    check_accessibility(phone.page)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    phone.picture(path.strip("/").replace("/", "-"))
