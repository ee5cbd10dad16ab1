"""Practice: from the lock without anybody's PIN, marked on every screen, left by one tap, apart from real data."""

import pytest

from mobile.phone import Phone
from mobile.store import registers
from tests.phone.village import HOME, MOTHER

pytestmark = pytest.mark.phone


def stop_practising(phone):
    """Touch the words in the bar."""
    bar = next(w for w in phone.every() if type(w).__name__ == "ScreenBar")
    bar.when_mark()
    phone.settle()


@pytest.mark.proves("R083")
def test_practice_opens_without_a_pin_and_holds_nothing_real(open_phone):
    phone = open_phone(unlock=False)
    phone.press("Tập thử")
    phone.at("home")
    assert phone.app.phone.practice
    assert phone.says("Đang tập")
    store = phone.app.phone.store
    assert store.home == phone.app.phone.root / "practice"
    assert registers.person(store, MOTHER) is None
    assert registers.household(store, HOME) is None
    for opened in ("settings", "outbox", "messages"):
        phone.app.stage.go(opened)
        phone.settle(0.1)
        assert phone.says("Đang tập")
    stop_practising(phone)
    phone.at("unlock")
    assert phone.app.phone.locked
    assert not (phone.app.phone.root / "practice").exists()


@pytest.mark.proves("R083")
def test_what_is_practised_is_never_sent_and_gone_the_next_time(open_phone):
    phone = open_phone(unlock=False)
    phone.press("Tập thử")
    store = phone.app.phone.store
    person = registers.people(store, limit=1)[0]
    store.edit("person", person.id, {"phone": "+84912345678"})
    phone.app.phone.sync()
    phone.settle()
    assert phone.says("không bao giờ được gửi đi")
    assert not phone.app.phone.syncing
    assert store.outbox_summary().unsent == 1
    stop_practising(phone)
    phone.press("Tập thử")
    assert phone.app.phone.outbox().total == 0
    stop_practising(phone)
    phone.pad("246810")
    phone.at("home")
    assert not phone.app.phone.practice
    assert phone.app.phone.outbox().total == 0


def test_from_the_settings_practice_locks_the_account_and_keeps_its_role(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("settings")
    phone.settle()
    phone.press("Tập thử")
    phone.at("home")
    assert phone.app.phone.me.role == "village_health_worker"
    phone.app.stage.go("settings")
    phone.settle()
    phone.press("Thôi tập")
    phone.at("unlock")


def test_a_new_phone_can_be_practised_on_before_anything_else(open_phone):
    phone = open_phone(role=None)
    phone.press("Tập thử")
    phone.at("home")
    assert phone.app.phone.me.role == "station"
    stop_practising(phone)
    phone.at("choose_pin")


def test_practice_left_behind_by_a_phone_that_died_is_gone_at_the_next_start(open_phone):
    phone = open_phone(unlock=False)
    root = phone.app.phone.root
    (root / "practice").mkdir()
    (root / "practice" / "store.db").write_bytes(b"left behind")
    Phone(root, phone.app.phone.settings, handover=lambda work: work())
    assert not (root / "practice").exists()


def test_idle_practice_ends_as_any_work_does(open_phone):
    phone = open_phone(unlock=False)
    phone.press("Tập thử")
    told = phone.app.idle.elapsed
    phone.app.idle.elapsed = lambda: told() + 6 * 60
    phone.settle(6)
    phone.at("unlock")
    assert not (phone.app.phone.root / "practice").exists()
