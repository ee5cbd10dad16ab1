"""Who is away, back or gone, and who moves, by touch."""

import pytest

from mobile.store import registers
from tests.mobile.phones import VILLAGE
from tests.phone.people import go, lock_and_unlock, store_of, undo
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, MOTHER, OTHER_HOME

pytestmark = pytest.mark.phone


@pytest.mark.proves("R013")
def test_who_is_away_comes_back_in_a_few_taps(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "person", person=FATHER)
    phone.choose("absent")
    phone.at("person_change")
    phone.choose("yesterday")
    phone.press("Ghi lại")
    phone.at("person")
    assert phone.says("Tạm vắng")
    values = registers.person(store_of(phone), FATHER).values
    assert (values["residence"], values["residence_since"]) == ("absent", "2022-04-14")
    phone.choose("back")
    phone.choose("temporary")
    phone.type(phone.screen.came_from, "Hà Nội")
    phone.press("Ghi lại")
    values = registers.person(store_of(phone), FATHER).values
    assert (values["residence"], values["came_on"], values["came_from"]) == (
        "temporary",
        "2022-04-15",
        "Hà Nội",
    )
    undo(phone)
    values = registers.person(store_of(phone), FATHER).values
    assert (values["residence"], values.get("came_on")) == ("absent", None)
    assert phone.says("Đã trở về"), "the page says again that they are away"


def test_a_household_without_its_head_says_so(open_phone):
    phone = open_phone("village_health_worker")
    store_of(phone).edit("person", MOTHER, {"residence": "deceased"})
    go(phone, "household", household=HOME)
    assert phone.says("Chủ hộ đã mất hoặc chuyển đi")


@pytest.mark.proves("R013", "L13")
def test_a_day_that_has_not_come_is_refused_and_kept(open_phone):
    phone = open_phone("village_health_worker")
    screen = go(phone, "person_change", person=FATHER, what="moved")
    phone.choose("other")
    for box, digits in (("day", "16"), ("month", "04"), ("year", "2022")):
        phone.type(screen.day.ids[box].__self__, digits)
    phone.press("Ghi lại")
    phone.at("person_change")
    assert "sau hôm nay" in screen.day.fault
    assert store_of(phone).outbox_summary().total == 0
    lock_and_unlock(phone)
    screen = go(phone, "person_change", person=FATHER, what="moved")
    assert screen.day.day == "16"
    phone.choose("today")
    phone.press("Ghi lại")
    assert registers.person(store_of(phone), FATHER).values["residence"] == "moved"
    assert store_of(phone).drafts() == []


@pytest.mark.proves("R023")
def test_who_cannot_come_and_can_again(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "person", person=FATHER)
    phone.choose("cannot_come")
    phone.press("Ghi lại")
    phone.at("person_change")
    assert phone.says("Thiếu thông tin bắt buộc")
    phone.choose("far")
    phone.press("Ghi lại")
    assert registers.person(store_of(phone), FATHER).row.cannot_come == "far"
    phone.choose("can_come")
    assert registers.person(store_of(phone), FATHER).row.cannot_come == ""
    undo(phone)
    assert registers.person(store_of(phone), FATHER).row.cannot_come == "far"


@pytest.mark.proves("R013", "R068")
def test_a_family_moves_at_once(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "household", household=HOME)
    phone.choose("move")
    screen = phone.at("move")
    phone.press("Chuyển 4 người")
    phone.at("move")
    assert phone.says("Chưa chọn hộ chuyển đến")
    phone.press("Chạm để tìm hộ")
    phone.at("pick_household")
    phone.type(phone.id("search"), "giang")
    phone.settle(0.5)
    phone.press("Giàng A Páo")
    assert phone.at("move") is screen
    phone.choose("temporary")
    phone.press("Chuyển 4 người")
    phone.at("household")
    members = registers.household(store_of(phone), OTHER_HOME).members
    assert {MOTHER, FATHER, CHILD, GRANDMOTHER} < {m.id for m in members}
    assert {m.residence for m in members if m.id in (MOTHER, CHILD)} == {"temporary"}
    assert registers.household(store_of(phone), HOME).members == []
    undo(phone)
    phone.at("move")
    assert len(registers.household(store_of(phone), HOME).members) == 4


@pytest.mark.proves("R013", "L13")
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_a_household_is_split_and_the_draft_survives(open_phone, large):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    go(phone, "household", household=HOME)
    phone.choose("split")
    screen = phone.at("move")
    phone.touch(_member(phone, FATHER))
    phone.touch(_member(phone, CHILD))
    phone.choose(FATHER, screen.heads)
    assert screen.form.fields["head_name"].text == "Lò Văn Sơn"
    lock_and_unlock(phone)
    screen = go(phone, "move", household=HOME)
    assert phone.says("Còn bản đang viết dở")
    assert screen.form.fields["lane"].text == "Xóm Suối", "the lane is that of the house they leave"
    phone.press("Chuyển 2 người")
    made = phone.at("household").household
    assert phone.screen.title == "Lò Văn Sơn"
    page = registers.household(store_of(phone), made)
    assert {m.id for m in page.members} == {FATHER, CHILD}
    assert page.row.village_id == VILLAGE
    assert {m.id for m in registers.household(store_of(phone), HOME).members} == {MOTHER, GRANDMOTHER}
    assert store_of(phone).drafts() == []


def _member(phone, person):
    """The first segment of a person: the heads of the new household stand below."""
    found = [w for w in phone.every(phone.screen.who) if getattr(w, "code", "") == person]
    return found[0]
