"""A door-to-door visit by touch: an outcome for every member."""

import pytest

from mobile.store import registers
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, LONG_NAME, LONG_VILLAGE, MOTHER

pytestmark = pytest.mark.phone


def begin(phone):
    phone.press(LONG_VILLAGE)
    phone.press(LONG_NAME, "RecycledRow")
    phone.press("Ghi lần thăm")
    return phone.at("visit")


def outcomes(phone):
    visits = registers.household(phone.app.phone.store, HOME).visits
    return [
        {line["person"]: (line["outcome"], line.get("reason")) for line in visit.outcomes} for visit in visits
    ]


@pytest.mark.proves("R060")
def test_every_member_gets_an_outcome_in_one_tap_or_two(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    assert phone.says("Vàng Thị Dở")
    phone.choose("refused")
    assert phone.says("Vì sao không đồng ý?")
    phone.choose("side_effects")
    assert phone.says("Lò Văn Sơn"), "the next member comes by itself"
    phone.choose("reviewed")
    phone.choose("absent")
    phone.press("Không ghi lý do")
    assert screen.ids.dots.answered == [True, True, True, False]
    phone.choose("reviewed")
    assert phone.says("Xem lại trước khi ghi")
    assert phone.says("Không đồng ý tiêm · Sợ tác dụng phụ")
    phone.touch(screen.main)
    phone.at("household")
    assert phone.says("Đã ghi lần thăm")
    phone.wait_for(lambda: phone.says("1 chưa gửi"), seconds=60)
    assert outcomes(phone) == [
        {
            GRANDMOTHER: ("refused", "side_effects"),
            FATHER: ("reviewed", None),
            MOTHER: ("absent", None),
            CHILD: ("reviewed", None),
        }
    ]


def test_a_household_with_someone_unanswered_cannot_be_saved(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    phone.choose("reviewed")
    phone.touch(screen.summary_button)
    assert phone.says("Còn 3 người chưa có kết quả")
    phone.touch(screen.main)
    phone.at("visit")
    assert phone.says("Lò Văn Sơn")
    assert phone.app.phone.store.outbox_summary().total == 0


def test_sliding_shows_the_next_card(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    phone.slide(-150)
    assert screen.at == 1
    phone.slide(150)
    assert screen.at == 0


@pytest.mark.proves("L13")
def test_a_visit_survives_the_end_of_the_app(open_phone):
    phone = open_phone("village_health_worker")
    begin(phone)
    phone.choose("reviewed")
    phone.choose("hesitant")
    phone.choose("distrust")
    phone.app.phone.lock()
    phone.pad("246810")
    phone.press(LONG_VILLAGE)
    phone.press(LONG_NAME, "RecycledRow")
    phone.press("Tiếp tục lần thăm đang ghi")
    screen = phone.at("visit")
    assert phone.says("Còn bản đang viết dở")
    assert screen.at == 2
    assert screen.outcomes[FATHER] == {"outcome": "hesitant", "reason": "distrust"}


def test_a_saved_visit_is_put_right_by_a_correction(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    for _ in range(4):
        phone.choose("reviewed")
    phone.touch(screen.main)
    phone.touch(phone.find("Sửa lại", "Pressable"))
    screen = phone.at("visit")
    phone.press(LONG_NAME, "Row")
    phone.choose("absent")
    phone.choose("fields")
    phone.touch(screen.main)
    phone.at("household")
    entries = phone.app.phone.store.entries_of(HOME)
    assert [e.kind for e in entries[:2]] == ["visit", "visit"]
    assert entries[0].corrects == entries[1].id
    assert len(outcomes(phone)) == 1
    assert outcomes(phone)[0][MOTHER] == ("absent", "fields")
