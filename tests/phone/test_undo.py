"""What was done last can be undone for a minute, from whatever screen the worker is on by then."""

import pytest

from mobile.store import stock
from mobile.words import words
from tests.mobile.phones import STATION, VILLAGE
from tests.phone.goods import AZ_LATER
from tests.phone.harness import _Time

pytestmark = pytest.mark.phone


def throw_away_two(phone):
    """Two vials of a lot are discarded; its screen says so."""
    holding = next(h for h in stock.holdings(phone.app.phone.store, STATION) if h.lot.id == AZ_LATER)
    phone.app.stage.go("holding", site=STATION, holding=holding.id)
    phone.app.stage.go("stock_action", site=STATION, holding=holding.id, action="discard")
    phone.settle(0.1)
    phone.choose("broken")
    phone.screen.steppers["many"].put(2)
    phone.touch(phone.screen.main)
    phone.at("holding")
    assert phone.says("Hoàn tác")


def vials(phone):
    held = stock.holdings(phone.app.phone.store, STATION)
    return next(h.vials for h in held if h.lot.id == AZ_LATER)


def offered(phone):
    """Whether the bar of the present screen carries the mark."""
    marks = [w for w in phone.every() if type(w).__name__ == "UndoMark"]
    assert len(marks) <= 1
    return bool(marks) and marks[0].width > 0 and not marks[0].disabled


def mark(phone):
    return next(w for w in phone.every() if type(w).__name__ == "UndoMark")


def pass_by(phone, seconds):
    _Time.ahead += seconds
    phone.settle(1.2)


@pytest.mark.parametrize("large", [False, True])
def test_the_mark_goes_with_the_worker_and_undoes_from_another_screen(open_phone, large):
    phone = open_phone(stocked=True)
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    assert not offered(phone)
    before = vials(phone)
    throw_away_two(phone)
    assert vials(phone) == before - 2
    pass_by(phone, 8)
    assert not phone.says("Hoàn tác"), "the words go after a while"
    assert offered(phone)
    phone.app.stage.start("home")
    phone.settle()
    phone.app.stage.go("village", village=VILLAGE)
    phone.settle()
    assert offered(phone)
    pass_by(phone, 40)
    assert 0 < mark(phone).share < 0.25
    phone.touch(mark(phone))
    phone.at("village")
    assert vials(phone) == before
    assert phone.says(words.t("reversal.saved"))
    assert not offered(phone)


def test_the_words_undo_once_and_take_the_mark_with_them(open_phone):
    phone = open_phone(stocked=True)
    before = vials(phone)
    throw_away_two(phone)
    phone.press("Hoàn tác")
    assert vials(phone) == before
    assert not offered(phone)
    phone.app.stage.undo()
    assert vials(phone) == before
    turned = [e for e in phone.app.phone.store.entries_of(AZ_LATER) if e.body.get("vials") == -2]
    assert len(turned) == 1, "once"


def test_after_a_minute_nothing_is_offered_and_the_record_stands(open_phone):
    phone = open_phone(stocked=True)
    before = vials(phone)
    throw_away_two(phone)
    pass_by(phone, 55)
    assert offered(phone)
    pass_by(phone, 5)
    assert not offered(phone)
    assert vials(phone) == before - 2


def test_a_fault_does_not_take_the_offer_away_and_a_new_offer_replaces_it(open_phone):
    phone = open_phone(stocked=True)
    done = []
    phone.app.stage.say("một", action="Sửa lại", when_action=lambda: done.append(1))
    phone.app.stage.say("chưa được", tone="late")
    assert offered(phone)
    phone.app.stage.say("hai", action="Sửa lại", when_action=lambda: done.append(2))
    phone.settle(0.1)
    phone.touch(mark(phone))
    assert done == [2]
    assert not offered(phone)


def test_locking_drops_the_offer(open_phone):
    phone = open_phone(stocked=True)
    before = vials(phone)
    throw_away_two(phone)
    phone.app.phone.lock()
    phone.settle()
    phone.pad("246810")
    phone.at("home")
    assert not offered(phone)
    assert vials(phone) == before - 2
