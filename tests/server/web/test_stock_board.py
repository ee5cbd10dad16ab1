"""The expiring stock board: what is lost, narrowed, on the map, as a file; what if stock moved."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk


def number(text: str) -> int:
    return int(text.replace(".", ""))


def losing(text: str) -> int:
    return number(re.findall(r'class="losing"><dt>.*?</dt><dd class="big">([\d.]+)</dd>', text, re.S)[0])


def rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/stock/expiring.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.proves("R008")
def test_losses_come_first_and_those_nobody_uses_before_others(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    lines = rows(client, "")[:-1]
    lost = [int(line["Dự kiến mất (liều)"]) for line in lines]
    assert lost[0] > 0
    assert lost == sorted(lost, reverse=True), "nobody uses anything in this province"
    assert sum(lost) == losing(client.get("/stock/expiring").text)
    assert all(
        line["Không dùng được"] == "hết hạn" for line in lines if int(line["Số ngày còn lại"] or 0) < 0
    )


def test_losses_are_told_for_the_days_asked(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    short, long = (losing(client.get(f"/stock/expiring?horizon={days}").text) for days in (10, 90))
    assert 0 < short < long
    lost = [line for line in rows(client, "horizon=10")[:-1] if int(line["Dự kiến mất (liều)"])]
    assert lost
    assert all(0 <= int(line["Số ngày còn lại"]) <= 10 for line in lost)
    assert losing(client.get("/stock/expiring?horizon=999999").text) == losing(
        client.get("/stock/expiring?horizon=365").text
    )
    assert client.get("/stock/expiring?horizon=-3").status_code == 200


@pytest.mark.parametrize(
    ("query", "column", "wanted"),
    [
        ("use=usable", "Không dùng được", ""),
        ("use=expired", "Không dùng được", "hết hạn"),
        ("use=expiry_unknown", "Không dùng được", "chưa rõ hạn"),
        ("state=thawed", "Trạng thái", "Đã rã đông"),
    ],
)
def test_the_board_is_narrowed_by_the_address(desk: Desk, query: str, column: str, wanted: str) -> None:
    client = desk.sign_in("tinh")
    found = rows(client, query)[:-1]
    assert found
    assert {line[column] for line in found} == {wanted}
    assert len(found) < len(rows(client, "")) - 1
    assert f"{len(found)} lô tại các đơn vị" in client.get(f"/stock/expiring?{query}").text


def test_usable_stock_stands_apart_from_stock_on_hand(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    text = client.get("/stock/expiring").text
    on_hand, usable = (number(n) for n in re.findall(r'<dd class="big">([\d.]+)</dd>', text)[:2])
    assert 0 < usable < on_hand
    lines = rows(client, "")[:-1]
    assert usable == sum(int(line["Dùng được"]) for line in lines)
    assert on_hand == sum(max(0, int(line["Số liều"])) for line in lines)


def test_each_item_is_warned_of_in_its_own_time(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    usual = rows(client, "warned=1")[:-1]
    assert max(int(line["Số ngày còn lại"]) for line in usual) <= 30
    with desk.app.app_context():
        author = _author(desk, "tinh")
        heads = author.heads("item", desk.world.item)
        body = {"warn_days": 60}
        author.write("item", place=desk.world.province, subject=desk.world.item, body=body, based_on=heads)
        author.flush()
        db.session.commit()
    assert len(rows(client, "warned=1")) > len(usual) + 1


@pytest.mark.proves("R008", "L24")
def test_the_map_shows_the_sites_of_the_reader_and_what_they_lose(desk: Desk) -> None:
    whole = desk.sign_in("tinh").get("/stock/expiring/map.json").json
    part = desk.sign_in("huyen.105").get("/stock/expiring/map.json").json
    assert whole is not None
    assert part is not None
    assert {place["id"] for place in part["places"]} <= {place["id"] for place in whole["places"]}
    assert all(place["shade"] in ("late", "warn", "some", "calm") for place in whole["places"])


def test_other_endings_are_no_file(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    assert client.get("/stock/expiring.pdf").status_code == 404
    assert client.get("/stock/expiring.xlsx").data.startswith(b"PK")


def _author(desk: Desk, username: str) -> ServerAuthor:
    user = db.session.get_one(User, desk.world.users[username])
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def test_a_phone_that_syncs_changes_the_board_at_once(desk: Desk) -> None:
    client, world = desk.sign_in("tinh"), desk.world
    before = rows(client, "")[-1]
    site = world.stations[world.communes[0]]
    with desk.app.app_context():
        author = _author(desk, f"tram.{site[:6]}")
        body = {"state": "frozen", "vials": 100, "reason": "received"}
        author.write("stock_movement", subject=world.lots[2], place=site, body=body)
        author.flush()
        db.session.commit()
    after = rows(client, "")[-1]
    assert int(after["Số liều"]) == int(before["Số liều"]) + 600


@pytest.mark.proves("R063")
def test_trying_moves_is_for_who_sees_the_province_and_stores_nothing(desk: Desk) -> None:
    from sqlalchemy import func, select

    from server.redistribution.models import RedistributionRun

    client = desk.sign_in("tinh")
    text = client.get("/stock/what-if?horizon=60&truck=40").text
    assert "Không chuyển" in text
    assert text.count("<li>") <= 1
    whole = client.get("/stock/expiring?try=1&horizon=60&truck=40").text
    assert "Theo đề xuất" in whole
    assert desk.sign_in("huyen.105").get("/stock/what-if").status_code == 404
    assert "what-if" not in desk.sign_in("huyen.105").get("/stock/expiring").text
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RedistributionRun)) == 0
