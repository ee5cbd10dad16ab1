"""The outbox, sync in the background, and settings."""

import pytest

from tests.mobile.phones import answer
from tests.phone.village import HOME

pytestmark = pytest.mark.phone


def record(phone, count=2):
    store = phone.app.phone.store
    return [store.edit("household", HOME, {"note": f"lần {n}"}).id for n in range(count)]


@pytest.mark.proves("L2")
def test_received_is_said_only_of_a_matching_receipt(open_phone):
    phone = open_phone()
    phone.wait_for(lambda: phone.app.phone.result is not None and not phone.app.phone.syncing)
    first, second = record(phone)
    store = phone.app.phone.store
    phone.app.stage.go("outbox")
    phone.settle()
    assert phone.says("2 bản chưa gửi trên 2 bản ghi")
    store.apply_answer(answer(store, [{"id": first, "outcome": "accepted"}], through=1))
    phone.app.stage.refresh()
    phone.app.stage.refresh_bar()
    assert phone.says("1 bản chưa gửi trên 2 bản ghi")
    assert not phone.says("đã nhận 1/")
    store.apply_answer(answer(store, [{"id": second, "outcome": "accepted"}]))
    store.note_sync()
    phone.app.stage.refresh()
    phone.app.stage.refresh_bar()
    assert phone.says("Máy chủ đã nhận 2/2 bản ghi")
    assert phone.says("2/2 đã nhận · 08:00 15/04")


@pytest.mark.proves("L7")
def test_a_returned_record_says_why_and_who_can_put_it_right(open_phone):
    phone = open_phone()
    first, second = record(phone)
    store = phone.app.phone.store
    faults = [{"code": "entry.other_author", "field": None, "params": {}}]
    outcomes = [{"id": first, "outcome": "refused", "faults": faults}, {"id": second, "outcome": "accepted"}]
    store.apply_answer(answer(store, outcomes))
    phone.app.stage.start("home")
    phone.settle()
    phone.press("1 bản ghi bị trả lại")
    phone.at("outbox")
    assert phone.says("Người ghi không phải là người dùng của thiết bị này.")
    assert phone.says("Người xử lý: huyện")
    phone.choose("unsent")
    assert phone.says("Không còn bản nào chưa gửi")


@pytest.mark.proves("L23")
def test_recording_goes_on_while_a_sync_runs(open_phone):
    phone = open_phone()
    phone.wait_for(lambda: phone.app.phone.result is not None and not phone.app.phone.syncing)
    record(phone)
    phone.app.stage.go("outbox")
    phone.press("Đồng bộ ngay")
    assert phone.app.phone.syncing or phone.app.phone.result is not None
    phone.app.stage.go("household_form", household=HOME)
    phone.type(phone.screen.form.fields["note"], "x")
    phone.press("Ghi lại")
    phone.at("outbox")
    phone.wait_for(lambda: not phone.app.phone.syncing, seconds=60)
    phone.wait_for(lambda: phone.says("3 bản ghi vẫn an toàn trên máy"))


def test_language_and_large_text_build_the_screens_anew(open_phone):
    phone = open_phone()
    phone.app.stage.go("settings")
    phone.choose("en")
    phone.at("settings")
    assert phone.says("Language")
    normal = next(w for w in phone.every() if type(w).__name__ == "Text" and w.text == "Large text").font_size
    phone.press("Large text")
    large = next(w for w in phone.every() if type(w).__name__ == "Text" and w.text == "Large text").font_size
    assert large == pytest.approx(normal * 1.3)
    phone.choose("vi")
    phone.press("Chữ to")
    phone.screen.go_back()
    phone.at("home")
    assert phone.says("Hôm nay, 15/04/2022")


@pytest.mark.proves("L22")
def test_a_phone_told_to_syncs_only_by_the_button(open_phone):
    phone = open_phone()
    phone.wait_for(lambda: phone.app.phone.result is not None and not phone.app.phone.syncing)
    phone.app.stage.go("settings")
    phone.press("Tự đồng bộ")
    phone.app.phone.lock()
    phone.pad("246810")
    phone.at("home")
    phone.app.on_resume()
    phone.settle(0.5)
    assert not phone.app.phone.syncing
    assert phone.app.phone.result is None, "neither opening nor coming back began one"
    phone.app.stage.go("outbox")
    phone.press("Đồng bộ ngay")
    phone.wait_for(lambda: phone.app.phone.result is not None)
    phone.app.stage.go("settings")
    phone.press("Tự đồng bộ")
    phone.app.phone.result = None
    phone.app.on_resume()
    phone.wait_for(lambda: phone.app.phone.result is not None)


def test_the_phones_back_key_leaves_a_screen(open_phone):
    from kivy.core.window import Window

    phone = open_phone()
    phone.app.stage.go("settings")
    Window.dispatch("on_keyboard", 27, 0, "", [])
    phone.at("home")
