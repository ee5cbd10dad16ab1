"""Several people on one phone: each with a PIN and a store, and nobody's work lost when one leaves."""

from dataclasses import replace
from threading import Event

import pytest

from mobile.store import observations, registers, sessions
from mobile.store.store import Store
from mobile.store.vault import FIRST_DELAY_S, vault_of
from mobile.syncing.result import Progress
from shared.identifiers import named_id
from tests.mobile.phones import DEVICE, USER, VILLAGE, answer, household_body, identity
from tests.phone.village import MOTHER
from tests.phone.walks.observation import give, open_session

pytestmark = pytest.mark.phone

PIN, SECOND_PIN, THIRD_PIN = "246810", "135790", "864208"


def add_second(phone):
    """From an open first account: lock, add one more, and enrol it as a server would."""
    phone.app.stage.go("settings")
    phone.settle()
    phone.press("Tài khoản khác")
    phone.at("accounts")
    phone.press("Thêm tài khoản")
    phone.at("choose_pin")
    assert phone.says("Tài khoản mới trên máy này")
    phone.pad(SECOND_PIN * 2)
    phone.at("enrol")
    ids = {"user_id": named_id("test", "second user"), "device": named_id("test", "second device")}
    phone.app.phone.store.set_identity(identity(username="hai", full_name="Lò Thị Hai", **ids))
    phone.app.phone.store.apply_page({"streams": [], "cursor": "c", "more": False})
    phone.app.phone.enter()
    phone.at("home")


def record(phone):
    """A household, unsent."""
    phone.app.phone.store.record("household", place=VILLAGE, body=household_body())


def written_by(phone):
    """(author, device) of every own record, by its id."""
    store = phone.app.phone.store
    entries = [entry for item in store.outbox() for entry in store.entries_of(item.subject)]
    return {entry.id: (entry.author, entry.device) for entry in entries}


def receive(phone):
    """The server's receipt for everything."""
    store = phone.app.phone.store
    unsent = [{"id": item.id, "outcome": "accepted"} for item in store.outbox(100) if item.state == "unsent"]
    store.apply_answer(answer(store, unsent))


def lock(phone):
    phone.app.phone.lock()
    phone.settle()


@pytest.fixture
def quiet(open_phone):
    """Opens a phone that does not look for its server."""

    def opened(**more):
        phone = open_phone(**more)
        phone.wait_for(lambda: not phone.app.phone.syncing)
        phone.app.phone.sync = phone.app.phone.sync_soon = lambda: None
        return phone

    return opened


@pytest.mark.proves("L16", "R030")
def test_two_people_work_on_one_phone_and_none_loses_unsent_work(quiet):
    phone = quiet()
    record(phone)
    add_second(phone)
    record(phone)
    record(phone)
    assert phone.app.phone.me.full_name == "Lò Thị Hai"
    lock(phone)
    phone.at("accounts")
    phone.press("Trạm y tế")
    phone.at("unlock")
    assert phone.says("Trạm y tế")
    phone.pad(PIN)
    phone.at("home")
    assert phone.app.phone.outbox().unsent == 1
    assert phone.app.phone.me.username == "tram"
    lock(phone)
    phone.press("Lò Thị Hai")
    phone.pad(SECOND_PIN)
    phone.at("home")
    assert phone.app.phone.outbox().unsent == 2
    others = written_by(phone)
    lock(phone)
    phone.press("Trạm y tế")
    phone.pad(PIN)
    mine = written_by(phone)
    assert not others.keys() & mine.keys()
    assert set(others.values()) == {(named_id("test", "second user"), named_id("test", "second device"))}
    assert set(mine.values()) == {(USER, DEVICE)}


@pytest.mark.proves("L16")
def test_each_account_asks_for_its_own_pin_and_counts_its_own_wrong_ones(quiet):
    phone = quiet()
    add_second(phone)
    lock(phone)
    phone.press("Lò Thị Hai")
    phone.pad(PIN)
    phone.at("unlock")
    assert phone.says("Mã PIN không đúng"), "another's PIN opens nothing"
    for _ in range(3):
        phone.pad(PIN)
    phone.wait_for(lambda: phone.says("Thử lại sau"))
    home = phone.app.phone.accounts.at("2").home
    assert FIRST_DELAY_S - 5 <= vault_of(home).wait_s() <= FIRST_DELAY_S
    phone.press("Tài khoản")
    phone.at("accounts")
    phone.press("Trạm y tế")
    assert not phone.says("Thử lại sau"), "wrong PINs are counted for each account apart"
    phone.pad(PIN)
    phone.at("home")


def test_an_account_begun_by_mistake_is_dropped_without_harm_to_the_others(quiet):
    phone = quiet()
    record(phone)
    lock(phone)
    phone.at("unlock")
    phone.press("Tài khoản")
    phone.press("Thêm tài khoản")
    phone.pad(SECOND_PIN * 2)
    phone.at("enrol")
    phone.touch(phone.id("undo"))
    phone.at("removal")
    phone.press("Tiếp tục xóa")
    phone.press("Xóa hẳn khỏi máy")
    phone.at("unlock")
    assert phone.says("Đã xóa khỏi máy")
    phone.pad(PIN)
    assert phone.app.phone.outbox().unsent == 1


def test_adding_can_be_given_up_before_a_pin(quiet):
    phone = quiet()
    lock(phone)
    phone.press("Tài khoản")
    phone.press("Thêm tài khoản")
    phone.press("Các tài khoản")
    phone.at("unlock")
    assert [account.key for account in phone.app.phone.accounts.all()] == ["1"]
    phone.pad(PIN)
    phone.at("home")


@pytest.mark.proves("L5", "L16")
def test_an_account_leaves_only_when_everything_was_received_and_finished(quiet):
    phone = quiet()
    store = phone.app.phone.store
    record(phone)
    store.save_draft("household:" + VILLAGE, "household", {"head_name": "Lò"})
    phone.app.stage.go("settings")
    phone.settle()
    phone.press("Xóa tài khoản khỏi máy")
    phone.at("removal")
    assert phone.says("Còn 1 trên 1 bản ghi máy chủ chưa xác nhận đã nhận")
    phone.press("Gửi và nhận")
    phone.at("outbox")
    receive(phone)
    phone.screen.go_back()
    phone.settle()
    assert phone.says("Còn 1 phiếu đang ghi dở")
    assert phone.says("Hộ gia đình"), "the form is named"
    phone.press("Hộ gia đình")
    phone.at("household_form")
    store.drop_draft("household:" + VILLAGE)
    phone.screen.go_back()
    phone.settle()
    assert phone.says("biên nhận khớp")
    phone.press("Tiếp tục xóa")
    phone.at("removal_sure")
    phone.press("Giữ lại")
    phone.at("removal")
    assert Store.exists(phone.app.phone.home)
    phone.press("Tiếp tục xóa")
    phone.press("Xóa hẳn khỏi máy")
    phone.at("choose_pin")
    assert not Store.exists(phone.app.phone.home)
    assert not (phone.app.phone.root / "store.db").exists()


@pytest.mark.proves("L5", "L16")
def test_what_is_recorded_after_the_question_stops_the_removal(quiet):
    phone = quiet()
    phone.app.stage.go("removal")
    phone.settle()
    phone.press("Tiếp tục xóa")
    record(phone)
    phone.press("Xóa hẳn khỏi máy")
    phone.at("removal")
    assert phone.says("chưa xác nhận đã nhận")
    assert phone.app.phone.outbox().unsent == 1


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_the_pin_is_changed_on_a_screen(quiet, large):
    phone = quiet()
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    phone.settle()
    phone.press("Đổi mã PIN")
    phone.at("change_pin")
    phone.pad("111112" + SECOND_PIN * 2)
    assert phone.says("Mã PIN không đúng")
    assert phone.says("Nhập mã PIN đang dùng")
    phone.pad(PIN + "222222")
    assert phone.says("dễ đoán")
    phone.pad(SECOND_PIN + THIRD_PIN)
    assert phone.says("Hai lần nhập khác nhau")
    phone.pad(SECOND_PIN * 2)
    phone.at("settings")
    assert phone.says("Đã đổi mã PIN")
    phone.app.phone.settings.large = False
    phone.app.rebuild()
    lock(phone)
    phone.pad(PIN)
    assert phone.says("Mã PIN không đúng")
    phone.pad(SECOND_PIN)
    phone.at("home")


class Kept:
    """A notifier that remembers what was left with it."""

    def __init__(self):
        self.keys = set()

    def tell_at(self, moment, key, title, text):
        self.keys.add(key)

    def cancel(self, key):
        self.keys.remove(key)


@pytest.mark.proves("R039")
def test_another_account_and_practice_leave_the_timers_of_the_first_alone(quiet):
    phone = quiet()
    kept = Kept()
    phone.app.phone.device = replace(phone.app.phone.device, notifier=kept)
    store = phone.app.phone.store
    give(store, open_session(store), MOTHER)
    phone.settle(5.2)
    (left,) = kept.keys
    add_second(phone)
    phone.settle(5.2)
    assert kept.keys == {left}
    lock(phone)
    phone.press("Tập thử")
    practised = phone.app.phone.store
    me, person = phone.app.phone.me, registers.people(practised, limit=1)[0].id
    [session] = sessions.sessions(practised, me.site)
    given = {
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "lot_number": "TAP000",
    }
    practised.record("dose", subject=person, place=me.site, body=given | {"session": session.id})
    assert len(observations.under_observation(practised, me.site)) == 1
    phone.settle(5.2)
    assert kept.keys == {left}, "nobody is called about people who do not exist"


def test_a_sync_that_hangs_does_not_hold_the_lock_and_says_nothing_to_the_next(quiet):
    phone = quiet()
    worker = phone.app.phone._worker
    going, go = Event(), Event()
    ended = worker._client.failed()

    def run(progress, stop):
        going.set()
        assert go.wait(20)
        progress(Progress("receiving", 7, 9))
        return ended

    worker._client.run = run
    worker.request()
    assert going.wait(5)
    lock(phone)
    phone.at("unlock")
    phone.pad(PIN)
    phone.at("home")
    go.set()
    worker._thread.join(10)
    phone.settle(0.2)
    assert phone.app.phone.progress is None
    assert phone.app.phone.result is None
