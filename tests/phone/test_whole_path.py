"""The whole path by hand: a new phone enrols, works without a server, syncs, and the province page shows it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from server.accounts import passwords
from server.database import db
from server.indicators.coverage import refresh, stale_villages
from tests.server.conftest import quick_hasher
from tests.sync.world import PASSWORD, World, make_world

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]
DUE = "Lò Thị Aa"

pytestmark = [pytest.mark.phone, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def world(sqlite_url, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", quick_hasher())
    made = make_world(sqlite_url)
    yield made
    made.close()


@pytest.mark.proves("L2", "L3", "R005")
def test_what_is_recorded_without_a_server_shows_on_the_province_page(world, open_phone):
    phone = open_phone(role=None)
    with world.serving() as url:
        before = page(world, url)
        phone.pad("246810" * 2)
        phone.type(phone.id("server"), url.removeprefix("http://"))
        phone.type(phone.id("code"), world.code("tram"))
        phone.press("Kết nối")
        phone.wait_for(lambda: phone.screen.name == "home", seconds=60)
        phone.wait_for(lambda: not phone.app.phone.syncing, seconds=60)
    port = int(url.rsplit(":", 1)[1])

    record_a_visit(phone)
    record_a_dose(phone)
    record_a_count(phone)

    phone.app.stage.start("home")
    phone.app.stage.go("outbox")
    phone.settle()
    assert phone.says("4 bản chưa gửi trên 4 bản ghi")
    phone.press("Đồng bộ ngay")
    phone.wait_for(lambda: phone.says("4 bản ghi vẫn an toàn trên máy"), seconds=60)

    with world.serving(port):
        phone.press("Đồng bộ ngay")
        phone.wait_for(lambda: phone.says("Máy chủ đã nhận 4/4 bản ghi"), seconds=60)
        assert phone.says("4/4 đã nhận")
        after = page(world, url)
    assert covered(after) == covered(before) + 1
    assert "Chưa có phiếu kiểm kê" in before
    assert "FN1234" in after
    assert "15/04/2022\t9\t+9" in after, "nine counted, none in the book"
    assert world.count("visit") == 1


def record_a_visit(phone):
    phone.press("Bản Một")
    phone.press("Lò Văn A", "RecycledRow")
    phone.press("Ghi lần thăm")
    for _ in range(2):
        phone.choose("reviewed")
    phone.choose("hesitant")
    phone.choose("side_effects")
    phone.touch(phone.screen.main)
    phone.at("household")


def record_a_dose(phone):
    phone.app.stage.start("home")
    phone.press("Mở buổi tiêm")
    phone.press("Mở buổi tiêm")
    phone.at("session")
    phone.type(phone.id("search"), DUE)
    found = [w for w in phone.every() if type(w).__name__ == "RecycledRow" and w.title == DUE]
    phone.touch(found[0])
    phone.choose("eligible")
    assert phone.says("Không có lô nào phù hợp")
    phone.press("Lô khác")
    phone.press("Chạm để chọn", "Pressable")
    phone.press("Pfizer (12+)", "RecycledRow")
    field = next(w for w in phone.every() if type(w).__name__ == "TextField")
    phone.type(field, "FN1234")
    phone.press("Ghi mũi tiêm")
    phone.at("session")


def record_a_count(phone):
    phone.app.stage.start("home")
    phone.press("Tồn kho và kiểm kê")
    phone.press("Kiểm kê")
    phone.press("Thêm lô khác")
    phone.press("Pfizer (12+) · FN1234", "RecycledRow")
    phone.at("count")
    phone.pad("9")
    phone.touch(phone.screen.done)
    phone.touch(phone.screen.main)
    phone.at("stock")


def page(world: World, url: str) -> str:
    """What headless Chromium shows of the province, after the scheduler's work."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed: make setup")
    from playwright.sync_api import sync_playwright

    with world.app.app_context():
        connection = db.session.connection()
        refresh(connection, stale_villages(connection), world.clock)
        db.session.commit()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        shown = browser.new_page()
        shown.goto(f"{url}/sign-in")
        shown.fill("#username", "quantri")
        shown.fill("#password", PASSWORD)
        shown.click("main button")
        shown.wait_for_url("**/")
        text = shown.locator("main").inner_text()
        browser.close()
    return text


def covered(text: str) -> int:
    """The first "N / M" of the page: people of the plan who had their dose."""
    found = re.search(r"(\d+)\s*(?:/|trên)\s*(\d+)", text)
    assert found, text
    return int(found[1])
