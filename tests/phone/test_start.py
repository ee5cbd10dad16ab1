"""The first day of a phone, and its lock."""

import time

import pytest

from mobile.store.store import Store
from mobile.store.vault import FIRST_DELAY_S

pytestmark = pytest.mark.phone


@pytest.fixture
def new_phone(open_phone):
    return open_phone(role=None)


def test_a_pin_is_chosen_twice_the_same(new_phone):
    new_phone.at("choose_pin")
    new_phone.pad("246810")
    assert new_phone.says("Nhập lại mã PIN")
    new_phone.pad("246811")
    assert new_phone.says("Hai lần nhập khác nhau")
    new_phone.pad("111111")
    assert new_phone.says("dễ đoán")
    assert not Store.exists(new_phone.app.phone.home)
    new_phone.pad("246810")
    new_phone.pad("246810")
    new_phone.at("enrol")
    assert Store.exists(new_phone.app.phone.home)


def test_enrolment_says_what_is_missing_and_what_failed(new_phone):
    new_phone.pad("246810" * 2)
    new_phone.press("Kết nối")
    assert new_phone.says("Hãy nhập địa chỉ máy chủ.")
    assert new_phone.says("Hãy nhập mã đăng ký.")
    new_phone.type(new_phone.id("server"), "127.0.0.1:9")
    new_phone.type(new_phone.id("code"), "ABCD-EFGH")
    assert new_phone.id("code").text == "ABCD-EFGH", "Telex leaves codes alone"
    new_phone.press("Kết nối")
    new_phone.wait_for(lambda: new_phone.says("Chưa kết nối được"), seconds=60)
    new_phone.at("enrol")


def test_wrong_pins_must_wait_and_the_wait_outlives_the_app(open_phone):
    phone = open_phone(unlock=False)
    phone.at("unlock")
    phone.pad("111112" * 3)
    assert phone.says("Mã PIN không đúng")
    phone.pad("111112")
    phone.wait_for(lambda: phone.says("Thử lại sau"))
    assert FIRST_DELAY_S - 5 <= Store.locked_for(phone.app.phone.home) <= FIRST_DELAY_S
    phone.pad("246810")
    phone.at("unlock")
    assert phone.says("Thử lại sau")


def test_the_right_pin_opens_home_and_the_lock_closes_it(open_phone):
    phone = open_phone()
    phone.press_id("extra") if "extra" in phone.screen.ids else phone.app.stage.go("settings")
    phone.settle()
    phone.press("Khóa máy ngay")
    phone.at("unlock")
    assert phone.app.phone.locked


def test_a_long_absence_locks_a_short_one_does_not(open_phone, monkeypatch):
    phone = open_phone()
    phone.app.on_pause()
    phone.app.on_resume()
    phone.at("home")
    phone.app.on_pause()
    later = time.monotonic() + 400
    monkeypatch.setattr("mobile.shell.time.monotonic", lambda: later)
    phone.app.on_resume()
    phone.at("unlock")
