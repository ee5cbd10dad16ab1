"""Vaccine need and allocations on pages: figures, suggestions, planning by one click, plan against what came."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.models import PlaceVersion
from server.settings import current_settings
from server.stock.models import Allocation, StockMovement
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from tests.server.conftest import Desk, post
from tests.server.world import TODAY

STORE = named_id("store", "province")


def author(desk: Desk, username: str) -> ServerAuthor:
    user = db.session.get(User, desk.world.users[username])
    assert user
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def store_of(district: str) -> str:
    return named_id("store", district)


@pytest.fixture
def stores(desk: Desk) -> Desk:
    """The same province with a store, filled, and a store in every district, empty."""
    with desk.app.app_context():
        admin, world = author(desk, "quantri"), desk.world
        places = [(STORE, "Kho CDC tỉnh", world.province)]
        places += [(store_of(d), f"Kho TTYT {number}", d) for number, d in enumerate(world.districts)]
        for place, name, parent in places:
            version = {"valid_from": "2020-01-01", "name": name, "unit_type": "Kho", "parent": parent}
            body = {"level": "store", "versions": [version]}
            admin.write("place", subject=place, place=world.province, body=body)
        admin.flush()
        manager = author(desk, "tinh")
        move(manager, STORE, world.lots[2], 50, "opening")
        for station in world.stations.values():  # the communes have nothing left
            held = select(
                StockMovement.lot_id, StockMovement.state, StockMovement.thawed_on, StockMovement.vials
            )
            for row in db.session.execute(held.where(StockMovement.site_id == station)).all():
                thawed = row.thawed_on.isoformat() if row.thawed_on else None
                move(manager, station, row.lot_id, -row.vials, "lost", state=row.state, thawed_on=thawed)
        manager.flush()
        db.session.commit()
    return desk


def move(writer: ServerAuthor, site: str, lot: str, vials: int, reason: str, **more: Any) -> None:
    body = {"state": "frozen", "vials": vials, "reason": reason, **more}
    writer.write("stock_movement", subject=lot, place=site, body=body)


def numbers(text: str, label: str) -> list[int]:
    """The figures of a column, as the cells with its label have them."""
    cells = re.findall(rf'data-label="{label}" class="number">(.*?)</td>', text, re.DOTALL)
    found = [re.search(r">?([\d.]+)<|^([\d.]+)", cell.strip()) for cell in cells]
    return [int((m[1] or m[2]).replace(".", "")) for m in found if m]


def lines(text: str) -> list[str]:
    return re.findall(r'name="line" value="([^"]+)"', text)


def planned(desk: Desk) -> list[Any]:
    with desk.app.app_context():
        return list(db.session.execute(select(Allocation.__table__).order_by(Allocation.id)).all())


def plan(client: FlaskClient, chosen: list[str], **fields: str) -> Any:
    form = {"document": "PX 15/KDT", "by_on": "2022-04-14", **fields}
    return client.post("/stock/need/plan", data={"csrf_token": csrf(client), "line": chosen, **form})


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/password").text)
    assert found
    return found[1]


@pytest.mark.proves("R029", "R063")
def test_need_is_what_the_plan_still_asks_for_less_what_is_there(stores: Desk) -> None:
    client = stores.sign_in("tinh")
    text = client.get("/stock/need").text
    people, on_hand, short = (numbers(text, name) for name in ("Còn phải tiêm", "Có tại chỗ", "Còn thiếu"))
    assert sum(people) > 0
    assert set(on_hand) == {0}
    assert people == short
    with stores.app.app_context():
        from server.indicators.models import CoverageCell

        cells = db.session.execute(
            select(func.sum(CoverageCell.due) - func.sum(CoverageCell.covered))
        ).scalar()
    assert sum(people) == 3 * int(cells or 0), "by dose, by place and in the total row"
    assert len(lines(text)) == len(set(lines(text))) > 0
    assert numbers(text, "Tại kho chung") == [300]


@pytest.mark.proves("R029", "R063", "R048")
def test_suggestions_become_allocations_by_one_click_and_are_not_suggested_again(stores: Desk) -> None:
    client = stores.sign_in("tinh")
    chosen = lines(client.get("/stock/need").text)
    answer = plan(client, chosen[1:])
    assert answer.status_code == 302, answer.text
    rows = planned(stores)
    assert {(row.source_id, row.item_id, row.document) for row in rows} == {
        (STORE, stores.world.item, "PX 15/KDT")
    }
    assert {row.site_id for row in rows} <= {store_of(d) for d in stores.world.districts}
    assert sorted(row.vials for row in rows) == sorted(int(key.rsplit(".", 1)[1]) for key in chosen[1:])
    assert all("chưa có vắc xin" in row.reason for row in rows)
    again = client.get("/stock/need").text
    assert lines(again) == chosen[:1], "what was allocated is on its way; the other line stays as it was"
    assert sum(numbers(again, "Đã phân bổ, chưa nhận")) > 0


def test_a_suggestion_that_is_another_by_now_is_not_written(stores: Desk) -> None:
    client = stores.sign_in("tinh")
    first = lines(client.get("/stock/need").text)[0]
    place, vials = first.rsplit(".", 1)
    answer = plan(client, [f"{place}.{int(vials) + 1}"])
    assert answer.status_code == 422
    assert "gợi ý đã khác" in answer.text
    assert plan(client, []).status_code == 422
    assert "Giao trước hết ngày" in plan(client, [first], by_on="").text
    assert planned(stores) == []


@pytest.mark.proves("R048")
def test_planned_beside_issued_and_received(stores: Desk) -> None:
    client, world = stores.sign_in("tinh"), stores.world
    one, other = (store_of(d) for d in world.districts[:2])
    for site, vials in ((one, "10"), (one, "4"), (other, "6")):
        fields = {
            "site": site, "item": world.item, "source": STORE, "vials": vials, "by_on": "2022-04-14",
            "document": "PX 15/KDT",
        }  # fmt: skip
        assert post(client, "/stock/allocations/new", page="/password", **fields).status_code == 302
    with stores.app.app_context():
        manager = author(stores, "tinh")
        move(manager, STORE, world.lots[2], -12, "issued", counterpart=one, document="px15/kdt")
        move(manager, one, world.lots[2], 11, "received", counterpart=STORE, document="PX 15 / KDT")
        move(manager, one, world.lots[2], 30, "received", counterpart=STORE, document="PX 99/KDT")
        manager.flush()
        db.session.commit()
    text = client.get("/stock/allocations?sort=planned&order=desc").text
    table = text[text.index('id="table"') :]
    cells = [numbers(table, name) for name in ("Kế hoạch", "Thực xuất", "Thực nhận")]
    assert cells == [[10, 6, 4], [10, 0, 2], [10, 0, 1]]
    assert re.findall(r"([−+]?\d+)</td>", "".join(re.findall(r'"Chênh lệch" class="number">.*?</td>', table))) == [
        "0", "−6", "−3",
    ]  # fmt: skip
    assert "Đã nhận đủ" in table
    assert table.count("Quá hạn giao") == 2
    summary = text[: text.index('id="table"')]
    assert numbers(summary, "Kế hoạch") == [84, 36]
    assert numbers(summary, "Thực nhận") == [66, 0]
    assert client.get("/stock/allocations?state=overdue").text.count("allocations/") < text.count(
        "allocations/"
    )


def test_an_allocation_is_changed_and_withdrawn(stores: Desk) -> None:
    client, world = stores.sign_in("tinh"), stores.world
    fields = {
        "site": store_of(world.districts[0]), "item": world.item, "source": "", "vials": "10",
        "by_on": "2022-04-20", "document": "PX 1",
    }  # fmt: skip
    post(client, "/stock/allocations/new", page="/password", **fields)
    [row] = planned(stores)
    page = f"/stock/allocations/{row.id}"
    assert 'value="10"' in client.get(page).text
    changed = {"vials": "12", "by_on": "2022-04-21", "document": "PX 1", "reason": "", "withdrawn": ""}
    assert post(client, page, page="/password", **changed).status_code == 302
    [row] = planned(stores)
    assert (row.vials, row.by_on, row.withdrawn) == (12, date(2022, 4, 21), None)
    assert post(client, page, page="/password", **changed | {"vials": "0"}).status_code == 422
    post(client, page, page="/password", **changed | {"withdrawn": "Đã có nguồn khác"})
    assert planned(stores)[0].withdrawn == "Đã có nguồn khác"
    assert "Đã hủy" in client.get("/stock/allocations?state=withdrawn").text


@pytest.mark.proves("L24")
def test_a_district_sees_its_communes_and_plans_inside_itself(stores: Desk) -> None:
    world = stores.world
    with stores.app.app_context():
        code = db.session.scalar(select(PlaceVersion.code).where(PlaceVersion.place_id == world.districts[0]))
        manager = author(stores, "tinh")
        move(manager, store_of(world.districts[0]), world.lots[2], 5, "opening")
        manager.flush()
        db.session.commit()
    client = stores.sign_in(f"huyen.{code}")
    text = client.get("/stock/need").text
    assert "Kho CDC tỉnh" not in text
    assert numbers(text, "Tại kho chung") == [30]
    chosen = lines(text)
    assert chosen
    assert all(key.startswith(store_of(world.districts[0])) for key in chosen)
    assert plan(client, chosen).status_code == 302
    assert {row.site_id for row in planned(stores)} <= set(world.stations.values())
    assert client.get(f"/stock/need?place={world.districts[1]}").status_code == 404
    fields = {"site": STORE, "item": world.item, "vials": "1", "by_on": "2022-04-20", "document": "x"}
    answer = post(client, "/stock/allocations/new", page="/password", **fields)
    assert answer.status_code in (404, 422)
    assert STORE not in {row.site_id for row in planned(stores)}


def test_who_only_looks_writes_nothing(stores: Desk) -> None:
    client = stores.sign_in("thanhtra")
    text = client.get("/stock/need").text
    assert "Gợi ý điều phối" in text
    assert not lines(text)
    assert plan(client, ["x"]).status_code == 403
    assert client.get("/stock/allocations/new").status_code == 403
    assert client.get("/stock/allocations").status_code == 200


@pytest.mark.proves("R029")
def test_the_file_says_what_the_page_says(stores: Desk) -> None:
    client = stores.sign_in("tinh")
    answer = client.get("/stock/need.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[:3] == ["Nhu cầu vắc xin", "Theo loại vắc xin", "Gợi ý điều phối"]
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows(values_only=True) if "Còn thiếu" in row)
    column = head.index("Còn thiếu")
    short = [row[column] for row in sheet.iter_rows(values_only=True) if isinstance(row[column], int)]
    page = numbers(client.get("/stock/need").text, "Còn thiếu")
    assert sum(page) == 3 * sum(short)
    assert client.get("/stock/need.csv").data.startswith("\ufeff".encode())
    assert client.get("/stock/need.pdf").status_code == 404


@pytest.mark.parametrize(
    "query", ["dose=A18.booster_1&short=1", "part=none&dose=none", "sort=coverage&order=desc"]
)
def test_the_address_narrows_and_sorts(stores: Desk, query: str) -> None:
    client = stores.sign_in("tinh")
    assert client.get(f"/stock/need?{query}").status_code == 200


def test_a_station_sees_its_own_need(desk: Desk) -> None:
    commune = desk.world.communes[0]
    text = desk.sign_in(f"tram.{desk.world.stations[commune][:6]}").get("/stock/need").text
    assert text.count('class="place-cell"') >= 4
    assert TODAY.strftime("%d/%m/%Y") in text
