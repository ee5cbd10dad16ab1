"""What units tell each other, in a browser: a shortage from report to support, a reminder from list to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.accounts.models import Device
from server.database import db
from server.settings import current_settings
from shared.identifiers import new_id
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.world import World

pytestmark = pytest.mark.browser

PAGES = (
    "/affairs/shortages",
    "/affairs/reminders",
    "/affairs/reminders?list=sent",
    "/affairs/proposals",
    "/affairs/proposals/document",
    "/affairs/remarks",
    "/affairs/forces",
    "/affairs/forces?list=teams",
    "/affairs/communication",
    "/affairs/groups",
    "/affairs/new/reminder",
    "/affairs/new/inspection_remark",
    "/affairs/new/communication_log",
)

LONG = "Nguyễn Thị Hoàng Phương Quỳnh Như"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small province, one of its stations silent for six days."""
    yield from serve_site(tmp_path_factory, silent_station)


def silent_station(app: Flask, world: World) -> None:
    with app.app_context():
        now = current_settings().clock.now()
        station = next(name for name in world.users if name == station_of(world, world.communes[0]))
        phone = Device(
            id=new_id(),
            user_id=world.users[station],
            label="điện thoại",
            enrolled_at=now - timedelta(days=30),
            last_seen_at=now - timedelta(days=6),
            received_hash=bytes(32),
        )
        db.session.add(phone)
        db.session.commit()


def station_of(world: World, commune: str) -> str:
    return f"tram.{world.stations[commune][:6]}"


@pytest.mark.proves("R026", "R027")
def test_a_shortage_from_report_to_support(desk: Desk) -> None:
    world, page = desk.site.world, desk.page
    desk.sign_in(station_of(world, world.communes[0]))
    desk.open("/affairs/shortages")
    page.get_by_role("link", name="Báo thiếu nhân lực").click()
    page.get_by_label("Vị trí còn thiếu").select_option("nurse")
    page.get_by_label("Số người thiếu").fill("2")
    page.get_by_label("Lý do").fill(f"{LONG} mắc COVID-19, nghỉ đến cuối tuần")
    check_accessibility(page)
    desk.picture("shortage-form", full=True)
    page.get_by_role("button", name="Báo lên cấp trên").click()
    expect(page.get_by_text("Đã gửi: Báo thiếu nhân lực.")).to_be_visible()

    page.context.clear_cookies()
    desk.sign_in("tinh")
    desk.open("/affairs/shortages")
    row = page.locator("#table tbody tr").first
    expect(row).to_contain_text("Chưa trả lời")
    check_accessibility(page)
    desk.picture("shortages")
    row.get_by_role("link").click()
    page.get_by_label("Lực lượng hỗ trợ").fill("Tổ lưu động huyện, 2 điều dưỡng")
    check_accessibility(page)
    page.get_by_role("button", name="Điều người hỗ trợ").click()
    expect(page.get_by_text("Đã ghi trả lời.")).to_be_visible()
    expect(page.get_by_text("Lực lượng hỗ trợ: Tổ lưu động huyện, 2 điều dưỡng")).to_be_visible()
    desk.picture("shortage-answered")
    page.get_by_role("link", name="Thiếu nhân lực").first.click()
    expect(page.locator("#table tbody tr").first).to_contain_text("Đã điều người")


@pytest.mark.proves("R047")
def test_a_reminder_from_the_list_of_late_units_to_its_answer(desk: Desk) -> None:
    world, page = desk.site.world, desk.page
    desk.sign_in("tinh")
    desk.open("/affairs/reminders?about=sync")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    expect(page.locator("#table tbody input[type=checkbox]")).to_be_checked()
    check_accessibility(page)
    desk.picture("reminders")
    page.get_by_label("Hỏa tốc").check()
    page.get_by_role("button", name="Đôn đốc các nơi đã chọn").click()
    expect(page.get_by_text("Đã gửi 1 lời đôn đốc.")).to_be_visible()

    page.context.clear_cookies()
    desk.sign_in(station_of(world, world.communes[0]))
    desk.open("/affairs/reminders?list=sent")
    page.locator("#table tbody tr").first.get_by_role("link").click()
    page.get_by_label("Nội dung trả lời").fill("Máy hỏng, đã mượn máy khác")
    page.get_by_role("button", name="Trả lời", exact=True).click()
    expect(page.get_by_text("Đã ghi trả lời.")).to_be_visible()

    page.context.clear_cookies()
    desk.sign_in("tinh")
    desk.open("/affairs/reminders?about=sync")
    expect(page.locator("#table tbody tr").first).to_contain_text("Đã trả lời")
    expect(page.locator("#table tbody input[type=checkbox]")).not_to_be_checked()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_used_by_everybody(desk: Desk, path: str) -> None:
    desk.sign_in("huyen.105")
    desk.open(path)
    check_accessibility(desk.page)
    desk.picture(path.strip("/").replace("/", "-").replace("?", "-"), full=True)


@pytest.mark.parametrize("window", ["phone", "zoomed"])
def test_nothing_is_cut_off_on_a_small_window(request: pytest.FixtureRequest, window: str) -> None:
    desk: Desk = request.getfixturevalue(window)
    desk.sign_in("huyen.105")
    for path in PAGES:
        desk.open(path)
        wide = desk.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path


@pytest.mark.proves("R040")
def test_a_roster_is_reviewed_without_scripts(scriptless: Desk) -> None:
    world, page = scriptless.site.world, scriptless.page
    commune = world.communes[0]
    scriptless.sign_in(station_of(world, commune))
    scriptless.open("/affairs/forces?list=teams")
    page.locator("#table tbody").get_by_role("link", name="Rà soát").first.click()
    page.get_by_label("Họ và tên").first.fill(LONG)
    page.get_by_label("Nhiệm vụ").first.fill("Tổ trưởng")
    page.get_by_role("button", name="Ghi kết quả rà soát").click()
    expect(page.get_by_text(LONG)).to_be_visible()
    scriptless.picture("teams")


def test_the_document_prints_on_a_page_of_its_own(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/affairs/proposals/document")
    printed = desk.page.pdf(prefer_css_page_size=True)
    assert b"/Count 1" in printed, "one page"
    [box] = {line for line in printed.split(b"\n") if b"/MediaBox" in line} or {b""}
    width, height = (float(n) for n in box[box.index(b"[") + 1 : box.index(b"]")].split()[2:])
    assert width < height, "A4 upright"
