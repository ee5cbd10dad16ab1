"""The pages of stock books: what a site holds, its cards, what a store writes, lots, counts, in–out–balance."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.stock.models import Lot, StockBalance, StockMovement
from server.stock.transfer_models import Recall
from server.sync.projectors import PROJECTORS
from shared.identifiers import holding_id, named_id
from tests.server.conftest import Desk, post
from tests.server.world import TODAY

STORE = named_id("test", "store")


@pytest.fixture
def kho(desk: Desk) -> Desk:
    """The province has a store."""
    version = {
        "valid_from": "2020-01-01",
        "name": "Kho CDC tỉnh",
        "unit_type": "Kho",
        "parent": desk.world.province,
    }
    write(desk, "quantri", "place", desk.world.province, {"level": "store", "versions": [version]}, STORE)
    return desk


def write(
    desk: Desk,
    username: str,
    kind: str,
    place: str,
    body: dict[str, Any],
    subject: str | None = None,
    **more: Any,
) -> str:
    """An entry in a user's name; its id."""
    with desk.app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        made = named_id("test entry", kind, str(body), str(more))
        author.write(kind, place=place, body=body, subject=subject, entry_id=made, **more)
        author.flush()
        db.session.commit()
    return made


def rows(desk: Desk, query: Any) -> list[Any]:
    with desk.app.app_context():
        return list(db.session.connection().execute(query))


def station_of(desk: Desk) -> tuple[str, str]:
    """(station, its user) of the first commune."""
    station = desk.world.stations[desk.world.communes[0]]
    return station, f"tram.{station[:6]}"


def record(client: FlaskClient, do: str, **fields: str) -> Any:
    page = f"/stock/sites/{STORE}/record?do={do}"
    return post(client, page, page=page, **{"day": TODAY.isoformat(), **fields})


def card(desk: Desk, client: FlaskClient, site: str = STORE, **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"item": desk.world.item, **more}.items())
    return client.get(f"/stock/sites/{site}/card?{query}").text


@pytest.mark.proves("R036", "R081", "R009")
def test_a_store_receives_issues_by_expiry_and_takes_a_mistake_back(kho: Desk) -> None:
    client = kho.sign_in("tinh")
    _, soon, late, _ = kho.world.lots
    for lot, vials in ((soon, "20"), (late, "30")):
        answer = record(
            client, "receive", lot=lot, state="frozen", vials=vials, reason="received", document="PN 12"
        )
        assert answer.status_code == 302, answer.text
    held = {lot: holding_id(STORE, lot, "frozen", None) for lot in (soon, late)}
    refused = record(client, "issue", holding=held[late], vials="5", reason="issued")
    assert refused.status_code == 422
    assert "hết hạn sớm hơn lô này" in refused.text
    assert 'id="fefo_code"' in refused.text
    assert record(client, "issue", holding=held[late], vials="5", fefo_code="reserved").status_code == 302
    assert record(client, "issue", holding=held[soon], vials="8", reason="issued").status_code == 302
    assert (
        record(client, "thaw", holding=held[soon], vials="2", to_thawed_on=TODAY.isoformat()).status_code
        == 302
    )
    text = card(kho, client)
    assert "Đầu kỳ 0 + nhập 50 − xuất 13 = 37" in text
    assert "PN 12" in text

    wrong = rows(
        kho, select(StockMovement.entry_id).where(StockMovement.site_id == STORE, StockMovement.vials == -8)
    )[0][0]
    page = f"/stock/movements/{wrong}/reverse"
    assert "+8 lọ" in client.get(page).text
    answer = post(client, page, page=page, note="Ghi nhầm số", again="1")
    assert answer.status_code == 302
    again = client.get(answer.location).text
    assert 'value="8"' in again
    assert f'value="{held[soon]}" selected' in again
    assert post(client, page, page="/password").status_code == 422, "only once"
    assert "Phiếu này đã được đảo" in client.get(page).text
    text = card(kho, client)
    assert "xuất 5 = 45" in text
    assert text.count('class="crossed"') == 2
    mirror = rows(kho, select(StockMovement.entry_id).where(StockMovement.reverses_id == wrong))[0][0]
    assert client.get(f"/stock/movements/{mirror}/reverse").status_code == 422


def test_what_leaves_nothing_is_stored_and_said(kho: Desk) -> None:
    client = kho.sign_in("tinh")
    lot = kho.world.lots[2]
    record(client, "receive", lot=lot, state="frozen", vials="3")
    held = holding_id(STORE, lot, "frozen", None)
    assert record(client, "discard", holding=held, vials="5", reason="broken").status_code == 302
    assert "Sổ sách cho số dư âm" in client.get(f"/stock/sites/{STORE}").text
    assert "sổ còn −2 lọ" in card(kho, client)
    assert "Sổ âm" in client.get("/stock/sites?todo=negative").text
    assert record(client, "discard", holding=held, vials="x", reason="broken").status_code == 422
    assert record(client, "discard", holding=held, vials="1", reason="").status_code == 422
    assert record(client, "receive", lot=lot, state="", vials="1").status_code == 422


@pytest.mark.proves("L24")
def test_a_book_is_written_by_who_keeps_it(kho: Desk) -> None:
    station, keeper = station_of(kho)
    assert kho.sign_in(keeper).get(f"/stock/sites/{station}/record").status_code == 200
    assert kho.sign_in("tinh").get(f"/stock/sites/{station}/record").status_code == 403
    assert kho.sign_in("thanhtra").get(f"/stock/sites/{STORE}/record").status_code == 403
    assert kho.sign_in(keeper).get(f"/stock/sites/{STORE}/record").status_code == 404
    assert "Đảo phiếu" in card(kho, kho.sign_in(keeper), station)
    assert "Đảo phiếu" not in card(kho, kho.sign_in("tinh"), station)


@pytest.mark.proves("L27")
def test_a_site_says_usable_stock_apart_from_what_the_book_has(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    station, _ = station_of(desk)
    text = client.get(f"/stock/sites/{station}").text
    assert "hết hạn:" in text
    assert "Liều vắc xin dùng được" in text
    listed = client.get("/stock/sites").text
    assert f"/stock/sites/{station}" in listed
    for sort in ("place", "on_hand", "usable", "losing", "lasts", "others", "counted"):
        assert client.get(f"/stock/sites?sort={sort}&order=desc").status_code == 200
    assert "Không có nơi nào" in client.get("/stock/sites?todo=nothing-like-it").text


@pytest.mark.proves("R081")
def test_a_card_as_a_file_has_every_line(kho: Desk) -> None:
    client = kho.sign_in("tinh")
    record(client, "receive", lot=kho.world.lots[2], state="frozen", vials="30", document="PN 7")
    record(client, "receive", lot=kho.world.lots[1], state="frozen", vials="4")
    answer = client.get(f"/stock/sites/{STORE}/card.xlsx?item={kho.world.item}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[6:9] for row in values[-3:]] in (
        [[30, None, 30], [4, None, 34], [34, 0, 34]],
        [[4, None, 4], [30, None, 34], [34, 0, 34]],
    )
    assert client.get(f"/stock/sites/{STORE}/card.pdf").status_code == 404
    assert client.get(f"/stock/sites/{STORE}/card?item={STORE}").status_code == 404


@pytest.mark.proves("R037", "R008")
def test_a_lot_is_held_recalled_from_every_site_and_freed(desk: Desk) -> None:
    client, lot = desk.sign_in("tinh"), desk.world.lots[1]
    page = f"/stock/lots/{lot}"
    assert post(client, f"{page}/hold", page=page, document="").status_code == 422
    assert post(client, f"{page}/hold", page=page, document="TB 12/BYT").status_code == 302
    assert "TB 12/BYT" in client.get(page).text
    assert "tạm dừng sử dụng" in desk.sign_in("huyen.105").get(page).text
    holders = {
        row.site_id: row.vials
        for row in rows(
            desk,
            select(StockBalance)
            .where(StockBalance.lot_id == lot)
            .with_only_columns(StockBalance.site_id, StockBalance.vials),
        )
    }
    assert (
        post(client, f"{page}/recall", page=page, document="CV 15", deadline="2022-04-20").status_code == 302
    )
    recalls = rows(desk, select(Recall.site_id, Recall.vials, Recall.cause, Recall.status, Recall.document))
    assert {row.site_id: row.vials for row in recalls} == {
        site: vials for site, vials in holders.items() if vials > 0
    }
    assert {tuple(row[2:]) for row in recalls} == {("lot", "approved", "CV 15")}
    assert post(client, f"{page}/recall", page=page, document="CV 15").status_code == 302
    assert len(rows(desk, select(Recall.id))) == len(recalls), "who was told is not told again"
    assert post(client, f"{page}/hold", page=page, free="1").status_code == 302
    assert rows(desk, select(Lot.hold).where(Lot.id == lot)) == [(None,)]
    assert post(desk.sign_in("huyen.105"), f"{page}/hold", page="/password", document="x").status_code == 403


@pytest.mark.proves("R008")
def test_a_document_revises_a_term_of_a_lot_and_may_be_taken_back(desk: Desk) -> None:
    client, lot = desk.sign_in("tinh"), desk.world.lots[2]
    page = f"/stock/lots/{lot}"
    revision = {
        "revisions-0-state": "frozen",
        "revisions-0-expiry": "2022-08-31",
        "revisions-0-document": "CV 9456",
    }
    assert post(client, f"{page}/revise", page=page, **revision).status_code == 302
    text = client.get(page).text
    assert "31/08/2022: hạn theo văn bản" in text
    assert "CV 9456" in text
    half = {"revisions-0-state": "frozen", "revisions-0-document": "CV 1"}
    assert post(client, f"{page}/revise", page=page, **half).status_code == 422
    assert post(client, f"{page}/revise", page=page, drop="0").status_code == 302
    assert "CV 9456" not in client.get(page).text


def test_a_new_lot_is_entered_once(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    new = {"item": desk.world.item, "lot_number": "FW1334", "label_expiry": "2022-09-30"}
    first = post(client, "/stock/lots/new", page="/stock/lots/new", **new)
    twin = post(client, "/stock/lots/new", page="/stock/lots/new", **{**new, "lot_number": "fw1334"})
    assert first.location == twin.location
    assert "FW1334" in client.get("/stock/lots?show=all&q=fw13").text
    assert post(client, "/stock/lots/new", page="/stock/lots/new", lot_number="X").status_code == 422
    for show in ("in_stock", "hold", "revised", "unknown", "all"):
        assert client.get(f"/stock/lots?show={show}&sort=soonest").status_code == 200


@pytest.mark.proves("L25")
def test_a_count_is_explained_until_its_lines_add_up(desk: Desk) -> None:
    station, keeper = station_of(desk)
    lot = desk.world.lots[2]
    row = rows(
        desk,
        select(StockBalance.__table__).where(StockBalance.site_id == station, StockBalance.lot_id == lot),
    )[0]
    where = {"state": row.state, "thawed_on": row.thawed_on.isoformat() if row.thawed_on else None}
    where = {name: value for name, value in where.items() if value}
    line = {"lot": lot, **where, "vials": row.vials - 2}
    count = write(desk, keeper, "stock_count", station, {"lines": [line]}, station)
    client, page = desk.sign_in(keeper), f"/stock/counts/{count}"
    assert "Chưa giải trình" in client.get(page).text
    assert 'value="-2"' in client.get(page).text

    wrong = post(client, page, page=page, **{"l0-0-vials": "-1", "l0-0-reason": "broken"})
    assert wrong.status_code == 422
    assert "cộng lại phải bằng -2 lọ" in wrong.text
    unsigned = {"l0-0-vials": "-1", "l0-0-reason": "broken", "l0-1-vials": "−1", "l0-1-reason": "unexplained"}
    assert post(client, page, page=page, **unsigned).status_code == 422
    signed = post(client, page, page=page, **unsigned, signed_by="Lò Văn Ân")
    assert signed.status_code == 302
    assert "Đã giải trình" in client.get(page).text
    balance = rows(desk, select(StockBalance.vials).where(StockBalance.holding_id == row.holding_id))
    assert balance == [(row.vials - 2,)]
    assert f"/stock/counts/{count}" in client.get("/stock/counts?state=explained").text
    assert post(desk.sign_in("tinh"), page, page="/password", **unsigned).status_code == 403

    late = {**where, "vials": -2, "reason": "administered"}
    write(desk, keeper, "stock_movement", station, late, lot)
    assert "Cần xem lại" in client.get(page).text
    assert "Không còn chênh lệch" in client.get(page).text
    assert post(client, page, page=page, nothing="1").status_code == 302
    text = client.get(page).text
    assert "Đã giải trình" in text
    balance = rows(desk, select(StockBalance.vials).where(StockBalance.holding_id == row.holding_id))
    assert balance == [(row.vials - 2,)]


@pytest.mark.proves("R081")
def test_in_out_and_balance_by_place_lot_and_as_a_file(kho: Desk) -> None:
    client = kho.sign_in("tinh")
    record(client, "receive", lot=kho.world.lots[2], state="frozen", vials="1234", document="PN 7")
    text = client.get("/stock/balance?from=2022-04-14&to=2022-04-15").text
    assert "1.234" in text
    _, keeper = station_of(kho)
    for query in (
        "by=site&lots=1",
        "by=commune&measure=doses",
        "by=district",
        f"place={kho.world.districts[0]}",
    ):
        assert client.get(f"/stock/balance?{query}").status_code == 200, query
    assert kho.sign_in(keeper).get("/stock/balance").status_code == 200
    answer = client.get("/stock/balance.xlsx?from=2022-04-14&to=2022-04-15&by=site&lots=1")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[5].value, int)]
    assert len(values) > 10
    for row in values:
        opening, started, received, issued, used, opened, closed, adjusted, closing = row[5:14]
        assert closing == opening + started + received - issued - used - opened - closed + adjusted
    assert client.get("/stock/balance.csv").status_code == 200
    assert client.get("/stock/balance?ending=csv&place_id=x").status_code == 200, (
        "what nobody asked is left aside"
    )
    assert client.get("/stock/balance.pdf").status_code == 404
    assert client.get(f"/stock/balance?place={STORE[:-1]}x").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_in_both_languages(kho: Desk, language: str) -> None:
    client = kho.sign_in("tinh", language)
    record(client, "receive", lot=kho.world.lots[2], state="frozen", vials="3")
    deeds = ("receive", "issue", "thaw", "quarantine", "release", "discard")
    pages = [
        *(
            "/stock/sites",
            f"/stock/sites/{STORE}",
            f"/stock/sites/{STORE}/card",
            "/stock/lots",
            "/stock/lots/new",
        ),
        *(f"/stock/lots/{lot}" for lot in kho.world.lots),
        *("/stock/counts", "/stock/balance"),
        *(f"/stock/sites/{STORE}/record?do={do}" for do in deeds),
    ]
    for page in pages:
        assert client.get(page).status_code == 200, page
