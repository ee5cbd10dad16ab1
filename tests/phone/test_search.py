"""One search over everything: people and houses by name, number, phone, village; who is due."""

import pytest

from mobile.store import worklists
from tests.mobile.phones import OTHER_VILLAGE, VILLAGE
from tests.phone.village import GRANDMOTHER, HOME, LONG_NAME, LONG_VILLAGE, MOTHER

pytestmark = pytest.mark.phone


def names(phone):
    return [row["title"] for row in phone.id("rows").data]


def clear(phone, text):
    phone.id("search").clear()
    phone.type(phone.id("search"), text)


def opened(phone):
    phone.press("Tìm người, tìm hộ", "QuietButton")
    return phone.at("search")


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_people_are_found_by_name_number_and_phone(open_phone, large):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    phone.app.stage.start("home")
    phone.settle()
    store = phone.app.phone.store
    store.edit("person", MOTHER, {"id_kind": "cccd", "id_number": "012186004321", "phone": "+84987654321"})
    opened(phone)
    assert phone.says("9 người")
    for typed, found in (
        ("nhu quynh", LONG_NAME),
        ("6004321", LONG_NAME),
        ("0987 654", LONG_NAME),
        ("dowr", "Vàng Thị Dở"),
    ):
        clear(phone, typed)
        assert names(phone) == [found], typed
    phone.press("Vàng Thị Dở", "RecycledRow")
    assert phone.at("person").person == GRANDMOTHER
    phone.screen.go_back()
    phone.settle()
    assert phone.at("search").only == "people"


def test_houses_are_found_by_head_lane_and_phone(open_phone):
    phone = open_phone("village_health_worker")
    opened(phone)
    phone.choose("houses")
    assert phone.says("6 hộ")
    for typed, found in (
        ("xom suoi", [LONG_NAME]),
        ("0912 345", [LONG_NAME]),
        ("mai lo", [LONG_NAME]),
        ("zzz", []),
    ):
        clear(phone, typed)
        assert names(phone) == found, typed
    assert phone.says("Không tìm thấy hộ nào")
    clear(phone, "xom suoi")
    phone.press(LONG_NAME, "RecycledRow")
    assert phone.at("household").household == HOME


def test_a_village_narrows_the_search_and_all_of_them_widen_it(open_phone):
    phone = open_phone()
    opened(phone)
    phone.press("Thôn: tất cả")
    phone.at("pick")
    phone.press("Bản Pa Kéo")
    phone.at("search")
    assert phone.says("Thôn: Bản Pa Kéo")
    assert sorted(names(phone)) == ["Lý Gì Chà", "Phàn Tả Mẩy"]
    phone.press("Thôn: Bản Pa Kéo")
    phone.press("Tất cả")
    assert len(names(phone)) == 9
    assert phone.says(LONG_VILLAGE), "each row says the village"


def test_who_is_due_is_the_stores_word(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    opened(phone)
    phone.choose("due")
    assert sorted(names(phone)) == sorted(row.full_name for row in worklists.due(store))
    store.edit("person", MOTHER, {"residence": "absent"})
    phone.screen.search("")
    assert LONG_NAME not in names(phone)
    assert worklists.due_count(store, VILLAGE) + worklists.due_count(store, OTHER_VILLAGE) == len(
        names(phone)
    )


def test_a_long_list_says_how_much_of_it_is_shown(open_phone):
    phone = open_phone(households=120)
    opened(phone)
    assert phone.says("Đang hiện 50 trên 129")
    assert len(names(phone)) == 50
    phone.choose("houses")
    assert phone.says("Đang hiện 50 trên 126")
    clear(phone, "00042")
    assert phone.says("1 hộ")
