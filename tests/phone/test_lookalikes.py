"""The same person twice by touch: told while the form is filled, or found later; a card that says who it is."""

from dataclasses import replace

import pytest

from mobile.store import registers
from tests.mobile.phones import VILLAGE, person_body
from tests.phone.people import go, lock_and_unlock, store_of, undo
from tests.phone.village import HOME, LONG_NAME, MOTHER, OTHER_HOME

pytestmark = pytest.mark.phone

CARD = f"012186004321|045123456|{LONG_NAME}|02031987|Nữ|Bản Nậm Củm – Huổi Luông 2|01012021"


def fill_in_mother(phone):
    """Typed by Telex: somebody who is on the register next door."""
    form = go(phone, "person_form", household=OTHER_HOME).form
    phone.type(form.fields["full_name"], "Nguyeenx Thij Hoafng Phuwowng Quyfnh Nhuw")
    assert form.fields["full_name"].text == LONG_NAME
    phone.choose("year", form)
    phone.type(form.fields["birth_date"].ids.year.__self__, "1986")
    return form


@pytest.mark.proves("L18", "R011")
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_somebody_on_the_register_is_brought_here_instead_of_written_twice(open_phone, large):
    phone = open_phone("village_health_worker")
    if large:
        phone.app.phone.settings.large = True
        phone.app.rebuild()
    fill_in_mother(phone)
    assert phone.says("Có thể người này đã có trong sổ")
    assert phone.says("cùng họ tên"), "why they look alike"
    people = len(registers.people(store_of(phone)))
    phone.press("Là người này")
    screen = phone.at("move")
    assert screen.data["people"] == [MOTHER]
    assert phone.says("Giàng A Páo"), "where they are brought to"
    assert store_of(phone).draft(f"person:{OTHER_HOME}") is None
    phone.press("Chuyển 1 người")
    phone.at("household")
    assert phone.screen.title == "Giàng A Páo"
    assert registers.person(store_of(phone), MOTHER).row.household_id == OTHER_HOME
    assert len(registers.people(store_of(phone))) == people
    undo(phone)
    phone.at("move")
    assert registers.person(store_of(phone), MOTHER).row.household_id == HOME


@pytest.mark.proves("L18")
def test_somebody_else_who_looks_alike_never_blocks(open_phone):
    phone = open_phone("village_health_worker")
    form = fill_in_mother(phone)
    phone.choose("female", form)
    phone.choose("none", form)
    phone.press("Người khác, ghi tiếp")
    assert not phone.says("Có thể người này đã có trong sổ")
    lock_and_unlock(phone)  # the answer is part of the draft
    go(phone, "person_form", household=OTHER_HOME)
    assert not phone.says("Có thể người này đã có trong sổ")
    phone.press("Ghi lại")
    found = registers.people(store_of(phone), query="quynh nhu")
    assert {row.household_id for row in found} == {HOME, OTHER_HOME}
    undo(phone)
    assert phone.at("person_form").person == next(row.id for row in found if row.household_id == OTHER_HOME)


@pytest.mark.proves("L18")
def test_the_answer_that_it_is_this_person_can_be_taken_back(open_phone):
    phone = open_phone("village_health_worker")
    fill_in_mother(phone)
    phone.press("Là người này")
    undo(phone)
    form = phone.at("person_form").form
    assert form.fields["full_name"].text == LONG_NAME
    assert phone.says("Có thể người này đã có trong sổ")


@pytest.mark.proves("R067")
def test_a_card_fills_the_form_and_overwrites_nothing_unseen(open_phone):
    phone = open_phone("village_health_worker")
    screen = go(phone, "person_form", person=MOTHER)
    phone.press("Dán mã QR thẻ CCCD")
    phone.type(screen.card.field, "012186004321")
    assert phone.says("Chưa đọc được thẻ")
    screen.card.field.text = CARD
    phone.settle()
    assert phone.says("Phiếu: 02/03/1986")
    assert phone.says("Số giấy tờ: 012186004321 (căn cước công dân)")
    assert store_of(phone).draft(f"person:{MOTHER}")["card_text"] == CARD
    phone.touch(phone.find("Phiếu: 02/03/1986", "Segment"))
    phone.press("Điền vào phiếu")
    assert screen.form.values["birth_date"] == "1986-03-02", "what the worker kept"
    assert screen.form.values["id_number"] == "012186004321"
    phone.press("Ghi lại")
    entry = store_of(phone).entries_of(MOTHER)[0]
    assert entry.body == {"id_kind": "cccd", "id_number": "012186004321"}


@pytest.mark.proves("R067")
def test_a_card_is_scanned_where_the_device_can(open_phone):
    class Camera:
        available = True

        def scan(self, found):
            found(CARD)

    phone = open_phone("village_health_worker")
    phone.app.phone.device = replace(phone.app.phone.device, scanner=Camera())
    screen = go(phone, "person_form", household=OTHER_HOME)
    phone.press("Quét mã QR thẻ CCCD")
    phone.press("Quét mã QR")
    phone.settle()
    phone.press("Điền vào phiếu")
    assert screen.form.fields["full_name"].text == LONG_NAME
    assert (screen.form.values["sex"], screen.form.values["birth_date"]) == ("female", "1987-03-02")


@pytest.mark.proves("L18", "R095")
def test_a_station_finds_that_two_records_are_one_person(open_phone):
    phone = open_phone("station")
    twin = person_body(OTHER_HOME, LONG_NAME, "1986-03-02", phone="+84912345678")
    twin = store_of(phone).record("person", place=VILLAGE, body=twin).subject
    go(phone, "person", person=MOTHER)
    assert phone.says("Có thể ghi hai lần")
    phone.touch(next(w for w in phone.every() if getattr(w, "icon", "") == "account-question-outline"))
    screen = phone.at("same_person")
    assert phone.says("Hộ gia đình: khác nhau")
    phone.press("Ghi lại")
    assert phone.says("Thiếu thông tin bắt buộc")
    phone.choose("same", screen.form.fields["verdict"])
    phone.choose(MOTHER, screen.keeps)
    phone.choose("met")
    lock_and_unlock(phone)
    go(phone, "person", person=MOTHER)
    go(phone, "same_person", one=MOTHER, other=twin)
    assert phone.says("Còn bản đang viết dở")
    phone.press("Ghi lại")
    assert phone.at("person").person == MOTHER
    assert not phone.says("Có thể ghi hai lần")
    assert [row.id for row in registers.people(store_of(phone), query="quynh nhu")] == [MOTHER]
    phone.app.stage.go("person", person=twin)
    phone.settle()
    assert phone.says("đã gộp với hồ sơ khác")
    phone.press("Mở hồ sơ được giữ lại")
    assert phone.at("person").person == MOTHER
    undo(phone)
    phone.at("same_person")
    assert len(registers.people(store_of(phone), query="quynh nhu")) == 2


def test_a_village_worker_is_asked_to_tell_the_station(open_phone):
    phone = open_phone("village_health_worker")
    twin = person_body(OTHER_HOME, LONG_NAME, "1986-03-02")
    twin = store_of(phone).record("person", place=VILLAGE, body=twin).subject
    go(phone, "person", person=MOTHER)
    assert phone.says("hãy báo trạm y tế")
    phone.touch(next(w for w in phone.every() if getattr(w, "icon", "") == "account-question-outline"))
    assert phone.at("person").person == twin
