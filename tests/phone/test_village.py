"""A village lane by lane: houses to go to, found as you type, never one left out."""

import pytest

from mobile.store import houses, registers
from tests.mobile.phones import TODAY, VILLAGE
from tests.phone.village import HOME, LONG_NAME, LONG_VILLAGE, OTHER_HOME

pytestmark = pytest.mark.phone


def listed(phone):
    """Titles of the rows that are seen, from the top."""
    rows = [w for w in phone.every() if type(w).__name__ in ("RecycledRow", "RecycledHeading")]
    return [row.title for row in sorted(rows, key=lambda row: -row.to_window(row.x, row.y)[1])]


def rows_of(phone):
    """Titles of all rows, also of those that are scrolled to."""
    return [row["title"] for row in phone.id("rows").data]


def open_village(phone, **params):
    phone.app.stage.go("village", village=VILLAGE, **params)
    phone.settle()
    return phone.at("village")


def visit(phone, household, again=None):
    store = phone.app.phone.store
    member = registers.household(store, household).members[0].id
    body = {"visit_type": "door_to_door", "outcomes": [{"person": member, "outcome": "reviewed"}]}
    if again is not None:
        body["revisit_on"] = again.isoformat()
    store.record("visit", place=VILLAGE, subject=household, body=body)


@pytest.mark.proves("R060")
def test_lanes_stand_over_their_houses_and_open_at_a_tap(open_phone):
    phone = open_phone("village_health_worker")
    phone.press(LONG_VILLAGE)
    assert rows_of(phone) == [
        "Xóm 1 · 1 hộ",
        "Giàng A Páo",
        "Xóm 2 · 1 hộ",
        "Đặng Văn Tú",
        "Xóm 3 · 1 hộ",
        "Sùng Thị Mỷ",
        "Xóm Suối · 1 hộ",
        LONG_NAME,
    ]
    phone.press("Xóm 1 · 1 hộ")
    assert "Giàng A Páo" not in listed(phone)
    assert listed(phone)[:2] == ["Xóm 1 · 1 hộ", "Xóm 2 · 1 hộ"]
    phone.press("Xóm 1 · 1 hộ")
    phone.press("Giàng A Páo", "RecycledRow")
    assert phone.at("household").household == OTHER_HOME
    phone.screen.go_back()
    phone.settle()
    assert phone.at("village").only == "all"


@pytest.mark.proves("R060")
def test_a_house_says_how_it_stands_and_leaves_the_list_when_it_is_done(open_phone):
    phone = open_phone("village_health_worker")
    screen = open_village(phone, only="to_knock")
    assert phone.says("Cần đến 3")
    assert "Đặng Văn Tú" not in rows_of(phone)
    assert {row["chip"] for row in phone.id("rows").data if "opened" not in row} == {"Chưa đến"}
    visit(phone, OTHER_HOME)
    visit(phone, HOME)
    screen.show()
    phone.settle()
    chips = {row["title"]: row["chip"] for row in phone.id("rows").data if "opened" not in row}
    assert chips == {"Sùng Thị Mỷ": "Chưa đến", LONG_NAME: "Còn 3 người"}
    phone.choose("all")
    chips = {row["title"]: row["chip"] for row in phone.id("rows").data if "opened" not in row}
    assert chips["Giàng A Páo"] == "Đã rà soát"
    assert phone.says("Cần đến 2")


def test_a_house_that_asked_to_come_again_waits_for_its_day(open_phone, clock):
    phone = open_phone("village_health_worker")
    visit(phone, OTHER_HOME, again=TODAY.replace(day=17))
    screen = open_village(phone, only="to_knock")
    assert "Giàng A Páo" not in rows_of(phone)
    phone.choose("revisit")
    assert [row["chip"] for row in phone.id("rows").data if "opened" not in row] == ["Hẹn lại 17/04"]
    clock.advance(days=2)
    phone.choose("to_knock")
    screen.show()
    phone.settle()
    assert "Giàng A Páo" in rows_of(phone)


def test_a_village_without_lanes_is_one_list(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    for house in houses.houses(store, VILLAGE):
        store.edit("household", house.id, {"lane": None})
    open_village(phone)
    assert sorted(rows_of(phone)) == sorted(row.head_name for row in registers.households(store, VILLAGE))
    store.edit("household", HOME, {"lane": "Ngõ Đá"})
    phone.screen.go_back()
    open_village(phone)
    assert rows_of(phone)[:3] == ["Ngõ Đá · 1 hộ", LONG_NAME, "Chưa ghi ngõ · 3 hộ"]


def test_every_house_done_is_said(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    for house in houses.houses(store, VILLAGE):
        people = [member.id for member in registers.household(store, house.id).members]
        body = {
            "visit_type": "door_to_door",
            "outcomes": [{"person": p, "outcome": "reviewed"} for p in people],
        }
        store.record("visit", place=VILLAGE, subject=house.id, body=body)
    open_village(phone, only="to_knock")
    assert phone.says("Không còn nhà nào cần đến")
    phone.app.stage.start("home")
    phone.settle()
    assert phone.says("Đã xong")


def test_searching_a_name_without_accents(open_phone):
    phone = open_phone()
    phone.press(LONG_VILLAGE)
    phone.type(phone.id("search"), "hoang quynh nhu")
    assert rows_of(phone) == [LONG_NAME]
    assert phone.says("Xóm Suối"), "without the lanes each house says its own"
    phone.press(LONG_NAME, "RecycledRow")
    phone.at("household")
    for name in ("Lò Văn Sơn", "Lò Thị Mai", "Vàng Thị Dở"):
        assert phone.says(name)
    phone.screen.go_back()
    phone.settle()
    phone.at("village")
    assert phone.id("search").text == "hoang quynh nhu", "going back keeps the search"


def test_a_search_without_hits_says_what_to_do(open_phone):
    phone = open_phone()
    phone.press(LONG_VILLAGE)
    phone.type(phone.id("search"), "xyzq")
    assert phone.says("Không tìm thấy hộ nào")


def test_recycled_rows_show_their_own_chip(open_phone):
    """A row used again for another person once kept the chip of the one before."""
    phone = open_phone()
    open_village(phone)
    for query in ("", "dawngj", ""):
        search = phone.id("search")
        search.ids.writing.text = ""
        phone.type(search, query)
        for row in (w for w in phone.every() if type(w).__name__ == "RecycledRow"):
            shown = {w.text for w in phone.every(row) if getattr(w, "text", "")}
            reviewed = row.title == "Đặng Văn Tú"
            assert ("Đã rà soát" if reviewed else "Chưa đến") in shown, (row.title, shown)


@pytest.mark.proves("R069")
def test_a_reviewer_may_read_and_add_nothing(open_phone):
    phone = open_phone("district_reviewer")
    phone.press(LONG_VILLAGE)
    assert not phone.says("Thêm hộ")
    phone.press("Giàng A Páo", "RecycledRow")
    phone.at("household")
    assert not phone.says("Ghi lần thăm")
    assert not phone.says("Thêm người")


def test_a_long_lane_is_closed_at_first_and_fetched_as_it_is_scrolled(open_phone):
    phone = open_phone(households=250)
    open_village(phone)
    assert rows_of(phone) == ["Xóm 1 · 1 hộ", "Xóm 2 · 1 hộ", "Xóm 3 · 1 hộ", "Xóm Suối · 251 hộ"]
    phone.press("Xóm Suối · 251 hộ")
    assert len(rows_of(phone)) == 104, "four lanes and a first page of houses"
    for shown in (204, 255, 255):
        phone.id("rows").scroll_y = 0.5
        phone.id("rows").scroll_y = 0
        phone.settle()
        assert len(rows_of(phone)) == shown
    assert len(set(rows_of(phone))) == 255
