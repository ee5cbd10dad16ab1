"""Commitments on pages: how a broken one is seen, recalled, ordered to a place in need, and used there."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.models import PlaceVersion
from server.settings import current_settings
from server.stock.models import StockMovement
from server.stock.transfer_models import Recall, Transfer, TransferLine
from server.sync.projectors import PROJECTORS
from shared.identifiers import new_id
from tests.server.conftest import Desk, post
from tests.server.world import TODAY


def author(desk: Desk, username: str) -> ServerAuthor:
    user = db.session.get(User, desk.world.users[username])
    assert user
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def write(desk: Desk, *moves: tuple[str, str, dict[str, Any], date], kind: str = "stock_movement") -> None:
    """Entries (lot, site, body, day) in the name of the provincial manager."""
    with desk.app.app_context():
        manager = author(desk, "tinh")
        for subject, site, body, day in moves:
            manager.write(kind, subject=subject, place=site, body=body, occurred_on=day)
        manager.flush()
        db.session.commit()


def moved(vials: int, reason: str, **more: Any) -> dict[str, Any]:
    return {"state": "chilled", "vials": vials, "reason": reason, **more}


@pytest.fixture
def broken(desk: Desk) -> tuple[Desk, str, str, str]:
    """(desk, commitment, site that broke it, site that could use it): 20 vials came five weeks ago, 2 were used."""
    world = desk.world
    site, other = (world.stations[commune] for commune in world.communes[:2])
    lot = world.lots[2]  # expires 31/05/2022
    with desk.app.app_context():
        rows = db.session.execute(
            select(StockMovement.lot_id, StockMovement.state, StockMovement.thawed_on, StockMovement.vials)
            .where(StockMovement.site_id.in_([site, other]))
            .add_columns(StockMovement.site_id)
        ).all()
    gone = [
        (
            row.lot_id,
            row.site_id,
            {
                "state": row.state, "vials": -row.vials, "reason": "data_entry",
                "thawed_on": row.thawed_on.isoformat() if row.thawed_on else None,
            },
            TODAY - timedelta(days=14),
        )
        for row in rows
    ]  # fmt: skip
    write(desk, *gone)
    start = TODAY - timedelta(days=35)
    write(
        desk,
        (lot, site, moved(20, "received", document="PX 7"), start),
        (lot, site, moved(-2, "administered"), start + timedelta(days=10)),
        (lot, other, moved(12, "opening"), start),
        (lot, other, moved(-12, "administered"), TODAY - timedelta(days=2)),
    )
    commitment = new_id()
    body = {
        "item": world.item, "vials": 20, "by_on": start.isoformat(), "document": "PX 7", "weekly": 4,
        "use_by": (TODAY + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    write(desk, (commitment, site, body, start), kind="allocation")
    return desk, commitment, site, other


def page_of(client: FlaskClient, commitment: str) -> str:
    answer = client.get(f"/stock/commitments/{commitment}")
    assert answer.status_code == 200
    return answer.text


def rows(desk: Desk, model: Any) -> list[Any]:
    with desk.app.app_context():
        return list(db.session.execute(select(model.__table__)).all())


def act(client: FlaskClient, commitment: str, what: str, **fields: str) -> Any:
    return post(client, f"/stock/commitments/{commitment}/{what}", page="/password", **fields)


@pytest.mark.proves("R009", "R036", "R037", "R038")
def test_a_broken_commitment_is_recalled_moved_and_used_elsewhere(broken: tuple[Desk, str, str, str]) -> None:
    desk, commitment, site, other = broken
    client, world = desk.sign_in("tinh"), desk.world
    listed = client.get("/stock/commitments?state=broken").text
    assert f"/stock/commitments/{commitment}" in listed
    text = page_of(client, commitment)
    assert "Mới dùng 12 trên 120 liều" in text
    assert 'name="vials" type="number" inputmode="numeric" min="1" required value="17"' in text
    assert rows(desk, Recall) == [], "a draft of the rule is no entry"

    deadline = (TODAY + timedelta(days=5)).isoformat()
    fields = {"vials": "15", "deadline": deadline, "document": "CV 88", "reason": "Ít người đến tiêm"}
    assert act(client, commitment, "recall", do="draft", **fields).status_code == 302
    assert act(client, commitment, "recall", do="approve", **fields | {"vials": "14"}).status_code == 302
    [recall] = rows(desk, Recall)
    assert (recall.status, recall.vials, recall.site_id, recall.allocation_id) == (
        "approved", 14, site, commitment,
    )  # fmt: skip
    text = page_of(client, commitment)
    assert text.count("Dự thảo") == 1
    assert "Còn 14" in text
    assert f'value="{other}"' in text, "the site that used vaccine is offered"

    field = re.search(r'name="(vials-[^"]+)"[^>]*value="14"', text)
    assert field
    order = {"destination": other, "dispatch_by": deadline, "document": "L 3"}
    assert act(client, commitment, "order", **order | {field[1]: "15"}).status_code == 422
    assert act(client, commitment, "order", **order | {field[1]: "14"}).status_code == 302
    [transfer] = rows(desk, Transfer)
    assert (transfer.recall_id, transfer.allocation_id, transfer.decision, transfer.purpose) == (
        recall.id, commitment, "approved", "recall",
    )  # fmt: skip
    assert act(client, commitment, "order", **order | {field[1]: "1"}).status_code == 422, (
        "all of it is ordered"
    )

    lot = world.lots[2]
    ends = {"source": site, "destination": other}
    sent = {**ends, "lines": [{"lot": lot, "state": "chilled", "vials": 14}]}
    came = {**ends, "more": "no", "lines": [{"lot": lot, "state": "chilled", "accepted": 13}]}
    write(desk, (transfer.id, site, sent, TODAY - timedelta(days=1)), kind="dispatch")
    write(desk, (transfer.id, other, came, TODAY), kind="receipt")
    write(desk, (lot, other, moved(-3, "administered"), TODAY))
    [line] = rows(desk, TransferLine)
    assert (line.ordered, line.dispatched, line.accepted) == (14, 14, 13)
    text = page_of(client, commitment)
    for words in ("Đã xuất 14", "Nhận 13", "Đã tiêm, dùng 18 trên 78 liều", "Chênh lệch giao nhận"):
        assert words in text, words
    assert client.get("/stock/commitments?state=recalled").text.count(commitment) == 1


@pytest.mark.proves("L24")
def test_a_station_sees_its_own_and_decides_nothing(broken: tuple[Desk, str, str, str]) -> None:
    desk, commitment, site, other = broken
    own, neighbour = desk.sign_in(f"tram.{site[:6]}"), desk.sign_in(f"tram.{other[:6]}")
    text = page_of(own, commitment)
    assert "Hệ thống dự thảo" in text
    assert "Duyệt thu hồi" not in text
    assert act(own, commitment, "recall", do="approve", vials="1", deadline="2022-04-20").status_code == 403
    assert neighbour.get(f"/stock/commitments/{commitment}").status_code == 404
    assert commitment not in neighbour.get("/stock/commitments").text
    assert rows(desk, Recall) == []


@pytest.mark.proves("L24")
def test_a_district_orders_inside_itself_only(broken: tuple[Desk, str, str, str]) -> None:
    desk, commitment, _, _ = broken
    with desk.app.app_context():
        commune = select(PlaceVersion.parent_id).where(PlaceVersion.place_id == desk.world.communes[0])
        district = db.session.scalar(commune)
        code = db.session.scalar(select(PlaceVersion.code).where(PlaceVersion.place_id == district))
    client = desk.sign_in(f"huyen.{code}")
    far = list(desk.world.stations.values())[-1]
    approved = act(client, commitment, "recall", do="approve", vials="10", deadline="2022-04-20")
    assert approved.status_code == 302
    answer = act(client, commitment, "order", destination=far, dispatch_by="2022-04-20")
    assert answer.status_code in (404, 422)
    assert rows(desk, Transfer) == []


def test_a_recall_is_withdrawn_and_another_may_follow(broken: tuple[Desk, str, str, str]) -> None:
    desk, commitment, _, _ = broken
    client = desk.sign_in("tinh")
    fields = {"vials": "10", "deadline": "2022-04-20"}
    act(client, commitment, "recall", do="approve", **fields)
    act(client, commitment, "recall", do="withdraw", reason="Trạm đã tổ chức thêm buổi tiêm")
    assert [row.status for row in rows(desk, Recall)] == ["withdrawn"]
    text = page_of(client, commitment)
    assert "Trạm đã tổ chức thêm buổi tiêm" in text
    assert "Hệ thống dự thảo" in text
    act(client, commitment, "recall", do="draft", **fields)
    assert sorted(row.status for row in rows(desk, Recall)) == ["drafted", "withdrawn"]
    assert act(client, commitment, "recall", **fields).status_code == 422
    assert act(client, commitment, "recall", do="approve", vials="0", deadline="").status_code == 422


def test_the_form_of_an_allocation_makes_a_commitment(desk: Desk) -> None:
    client, world = desk.sign_in("tinh"), desk.world
    site = world.stations[world.communes[0]]
    fields = {
        "site": site, "item": world.item, "lot": world.lots[2], "vials": "6", "by_on": "2022-04-20",
        "document": "PX 8", "use_by": "2022-05-20", "weekly": "2",
    }  # fmt: skip
    assert post(client, "/stock/allocations/new", page="/password", **fields).status_code == 302
    text = client.get("/stock/commitments").text
    assert "Chưa nhận hàng" in text
    found = re.search(r"/stock/commitments/([0-9a-f-]{36})", text)
    assert found
    page = page_of(client, found[1])
    assert "Kế hoạch 2 lọ mỗi tuần" in page
    assert "PCA0016" in page
    edit = f"/stock/allocations/{found[1]}"
    assert 'value="2022-05-20"' in client.get(edit).text
    changed = {"vials": "6", "by_on": "2022-04-20", "document": "PX 8", "use_by": "2022-05-25", "weekly": ""}
    assert post(client, edit, page="/password", **changed).status_code == 302
    assert "25/05/2022" in page_of(client, found[1])
