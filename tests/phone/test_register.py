"""Registering a household and its people by touch."""

import pytest

from mobile.store import registers
from tests.mobile.phones import VILLAGE
from tests.phone.village import CHILD, HOME, LONG_VILLAGE

pytestmark = pytest.mark.phone


def newest(phone, kind):
    return next(item for item in phone.app.phone.store.outbox() if item.kind == kind)


def test_a_household_and_its_first_member(open_phone):
    phone = open_phone("village_health_worker")
    phone.press(LONG_VILLAGE)
    phone.press("Thêm hộ")
    phone.at("household_form")
    phone.press("Ghi lại")
    assert phone.says("Thiếu thông tin bắt buộc: Chủ hộ")
    phone.type(phone.screen.form.fields["head_name"], "Nguyeenx Vawn Dduwcs")
    phone.type(phone.screen.form.fields["phone"], "0912 345 679")
    phone.press("Ghi lại")
    phone.at("household")
    assert phone.screen.title == "Nguyễn Văn Đức"
    household = newest(phone, "household").subject
    values = registers.household(phone.app.phone.store, household).values
    assert values == {"head_name": "Nguyễn Văn Đức", "phone": "+84912345679"}

    phone.press("Thêm người")
    form = phone.at("person_form").form
    phone.type(form.fields["full_name"], "Nguyeenx Thij Hoa")
    phone.choose("year", form)
    phone.type(form.fields["birth_date"].ids.year.__self__, "2014")
    assert phone.says("khoảng 8 tuổi")
    assert phone.says("Người giám hộ (nếu có)"), "a child has a guardian"
    phone.type(form.fields["guardian_name"], "Nguyeenx Vawn Dduwcs")
    phone.choose("female", form)
    phone.choose("none", form)
    assert not phone.says("Số giấy tờ (nếu có)"), "no papers, no number"
    phone.press("Ghi lại")
    phone.at("household")
    assert phone.says("Nguyễn Thị Hoa")
    assert phone.says("Nữ · khoảng 8 tuổi")
    page = registers.person(phone.app.phone.store, newest(phone, "person").subject)
    assert page.values == {
        "household": household,
        "full_name": "Nguyễn Thị Hoa",
        "birth_date": "2014-01-01",
        "birth_precision": "year",
        "sex": "female",
        "id_kind": "none",
        "guardian_name": "Nguyễn Văn Đức",
        "residence": "permanent",
    }


def test_faults_stand_beside_their_fields_and_nothing_is_written(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("person_form", household=HOME)
    form = phone.at("person_form").form
    phone.type(form.fields["full_name"], "Lò Văn Bình")
    birth = form.fields["birth_date"].ids
    for box, digits in (("day", "31"), ("month", "02"), ("year", "1990")):
        phone.type(birth[box].__self__, digits)
    phone.press("Ghi lại")
    phone.at("person_form")
    assert "Ngày" in form.fields["birth_date"].fault
    assert form.fields["sex"].fault
    assert phone.app.phone.store.outbox_summary().total == 0


def test_a_doubtful_number_warns_and_does_not_hinder(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("person_form", person=CHILD)
    form = phone.at("person_form").form
    phone.choose("cccd", form)
    phone.type(form.fields["id_number"], "012186012345")
    assert form.fields["id_number"].doubt, "sex and year differ"
    phone.press("Ghi lại")
    assert phone.screen.name != "person_form"
    assert registers.person(phone.app.phone.store, CHILD).values["id_number"] == "012186012345"


def test_an_edit_carries_only_what_changed(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("household", household=HOME)
    phone.press("Sửa hộ")
    phone.type(phone.screen.form.fields["lane"], " Treen")
    phone.press("Ghi lại")
    phone.at("household")
    entry = phone.app.phone.store.entries_of(HOME)[0]
    assert entry.body == {"lane": "Xóm Suối Trên"}
    assert entry.is_edit
    assert phone.says("Xóm Suối Trên")


@pytest.mark.proves("L13")
def test_a_form_survives_the_end_of_the_app(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], "Lof Vawn")
    phone.app.phone.lock()  # every change stands in the encrypted store already
    phone.pad("246810")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.settle()
    assert phone.screen.form.fields["head_name"].text == "Lò Văn"
    assert phone.says("Còn bản đang viết dở")
    phone.touch(phone.find("Viết lại từ đầu", "Pressable"))
    assert phone.screen.form.fields["head_name"].text == ""
    assert phone.app.phone.store.drafts() == []


def test_telex_can_be_turned_off(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("settings")
    phone.choose("off")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], "Nguyeenx")
    assert phone.screen.form.fields["head_name"].text == "Nguyeenx"
