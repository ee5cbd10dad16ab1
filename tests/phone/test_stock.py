"""The store room by touch: what is usable, what is done with a lot and taken back, goods from outside, counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mobile.store import alerts, movements, risk, sessions, stock
from shared.identifiers import holding_id
from tests.mobile.phones import LOT, STATION
from tests.phone.goods import AZ_ITEM, AZ_LATER, AZ_LOT, FRIDGE, MASK_LOT
from tests.phone.sessions import give
from tests.phone.village import LONG_NAME, OLD_LOT

pytestmark = pytest.mark.phone


def at_stock(phone: Any) -> Any:
    phone.press("Tồn kho và kiểm kê")
    return phone.at("stock")


def open_lot(phone: Any, lot: str) -> Any:
    at_stock(phone)
    phone.press(f"Lô {lot}")
    return phone.at("holding")


def held(phone: Any, lot: str) -> dict[str, tuple[int, int | None]]:
    """State -> (vials, doses) of a lot."""
    rows = stock.holdings(phone.app.phone.store, STATION)
    return {h.state: (h.vials, h.doses) for h in rows if h.lot.id == lot}


def less(stepper: Any) -> Any:
    return stepper.ids.less.__self__


def more(stepper: Any) -> Any:
    return stepper.ids.more.__self__


@pytest.mark.proves("L27", "L28")
def test_usable_stands_apart_from_what_is_on_the_books(open_phone):
    phone = open_phone(stocked=True)
    store = phone.app.phone.store
    store.record(
        "stock_movement",
        subject=AZ_LOT,
        place=STATION,
        body={"state": "chilled", "vials": -2, "reason": "quarantined", "to_state": "quarantined"},
    )
    at_stock(phone)
    assert phone.says("Dùng được 13 lọ · 130 liều")
    assert phone.says("Tồn trên sổ 15 lọ")
    [item] = [i for i in risk.items(store, STATION) if i.lot.item_id == AZ_ITEM]
    assert (item.on_hand, item.usable_vials, item.usable, item.used) == (15, 13, 130, 20)
    assert sum(each.at_risk or 0 for each in item.lots) == item.at_risk
    unusable = [each for each in item.lots if each.at_risk is None]
    assert [each.holding.state for each in unusable] == ["quarantined"]


@pytest.mark.proves("R009")
def test_what_will_expire_is_worked_out_from_use_and_from_who_is_due(open_phone):
    phone = open_phone(stocked=True)
    store = phone.app.phone.store
    [item] = [i for i in risk.items(store, STATION) if i.lot.item_id == AZ_ITEM]
    lot = {each.holding.lot.lot_number: each for each in item.lots}
    assert item.due == len(
        [d for d in risk.due_days([item.lot], risk.waiting(store))[AZ_ITEM] if d <= date(2022, 7, 31)]
    )
    by_label = 20 * ((date(2022, 5, 5) - date(2022, 4, 15)).days + 1) // 28
    assert lot["ABX4512"].at_risk == 60 - min(by_label, item.due or 0)
    assert lot["ABY7781"].at_risk == 90, "who is due is served by the lot that expires first"
    assert risk.room_for(store, STATION, item.lot, date(2022, 5, 5)) == 0


def test_a_wrong_discard_is_undone_by_its_mirror(open_phone):
    phone = open_phone(stocked=True)
    open_lot(phone, "ABY7781")
    phone.press("Hủy, bỏ")
    screen = phone.at("stock_action")
    assert screen.main.disabled, "a discarding has a reason"
    for _ in range(7):
        phone.touch(less(screen.steppers["many"]))
    phone.choose("broken")
    phone.press("Ghi hủy 2 lọ")
    phone.at("holding")
    assert held(phone, AZ_LATER)["chilled"][0] == 7
    phone.press("Hoàn tác")
    phone.settle()
    assert held(phone, AZ_LATER)["chilled"][0] == 9
    first, second = (e.body for e in phone.app.phone.store.entries_of(AZ_LATER)[:2])
    assert (first["vials"], first["reason"]) == (2, "broken")
    assert second == {"state": "chilled", "vials": -2, "reason": "broken"}
    assert phone.says("đã đảo lại")


@pytest.mark.proves("R081")
def test_an_older_movement_of_my_own_is_reversed_from_the_stock_card(open_phone):
    phone = open_phone(stocked=True)
    entry = phone.app.phone.store.record(
        "stock_movement",
        subject=AZ_LATER,
        place=STATION,
        body={"state": "chilled", "vials": 5, "reason": "received", "document": "PN-9"},
        occurred_on=date(2022, 4, 10),
    )
    open_lot(phone, "ABY7781")
    phone.press("+5 lọ · Nhập")
    phone.at("reversal")
    assert phone.says("10/04/2022 · PN-9")
    phone.press("Ghi phiếu đảo")
    phone.at("holding")
    assert held(phone, AZ_LATER)["chilled"][0] == 9
    newest = phone.app.phone.store.entries_of(AZ_LATER)[0]
    assert newest.body["reverses"] == entry.id
    assert phone.says("−5 lọ · Đảo lại: Nhập")
    rows = movements.movements(phone.app.phone.store, holding_id(STATION, AZ_LATER, "chilled", None))
    assert [row.mine for row in rows if row.entry == entry.id] == [False], "it is not taken back twice"


def test_a_partial_thaw_splits_the_holding_and_its_limit_runs_from_its_day(open_phone):
    phone = open_phone(stocked=True)
    open_lot(phone, "FN1234")
    phone.press("Rã đông")
    screen = phone.at("stock_action")
    phone.touch(screen.steppers["many"].ids.number.__self__)
    phone.pad("5")
    phone.touch(screen.done)
    phone.press("Ghi rã đông 5 lọ")
    assert held(phone, LOT) == {"chilled": (19, 114), "thawed": (5, 30)}
    [thawed] = [
        h for h in stock.holdings(phone.app.phone.store, STATION) if h.state == "thawed" and h.lot.id == LOT
    ]
    assert (thawed.thawed_on, thawed.expires_on) == (date(2022, 4, 15), date(2022, 5, 16))


@pytest.mark.proves("R009")
def test_opening_a_later_lot_first_asks_why(open_phone):
    phone = open_phone(stocked=True)
    open_lot(phone, "ABY7781")
    phone.press("Mở lọ")
    screen = phone.at("stock_action")
    assert screen.main.disabled
    assert phone.says("Chọn lý do không dùng lô hạn ngắn")
    phone.choose("vial_size")
    phone.press("Ghi mở 1 lọ")
    body = phone.app.phone.store.entries_of(AZ_LATER)[0].body
    assert (body["fefo_code"], body["to_state"], body["doses"]) == ("vial_size", "opened", -10)
    assert held(phone, AZ_LATER) == {"chilled": (8, 80), "opened": (1, 10)}
    phone.screen.go_back()
    phone.settle()
    assert not phone.says("Chọn lý do không dùng lô hạn ngắn")


def test_quarantine_and_release(open_phone):
    phone = open_phone(stocked=True)
    open_lot(phone, "ABX4512")
    phone.press("Đưa vào biệt trữ")
    phone.press("Ghi biệt trữ 6 lọ")
    assert held(phone, AZ_LOT) == {"quarantined": (6, 60)}
    assert not [h for h in stock.lots_for_dose(phone.app.phone.store, STATION, "AZ") if h.lot.id == AZ_LOT]
    phone.screen.go_back()
    phone.settle()
    phone.press("Lô ABX4512")
    phone.at("holding")
    assert phone.says("Đang biệt trữ, không được dùng.")
    phone.press("Đưa ra khỏi biệt trữ")
    phone.press("Ghi đưa ra 6 lọ")
    assert held(phone, AZ_LOT) == {"chilled": (6, 60)}


@pytest.mark.proves("L13")
def test_an_action_survives_the_end_of_the_app(open_phone):
    phone = open_phone(stocked=True)
    open_lot(phone, "ABY7781")
    phone.press("Hủy, bỏ")
    phone.choose("heat")
    phone.app.phone.lock()
    phone.pad("246810")
    open_lot(phone, "ABY7781")
    phone.press("Hủy, bỏ")
    assert phone.screen.data["reason"] == "heat"
    assert not phone.screen.main.disabled


def test_goods_from_outside_by_a_scanned_code(open_phone):
    phone = open_phone(stocked=True)
    at_stock(phone)
    phone.press("Nhập hàng từ ngoài")
    screen = phone.at("stock_receive")
    phone.type(screen.code, "]d201050004560625891722073110ABY7781")
    phone.press("Tìm lô")
    phone.settle()
    assert phone.says("AstraZeneca")
    stepper = screen.steppers["vials"]
    phone.touch(stepper.ids.number.__self__)
    phone.pad("12")
    phone.touch(screen.done)
    picker = next(w for w in phone.every() if type(w).__name__ == "VvmPicker")
    phone.touch(picker.stage(2))
    document = screen.form.fields["document"]
    phone.type(document, "PX-44")
    phone.press("Ghi nhập")
    phone.at("stock")
    body = phone.app.phone.store.entries_of(AZ_LATER)[0].body
    assert body == {"state": "chilled", "vials": 12, "reason": "received", "vvm": 2, "document": "PX-44"}


def test_a_scan_with_another_expiry_is_told_and_overwrites_nothing(open_phone):
    phone = open_phone(stocked=True)
    at_stock(phone)
    phone.press("Nhập hàng từ ngoài")
    screen = phone.at("stock_receive")
    phone.type(screen.code, "(01)05000456062589(10)ABY7781(17)221231")
    phone.press("Tìm lô")
    phone.settle()
    assert phone.says("Hạn dùng vừa quét là 31/12/2022")
    lot = stock.lot(phone.app.phone.store, AZ_LATER)
    assert lot is not None
    assert lot.label_expiry == date(2022, 7, 31)


@pytest.mark.proves("R052")
def test_a_count_of_everything_with_monitor_condition_and_solution(open_phone):
    phone = open_phone(stocked=True)
    at_stock(phone)
    phone.press("Kiểm kê")
    screen = phone.at("count")
    cards = {card.lot: card for card in screen.cards.values()}
    phone.touch(more(cards["ABX4512"].stepper))
    phone.touch(cards["ABX4512"].more.picker.stage(2))
    phone.touch(more(cards["KT2021"].stepper))
    phone.choose("unused", cards["KT2021"])
    phone.choose("transfer", cards["KT2021"])
    phone.touch(screen.main)
    lines = {line["lot"]: line for line in phone.app.phone.store.entries_of(STATION)[0].body["lines"]}
    assert lines[AZ_LOT] == {"lot": AZ_LOT, "state": "chilled", "vials": 6, "vvm": 2}
    assert lines[MASK_LOT] == {
        "lot": MASK_LOT,
        "state": "chilled",
        "vials": 20,
        "condition": "unused",
        "solution": "transfer",
    }
    assert lines[LOT] == {"lot": LOT, "state": "chilled"}, "not counted is not 0"


def test_a_changed_monitor_makes_stock_unusable_at_once(open_phone):
    phone = open_phone(stocked=True)
    store = phone.app.phone.store
    lines = [{"lot": AZ_LOT, "state": "chilled", "vials": 6, "vvm": 3}]
    store.record("stock_count", place=STATION, body={"lines": lines})
    assert AZ_LOT not in {h.lot.id for h in stock.lots_for_dose(store, STATION, "AZ")}
    assert "vvm" in {alert.kind for alert in alerts.alerts(store, STATION)}


def test_alerts_lead_to_where_one_acts(open_phone):
    phone = open_phone(stocked=True)
    phone.press("Kho: 7 việc cần chú ý")
    phone.at("alerts")
    kinds = [alert.kind for alert in alerts.alerts(phone.app.phone.store, STATION)]
    assert kinds[0] == "disputed"
    assert {"commitment", "expiring", "at_risk", "below_least"} <= set(kinds)
    phone.press("Dưới mức dự phòng")
    phone.at("transfers")
    phone.screen.go_back()
    phone.settle()
    phone.press("Giao nhận chưa khớp")
    phone.at("transfer")


@pytest.mark.proves("R052", "R073")
def test_equipment_gets_its_condition_and_solution(open_phone):
    phone = open_phone(stocked=True)
    at_stock(phone)
    phone.press("Trang thiết bị")
    phone.press("Tủ lạnh bảo quản vắc xin")
    screen = phone.at("equipment_form")
    phone.choose("broken", screen.form.fields["condition"])
    phone.choose("destroy", screen.form.fields["solution"])
    phone.press("Ghi lại")
    phone.at("equipment")
    assert phone.says("Hỏng")
    edit = phone.app.phone.store.entries_of(FRIDGE)[0]
    assert edit.body == {"condition": "broken", "solution": "destroy"}


@pytest.mark.proves("R070")
def test_a_mobile_team_keeps_its_own_stock(open_phone):
    phone = open_phone("mobile_team", stocked=True)
    at_stock(phone)
    phone.press("Lô FK0112")
    phone.press("Xuất dùng nơi khác")
    phone.press("Ghi xuất 5 lọ")
    assert OLD_LOT not in {h.lot.id for h in stock.holdings(phone.app.phone.store, STATION)}


def test_every_dose_of_a_session_is_accounted_for(open_phone, clock):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == "FK0112")
    phone.touch(more(card.stepper))
    phone.press("Mở buổi tiêm")
    session = phone.at("session").session
    give(phone, "quynh nhu", LONG_NAME)
    clock.advance(minutes=31)
    phone.press("Kết thúc buổi tiêm")
    screen = phone.at("session_close")
    assert phone.says("Còn 5 liều trong lọ mở: bỏ khi kết thúc buổi.")
    phone.choose("contaminated", screen.cards[0])
    phone.press("Kết thúc buổi tiêm")
    phone.at("home")
    store = phone.app.phone.store
    moved = [
        (e.body["reason"], e.body["vials"], e.body.get("doses"))
        for e in store.entries_of(OLD_LOT)
        if e.kind != "lot"
    ]
    assert sorted(m for m in moved if m[0] != "received") == [
        ("administered", 0, -1),
        ("contaminated", -1, -5),
        ("opened", -1, -6),
    ]
    assert held(phone, OLD_LOT) == {"chilled": (4, 24)}
    assert stock.session_values(store, session)["lots"][0]["doses_discarded"] == 5


@pytest.mark.proves("R009")
def test_a_session_that_leaves_the_shortest_dated_lot_asks_why(open_phone):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    screen = phone.at("session_form")
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == "FN1234")
    phone.touch(more(card.stepper))
    assert screen.ids.main.disabled
    phone.choose("not_on_site", card)
    phone.press("Mở buổi tiêm")
    session = phone.at("session").session
    assert stock.session_values(phone.app.phone.store, session)["lots"] == [
        {"lot": LOT, "vials_taken": 1, "fefo_code": "not_on_site"}
    ]


def test_a_vial_opened_during_a_session_is_not_opened_twice(open_phone):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == "FK0112")
    phone.touch(more(card.stepper))
    phone.press("Mở buổi tiêm")
    session = phone.at("session").session
    phone.screen.go_back()
    phone.settle()
    open_lot(phone, "FK0112")
    phone.press("Mở lọ")
    phone.press("Ghi mở 1 lọ")
    store = phone.app.phone.store
    assert sessions.opened_in(store, session) == {OLD_LOT: 1}
    phone.app.stage.start("home")
    phone.press("Tiếp tục buổi tiêm hôm nay")
    phone.press("Kết thúc buổi tiêm")
    card = phone.at("session_close").cards[0]
    assert card.ids.vials_opened.value == 1
    phone.press("Kết thúc buổi tiêm")
    assert held(phone, OLD_LOT) == {"chilled": (4, 24)}
