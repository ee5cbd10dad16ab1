"""Goods between places by touch: sent by an order or without one, received in part, spoilt or short, put right."""

from __future__ import annotations

from typing import Any

import pytest

from mobile.store import stock, transfers
from shared.identifiers import new_id
from tests.mobile.phones import LOT, STATION
from tests.phone.goods import AZ_LATER, INCOMING, OTHER_NAME, OUTGOING, QUARREL, STORE, STORE_NAME
from tests.phone.village import OLD_LOT

pytestmark = pytest.mark.phone


def at_transfers(phone: Any) -> Any:
    phone.press("Tồn kho và kiểm kê")
    phone.press("Chuyển hàng giữa các nơi")
    return phone.at("transfers")


def lots_here(phone: Any) -> dict[tuple[str, str], int]:
    rows = stock.holdings(phone.app.phone.store, STATION)
    return {(h.lot.id, h.state): h.vials for h in rows}


def entry_of(phone: Any, transfer: str, kind: str) -> Any:
    return next(e for e in phone.app.phone.store.entries_of(transfer) if e.kind == kind)


def card_of(screen: Any, lot: str) -> Any:
    return next(card for card in screen.cards.values() if card.lot == lot)


@pytest.mark.proves("R036", "R063")
def test_an_ordered_dispatch_is_filled_in_and_leaves_with_its_cold_box(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.press(f"Đến {OTHER_NAME}")
    phone.at("transfer")
    assert phone.says("Theo lệnh: 6 lọ")
    phone.press("Ghi phiếu xuất")
    screen = phone.at("dispatch")
    assert phone.says("Kho này chưa kiểm kê lần nào: hãy đếm trước khi gửi.")
    assert card_of(screen, "FN1234").stepper.value == 6
    assert screen.form.fields["cold_box"].doubt, "vaccine leaves in a box that is named"
    phone.touch(card_of(screen, "FN1234").stepper.ids.less.__self__)
    phone.type(screen.form.fields["cold_box"], "Hom 7")
    celsius = next(w for w in phone.every() if type(w).__name__ == "CelsiusField")
    phone.touch(celsius.stepper.ids.more.__self__)
    phone.touch(celsius.stepper.ids.less.__self__)
    phone.press("Ghi phiếu xuất (5 đơn vị)")
    phone.at("transfer")
    body = entry_of(phone, OUTGOING, "dispatch").body
    assert body["lines"] == [{"lot": LOT, "state": "chilled", "vials": 5}]
    assert (body["cold_box"], body["celsius"]) == ("Hom 7", 4)
    assert lots_here(phone)[LOT, "chilled"] == 19
    row = transfers.transfer(phone.app.phone.store, OUTGOING)
    assert row is not None
    assert (row.stage, row.vials) == ("dispatched", 5)


def test_a_dispatch_of_my_own_is_put_right_by_another(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.press(f"Đến {OTHER_NAME}")
    phone.press("Ghi phiếu xuất")
    phone.press("Ghi phiếu xuất (6 đơn vị)")
    first = entry_of(phone, OUTGOING, "dispatch")
    phone.press("Phiếu xuất")
    screen = phone.at("dispatch")
    assert card_of(screen, "FN1234").stepper.value == 6
    phone.touch(card_of(screen, "FN1234").stepper.ids.less.__self__)
    phone.press("Ghi phiếu xuất (5 đơn vị)")
    papers = transfers.documents(phone.app.phone.store, OUTGOING)
    assert [(paper.stands, paper.detail["lines"][0]["vials"]) for paper in papers] == [(False, 6), (True, 5)]
    assert entry_of(phone, OUTGOING, "dispatch").corrects == first.id
    assert lots_here(phone)[LOT, "chilled"] == 19


@pytest.mark.proves("R009")
def test_goods_sent_without_an_order_go_shortest_dated_first_or_say_why(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.press("Gửi hàng đi nơi khác")
    phone.at("pick")
    phone.press(STORE_NAME, "RecycledRow")
    screen = phone.at("dispatch")
    phone.touch(card_of(screen, "FN1234").stepper.ids.more.__self__)
    assert screen.main.disabled, "FK0112 expires sooner and stays"
    phone.choose("on_hold", card_of(screen, "FN1234"))
    phone.press("Ghi phiếu xuất (1 đơn vị)")
    [row] = [r for r in transfers.transfers(phone.app.phone.store, STATION) if r.destination == STORE]
    line = entry_of(phone, row.id, "dispatch").body["lines"][0]
    assert line == {"lot": LOT, "state": "chilled", "vials": 1, "fefo_code": "on_hold"}


def test_the_shortest_dated_lot_needs_no_reason(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.press("Gửi hàng đi nơi khác")
    phone.press(STORE_NAME, "RecycledRow")
    screen = phone.at("dispatch")
    stepper = card_of(screen, "FK0112").stepper
    phone.touch(stepper.ids.number.__self__)
    phone.pad("9")
    phone.touch(screen.done)
    assert phone.says("nhưng"), "more than the book holds is told, and recorded all the same"
    phone.press("Ghi phiếu xuất (9 đơn vị)")
    assert lots_here(phone)[OLD_LOT, "chilled"] == -4


@pytest.mark.proves("R036", "R081")
def test_goods_come_short_and_spoilt_and_become_a_dispute(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.touch(incoming_row(phone))
    phone.press("Ghi phiếu nhập")
    screen = phone.at("receipt")
    assert screen.main.disabled
    az = card_of(screen, "ABY7781")
    phone.touch(az.stepper("accepted").ids.more.__self__)
    assert az.stepper("accepted").value == 4, "the first press takes the number on paper"
    phone.touch(az.stepper("accepted").ids.less.__self__)
    phone.touch(az.stepper("rejected").ids.more.__self__)
    phone.touch(az.picker.stage(3))
    assert phone.says("nhưng không được dùng")
    phone.type(az.why, "Vong tron sam mau")
    pfizer = card_of(screen, "FN1234")
    phone.touch(pfizer.stepper("accepted").ids.number.__self__)
    phone.pad("8")
    phone.touch(screen.done)
    assert phone.says("Thiếu 2 lọ so với phiếu.")
    phone.choose("no")
    phone.press("Ghi phiếu nhập")
    phone.at("transfer")
    assert phone.says("có chênh lệch")
    lines = {line["lot"]: line for line in entry_of(phone, INCOMING, "receipt").body["lines"]}
    assert lines[LOT] == {"lot": LOT, "state": "chilled", "accepted": 8}
    assert (lines[AZ_LATER]["accepted"], lines[AZ_LATER]["rejected"], lines[AZ_LATER]["vvm"]) == (3, 1, 3)
    here = lots_here(phone)
    assert (here[LOT, "chilled"], here[AZ_LATER, "chilled"], here[AZ_LATER, "quarantined"]) == (32, 12, 1)


def test_part_of_the_goods_comes_first_and_the_rest_later(open_phone):
    phone = open_phone(stocked=True)
    at_transfers(phone)
    phone.touch(incoming_row(phone))
    phone.press("Ghi phiếu nhập")
    screen = phone.at("receipt")
    phone.touch(card_of(screen, "FN1234").stepper("accepted").ids.more.__self__)
    phone.choose("yes")
    phone.press("Ghi phiếu nhập")
    phone.at("transfer")
    store = phone.app.phone.store
    row = transfers.transfer(store, INCOMING)
    assert row is not None
    assert row.stage == "partly"
    phone.press("Ghi phiếu nhập", "MainButton")
    screen = phone.at("receipt")
    assert [card.lot for card in screen.cards.values()] == ["ABY7781"], "only what is still to come"
    phone.touch(card_of(screen, "ABY7781").stepper("accepted").ids.more.__self__)
    phone.choose("no")
    phone.press("Ghi phiếu nhập", "MainButton")
    row = transfers.transfer(store, INCOMING)
    assert row is not None
    assert row.stage == "closed"


def test_goods_may_be_received_before_the_sender_is_heard_of(open_phone):
    phone = open_phone(stocked=True)
    store = phone.app.phone.store
    come, transfer = {"source": STORE, "destination": STATION}, new_id()
    order = come | {
        "purpose": "supply",
        "lines": [{"lot": LOT, "state": "chilled", "vials": 3}],
        "dispatch_by": "2022-04-20",
    }
    store.record("transfer_order", subject=transfer, place=STATION, body=order)
    body = come | {"lines": [{"lot": LOT, "state": "chilled", "accepted": 3}], "more": "no"}
    store.record("receipt", subject=transfer, place=STATION, body=body)
    row = transfers.transfer(store, transfer)
    assert row is not None
    assert row.stage == "unconfirmed"
    at_transfers(phone)
    assert phone.says("chờ phiếu xuất")


@pytest.mark.proves("L13")
def test_a_receipt_survives_the_end_of_the_app(open_phone):
    phone = open_phone(stocked=True)
    phone.app.stage.go("receipt", site=STATION, transfer=INCOMING)
    phone.settle()
    phone.touch(card_of(phone.screen, "FN1234").stepper("accepted").ids.more.__self__)
    phone.app.phone.lock()
    phone.pad("246810")
    phone.app.stage.go("receipt", site=STATION, transfer=INCOMING)
    phone.settle()
    assert phone.says("Còn bản đang viết dở từ lần trước.")
    assert card_of(phone.screen, "FN1234").stepper("accepted").value == 10


def test_a_quarrel_says_that_the_district_decides(open_phone):
    phone = open_phone(stocked=True)
    phone.app.stage.go("transfer", site=STATION, transfer=QUARREL)
    phone.settle()
    assert phone.says("Chưa rõ: 1 lọ")
    assert phone.says("Huyện sẽ xem và kết luận")
    assert not [w for w in phone.every() if type(w).__name__ == "MainButton"]


@pytest.mark.proves("R037")
def test_commitments_and_recalls_of_the_station(open_phone):
    phone = open_phone(stocked=True)
    phone.press("Tồn kho và kiểm kê")
    phone.press("Cam kết và thu hồi")
    phone.at("commitments")
    assert phone.says("Chuyển đi 3 lọ trước hết ngày 18/04/2022 (còn 3 ngày)")
    assert phone.says("không giữ được")
    assert phone.says("Đã dùng 20/60 liều")


def incoming_row(phone: Any) -> Any:
    rows = [w for w in phone.every() if type(w).__name__ == "Row" and w.title == f"Từ {STORE_NAME}"]
    return next(row for row in rows if row.chip.startswith("đang trên đường"))
