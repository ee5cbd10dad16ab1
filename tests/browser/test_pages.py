"""The pages in a real browser: drilling down, sorting, languages, keyboard, sizes, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.web import listing
from tests.browser.conftest import Desk
from tests.server.world import PASSWORD

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/stock/expiring",
    "/stock/proposals",
    "/stock/outcomes",
    "/devices",
    "/imports",
    "/help/api",
    "/password",
)

CHECKS = """() => {
  const found = [];
  const named = (e) => e.labels?.length || e.ariaLabel || e.getAttribute('aria-labelledby') || e.title;
  for (const e of document.querySelectorAll('input:not([type=hidden]):not([readonly]), select, textarea'))
    if (!named(e)) found.push('no label: ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('button, a[href]'))
    if (!e.textContent.trim() && !named(e)) found.push('no words: ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('img')) if (!e.alt) found.push('no alt: ' + e.outerHTML.slice(0, 80));
  if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
  if (document.querySelectorAll('main').length !== 1) found.push('not one main');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) found.push('id twice: ' + id);
  for (const e of document.querySelectorAll('th')) if (!e.scope) found.push('th without scope: ' + e.textContent);
  return found;
}"""


@pytest.mark.proves("R002")
def test_drilling_down_from_the_province_to_an_entry_and_back(desk: Desk) -> None:
    desk.sign_in("huyen.105")
    page = desk.page
    desk.picture("district")
    page.locator("tbody th a").first.click()
    expect(page.locator("h1")).to_contain_text("Thành phố" if "Thành" in page.title() else "")
    desk.picture("commune", full=True)
    commune = page.url
    page.locator(".facts a[href*='/covered']").first.click()
    expect(page.locator(".formula")).to_contain_text("Cách tính")
    desk.picture("figure")
    page.locator("td a[href^='/entries/']").first.click()
    expect(page.locator("h1")).to_have_text("Mũi tiêm")
    expect(page.locator("main")).to_contain_text("SHA-256")
    desk.picture("entry")
    page.go_back()
    page.go_back()
    assert page.url == commune


def test_sorting_changes_the_table_and_the_address_and_back_works(desk: Desk) -> None:
    desk.sign_in()
    page = desk.page
    page.evaluate("window.stayed = true")
    first = page.locator("tbody th a").first.inner_text()
    heading = page.locator("thead a", has_text="Còn phải tiêm")
    heading.click()
    page.wait_for_url(re.compile("sort=to_go&order=desc"))
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    numbers = [
        int(n.replace(".", ""))
        for n in page.locator("#table tbody td[data-label='Còn phải tiêm']").all_inner_texts()
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert page.evaluate("window.stayed") is True
    desk.picture("sorted")
    page.reload()
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.go_back()
    expect(page.locator("tbody th a").first).to_have_text(first)


@pytest.mark.parametrize("window", ["desk", "scriptless"])
def test_a_long_list_turns_its_pages(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, window: str
) -> None:
    monkeypatch.setattr(listing, "PAGE_ROWS", 3)
    desk: Desk = request.getfixturevalue(window)
    desk.sign_in()
    page = desk.page
    for path in ("/stock/expiring", "/devices"):
        desk.open(path)
        page.evaluate("window.stayed = true")
        first = page.locator("#table tbody tr").all_inner_texts()
        page.locator("a[rel=next]").click()
        page.wait_for_url(re.compile("page=2"))
        expect(page.locator("a[rel=prev]")).to_be_visible()
        expect(page.locator(".pages")).to_contain_text("4–")
        assert page.locator("#table tbody tr").all_inner_texts() != first
        assert page.evaluate("window.stayed === true") is (window == "desk")
        desk.picture("page-2")
        page.locator("a#sort-place").click()
        page.wait_for_url(re.compile("sort=place"))
        expect(page.locator(".pages")).to_contain_text("1–3")
        page.go_back()
        expect(page.locator(".pages")).to_contain_text("4–")


def test_everything_works_without_scripts(scriptless: Desk) -> None:
    scriptless.sign_in("thanhtra")
    page = scriptless.page
    page.locator("thead a", has_text="Đối tượng").click()
    page.wait_for_url(re.compile("sort=people"))
    assert page.locator("th[aria-sort]").count() == 1
    page.locator("tbody th a").first.click()
    page.locator(".languages button[value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".person summary").click()
    page.locator(".person-menu button").click()
    page.wait_for_url("**/sign-in")


def test_the_language_switch_stays_on_the_page(desk: Desk) -> None:
    desk.sign_in("tinh")
    page = desk.page
    desk.open("/stock/expiring?bucket=within_7")
    expect(page.locator("h1")).to_have_text("Tồn kho cận hạn")
    page.locator(".languages button[value=en]").click()
    expect(page.locator("h1")).to_have_text("Stock nearing expiry")
    assert page.url.endswith("/stock/expiring?bucket=within_7")
    desk.picture("stock-en")


def test_sign_in_and_skip_link_by_keyboard(desk: Desk) -> None:
    page = desk.page
    desk.open("/sign-in")
    desk.picture("sign-in")
    page.keyboard.type("quantri")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", PAGES)
def test_pages_name_their_parts(desk: Desk, path: str) -> None:
    desk.sign_in()
    desk.open(path)
    assert desk.page.evaluate(CHECKS) == []
    desk.picture(path.strip("/").replace("/", "-") or "overview", full=True)


@pytest.mark.parametrize("window", ["phone", "zoomed"])
def test_nothing_is_cut_off_on_a_small_window(request: pytest.FixtureRequest, window: str) -> None:
    desk: Desk = request.getfixturevalue(window)
    desk.sign_in()
    page, world = desk.page, desk.site.world
    commune = f"/places/{world.communes[0]}"
    person = f"/persons/{world.persons[world.villages[world.communes[0]][1]][0]}"
    desk.open(commune)
    figure = page.locator(".facts a").first.get_attribute("href") or ""
    for path in (*PAGES, commune, figure, person):
        desk.open(path)
        width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], path
        cut = page.evaluate(
            "[...document.querySelectorAll('.rows')].filter((e) => e.scrollWidth > e.clientWidth).length"
        )
        assert cut == 0, path
        desk.picture("small-" + (path.strip("/").split("/")[0] or "overview"), full=True)


def test_a_code_is_shown_with_its_picture(desk: Desk) -> None:
    desk.sign_in()
    desk.open("/devices")
    desk.page.locator("tbody form button").first.click()
    picture = desk.page.locator(".enrol img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 50
    assert re.fullmatch(r"[A-Z0-9]{4} [A-Z0-9]{4}", desk.page.locator(".enrol strong").inner_text())
    desk.picture("codes")


def test_an_import_is_previewed_and_written(desk: Desk) -> None:
    desk.sign_in()
    page = desk.page
    desk.open("/imports")
    file = {
        "name": "thon.csv",
        "mimeType": "text/csv",
        "buffer": "Mã xã,Tên thôn bản\n03388,Bản Thử\n99999,Bản Sai\n".encode(),
    }
    page.locator("#file-villages").set_input_files(file)  # type: ignore[arg-type]
    page.locator("form[action$='/villages'] button").click()
    expect(page.locator("main")).to_contain_text("không tìm thấy địa bàn có mã 99999")
    desk.picture("import-preview")
    page.locator("main form button[formaction$='/write']").click()
    expect(page.locator(".notice.good")).to_contain_text("Đã ghi 1 bản ghi")


def test_printing_leaves_the_figures(desk: Desk) -> None:
    desk.sign_in()
    desk.page.emulate_media(media="print")
    expect(desk.page.locator(".side")).to_be_hidden()
    expect(desk.page.locator("tfoot")).to_be_visible()
