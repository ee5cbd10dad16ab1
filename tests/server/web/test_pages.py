"""The pages: figures, drill-down, scope, masks, sorting, languages."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.accounts.users import create_user
from server.database import db
from server.places.tree import Tree
from server.registers.models import Person
from server.web import listing
from tests.server.conftest import Desk, post
from tests.server.world import PASSWORD, TODAY, World

ANY_ID = "01800000-0000-7000-8000-000000000000"


def figure_addresses(text: str) -> list[str]:
    return re.findall(r'href="(/places/[^"]+/figures/[^"]+)"', text)


def first_commune(client: FlaskClient) -> str:
    district = re.findall(r'<a href="(/places/[0-9a-f-]{36})">', client.get("/").text)[-1]
    found: str = re.findall(r'<a href="(/places/[0-9a-f-]{36})">', client.get(district).text)[-1]
    return found


def test_the_overview_works_on_both_databases(fresh: tuple[Flask, World]) -> None:
    app, _world = fresh
    client = app.test_client()
    post(client, "/sign-in", username="quantri", password=PASSWORD)
    text = client.get("/").text
    assert "Tỉnh Lai Châu" in text
    assert text.count('class="place-cell"') == 8
    for address in (*figure_addresses(text)[:3], first_commune(client), "/stock/expiring", "/devices"):
        assert client.get(address).status_code == 200, address


@pytest.mark.proves("R005", "R017", "R076")
def test_percentages_add_up_from_villages_to_the_province(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    text = client.get("/").text
    rows = re.findall(r"<small>([\d.]+) / ([\d.]+)</small>", text)
    figures = [(int(a.replace(".", "")), int(b.replace(".", ""))) for a, b in rows]
    for goal in (0, 1):
        of_goal = figures[goal::2]
        *districts, total = of_goal
        assert total == (sum(a for a, _ in districts), sum(b for _, b in districts))
        assert total[1] > 0


@pytest.mark.proves("R002", "R076")
def test_every_figure_opens_as_many_people_as_it_says(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    text = client.get(first_commune(client)).text
    checked = 0
    for address, shown in re.findall(r'<dd><a href="(/places/[^"]+/figures/[^"]+)">(\d+)</a>', text):
        listed = client.get(address).text
        assert listed.count('href="/persons/') == int(shown), address
        checked += 1
    assert checked >= 6


@pytest.mark.proves("R002")
def test_from_a_figure_to_the_entry_behind_it(desk: Desk) -> None:
    client = desk.sign_in("huyen.105")
    commune = re.findall(r'<a href="(/places/[0-9a-f-]{36})">', client.get("/").text)[-1]
    covered = next(a for a in figure_addresses(client.get(commune).text) if a.endswith("/covered"))
    people = client.get(covered).text
    entry = re.findall(r'href="(/entries/[^"]+)"', people)[0]
    text = client.get(entry).text
    for words in ("Mũi tiêm", "Vắc xin", "Khám sàng lọc", "SHA-256", "Nguyên vẹn", "Đã chuyển đến", "Vị trí"):
        assert words in text
    person = re.findall(r'href="(/persons/[^"]+)"', people)[0]
    history = client.get(person).text
    assert "/entries/" in history
    shown = client.get(re.findall(r'href="(/entries/[^"]+)"', history)[-1])
    assert shown.status_code == 200


@pytest.mark.proves("R069", "L24")
def test_a_district_sees_its_own_places_and_no_other(desk: Desk) -> None:
    world = desk.world
    client = desk.sign_in("huyen.105")
    with desk.app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
        own = next(d for d in world.districts if tree.nodes[d].code == "105")
        other = next(d for d in world.districts if d != own)
        theirs = next(c for c in world.communes if tree.nodes[c].parent == other)
        village = world.villages[theirs][0]
        person = world.persons[village][0]
    province = desk.sign_in("quantri")
    entry = re.findall(r'href="(/entries/[^"]+)"', province.get(f"/persons/{person}").text)[0]
    figure = figure_addresses(province.get(f"/places/{theirs}").text)[0]
    assert client.get(f"/places/{own}").status_code == 200
    hidden = [f"/places/{id_}" for id_ in (world.province, other, theirs, village, ANY_ID)]
    for address in (*hidden, f"/persons/{person}", entry, figure, f"/persons/{ANY_ID}", f"/entries/{ANY_ID}"):
        assert client.get(address).status_code == 404, address
    names = client.get("/stock/expiring").text + client.get("/devices").text
    assert tree.name(theirs) not in names
    assert post(client, "/devices/codes", page="/password", commune=theirs).status_code == 404
    assert post(client, "/devices/codes", page="/password", user=_user_of(desk, theirs)).status_code == 404


def _user_of(desk: Desk, commune: str) -> str:
    return desk.world.users[f"tram.{desk.world.stations[commune][:6]}"]


@pytest.mark.proves("R078")
def test_names_are_masked_where_the_role_may_not_see_them(desk: Desk) -> None:
    village = desk.world.villages[desk.world.communes[0]][0]
    person = desk.world.persons[village][0]
    with desk.app.app_context():
        name = db.session.get_one(Person, person).full_name
    assert (
        name
        in desk.sign_in(f"tram.{desk.world.stations[desk.world.communes[0]][:6]}")
        .get(f"/persons/{person}")
        .text
    )
    for username in ("quantri", "tinh", "thanhtra"):
        client = desk.sign_in(username)
        text = client.get(f"/persons/{person}").text
        assert name not in text
        entries = [client.get(a).text for a in set(re.findall(r'href="(/entries/[^"]+)"', text))]
        assert entries
        assert not any(name in shown or "+84912345678" in shown for shown in entries)


@pytest.mark.proves("R031")
def test_an_inspector_reads_and_changes_nothing(desk: Desk) -> None:
    client = desk.sign_in("thanhtra")
    assert client.get("/").status_code == 200
    devices = client.get("/devices").text
    assert "/devices/codes" not in devices
    user = next(iter(desk.world.users.values()))
    assert post(client, "/devices/codes", page="/password", user=user).status_code == 403
    assert client.get("/imports").status_code == 403
    assert post(client, "/imports/plan", page="/password").status_code == 403


def test_a_station_sees_its_commune(desk: Desk) -> None:
    commune = desk.world.communes[0]
    client = desk.sign_in(f"tram.{desk.world.stations[commune][:6]}")
    text = client.get("/").text
    assert "Theo thôn bản" in text
    assert "Tồn kho của trạm" in text
    assert client.get(f"/places/{desk.world.province}").status_code == 404


def test_tables_sort_by_what_the_address_says(desk: Desk) -> None:
    client = desk.sign_in("quantri")

    def shares(order: str) -> list[float]:
        text = client.get(f"/?sort=goal1&order={order}").text
        body = text[text.index("<tbody>") : text.index("</tbody>", text.index('class="place-cell"'))]
        found = re.findall(r">([\d,]+)\xa0%</a>", body)
        return [float(share.replace(",", ".")) for share in found[::2]]

    assert shares("asc") == sorted(shares("asc"))
    assert shares("desc") == sorted(shares("asc"), reverse=True)
    assert 'aria-sort="descending"' in client.get("/?sort=goal1&order=desc").text
    assert client.get("/?sort=nothing&order=sideways&page=-4").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "٣"])
def test_a_page_number_that_is_not_one_shows_a_page(desk: Desk, page: str) -> None:
    client = desk.sign_in("quantri")
    address = figure_addresses(client.get("/").text)[0]
    assert client.get(f"{address}?page={page}").status_code == 200


def test_pages_read_in_english(desk: Desk) -> None:
    client = desk.sign_in("quantri", "en")
    text = client.get("/").text
    assert "Needs attention" in text
    assert re.search(r"\d+\.\d%", text)
    assert "Tổng quan" not in text


@pytest.mark.proves("R008")
def test_expiring_stock_is_filtered_by_the_address(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    everything = client.get("/stock/expiring").text
    expired = client.get("/stock/expiring?bucket=expired").text
    assert "FL3206" in expired
    assert "PCA0016" in everything
    assert "quá hạn 5 ngày" in expired
    district = desk.world.districts[0]
    assert (
        0 < client.get(f"/stock/expiring?district={district}").text.count("<tr>") < everything.count("<tr>")
    )
    assert client.get("/stock/expiring?district=none&item=none&bucket=none").status_code == 200


def stock_rows(text: str) -> list[str]:
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return re.findall(r'<th scope="row" class="lot-cell">.*?</tr>', body, re.S)


def test_expiring_stock_comes_page_by_page_with_the_sums_of_the_whole_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = desk.sign_in("quantri")
    monkeypatch.setattr(listing, "PAGE_ROWS", 10_000)
    whole = client.get("/stock/expiring?sort=item&order=asc").text
    monkeypatch.setattr(listing, "PAGE_ROWS", 15)
    pages, address = [], "/stock/expiring?sort=item&order=asc"
    while address:
        text = client.get(address).text
        assert re.findall("<tfoot>.*?</tfoot>", text, re.S) == re.findall("<tfoot>.*?</tfoot>", whole, re.S)
        pages.append(stock_rows(text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(pages) > 1
    assert all(0 < len(page) <= 15 for page in pages)
    assert [row for page in pages for row in page] == stock_rows(whole)
    assert stock_rows(client.get("/stock/expiring?sort=item&order=asc&page=999").text) == pages[-1]
    assert (
        "page=" not in re.findall(r'href="([^"]*bucket=[^"]*)"', client.get("/stock/expiring?page=2").text)[0]
    )


@pytest.mark.proves("R002")
def test_the_lots_that_need_attention_are_the_ones_the_link_opens(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    overview = client.get("/").text
    doses = re.findall(r"([\d.]+) liều hết hạn trong 7 ngày tới", overview)[0]
    address = re.findall(r'href="(/stock/expiring\?bucket=[^"]+)"', overview)[0]
    assert f"lô tại các đơn vị, {doses} liều" in client.get(address).text


@pytest.mark.proves("R096", "R045")
def test_what_needs_attention_names_its_next_action(desk: Desk) -> None:
    text = desk.sign_in("quantri").get("/").text
    assert "Cần chú ý" in text
    assert "Xem xã" in text
    assert "Xem lô" in text


def test_help_describes_the_api(desk: Desk) -> None:
    text = desk.sign_in("quantri").get("/help/api").text
    assert "/api/v1/sync/push" in text
    assert "Mũi tiêm / Dose" in text
    assert "Gửi bản ghi lên, nhận kết quả của từng bản ghi" in text
    assert "Store entries" not in text
    assert "Store entries and answer for each" in desk.sign_in("quantri").get("/api/openapi.json").text


@pytest.mark.proves("R069", "L24")
def test_a_village_health_worker_sees_the_village_without_stock_or_ledger(desk: Desk) -> None:
    village, other = (desk.world.villages[c][0] for c in desk.world.communes[:2])
    with desk.app.app_context():
        create_user(
            username="thon.1",
            password=PASSWORD,
            full_name="Tao Mẩy",
            role="village_health_worker",
            places=[village],
        )
        db.session.commit()
    client = desk.sign_in("thon.1")
    text = client.get("/").text
    assert "Hộ chưa gõ cửa" in text
    assert "/entries/" not in text
    assert "/stock" not in text
    assert client.get(f"/places/{other}").status_code == 404
    assert client.get("/stock/expiring").status_code == 403
    assert client.get("/devices").status_code == 403
    assert client.get(f"/entries/{ANY_ID}").status_code == 403


def test_a_reader_of_two_places_sees_them_together(desk: Desk) -> None:
    with desk.app.app_context():
        create_user(
            username="hai.huyen", password=PASSWORD, full_name="Lý Sơn", role="district_reviewer",
            places=desk.world.districts[:2],
        )  # fmt: skip
        create_user(username="moi", password=PASSWORD, full_name="Lý Sơn", role="inspector", places=[])
        db.session.commit()
    text = desk.sign_in("hai.huyen").get("/").text
    assert text.count('class="place-cell"') == 2
    assert "Địa bàn của tôi" in text
    assert desk.sign_in("moi").get("/").status_code == 200


def test_who_answers_for_villages_sees_which_of_them_is_slow(desk: Desk) -> None:
    villages = desk.world.villages[desk.world.communes[0]][:2]
    with desk.app.app_context():
        create_user(
            username="thon.2", password=PASSWORD, full_name="Tao Mẩy", role="village_health_worker",
            places=villages,
        )  # fmt: skip
        db.session.commit()
    text = desk.sign_in("thon.2").get("/").text
    assert '<li aria-current="page">' in text
    assert ("Xem bản" in text) != ("Không có việc nào cần chú ý" in text)
    assert ("Xem bản" in text) == ("Chậm tiến độ" in text or "Quá hạn" in text)


def test_figures_that_lack_new_records_say_so(desk: Desk) -> None:
    """A dose that arrived after the cells were counted: the page names the moment its figures hold for."""
    from server.accounts.models import User
    from server.ledger.author import ServerAuthor
    from server.settings import current_settings
    from server.sync.projectors import PROJECTORS

    commune = desk.world.communes[0]
    village, station = desk.world.villages[commune][0], desk.world.stations[commune]
    client = desk.sign_in("quantri")
    assert "đang được tính lại" not in client.get("/").text
    with desk.app.app_context():
        user = db.session.get_one(User, desk.world.users[f"tram.{station[:6]}"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        body = {
            "vaccine": "PFZ_ADULT",
            "dose_type": "booster_1",
            "screening": "eligible",
            "lot_number": "FP8191",
        }
        author.write("dose", subject=desk.world.persons[village][0], place=station, body=body)
        author.flush()
        db.session.commit()
    assert "1 thôn bản có số liệu mới đang được tính lại" in client.get("/").text
    assert "đang được tính lại" in client.get(figure_addresses(client.get(f"/places/{commune}").text)[0]).text
