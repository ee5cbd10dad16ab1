"""Counting stock by touch: not counted is not zero, and no balance moves."""

import pytest

from mobile.store import stock
from tests.mobile.phones import LOT, STATION
from tests.phone.village import CHILD_LOT, OLD_LOT

pytestmark = pytest.mark.phone


def begin(phone):
    phone.press("Tồn kho và kiểm kê")
    phone.at("stock")
    phone.press("Kiểm kê")
    return phone.at("count")


def card(screen, lot):
    return next(card for card in screen.cards.values() if card.lot == lot)


@pytest.mark.proves("L25")
def test_a_count_with_a_lot_left_uncounted(open_phone):
    phone = open_phone()
    screen = begin(phone)
    assert screen.main.disabled
    old = card(screen, "FK0112")
    phone.touch(old.stepper.ids.more.__self__)
    assert old.stepper.value == 5, "the first press takes the book's number"
    phone.touch(old.stepper.ids.less.__self__)
    assert phone.says("Sổ: 5 lọ · lệch\N{NO-BREAK SPACE}−1")
    child = card(screen, "FP8290")
    phone.touch(child.stepper.ids.number.__self__)
    phone.pad("10")
    assert phone.says("FP8290: 10")
    phone.touch(screen.done)
    assert phone.says("Ghi kiểm kê (2/3 lô đã đếm)")
    before = [(h.lot.id, h.vials) for h in stock.holdings(phone.app.phone.store, STATION)]
    phone.touch(screen.main)
    phone.at("stock")
    assert phone.says("Đã đếm 2/3 lô")
    entry = phone.app.phone.store.entries_of(STATION)[0]
    assert {line["lot"]: line.get("vials") for line in entry.body["lines"]} == {
        OLD_LOT: 4,
        CHILD_LOT: 10,
        LOT: None,
    }
    assert before == [(h.lot.id, h.vials) for h in stock.holdings(phone.app.phone.store, STATION)]


def test_zero_is_a_count(open_phone):
    phone = open_phone()
    screen = begin(phone)
    phone.touch(card(screen, "FN1234").stepper.ids.number.__self__)
    phone.pad("0")
    phone.touch(screen.done)
    phone.touch(screen.main)
    lines = phone.app.phone.store.entries_of(STATION)[0].body["lines"]
    assert [line["vials"] for line in lines if line["lot"] == LOT] == [0]


@pytest.mark.proves("L13")
def test_a_count_survives_the_end_of_the_app(open_phone):
    phone = open_phone()
    screen = begin(phone)
    phone.touch(card(screen, "FK0112").stepper.ids.more.__self__)
    phone.app.phone.lock()
    phone.pad("246810")
    phone.press("Tồn kho và kiểm kê")
    phone.press("Tiếp tục kiểm kê")
    assert card(phone.screen, "FK0112").stepper.value == 5
    assert card(phone.screen, "FN1234").stepper.value is None
