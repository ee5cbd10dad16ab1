"""The outreach flow in a real browser: from the district to the person, by mouse, by keyboard and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.scheduler.work import count_schedule, refresh_stale
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.world import World

pytestmark = pytest.mark.browser

LONG = "Nguyễn Thị Hoàng Phương Quỳnh Như"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small province with a house nobody was at, where somebody with a long name cannot come to a point."""
    yield from serve_site(tmp_path_factory, bedridden)


def bedridden(app: Flask, world: World) -> None:
    commune = world.communes[0]
    village, station = world.villages[commune][1], world.stations[commune]
    with app.app_context():
        user = db.session.get_one(User, world.users[f"tram.{station[:6]}"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        home = author.write(
            "household", place=village, body={"head_name": LONG, "lane": "Ngõ 12, khe Nậm Củm"}
        )
        body = {
            "household": home, "full_name": LONG, "birth_date": "1938-01-01", "birth_precision": "year",
            "sex": "female", "id_kind": "none", "residence": "permanent", "cannot_come": "bedridden",
        }  # fmt: skip
        author.write("person", place=village, body=body)
        author.flush()
        db.session.commit()
        for job in (refresh_stale, count_schedule):
            job(db.engine, current_settings().clock)


@pytest.mark.proves("R060", "R002")
def test_from_the_district_to_a_house_nobody_was_at(desk: Desk) -> None:
    page, world = desk.page, desk.site.world
    desk.sign_in("quantri")
    page.click("nav >> text=Rà soát")
    expect(page.locator("h1")).to_contain_text("Rà soát: Tỉnh Lai Châu")
    check_accessibility(page)
    desk.picture("outreach")
    desk.open(f"/outreach/{world.communes[0]}")
    check_accessibility(page)
    page.click(f'.place-cell a[href$="{world.villages[world.communes[0]][1]}"]')
    page.click("ul.tabs >> text=Chưa gõ cửa")
    expect(page).to_have_url(re.compile("state=never_knocked"))
    check_accessibility(page)
    desk.picture("outreach-village", full=True)
    page.locator("#table tbody th a").first.click()
    expect(page.locator(".notice.late")).to_contain_text("Chưa có ai đến tận nhà này")
    check_accessibility(page)
    desk.picture("household")
    page.locator("#members-title >> xpath=ancestor::section >> css=tbody a").first.click()
    expect(page.locator("#schedule-title")).to_have_text("Lịch tiêm")
    check_accessibility(page)
    desk.picture("person", full=True)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("state=never_knocked"))


def test_a_household_is_found_by_keyboard_and_without_accents(desk: Desk) -> None:
    page, world = desk.page, desk.site.world
    commune = world.communes[0]
    desk.sign_in(f"tram.{world.stations[commune][:6]}")
    desk.open(f"/outreach/{world.villages[commune][1]}")
    page.locator("#q").focus()
    page.keyboard.type("quynh nhu")
    page.keyboard.press("Enter")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    expect(page.locator("#table tbody tr")).to_contain_text(LONG)


@pytest.mark.proves("R023")
def test_the_mobile_teams_route_is_printed_and_taken_along(desk: Desk) -> None:
    page, world = desk.page, desk.site.world
    desk.sign_in(f"tram.{world.stations[world.communes[0]][:6]}")
    desk.open("/outreach/route")
    expect(page.locator("#table")).to_contain_text(LONG)
    expect(page.locator("#table")).to_contain_text("Nằm liệt")
    check_accessibility(page)
    with page.expect_download() as download:
        page.click("text=Tải XLSX")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.emulate_media(media="print")
    expect(page.locator("td.tick").first).to_be_visible()
    expect(page.locator(".filters")).to_be_hidden()
    desk.picture("route-print")


@pytest.mark.proves("R044")
def test_doubts_are_filtered_from_the_address_and_back_works(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("quantri")
    desk.open("/doubts")
    check_accessibility(page)
    page.click("text=Ghi lùi ngày")
    expect(page.locator("#table-title")).to_have_text("Ghi lùi ngày")
    expect(page.locator(".sorts [aria-current]")).to_contain_text("Ghi lùi ngày")
    desk.picture("doubts")
    page.go_back()
    expect(page).to_have_url(re.compile("/doubts$"))


@pytest.mark.parametrize(
    "path", ["/outreach", "/outreach/revisits", "/outreach/people", "/outreach/route", "/doubts"]
)
def test_pages_fit_a_phone(phone: Desk, path: str) -> None:
    world = phone.site.world
    phone.sign_in(f"tram.{world.stations[world.communes[0]][:6]}")
    phone.open(path)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    check_accessibility(phone.page)
    phone.picture(path.strip("/").replace("/", "-"), full=True)


def test_filters_work_without_scripts(scriptless: Desk) -> None:
    page, world = scriptless.page, scriptless.site.world
    commune = world.communes[0]
    scriptless.sign_in(f"tram.{world.stations[commune][:6]}")
    scriptless.open("/outreach/people?list=never")
    page.select_option("#place", commune)
    page.click("text=Lọc")
    expect(page).to_have_url(re.compile(f"list=never.*place={commune}"))
    expect(page.locator("#table")).to_contain_text(LONG)
