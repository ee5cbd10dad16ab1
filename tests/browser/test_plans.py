"""A plan in a browser: a file with its own headings, previewed, written, compared; a deviation; who only looks."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Desk, check_accessibility

pytestmark = pytest.mark.browser

LATER = "18/04/2022"


def quarter_two(place: str, people: str) -> dict[str, Any]:
    """A file as an office sends it: a title, headings of its own, no document in its rows."""
    text = (
        "KẾ HOẠCH TIÊM CHỦNG QUÝ II\n\nNơi;Đối tượng;Mũi tiêm;Thời hạn;Chỉ tiêu\n"
        f"{place};≥18 tuổi;mũi 3;30/04/2022;{people}\nXã Không Có;≥18 tuổi;mũi 3;30/04/2022;5\n"
    )
    return {"name": "quy2.csv", "mimeType": "text/csv", "buffer": text.encode()}


def first_commune(desk: Desk) -> str:
    """The name of a commune with targets, as the plan's page has it."""
    desk.open(f"/plans/{desk.site.world.campaign}")
    return desk.page.locator("tbody th").first.inner_text().split("\n")[0]


def upload(desk: Desk, file: dict[str, Any]) -> None:
    desk.open("/imports")
    desk.page.set_input_files("#file-plan", file)  # type: ignore[arg-type]
    card(desk).locator("button").click()


def card(desk: Desk) -> Locator:
    return desk.page.locator("li.card", has=desk.page.locator("#file-plan"))


def match_by_hand(desk: Desk) -> None:
    """The columns the headings do not give away: the place, and the document for every row."""
    page = desk.page
    page.locator("[name='column.place_name']").select_option(label="Nơi")
    page.fill("[name='fixed.document']", "KH 300/KH-UBND")
    page.fill("[name='fixed.valid_from']", LATER)
    page.get_by_role("button", name="Kiểm tra lại").click()


@pytest.mark.proves("R057", "R090", "R091")
def test_from_a_file_to_a_compared_version_and_a_deviation(desk: Desk) -> None:
    desk.sign_in("tinh")
    page, place = desk.page, first_commune(desk)
    upload(desk, quarter_two(place, "1.077"))
    expect(page.get_by_text("Tệp thiếu cột")).to_be_visible()
    assert [c for c in desk.complaints if "422" not in c] == []
    desk.complaints.clear()  # the browser says of a page with faults that it came with 422
    match_by_hand(desk)
    expect(page.get_by_text("không tìm thấy địa bàn tên Xã Không Có")).to_be_visible()
    check_accessibility(page)
    desk.picture("import-preview")
    page.get_by_role("button", name="Ghi 1 dòng").click()
    expect(page.get_by_text("Đã ghi 1 bản ghi")).to_be_visible()

    desk.open("/plans")
    check_accessibility(page)
    desk.picture("plans")
    page.get_by_role("link", name="So sánh phiên bản").click()
    expect(page.get_by_role("heading", name="KH 1130/KH-UBND → KH 300/KH-UBND")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("+1.037")
    check_accessibility(page)
    desk.picture("plan-compare")

    desk.open("/plans/deviations/new")
    check_accessibility(page)
    desk.picture("deviation-new")
    page.select_option("#place", label=place)
    page.select_option("#about", index=2)
    page.select_option("#reason", label="Số người thực tế khác kế hoạch")
    page.fill("#differs", "Nhiều người đi làm ăn xa từ sau Tết.")
    page.fill("#proposed_people", "950")
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.get_by_text(f"Đã ghi báo cáo lệch kế hoạch của {place}")).to_be_visible()
    expect(page.locator("tbody tr")).to_contain_text(["950 người"])
    check_accessibility(page)
    desk.picture("deviations")


@pytest.mark.proves("R091")
def test_a_target_changed_by_keyboard_becomes_a_new_version(desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    desk.open(f"/plans/{desk.site.world.campaign}")
    check_accessibility(page)
    desk.picture("plan")
    page.get_by_role("link", name="Sửa chỉ tiêu").click()
    page.fill("#document", "CV 700/SYT")
    page.fill("#valid_from", date(2022, 4, 20).isoformat())
    page.keyboard.press("Enter")
    figure = page.locator("input[name^='people.']").nth(1)
    figure.fill("52")
    check_accessibility(page)
    desk.picture("plan-edit")
    figure.press("Enter")
    expect(page.get_by_role("heading", name="Phiên bản CV 700/SYT: xem trước")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Ghi phiên bản này").press("Enter")
    expect(page.get_by_text("Đã ghi 1 chỉ tiêu của văn bản CV 700/SYT")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("+12")


@pytest.mark.proves("R061")
def test_a_dose_is_opened_by_date(desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    desk.open("/plans/openings")
    check_accessibility(page)
    desk.picture("openings")
    page.select_option("#age_group", label="Người từ 18 tuổi trở lên")
    page.select_option("#dose_type", "booster_2")
    page.fill("#opens_on", "2022-06-01")
    page.fill("#document", "KH 2000/KH-UBND")
    page.fill("#interval_months", "4")
    page.get_by_role("button", name="Mở mũi tiêm", exact=True).click()
    expect(page.get_by_text("Đã mở Mũi 4 (nhắc lại lần 2) cho")).to_be_visible()
    expect(page.get_by_text("mở từ 01/06/2022")).to_be_visible()


def test_commune_and_district_look_and_do_not_change(desk: Desk) -> None:
    world = desk.site.world
    desk.sign_in(f"tram.{world.stations[world.communes[0]][:6]}")
    page = desk.page
    desk.open("/plans")
    expect(page.get_by_role("link", name="Xem chỉ tiêu")).to_be_visible()
    expect(page.get_by_role("link", name="Sửa chỉ tiêu")).to_have_count(0)
    expect(page.get_by_role("link", name="Nhập từ tệp")).to_have_count(0)
    page.get_by_role("link", name="Xem chỉ tiêu").click()
    expect(page.locator("#table tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name=re.compile("Sửa"))).to_have_count(0)
    desk.open("/plans/deviations")
    expect(page.get_by_role("link", name="Báo cáo lệch kế hoạch")).to_be_visible()


@pytest.mark.parametrize("page", ["", "/openings", "/deviations", "/deviations/new", "/new"])
def test_on_a_phone_nothing_is_cut_off(phone: Desk, page: str) -> None:
    phone.sign_in("tinh")
    phone.open(f"/plans{page}")
    phone.picture(f"plans{page.replace('/', '-')}", full=True)
    assert phone.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    check_accessibility(phone.page)


def test_the_import_works_without_scripts(scriptless: Desk) -> None:
    scriptless.sign_in("tinh")
    place = first_commune(scriptless)
    upload(scriptless, quarter_two(place, "77"))
    match_by_hand(scriptless)
    expect(scriptless.page.get_by_role("button", name="Ghi 1 dòng")).to_be_visible()
    scriptless.complaints[:] = [c for c in scriptless.complaints if "422" not in c]  # the page with faults
