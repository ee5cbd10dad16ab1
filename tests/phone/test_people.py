"""A person's page and form by touch: all that may be known, the series, the history, conflicts, a withdrawal."""

from dataclasses import replace

import pytest

from mobile.platform.location import Position
from mobile.store import registers
from mobile.words import words
from tests.mobile.phones import LOT, STATION, TODAY, VILLAGE, tell
from tests.phone.people import edit_of, go, store_of, undo
from tests.phone.village import FATHER, HOME, LONG_NAME, LONG_VILLAGE, MOTHER

pytestmark = pytest.mark.phone


@pytest.mark.proves("R033", "R066", "R084", "R092")
def test_a_child_with_all_that_may_be_known(open_phone):
    phone = open_phone("station")
    go(phone, "household", household=HOME)
    phone.press("Thêm người")
    form = phone.at("person_form").form
    phone.type(form.fields["full_name"], "Lof Vawn Tys")
    phone.choose("year", form)
    phone.type(form.fields["birth_date"].ids.year.__self__, "2015")
    phone.choose("male", form)
    assert phone.says("Người lớn trong hộ")
    phone.choose(LONG_NAME, form)
    phone.choose("none", form)
    phone.choose("temporary", form)
    for box, digits in (("day", "01"), ("month", "04"), ("year", "2022")):
        phone.type(form.fields["residence_since"].ids[box].__self__, digits)
    phone.press("Thêm thông tin")
    phone.touch(next(w for w in phone.every(form.fields["language"]) if type(w).__name__ == "Pressable"))
    phone.at("pick")
    phone.type(phone.id("search"), "thai")
    phone.settle(0.5)
    phone.press("Thái")
    phone.at("person_form")
    phone.choose("yes", form.fields["interpreter"])
    phone.choose("orphan", form.fields["vulnerable"])
    phone.choose("minority", form.fields["vulnerable"])
    for box, digits in (("day", "01"), ("month", "03"), ("year", "2022")):
        phone.type(form.fields["covid_on"].ids[box].__self__, digits)
    phone.press("Ghi lại")
    phone.at("household")
    assert phone.says("Lò Văn Tý")
    made = next(row for row in registers.people(store_of(phone), query="lo van ty"))
    values = registers.person(store_of(phone), made.id).values
    assert values["guardian_name"] == LONG_NAME
    assert (values["residence"], values["residence_since"]) == ("temporary", "2022-04-01")
    assert (values["language"], values["interpreter"]) == ("03", True)
    assert set(values["vulnerable"]) == {"orphan", "minority"}
    assert values["covid_on"] == "2022-03-01"
    go(phone, "person", person=made.id)
    assert phone.says("Ngày mắc COVID-19")


@pytest.mark.proves("R092")
def test_past_infections_are_shown_to_those_who_screen_only(open_phone):
    phone = open_phone("village_health_worker")
    tell(store_of(phone), edit_of(phone, MOTHER, {"covid_on": "2022-03-01"}))
    go(phone, "person", person=MOTHER)
    assert not phone.says("Ngày mắc COVID-19")
    assert not phone.says("COVID-19.")
    assert "covid_on" not in go(phone, "person_form", person=MOTHER).form.fields


@pytest.mark.proves("L17")
def test_what_two_people_wrote_is_settled_by_one_tap(open_phone):
    phone = open_phone("village_health_worker")
    theirs = edit_of(phone, MOTHER, {"phone": "+84987654321"})
    store_of(phone).edit("person", MOTHER, {"phone": "+84912345678"})
    tell(store_of(phone), theirs)
    go(phone, "person", person=MOTHER)
    assert phone.says("Số điện thoại: hai người ghi khác nhau")
    assert phone.says("Máy này ghi lúc")
    phone.press("0987 654 321")
    assert not phone.says("hai người ghi khác nhau")
    found = registers.person(store_of(phone), MOTHER)
    assert (found.values["phone"], found.conflicts) == ("+84987654321", [])
    undo(phone)
    assert registers.person(store_of(phone), MOTHER).values["phone"] == "+84912345678"


@pytest.mark.proves("R016")
def test_every_dose_of_the_series_with_the_rule_that_says_so(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "person", person=FATHER)
    assert phone.says("Mũi 3 (nhắc lại lần 1)")
    assert phone.says("Chưa đến lịch từ 01/05/2022")
    assert phone.says("Chưa đủ khoảng cách với mũi trước. Theo CV 10722/BYT-DP")
    assert phone.says("01/02/2022 · Pfizer"), "what was given, when and where"


def test_a_dose_of_the_wrong_person_is_withdrawn(open_phone):
    phone = open_phone("station")
    body = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": LOT}
    dose = store_of(phone).record("dose", place=STATION, subject=MOTHER, body=body).id
    go(phone, "person", person=MOTHER)
    phone.touch(next(w for w in phone.every() if getattr(w, "title", "") == "Mũi 3 (nhắc lại lần 1)"))
    phone.at("entry")
    assert phone.says("FN1234")
    phone.press("Rút bản ghi nhầm")
    phone.at("withdraw")
    phone.press("Rút bản ghi này")
    assert phone.says("Thiếu thông tin bắt buộc")
    phone.choose("wrong_person")
    phone.press("Rút bản ghi này")
    phone.at("entry")
    assert phone.says("Đã rút hoặc đã thay bằng bản khác")
    assert not phone.says("Rút bản ghi nhầm")
    found = registers.person(store_of(phone), MOTHER)
    assert next(d for d in found.doses if d.id == dose).voided
    assert found.row.next_dose == "booster_1", "due again"
    undo(phone)
    assert registers.person(store_of(phone), MOTHER).immunisation["booster_1_on"] == TODAY
    assert phone.at("entry").entry != dose
    assert phone.says("Rút bản ghi nhầm"), "what stands now"


def test_an_own_visit_is_withdrawn_from_the_household(open_phone):
    phone = open_phone("village_health_worker")
    visit = {"visit_type": "door_to_door", "outcomes": [{"person": MOTHER, "outcome": "absent"}]}
    store_of(phone).record("visit", place=VILLAGE, subject=HOME, body=visit)
    go(phone, "household", household=HOME)
    phone.touch(next(w for w in phone.every() if type(w).__name__ == "PressCard"))
    phone.at("entry")
    assert phone.says(LONG_NAME)
    phone.press("Rút bản ghi nhầm")
    phone.choose("twice")
    phone.press("Rút bản ghi này")
    phone.screen.go_back()
    phone.settle()
    phone.at("household")
    assert registers.household(store_of(phone), HOME).visits == []
    assert phone.says("Chưa ai đến thăm hộ này")


@pytest.mark.proves("L20")
def test_the_history_is_read_a_window_at_a_time(open_phone):
    phone = open_phone("village_health_worker")
    for number in range(25):
        store_of(phone).edit("person", MOTHER, {"relation": f"Chủ hộ {number}"})
    go(phone, "person", person=MOTHER)
    phone.press("Xem cả lịch sử")
    phone.at("person_history")
    assert len([w for w in phone.every() if type(w).__name__ == "Row"]) == 20
    phone.press("Xem cũ hơn")
    assert len([w for w in phone.every() if type(w).__name__ == "Row"]) == 28
    assert not phone.says("Xem cũ hơn")
    assert phone.says("Ghi vào sổ")


def test_a_lane_is_one_tap_and_one_spelling(open_phone):
    phone = open_phone("village_health_worker")
    phone.press(LONG_VILLAGE)
    form = go(phone, "household_form", village=VILLAGE).form
    phone.type(form.fields["head_name"], "Lof Vawn Ba")
    phone.type(form.fields["lane"], "xom suoi")
    assert phone.says("Sổ đang ghi là “Xóm Suối”")
    phone.choose("Xóm Suối", form)
    assert not phone.says("Sổ đang ghi là")
    phone.press("Ghi lại")
    made = phone.at("household").household
    assert registers.household(store_of(phone), made).row.lane == "Xóm Suối"
    undo(phone)
    assert phone.at("household_form").household == made


def test_the_position_of_a_house(open_phone):
    class Somewhere:
        answers = [None, Position(22_395_800, 103_454_300, 85)]

        def ask(self, found, wait_s=15.0):
            found(self.answers.pop(0))

    phone = open_phone("village_health_worker")
    phone.app.phone.device = replace(phone.app.phone.device, location=Somewhere())
    go(phone, "household_form", household=HOME)
    phone.press("Lấy vị trí ở đây")
    phone.settle()
    assert phone.says("Chưa bắt được vị trí")
    phone.press("Lấy vị trí ở đây")
    phone.settle()
    assert phone.says("sai số 85 m")
    assert phone.says("Sai số còn lớn")
    phone.press("Ghi lại")
    assert store_of(phone).entries_of(HOME)[0].body == {"lat_e6": 22_395_800, "lon_e6": 103_454_300}
    go(phone, "household", household=HOME)
    assert phone.says("22.39580, 103.45430")


def test_english_says_it_too(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.lang = "en"
    phone.app.rebuild()
    try:
        go(phone, "person", person=FATHER)
        assert phone.says("Away for a while")
        assert phone.says("The interval is not reached.")
    finally:
        words.lang = "vi"


@pytest.mark.proves("R039")
def test_a_reaction_is_reported_from_the_dose_it_followed(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "person", person=MOTHER)
    phone.touch(next(w for w in phone.every() if getattr(w, "title", "") == "Mũi 2" and "Pfizer" in w.line))
    phone.at("entry")
    phone.press("Báo phản ứng sau mũi này")
    phone.at("reaction_form")


def test_the_head_of_a_new_household_is_written_by_one_tap(open_phone):
    phone = open_phone("village_health_worker")
    body = {"head_name": LONG_NAME, "lane": "Xóm Mới"}
    home = store_of(phone).record("household", place=VILLAGE, body=body).subject
    form = go(phone, "person_form", household=home).form
    phone.press(f"Ghi chủ hộ: {LONG_NAME}")
    assert (form.values["full_name"], form.values["relation"]) == (LONG_NAME, "Chủ hộ")
    assert not phone.says("Ghi chủ hộ")
    go(phone, "person_form", household=HOME)
    assert not phone.says("Ghi chủ hộ"), "the head is a member already"


def test_a_phone_number_is_shown_as_people_write_it_and_recorded_once(open_phone):
    phone = open_phone("village_health_worker")
    store_of(phone).edit("person", MOTHER, {"phone": "+84912345678"})
    form = go(phone, "person_form", person=MOTHER).form
    assert form.fields["phone"].text == "0912 345 678"
    phone.press("Ghi lại")
    assert len(store_of(phone).entries_of(MOTHER)) == 4, "nothing was changed, nothing is written"
    assert go(phone, "household_form", household=HOME).form.fields["phone"].text == "0912 345 678"
