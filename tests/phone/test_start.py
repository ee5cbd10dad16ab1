"""The first day of a phone, and its lock."""

import json
import time
from dataclasses import replace

import pytest

from mobile.settings import Settings
from mobile.store import room
from mobile.store.store import Store
from mobile.store.vault import FIRST_DELAY_S, vault_of
from tests.mobile.phones import VILLAGE, household_body

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
    assert FIRST_DELAY_S - 5 <= vault_of(phone.app.phone.home).wait_s() <= FIRST_DELAY_S
    phone.pad("246810")
    phone.at("unlock")
    assert phone.says("Thử lại sau")


def test_a_long_wait_is_said_in_minutes(open_phone):
    phone = open_phone(unlock=False)
    file = phone.app.phone.home / "vault.json"
    tried = {"tries": 9, "delay_s": 725, "tried_at": time.time()}
    file.write_text(json.dumps(json.loads(file.read_text()) | tried))
    phone.wait_for(lambda: phone.says("Thử lại sau 12 phút 0"))


def test_the_right_pin_opens_home_and_the_lock_closes_it(open_phone):
    phone = open_phone()
    phone.press_id("extra") if "extra" in phone.screen.ids else phone.app.stage.go("settings")
    phone.settle()
    phone.press("Khóa máy ngay")
    phone.at("unlock")
    assert phone.app.phone.locked


def test_a_pin_given_with_the_command_opens_the_phone_at_once(tmp_path, clock):
    from tests.phone.harness import Harness
    from tests.phone.village import set_up

    set_up(tmp_path / "phone", "station", clock)
    phone = Harness(tmp_path / "phone", clock, pin="246810")
    phone.at("unlock")
    phone.app.on_start()
    phone.at("home")
    phone.close()


def leave_alone(phone, minutes):
    """Nobody touches the phone for so long."""
    told = phone.app.idle.elapsed
    phone.app.idle.elapsed = lambda: told() + 60 * minutes


def test_a_long_absence_locks_a_short_one_does_not(open_phone):
    phone = open_phone()
    phone.app.on_pause()
    phone.app.on_resume()
    phone.at("home")
    phone.app.on_pause()
    leave_alone(phone, minutes=6)
    phone.app.on_resume()
    phone.at("unlock")


@pytest.mark.proves("L13")
def test_a_phone_that_lies_open_locks_and_what_was_begun_stands(open_phone):
    phone = open_phone()
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], "Lof Vawn Ba")
    leave_alone(phone, minutes=4)
    phone.settle(6)
    phone.at("household_form")
    phone.touch(phone.screen.form.fields["head_name"])  # a touch begins the time anew
    leave_alone(phone, minutes=4)
    phone.settle(6)
    phone.at("household_form")
    leave_alone(phone, minutes=2)
    phone.settle(6)
    phone.at("unlock")
    phone.pad("246810")
    phone.app.stage.go("household_form", village=VILLAGE)
    assert phone.screen.form.fields["head_name"].text == "Lò Văn Ba"


def test_how_soon_it_locks_is_set_on_the_phone(open_phone):
    phone = open_phone()
    phone.app.stage.go("settings")
    phone.settle()
    phone.choose("2")
    assert Settings.load(phone.app.phone.root).lock_after_min == 2
    leave_alone(phone, minutes=3)
    phone.settle(6)
    phone.at("unlock")


@pytest.mark.proves("L12")
def test_the_first_fetch_is_not_cut_off_by_the_lock(open_phone):
    phone = open_phone(role=None)
    phone.pad("246810" * 2)
    leave_alone(phone, minutes=30)
    phone.settle(6)
    phone.at("enrol")


@pytest.mark.proves("L11")
def test_a_clock_that_goes_wrong_is_said_with_what_to_do(open_phone, clock):
    phone = open_phone()
    store = phone.app.phone.store
    assert phone.app.phone.notes() == []
    store.set_clock_offset(-12 * 60)
    phone.app.stage.start("home")
    phone.settle()
    assert phone.says("Đồng hồ máy chạy nhanh 12 phút so với máy chủ.")
    phone.app.stage.go("settings")
    phone.settle()
    assert phone.says("Đồng hồ máy chạy nhanh 12 phút so với máy chủ.")
    assert phone.says("chọn Tự động")
    store.set_clock_offset(3 * 86_400)
    phone.screen.show()
    assert phone.says("chạy chậm 3 ngày")
    store.set_clock_offset(20)
    store.record("household", place=VILLAGE, body=household_body())
    clock.advance(days=-1)
    phone.screen.show()
    assert phone.says("Đồng hồ máy đang là 08:00 14/04, sớm hơn lúc ghi bản ghi gần nhất (08:00 15/04).")


@pytest.mark.proves("L19")
def test_a_phone_that_fills_up_is_said_and_goes_on_recording(open_phone, monkeypatch):
    phone = open_phone()
    store = phone.app.phone.store
    assert (store.home / "reserve.bin").exists(), "room is set aside when the phone is unlocked"
    monkeypatch.setattr(room, "free_bytes", lambda _: 50 << 20)
    (note,) = phone.app.phone.notes()
    assert note.whole.startswith("Máy sắp hết chỗ trống.")
    monkeypatch.setattr(room, "free_bytes", lambda _: 1 << 20)
    store.record("household", place=VILLAGE, body=household_body())
    phone.app.stage.go("settings")
    phone.settle()
    assert phone.says("Máy đã đầy.")
    assert store.outbox_summary().total == 1


CODE = "tungnha:enrol?server=https%3A%2F%2Ftramyte.example.vn&code=K7QF3MXD"


class Camera:
    """Scans what a test holds before it."""

    available = True

    def __init__(self):
        self.seen = None

    def scan(self, found):
        found(self.seen)


def test_a_copied_enrolment_is_pasted_whole_and_a_code_alone_too(new_phone):
    from kivy.core.clipboard import Clipboard  # the harness has set Kivy up by now

    new_phone.pad("246810" * 2)
    Clipboard.copy("")
    new_phone.press("Dán mã đã chép")
    assert new_phone.says("Chưa chép mã nào")
    Clipboard.copy("K7QF-3MXD\n")
    new_phone.press("Dán mã đã chép")
    assert new_phone.id("code").text == "K7QF-3MXD"
    Clipboard.copy(CODE)
    new_phone.press("Dán mã đã chép")
    assert (new_phone.id("server").text, new_phone.id("code").text) == (
        "https://tramyte.example.vn",
        "K7QF3MXD",
    )
    assert not new_phone.says("Quét mã QR"), "nothing to scan with on a desktop"


def test_the_servers_qr_code_fills_the_form(open_phone):
    camera = Camera()
    phone = open_phone(role=None)
    phone.app.phone.device = replace(phone.app.phone.device, scanner=camera)
    phone.pad("246810" * 2)
    camera.seen = "(01)05000456062589(10)ABY7781(17)221231"
    phone.press("Quét mã QR")
    assert phone.says("Không đọc được mã QR của máy chủ")
    camera.seen = CODE
    phone.press("Quét mã QR")
    assert phone.id("code").text == "K7QF3MXD"
    assert not phone.screen.fault
    camera.seen = None
    phone.press("Quét mã QR")
    assert phone.id("code").text == "K7QF3MXD", "nothing scanned changes nothing"
