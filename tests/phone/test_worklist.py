"""Lists of who waits: each row says why, and leads to what is done next."""

from datetime import timedelta

import pytest

from tests.mobile.phones import STATION, TODAY, VILLAGE
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, LONG_NAME, LONG_VILLAGE, MOTHER

pytestmark = pytest.mark.phone


def rows(phone):
    return {row["title"]: row for row in phone.id("rows").data}


def go(phone, of, **params):
    phone.app.stage.go("worklist", of=of, **params)
    phone.settle()
    return phone.at("worklist")


def visit(phone, revisit=None, **lines):
    people = {"mother": MOTHER, "father": FATHER, "child": CHILD, "grandmother": GRANDMOTHER}
    outcomes = [{"person": people[who], **{"outcome": "reviewed"} | line} for who, line in lines.items()]
    body = {"visit_type": "door_to_door", "outcomes": outcomes}
    if revisit:
        body["revisit_on"] = revisit.isoformat()
    phone.app.phone.store.record("visit", place=VILLAGE, subject=HOME, body=body)


def test_due_people_by_village_and_dose(open_phone):
    phone = open_phone()
    go(phone, "due")
    assert phone.says("8 người")
    phone.press("Mũi: tất cả")
    phone.press("Mũi 3 · 1 người")
    assert list(rows(phone)) == [LONG_NAME]
    assert phone.says("Mũi: Mũi 3")
    phone.press("Thôn: tất cả")
    phone.press("Bản Pa Kéo")
    assert phone.says("Không còn ai đến lịch")
    phone.press("Mũi: Mũi 3")
    phone.press("Tất cả")
    assert sorted(rows(phone)) == ["Lý Gì Chà", "Phàn Tả Mẩy"]
    phone.press("Lý Gì Chà", "RecycledRow")
    phone.at("person")


def test_during_a_session_a_tap_begins_the_screening(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    held = store.record("session", place=STATION, body={"session_type": "fixed"}).subject
    go(phone, "due", dose="booster_1")
    phone.press(LONG_NAME, "RecycledRow")
    assert phone.at("screening").params == {"session": held, "person": MOTHER}


@pytest.mark.proves("R087")
def test_appointments_say_their_day_and_the_missed_stand_first(open_phone):
    phone = open_phone("village_health_worker")
    visit(
        phone,
        mother={"appointment_on": (TODAY + timedelta(days=2)).isoformat()},
        grandmother={"appointment_on": TODAY.isoformat()},
    )
    phone.app.phone.clock.advance(days=1)
    go(phone, "appointments")
    assert [(title, row["chip"]) for title, row in rows(phone).items()] == [
        ("Vàng Thị Dở", "Hẹn 15/04 · quá hạn 1 ngày"),
        (LONG_NAME, "Hẹn 17/04 · còn 1 ngày"),
    ]
    phone.press("Vàng Thị Dở", "RecycledRow")
    assert phone.at("person").person == GRANDMOTHER


@pytest.mark.proves("R023")
def test_the_mobile_teams_list_says_why_and_who_must_be_brought(open_phone):
    phone = open_phone("village_health_worker")
    visit(phone, grandmother={"transport_need": True}, child={"transport_need": True})
    go(phone, "cannot_come")
    lines = {title: row["line"] for title, row in rows(phone).items()}
    assert lines["Vàng Thị Dở"] == f"Già yếu · cần đưa đón · {LONG_VILLAGE}"
    assert lines["Lò Thị Mai"] == f"cần đưa đón · {LONG_VILLAGE}"
    assert phone.says("2 người")


@pytest.mark.proves("R054")
def test_who_is_against_a_dose_is_visited_again_with_the_reason_at_hand(open_phone):
    phone = open_phone("village_health_worker")
    visit(
        phone,
        mother={"outcome": "refused", "reason": "distrust"},
        father={"outcome": "hesitant", "reason": "custom"},
    )
    go(phone, "refusals")
    hesitates, refuses = rows(phone).values()
    assert (hesitates["chip"], refuses["chip"]) == ("Còn do dự", "Không đồng ý tiêm")
    assert hesitates["line"].startswith("Phong tục")
    assert refuses["line"].startswith("Không tin vắc xin")
    phone.press("Lò Văn Sơn", "RecycledRow")
    assert phone.at("household").household == HOME


def test_houses_to_visit_again(open_phone):
    phone = open_phone("village_health_worker")
    go(phone, "revisits")
    assert phone.says("Không có nhà nào hẹn thăm lại")
    visit(phone, revisit=TODAY + timedelta(days=3), mother={"outcome": "absent"})
    phone.screen.show()
    phone.settle()
    assert rows(phone)[LONG_NAME]["chip"] == "Hẹn lại 18/04"
    phone.press(LONG_NAME, "RecycledRow")
    assert phone.at("household").household == HOME


@pytest.mark.parametrize("of", ["appointments", "cannot_come", "refusals", "revisits", "due"])
def test_an_empty_list_says_where_it_comes_from(open_phone, of):
    phone = open_phone(bare=True)
    go(phone, of)
    assert rows(phone) == {}
    empty = phone.id("empty")
    assert empty.opacity == 1
    assert empty.title
    assert empty.text
