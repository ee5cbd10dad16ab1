"""Duplicates reviewed by keyboard, merged and taken apart, at a desk and on a phone; the worklist and the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.registers import duplicates
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from shared.reference import national_units
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.world import TODAY, World

pytestmark = pytest.mark.browser

NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như"
BARE = "NGUYEN THI HOANG PHUONG QUYNH NHU"
LONG = "Vàng Thị Mẩy"


def station_of(world: World, commune: int) -> str:
    return f"tram.{world.stations[world.communes[commune]][:6]}"


def add_duplicates(app: Flask, world: World) -> None:
    """One woman in two communes of a district, and another pair within one commune."""
    with app.app_context():
        for commune, name, number in (
            (0, NAME, None),
            (1, BARE, "012185001234"),
            (0, LONG, None),
            (0, LONG, None),
        ):
            user = db.session.get(User, world.users[station_of(world, commune)])
            assert user is not None
            author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
            place = world.villages[world.communes[commune]][1]
            house = author.write(
                "household", place=place, body={"head_name": "Nguyễn Thị Hoàng Phương", "lane": "Ngõ 3"}
            )
            body = {
                "household": house, "full_name": name, "birth_date": "1985-06-12", "birth_precision": "day",
                "sex": "female", "id_kind": "cccd" if number else "none", "id_number": number,
                "residence": "permanent", "relation": "Con",
            }  # fmt: skip
            subject = author.write("person", place=place, body=body)
            given = {
                "vaccine": "AZ",
                "dose_type": "primary_1",
                "screening": "eligible",
                "lot_number": "PV46664",
            }
            site = world.stations[world.communes[commune]]
            author.write("dose", subject=subject, place=site, body=given, occurred_on=date(2021, 9, 10))
            author.flush()
        connection = db.session.connection()
        duplicates.scan(connection, duplicates.unscanned_villages(connection), TODAY)
        db.session.commit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small province with duplicates, served."""
    yield from serve_site(tmp_path_factory, add_duplicates)


def reviewer(site: Site) -> str:
    """The user name of the district reviewer of the first commune."""
    parents = {
        named_id("place", "2022", "commune", u.code): u.parent_code for u in national_units(2022, "12")
    }
    return f"huyen.{parents[site.world.communes[0]]}"


@pytest.mark.proves("R095", "L18")
def test_a_reviewer_works_by_keyboard_and_takes_a_merge_apart(desk: Desk) -> None:
    desk.sign_in(reviewer(desk.site))
    desk.open("/duplicates?level=likely")
    page = desk.page
    expect(page.get_by_role("heading", name="Hai hồ sơ này có phải một người?")).to_be_visible()
    desk.picture("duplicates", full=True)
    check_accessibility(page)
    first = page.url
    page.keyboard.press("b")
    page.wait_for_url("**after=**")
    desk.picture("duplicates-next", full=True)
    page.go_back()
    assert page.url == first
    page.keyboard.press("2")
    assert page.locator("input[name=keep]").nth(1).is_checked()
    page.fill("#note", "Gộp theo sổ bk c")  # letters of a note are no commands
    page.locator("h1").click()
    page.keyboard.press("c")
    expect(page.locator(".notice.good")).to_contain_text("Đã gộp hai hồ sơ")
    desk.open("/duplicates/verdicts")
    desk.picture("verdicts", full=True)
    check_accessibility(page)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Tách lại").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã tách lại")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_on_a_phone_and_masked(phone: Desk) -> None:
    phone.sign_in("tinh")
    phone.open("/duplicates")
    phone.picture("duplicates", full=True)
    assert phone.page.locator("text=" + NAME).count() == 0
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.proves("R011", "R053", "R062")
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_worklist_and_the_files(size: str, request: pytest.FixtureRequest) -> None:
    window: Desk = request.getfixturevalue(size)
    window.sign_in(station_of(window.site.world, 0))
    for name in ("papers", "exchange"):
        window.open(f"/{name}")
        window.picture(name, full=True)
        check_accessibility(window.page)
        width = (window.page.viewport_size or {})["width"]
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    window.open("/papers")
    with window.page.expect_download() as taken:
        window.page.get_by_role("button", name="XLSX", exact=True).click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    window.page.set_input_files(
        "#file",
        {
            "name": "tra-loi.csv",
            "mimeType": "text/csv",
            "buffer": "Mã hồ sơ,Số định danh được cấp\n0182c0a4-0000-7000-8000-000000000001,12085001234\n".encode(),
        },
    )
    window.page.get_by_role("button", name="Kiểm tra").click()
    expect(window.page.locator(".chip.late")).to_be_visible()
    window.picture("answer", full=True)
    check_accessibility(window.page)


def test_without_scripts_a_pair_is_decided_by_its_buttons(scriptless: Desk) -> None:
    scriptless.sign_in(reviewer(scriptless.site))
    scriptless.open("/duplicates")
    scriptless.page.get_by_role("button", name="Hai người khác nhau").click()
    expect(scriptless.page.locator(".notice.good")).to_contain_text("hai người khác nhau")
