"""Reports in a real browser: a station fills in and sends, the district asks, accepts and closes, a late record
restates. As a station, a district reviewer and a provincial manager.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from server.database import db
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.reports.desk import DAY, Commune
from tests.server.world import World

pytestmark = pytest.mark.browser

ADDRESS = f"form=PL5_43&kind=day&on={DAY.isoformat()}"


@dataclass
class _Served:
    """The app behind the site, to let a record come late."""

    app: Flask | None = None
    names: dict[str, str] = field(default_factory=dict)


SERVED = _Served()


def fill(app: Flask, world: World) -> None:
    """A day on which one commune vaccinated three people."""
    SERVED.app = app
    with app.app_context():
        commune = Commune(app, world)
        for person in commune.people[:3]:
            commune.dose(person)
        commune.visit(p4="refused", p5="deferred")
        SERVED.names = {
            "station": commune.hand().user.username, "district": commune.reviewer, "unit": commune.unit.name,
            "report": f"/reports/PL5_43/day/{DAY.isoformat()}/{commune.id}",
        }  # fmt: skip
        db.session.commit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, fill)


def late_dose(world: World) -> None:
    assert SERVED.app is not None
    with SERVED.app.app_context():
        commune = Commune(SERVED.app, world)
        commune.dose(commune.people[3], later=timedelta(hours=5))
        db.session.commit()


def refused(desk: Desk, status: int) -> None:
    """The browser notes in its console that a form was refused; that one note is expected."""
    [note] = desk.complaints
    assert f"status of {status}" in note
    desk.complaints.clear()


def as_user(desk: Desk, username: str) -> Page:
    desk.page.context.clear_cookies()
    desk.sign_in(username)
    return desk.page


@pytest.mark.proves("R001", "R003", "R088", "R091")
def test_query_answer_accept_close_late_record_restatement(desk: Desk) -> None:
    names, world = SERVED.names, desk.site.world
    page = as_user(desk, names["station"])
    desk.open(f"/reports?{ADDRESS}")
    desk.open(names["report"])
    expect(page.locator("main")).to_contain_text("KH 1130/KH-UBND")
    desk.picture("report-to-fill")
    check_accessibility(page)
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.locator(".notice.late")).to_contain_text("Ô trống không phải là 0")
    expect(page.locator(".notice.late")).to_contain_text("Số chuyển bệnh viện tiêm")
    refused(desk, 422)
    while page.locator(".report-cells .blank").count():
        page.locator(".report-cells .blank .cell-input").first.fill("0")
    given = page.get_by_label("Số tiêm được – Liều nhắc lại lần 1", exact=True)
    expect(given).to_have_value("3")
    given.fill("5")
    page.get_by_label("Lý do sửa: Số tiêm được – Liều nhắc lại lần 1").fill("2 người ghi sổ giấy")
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã gửi báo cáo")
    expect(page.locator("main")).to_contain_text("2 người ghi sổ giấy")

    page = as_user(desk, names["district"])
    desk.open(f"/reports?{ADDRESS}")
    desk.picture("reports-list")
    check_accessibility(page)
    page.get_by_role("link", name="Duyệt 1 báo cáo").click()
    desk.picture("report-review", full=True)
    check_accessibility(page)
    page.locator("h1").click()
    page.keyboard.press("h")
    expect(page.locator("#cell")).to_be_focused()
    page.locator("#cell").select_option(label="14. Số tiêm được – Liều nhắc lại lần 1: 5")
    page.get_by_label("Nội dung hỏi").fill("Hai người nào chưa nhập vào máy?")
    page.get_by_role("button", name="Hỏi lại đơn vị").click()
    expect(page.locator("h1")).to_have_text("Không còn báo cáo chờ duyệt")

    page = as_user(desk, names["station"])
    desk.open(names["report"])
    expect(page.locator(".talk")).to_contain_text("Hai người nào chưa nhập vào máy?")
    expect(page.locator(".talk")).to_contain_text("Số tiêm được – Liều nhắc lại lần 1")
    page.get_by_label("Trả lời", exact=True).fill("Hai cụ ở bản xa, sổ giấy kẹp tại trạm.")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator(".head .chip").first).to_have_text("Đã trả lời")
    desk.picture("report-answered", full=True)

    page = as_user(desk, names["district"])
    desk.open("/reports/queue")
    expect(page.locator(".talk")).to_contain_text("Hai cụ ở bản xa")
    page.locator("h1").click()
    page.keyboard.press("d")
    expect(page.locator("h1")).to_have_text("Không còn báo cáo chờ duyệt")
    desk.open(f"/reports/periods?{ADDRESS}")
    desk.picture("periods")
    check_accessibility(page)
    page.get_by_role("link", name="Chốt kỳ").first.click()
    page.get_by_role("button", name="Chốt số liệu").click()
    expect(page.locator(".notice.late")).to_contain_text("chưa có báo cáo được duyệt")
    refused(desk, 409)
    page.get_by_label("Lý do chốt khi còn thiếu").fill("Hai phường không tổ chức tiêm")
    page.get_by_role("button", name="Chốt số liệu").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã chốt")
    expect(page.locator(".form-table")).to_contain_text(names["unit"])
    check_accessibility(page)
    closed = page.url

    late_dose(world)
    late_dose_twice_is_one_more_than_paper(world)
    page = as_user(desk, "tinh")
    page.goto(closed)
    page.get_by_role("button", name="So lại với số đếm hôm nay").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã ghi điều chỉnh")
    restated = page.locator(".fold").first
    expect(restated).to_contain_text("Số tiêm được – Liều nhắc lại lần 1")
    line = restated.locator("tbody tr", has_text="Liều nhắc lại lần 1")
    expect(line.locator("td.number").nth(0)).to_have_text("5")
    expect(line.locator("td.number").nth(2)).to_have_text("6")
    expect(page.locator(".form-table tbody tr").first).to_contain_text("5")
    desk.picture("period-restated", full=True)
    check_accessibility(page)
    restated.locator("p.small a").first.click()
    expect(page.locator("h1")).to_have_text("Mũi tiêm")
    page.goto(closed)
    page.get_by_role("button", name="So lại với số đếm hôm nay").click()
    expect(page.locator(".notice.good")).to_contain_text("Không có gì để điều chỉnh")


def late_dose_twice_is_one_more_than_paper(world: World) -> None:
    """Two more records: with the first late one they are one more than the paper had."""
    assert SERVED.app is not None
    with SERVED.app.app_context():
        commune = Commune(SERVED.app, world)
        for person in commune.people[6:8]:
            commune.dose(person, later=timedelta(hours=6))
        db.session.commit()


def test_a_figure_opens_its_records_and_the_list_is_taken_away(desk: Desk) -> None:
    page = as_user(desk, SERVED.names["district"])
    desk.open(SERVED.names["report"])
    page.locator(".report-cells tbody tr", has_text="Số không đồng ý").locator("a").click()
    expect(page.locator("h1")).to_contain_text("Số không đồng ý tiêm chủng: 1")
    expect(page.locator(".formula")).to_contain_text("Cách tính")
    check_accessibility(page)
    desk.picture("report-cell")
    with page.expect_download() as found:
        page.get_by_role("link", name="Tải danh sách (CSV)").click()
    text = found.value.path().read_text(encoding="utf-8-sig")
    assert len(text.strip().splitlines()) == 2
    page.locator("tbody th a").first.click()
    expect(page.locator("h1")).to_have_text("Lần thăm hộ")


@pytest.mark.proves("R003")
def test_figures_are_reconciled_with_the_cdc(desk: Desk) -> None:
    page = as_user(desk, "tinh")
    desk.open("/reports/reconciliation")
    page.get_by_label("Đơn vị").select_option(index=0)
    page.get_by_label("Kỳ có ngày").fill(DAY.isoformat())
    page.get_by_label("Số của CDC tỉnh").fill("7")
    page.get_by_role("button", name="So số liệu").click()
    page.get_by_label("Số của đơn vị").fill("5")
    page.get_by_label("Số thống nhất").fill("7")
    page.get_by_role("button", name="Ghi “đã thống nhất”").click()
    expect(page.locator(".notice.late")).to_contain_text("Thiếu thông tin bắt buộc")
    refused(desk, 422)
    page.get_by_label("Lý do chênh lệch").fill("Hai mũi nhập trên nền tảng quốc gia")
    page.get_by_role("button", name="Ghi “đã thống nhất”").click()
    expect(page.locator(".head .chip")).to_have_text("Đã thống nhất")
    expect(page.locator(".facts-line")).to_contain_text("−2")
    check_accessibility(page)
    desk.picture("reconciled")
    desk.open("/reports/reconciliation")
    expect(page.locator("#table tbody")).to_contain_text("Cán bộ y tế tỉnh")
    check_accessibility(page)
    desk.picture("reconciliation")


@pytest.mark.parametrize("window", ["phone", "zoomed"])
def test_reports_fit_a_small_window(request: pytest.FixtureRequest, window: str) -> None:
    desk: Desk = request.getfixturevalue(window)
    desk.sign_in(SERVED.names["district"])
    for name, path in {
        "list": f"/reports?{ADDRESS}", "report": f"{SERVED.names['report']}?edit=1",
        "sheet": f"/reports/sheet?{ADDRESS}", "periods": f"/reports/periods?{ADDRESS}",
        "reconciliation": "/reports/reconciliation", "forms": "/reports/forms", "summary": "/reports/summary",
    }.items():  # fmt: skip
        desk.open(path)
        width = desk.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert width[0] <= width[1], path
        cut = desk.page.evaluate(
            "[...document.querySelectorAll('.rows')].filter((e) => e.scrollWidth > e.clientWidth).length"
        )
        assert cut == 0, path
        desk.picture(f"small-reports-{name}", full=True)


def test_a_report_is_sent_without_scripts(scriptless: Desk) -> None:
    scriptless.sign_in(SERVED.names["district"])
    page = scriptless.page
    unit = scriptless.site.world.communes[1]
    scriptless.open(f"/reports/PL5_43/day/{DAY.isoformat()}/{unit}")
    page.get_by_label("Trong kỳ không tổ chức tiêm (các ô trống là 0)").check()
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã gửi báo cáo")
    expect(page.locator("main")).to_contain_text("Đơn vị xác nhận: trong kỳ không tổ chức tiêm.")


def test_the_form_and_the_summary_print(desk: Desk) -> None:
    desk.sign_in("tinh")
    for path in (f"/reports/sheet?{ADDRESS}", "/reports/summary"):
        desk.open(path)
        check_accessibility(desk.page)
        desk.picture(path.split("?")[0].strip("/").replace("/", "-"), full=True)
        desk.page.emulate_media(media="print")
        expect(desk.page.locator(".side")).to_be_hidden()
        expect(desk.page.locator(".head-actions").first).to_be_hidden()
        expect(desk.page.locator("table").first).to_be_visible()
        desk.page.emulate_media(media="screen")
