"""Pages of alerts: what is shown to whom, where a row leads, the mail address; and the page codes are scanned into."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from server.alerts.addresses import address_of
from server.database import db
from server.stock.models import Lot
from shared.rules.alerts import KINDS
from tests.server.alerts.conftest import Matters, author, make
from tests.server.conftest import Desk, post, token
from tests.server.world import World

_LOT: Table = Lot.__table__  # type: ignore[assignment]

GTIN = "18936000000018"
MAIL = "/stock/alerts/mail"


@pytest.fixture
def told(fresh: tuple[Flask, World]) -> tuple[Desk, Matters]:
    app, world = fresh
    with app.app_context():
        made = make(world)
        manager = author("tinh")
        change = {"gtin": GTIN}
        heads = manager.heads("item", world.item)
        manager.write("item", subject=world.item, place=world.province, body=change, based_on=heads)
        manager.flush()
        db.session.commit()
    return Desk(app, world), made


def lot_in(desk: Desk, lot: str) -> date | None:
    with desk.app.app_context():
        found: date | None = db.session.connection().scalar(
            select(_LOT.c.label_expiry).where(_LOT.c.id == lot)
        )
    return found


def test_every_kind_leads_to_a_page_that_opens(told: tuple[Desk, Matters]) -> None:
    desk, _ = told
    client = desk.sign_in("tinh")
    for kind in KINDS:
        page = client.get(f"/stock/alerts?kind={kind}")
        assert page.status_code == 200
        leads = re.findall(r'class="button second compact" href="([^"]+)"', page.text)
        assert leads, kind
        assert client.get(leads[0].replace("&amp;", "&")).status_code == 200, (kind, leads[0])


def test_filters_and_counts_agree(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    client = desk.sign_in("tinh")
    whole = client.get("/stock/alerts").text
    expiring = client.get("/stock/alerts?kind=expiring").text
    assert "SOON" in expiring
    assert "STOPPED" not in expiring
    assert "STOPPED" in client.get("/stock/alerts?kind=hold").text
    other = made.world.districts[1]
    assert "SOON" not in client.get(f"/stock/alerts?district={other}").text
    for tone in ("late", "warn"):
        assert client.get(f"/stock/alerts?tone={tone}&sort=day&order=desc").status_code == 200
    assert re.search(r'class="tab-count"[^>]*>\d+<', whole)


@pytest.mark.proves("L24")
def test_a_station_sees_its_own_alerts_only(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    client = desk.sign_in(f"tram.{made.station[:6]}")
    page = client.get("/stock/alerts").text
    assert "SOON" not in page, "that lot stands in the district's store"
    assert "tab-count" in page
    assert desk.sign_in("huyen.106").get("/stock/alerts").status_code == 200


def test_the_overview_names_what_is_pressing(told: tuple[Desk, Matters]) -> None:
    desk, _ = told
    page = desk.sign_in("tinh").get("/").text
    assert "Hết vắc xin dùng được" in page
    assert "/stock/alerts?kind=stock_out&amp;tone=late" in page


def test_the_mail_address_is_the_readers_own(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    client = desk.sign_in("tinh")

    def keep(**fields: str) -> TestResponse:
        return client.post(MAIL, data={"csrf_token": token(client, MAIL), **fields})

    def kept() -> tuple[str, bool]:
        with desk.app.app_context():
            return address_of(db.session.connection(), made.world.users["tinh"])

    wrong = keep(address="tinh", wanted="on")
    assert wrong.status_code == 422
    assert "Địa chỉ thư không đúng" in wrong.text
    assert keep(address="", wanted="on").status_code == 422
    assert kept() == ("", False)
    assert keep(address=" tinh@syt.vn ", wanted="on").status_code == 302
    shown = client.get(MAIL).text
    assert 'value="tinh@syt.vn"' in shown
    assert "checked" in shown
    keep(address="tinh@syt.vn")
    assert kept() == ("tinh@syt.vn", False)
    keep(address="")
    assert kept() == ("", False)


def test_a_code_leads_to_its_lot(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    client = desk.sign_in(f"tram.{made.station[:6]}")
    assert client.get("/stock/scan").status_code == 200
    for code in ("soon", f"]d201{GTIN}10SOON", f"(01){GTIN}(17)220420(10)SOON"):
        answer = client.get("/stock/scan", query_string={"code": code})
        assert answer.status_code == 302, code
        assert answer.location.endswith(f"/stock/lots/{made.lots['soon']}")


def test_a_code_with_another_expiry_is_told_and_changes_nothing(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    client = desk.sign_in("tinh")
    code = f"(01){GTIN}(17)230101(10)SOON"
    page = client.get("/stock/scan", query_string={"code": code})
    assert page.status_code == 200
    assert "01/01/2023" in page.text
    assert "20/04/2022" in page.text
    before = lot_in(desk, made.lots["soon"])
    post(client, "/stock/scan/expiry", page="/stock/scan", code=code)
    assert lot_in(desk, made.lots["soon"]) == before == date(2022, 4, 20)
    silent = f"(01){GTIN}(10)SOON"
    post(client, "/stock/scan/expiry", page="/stock/scan", code=silent)
    assert lot_in(desk, made.lots["soon"]) == before


def test_an_unknown_expiry_is_learnt_from_the_code_by_the_programme(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    code = f"(01){GTIN}(17)230100(10)UNDATED"
    station = desk.sign_in(f"tram.{made.station[:6]}")
    assert "/stock/scan/expiry" not in station.get("/stock/scan", query_string={"code": code}).text
    refused = station.post(
        "/stock/scan/expiry", data={"code": code, "csrf_token": token(station, "/password")}
    )
    assert refused.status_code == 403
    assert lot_in(desk, made.lots["undated"]) is None
    client = desk.sign_in("tinh")
    assert "/stock/scan/expiry" in client.get("/stock/scan", query_string={"code": code}).text
    kept = post(client, "/stock/scan/expiry", page="/stock/scan", code=code)
    assert kept.status_code == 302
    assert lot_in(desk, made.lots["undated"]) == date(2023, 1, 31)


def test_an_unknown_lot_is_offered_to_the_programme_only(told: tuple[Desk, Matters]) -> None:
    desk, made = told
    code = f"(01){GTIN}(17)230131(10)ZZ99"
    page = desk.sign_in("tinh").get("/stock/scan", query_string={"code": code}).text
    assert "lot_number=ZZ99" in page
    assert f"item={made.world.item}" in page
    assert "label_expiry=2023-01-31" in page
    station = desk.sign_in(f"tram.{made.station[:6]}").get("/stock/scan", query_string={"code": code}).text
    assert "lot_number=ZZ99" not in station
    wrong = desk.sign_in("tinh").get("/stock/scan", query_string={"code": f"01{GTIN[:-1]}9"})
    assert "Số kiểm tra" in wrong.text
