"""Signing and returnees in a real browser: taken as a file, filled in, brought back, withdrawn; lists by place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.database import db
from server.registers.models import Household
from server.reports.reviewing import accept
from server.reports.signing_exchange import COLUMNS, LIST_FILE
from shared.identifiers import new_id
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.reports.desk import DAY, Commune
from tests.server.world import World

pytestmark = pytest.mark.browser

LONG = "Nguyễn Thị Hoàng Phương Quỳnh Như"
SESSIONS = f"/reports/signing?of=session&kind=day&on={DAY.isoformat()}"
USERS: dict[str, str] = {}


def fill(app: Flask, world: World) -> None:
    """Two sessions, an accepted report, and people who returned before and after Tết."""
    with app.app_context():
        commune = Commune(app, world)
        for point in ("Nhà văn hóa bản Nậm Củm – Huổi Luông 2", "Trạm Y tế"):
            held = new_id()
            body = {"session_type": "fixed", "point_name": point, "closed": True, "waste_vials": 2}
            commune.write("session", held, commune.station, body)
            commune.dose(commune.people[len(point) % 5], session=held)
        accept(commune.hand(commune.reviewer), sent := commune.send(), ",".join(sent.heads))
        hand = commune.hand()
        home = db.session.query(Household).filter_by(village_id=commune.village).first()
        assert home is not None
        for number in range(8):
            body = {
                "household": home.id, "full_name": LONG if number == 0 else f"Lò Văn {number}",
                "birth_date": f"199{number}-02-03", "birth_precision": "day", "sex": "female", "id_kind": "none",
                "residence": "temporary", "came_on": f"2022-0{1 + number % 3}-20", "phone": "+84987654321",
                "came_from": ("Khu công nghiệp Bắc Ninh", "Bình Dương", None)[number % 3],
            }  # fmt: skip
            hand.write("person", place=commune.village, body={k: v for k, v in body.items() if v})
        hand.flush()
        USERS.update(station=hand.user.username, district=commune.reviewer, commune=commune.id)
        db.session.commit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, fill)


@pytest.mark.proves("R012")
def test_a_session_goes_out_and_comes_back_signed(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    desk.sign_in(USERS["station"])
    page.click("nav >> text=Báo cáo")
    page.click("nav.tabs >> text=Ký số")
    expect(page.locator("h1")).to_have_text("Ký số")
    check_accessibility(page)
    desk.open(SESSIONS)
    page.locator("input[name=id]").first.focus()
    page.keyboard.press("Space")
    with page.expect_download() as download:
        page.click("text=Xuất văn bản đã chọn")
    with zipfile.ZipFile(download.value.path()) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read(LIST_FILE).decode("utf-8-sig"))))
        assert len(rows) == 1
        assert packed.namelist() == [LIST_FILE, rows[0]["file"]]
    rows[0] |= {"signer": LONG, "certificate": "5402 1FA0; CA thử nghiệm", "signed_at": "10/04/2022 14:05"}
    file = tmp_path / LIST_FILE
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    page.set_input_files("#file", file)
    page.click("button:has-text('Nhập kết quả')")
    expect(page.locator(".notice.good")).to_contain_text("Đã ghi 1 chữ ký")
    expect(page.locator("#table")).to_contain_text(LONG)
    check_accessibility(page)
    desk.picture("signing", full=True)
    page.click("#table summary")
    page.fill("#table textarea[name=reason]", "Ký nhầm buổi tiêm")
    desk.picture("signing-withdraw")
    page.click("#table button:has-text('Thu hồi chữ ký')")
    expect(page.locator("#table")).to_contain_text("Ký nhầm buổi tiêm")


def test_the_list_without_scripts(scriptless: Desk) -> None:
    scriptless.sign_in(USERS["district"])
    scriptless.open(SESSIONS)
    with scriptless.page.expect_download() as download:
        scriptless.page.click("text=Xuất cả danh sách")
    assert download.value.suggested_filename.endswith(".zip")
    scriptless.page.select_option("#of", "report")
    scriptless.page.click("main .filters button")
    expect(scriptless.page.locator("#table-title")).to_have_text("Báo cáo đã duyệt")


@pytest.mark.proves("R041")
def test_returnees_from_the_province_to_the_people(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("tinh")
    desk.open("/outreach/returnees")
    expect(page.locator("h1")).to_contain_text("Người đến và trở về")
    check_accessibility(page)
    desk.picture("returnees-province", full=True)
    page.click(".place-cell a")
    expect(page.locator("#table")).to_be_visible()


@pytest.mark.proves("R041")
def test_returnees_of_a_district_by_origin(desk: Desk) -> None:
    page = desk.page
    desk.sign_in(USERS["district"])
    page.click("nav >> text=Rà soát")
    page.click("nav.tabs >> text=Người trở về")
    expect(page.locator("#table")).to_contain_text(LONG)
    check_accessibility(page)
    desk.picture("returnees", full=True)
    page.click("text=Khu công nghiệp Bắc Ninh")
    expect(page.locator(".facts-line")).to_contain_text("Khu công nghiệp Bắc Ninh")


def test_both_on_a_phone(phone: Desk) -> None:
    phone.sign_in(USERS["station"])
    for name, address in (("signing", SESSIONS), ("returnees", "/outreach/returnees")):
        phone.open(address)
        phone.picture(name, full=True)
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        check_accessibility(phone.page)
