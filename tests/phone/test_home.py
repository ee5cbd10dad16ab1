"""What to do today, said by numbers of the store; only what the role may record."""

import time

import pytest

from mobile.store import registers
from tests.mobile.phones import VILLAGE
from tests.phone.village import LONG_COMMUNE, LONG_NAME, LONG_VILLAGE

pytestmark = pytest.mark.phone


def test_home_counts_my_villages_and_targets(open_phone):
    phone = open_phone()
    village = next(v for v in registers.villages(phone.app.phone.store) if v.name == LONG_VILLAGE)
    assert phone.says(LONG_COMMUNE)
    assert phone.says(f"{village.households} hộ · {village.people} người")
    assert phone.says(f"{village.due} đến lịch")
    assert phone.says(f"{village.unvisited} hộ chưa thăm")
    assert phone.says("hạn 30/04 (còn 15 ngày)")


def test_lots_stand_first_expired_first(open_phone):
    phone = open_phone()
    titles = [w.title for w in phone.every() if type(w).__name__ == "Row" and "Pfizer" in w.title]
    assert [t.rsplit(" ", 1)[1] for t in reversed(titles)] == ["FK0112", "FP8290", "FN1234"]


def test_expired_lots_are_counted_and_never_proposed(open_phone, clock):
    clock.advance(days=10)
    phone = open_phone()
    titles = [w.title for w in phone.every() if type(w).__name__ == "Row" and "Pfizer" in w.title]
    assert [t.rsplit(" ", 1)[1] for t in reversed(titles)] == ["FP8290", "FN1234"]
    assert phone.says("1 lô quá hạn")


def test_a_village_worker_is_offered_visits_and_no_stock_or_session(open_phone):
    phone = open_phone("village_health_worker")
    assert phone.says("Đi thăm hộ")
    assert not phone.says("Lô cần dùng trước")
    assert not phone.says("Mở buổi tiêm")
    phone.press_id("main")
    phone.at("village")


def test_a_reviewer_keeps_the_stock_and_is_offered_nothing_else_to_record(open_phone):
    phone = open_phone("district_reviewer")
    assert not phone.says("Mở buổi tiêm")
    assert phone.says("Lô cần dùng trước"), "district centres keep the district stores"
    phone.press(LONG_VILLAGE)
    assert not phone.says("Thêm hộ")
    phone.press(LONG_NAME)
    phone.at("household")
    assert not phone.says("Ghi lần thăm")
    assert not phone.says("Thêm người")


def test_searching_a_name_without_accents(open_phone):
    phone = open_phone()
    phone.press(LONG_VILLAGE)
    phone.at("village")
    phone.app.phone.settings.telex = False
    phone.type(phone.id("search"), "hoang quynh nhu")
    assert phone.says("1 hộ")
    phone.press(LONG_NAME, "RecycledRow")
    phone.at("household")
    for name in ("Lò Văn Sơn", "Lò Thị Mai", "Vàng Thị Dở"):
        assert phone.says(name)
    phone.press_id("back") if "back" in phone.screen.ids else phone.screen.go_back()
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
    phone.press(LONG_VILLAGE)
    for query in ("", "dawngj", ""):
        search = phone.id("search")
        search.ids.writing.text = ""
        phone.type(search, query)
        for row in (w for w in phone.every() if type(w).__name__ == "RecycledRow"):
            shown = {w.text for w in phone.every(row) if getattr(w, "text", "")}
            visited = row.title == "Đặng Văn Tú"
            assert ("Đã thăm 12/04" if visited else "Chưa thăm") in shown, (row.title, shown)


@pytest.mark.slow
def test_ten_thousand_households_stay_quick(open_phone):
    phone = open_phone(households=10_000)
    began = time.perf_counter()
    phone.app.stage.go("village", village=VILLAGE)
    phone.frames(3)
    opened = time.perf_counter() - began
    began = time.perf_counter()
    phone.id("search").text = "giang 00012"
    phone.screen.search("")
    phone.frames(2)
    searched = time.perf_counter() - began
    assert phone.says("1 hộ")
    assert opened < 3, opened
    assert searched < 1.5, searched
