"""The command pages in a real browser: map, charts, choices, keyboard, print, accessibility, first paint."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from playwright.sync_api import expect

from server.database import open_engine
from server.interop.boundaries import Columns, import_boundaries
from server.places.tree import Tree
from shared.clock import FixedClock
from tests.browser.conftest import Desk, Site, check_accessibility
from tests.server.world import TODAY

pytestmark = pytest.mark.browser

DAY = date(2022, 4, 15)

FIRST_PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const paint of list.getEntriesByName('first-contentful-paint')) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


@pytest.fixture
def outlined(site: Site) -> Site:
    """The site with an outline for every commune: squares side by side, one with a hole."""
    engine = open_engine(site.database)
    with engine.begin() as connection:
        tree = Tree.load(connection, DAY)
        features = []
        for n, commune in enumerate(site.world.communes):
            x, y = 102.5 + 0.1 * (n % 6), 22.0 + 0.1 * (n // 6)
            rings = [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]]
            if n == 0:
                hole = [[0.03, 0.03], [0.03, 0.06], [0.06, 0.06], [0.06, 0.03], [0.03, 0.03]]
                rings.append([[x + dx, y + dy] for dx, dy in hole])
            properties = {"code": tree.nodes[commune].code, "name": tree.name(commune)}
            features.append(
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": {"type": "Polygon", "coordinates": rings},
                }
            )
        import_boundaries(
            connection, tree, DAY, json.dumps({"type": "FeatureCollection", "features": features}).encode(),
            level="commune", columns=Columns(), source="xa.geojson", attribution="© <b>Bản đồ</b> A & B",
            clock=FixedClock(TODAY),
        )  # fmt: skip
    engine.dispose()
    return site


@pytest.mark.proves("R096")
def test_the_map_is_drawn_and_a_commune_opens_from_it(outlined: Site, desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    expect(page.locator("[data-map]")).to_have_attribute("data-drawn", str(len(outlined.world.communes)))
    assert page.locator("path.map-area").count() == len(outlined.world.communes)
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© <b>Bản đồ</b> A & B")
    desk.picture("command")
    link = page.locator(".map-list a").first
    link.focus()
    expect(page.locator("path.is-near")).to_have_count(1)
    expect(page.locator(".map-tip")).to_contain_text(link.locator("span").nth(1).inner_text())
    name = link.locator("span").nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator(".map-list a")).to_have_count(2)
    # Villages of the tests stand nowhere, so the commune's page has the list and no map.
    expect(page.locator(".map-panel")).to_have_class(re.compile("without-map"))
    page.go_back()
    page.locator("path.map-area").nth(3).click()
    page.wait_for_url("**/places/*")


@pytest.mark.proves("R028", "R096")
def test_charts_are_drawn_under_the_content_policy_from_the_table_beside_them(desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    charts = page.locator("#trend [data-chart]")
    expect(charts).to_have_count(2)
    for n in range(2):
        charts.nth(n).scroll_into_view_if_needed()
        expect(charts.nth(n)).to_have_attribute("data-drawn", "yes")
        assert charts.nth(n).locator("canvas").count() == 1
        charts.nth(n).locator("summary").click()
        expect(charts.nth(n).locator("table")).to_be_visible()
    box = charts.nth(0).locator("canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.picture("trend", full=True)
    expect(page.locator("#quality table").first).to_be_visible()


def test_choices_stand_in_the_address(desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    page.select_option("#denominator", "plan")
    page.wait_for_url(re.compile("denominator=plan"))
    expect(page.locator("#table-title + p")).to_contain_text("kế hoạch")
    page.fill("#as_of", "2022-04-01")
    page.wait_for_url(re.compile("as_of=2022-04-01"))
    expect(page.locator(".notice")).to_contain_text("01/04/2022")
    page.locator("tbody th a").first.click()
    page.wait_for_url(
        re.compile("places/.*as_of=2022-04-01.*denominator=plan|places/.*denominator=plan.*as_of")
    )
    expect(page.locator("#denominator")).to_have_value("plan")


def test_without_scripts_the_list_the_tables_and_the_button_are_there(
    outlined: Site, scriptless: Desk
) -> None:
    scriptless.sign_in("tinh")
    page = scriptless.page
    expect(page.locator("[data-map]")).to_be_hidden()
    expect(page.locator(".map-list a")).to_have_count(len(outlined.world.communes))
    page.select_option("#denominator", "plan")
    page.locator("form.choices button").first.click()
    page.wait_for_url(re.compile("denominator=plan"))
    page.locator("#trend a").click()
    expect(page.locator("h1")).to_contain_text("Tiến độ từng ngày")
    page.locator("summary", has_text="Xem bảng số liệu").first.click()
    expect(page.locator("tbody tr").first).to_be_visible()
    page.go_back()
    page.locator("#quality a").click()
    expect(page.locator("h1")).to_contain_text("Chất lượng số liệu")


@pytest.mark.parametrize("window", ["desk", "phone"])
def test_no_serious_fault_of_accessibility(
    outlined: Site, request: pytest.FixtureRequest, window: str
) -> None:
    shown: Desk = request.getfixturevalue(window)
    shown.sign_in("tinh")
    world = outlined.world
    for path in (
        "/",
        f"/places/{world.districts[0]}",
        f"/places/{world.communes[0]}",
        f"/places/{world.province}/trend",
        f"/places/{world.province}/quality",
    ):
        shown.open(path)
        shown.page.wait_for_load_state("networkidle")
        check_accessibility(shown.page)
        assert shown.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_the_first_paint_of_the_province_page_comes_within_a_second(outlined: Site, desk: Desk) -> None:
    desk.sign_in("tinh")
    painted = []
    for _ in range(3):
        desk.open("/")
        painted.append(desk.page.evaluate(FIRST_PAINT))
    assert min(painted) < 1_000
    loaded = desk.page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert not [name for name in loaded if not name.startswith(outlined.url)]


def test_the_province_page_prints_with_its_day(outlined: Site, desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    expect(page.locator(".print-only").first).to_contain_text("15/04/2022")
    expect(page.locator(".as-of")).to_be_visible()
    for hidden in (".side", ".choices", ".map-list", ".leaflet-control-zoom"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("path.map-area").first).to_be_visible()
    desk.picture("command-print", full=True)
    sheets = page.pdf(format="A4", landscape=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 5
