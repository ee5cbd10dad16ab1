"""The expiring board, proposals and outcomes in a browser: filters, sliders, maps, a decision that becomes an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.browser.conftest import Desk, Site, check_accessibility, serve_site
from tests.server.redistribution.proposed import became, propose
from tests.server.world import TODAY, World

pytestmark = pytest.mark.browser

#: The first trial loads the solver.
SLOW_MS = 30_000


def _proposals(app: Flask, world: World) -> None:
    """Communes get positions; two proposals of the first district, and what two earlier ones became."""
    with app.app_context():
        connection = db.session.connection()
        user = db.session.get_one(User, world.users["quantri"])
        author = ServerAuthor(connection, user, current_settings().clock, PROJECTORS)
        for number, commune in enumerate(world.communes):
            body = {"lat_e5": 2_200_000 + 9_000 * number, "lon_e5": 10_300_000 + 7_000 * (number % 5)}
            heads = author.heads("place", commune)
            author.write("place", subject=commune, place=world.province, body=body, based_on=heads)
        author.flush()
        district = Tree.load(connection, TODAY).children(world.districts[0], "commune")
        one, two, three = (world.stations[commune.id] for commune in district[:3])
        for source, destination in ((one, two), (three, two)):
            proposal = propose(connection, world, source, destination)
            became(connection, world, proposal, source, destination)
        db.session.commit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory, _proposals)


@pytest.mark.proves("R008")
def test_the_board_is_narrowed_and_tried_on_without_leaving_it(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/stock/expiring")
    page = desk.page
    expect(page.locator("[data-map]")).to_have_attribute("data-drawn", re.compile(r"\d+"))
    check_accessibility(page)
    desk.picture("stock-board", full=True)
    page.select_option("#use", "usable")
    page.locator(".filters button").click()
    page.wait_for_url(re.compile("use=usable"))
    expect(page.locator("#table tbody tr").first).to_be_visible()
    page.locator(".map-list a").first.click()
    page.wait_for_url(re.compile("site="))
    assert "use=usable" in page.url
    sites = set(page.locator("#table tbody .site-cell a").all_inner_texts())
    assert len(sites) == 1
    page.evaluate("window.stayed = true")
    page.locator("#horizon").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("output[data-of=horizon]")).to_have_text("91")
    expect(page.locator("#what-if-result .facts-line")).to_be_visible(timeout=SLOW_MS)
    page.locator("#truck").focus()
    page.keyboard.press("Home")
    expect(page.locator("output[data-of=truck]")).to_have_text("20")
    assert page.evaluate("window.stayed") is True
    check_accessibility(page)


def test_the_sliders_work_without_scripts(scriptless: Desk) -> None:
    scriptless.sign_in("tinh")
    scriptless.open("/stock/expiring")
    page = scriptless.page
    page.locator(".what-if button").click()
    page.wait_for_url(re.compile("try=1"))
    assert "horizon=90" in page.url
    expect(page.locator("#what-if-result .facts-line")).to_be_visible()
    assert page.locator(".map-list a").count() > 0, "the list says what the map would"


@pytest.mark.proves("R008", "R063")
def test_a_proposal_becomes_an_order(desk: Desk) -> None:
    desk.sign_in("tinh")
    desk.open("/stock/proposals")
    page = desk.page
    expect(page.locator("[data-map]")).to_have_attribute("data-drawn", re.compile(r"\d+"))
    assert page.locator(".map path.flow").count() == 2
    assert page.locator(".map path.flow").first.get_attribute("marker-end") == "url(#flow-head)"
    expect(page.locator("figure[data-drawn]")).to_be_visible()
    check_accessibility(page)
    desk.picture("proposals", full=True)
    page.locator("#table tbody th a").first.click()
    check_accessibility(page)
    desk.picture("proposal", full=True)
    page.fill("#vials", "1")
    page.fill("#document", "QĐ 12/QĐ-SYT")
    page.locator("button[value=approved]").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã ghi quyết định")
    page.locator("a", has_text="Xem lệnh điều chuyển").click()
    page.wait_for_url(re.compile("/stock/transfers/"))
    expect(page.locator("main")).to_contain_text("QĐ 12/QĐ-SYT")
    desk.open("/stock/proposals")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    page.locator("[data-ticks]").check()
    expect(page.locator("input[name=proposal]")).to_be_checked()
    page.locator(".bulk button").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã duyệt 1 đề xuất")
    expect(page.locator("#table tbody tr")).to_have_count(0)


def test_outcomes_stand_beside_the_simple_rule(desk: Desk, phone: Desk) -> None:
    for window in (desk, phone):
        window.sign_in("tinh")
        window.open("/stock/outcomes")
        page = window.page
        expect(page.locator("figure[data-drawn]")).to_be_attached()
        check_accessibility(page)
        window.picture("outcomes", full=True)
        for path in ("/stock/outcomes", "/stock/proposals?status=approved", "/stock/expiring"):
            window.open(path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= page.viewport_size["width"], path  # type: ignore[index]
