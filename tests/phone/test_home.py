"""Today: what must not wait stands first, every row leads to its next action, and every number is the store's."""

import json

import pytest

from mobile.store import houses, places, registers, worklists
from mobile.store.database import set_meta
from shared.identifiers import named_id
from tests.mobile.phones import (
    COMMUNE,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    answer,
    household_body,
    place_raw,
    raw_entry,
)
from tests.phone.village import (
    CHILD,
    FATHER,
    GRANDMOTHER,
    HOME,
    LONG_COMMUNE,
    LONG_NAME,
    LONG_VILLAGE,
    MOTHER,
    QUERY,
    URGENT,
)

pytestmark = pytest.mark.phone


def titles(phone):
    """The titles of what can be pressed on the page, from the top."""
    column = phone.screen.ids.page.ids.column
    return [widget.title for widget in reversed(column.children) if hasattr(widget, "title")]


def at(phone, hour):
    """Set the phone's clock to an hour of Vietnam's day; it stands at eight in the morning."""
    phone.app.phone.clock.advance(minutes=(hour - 8) * 60)
    phone.app.stage.start("home")
    phone.settle()


def visit(phone, **outcome):
    """A visit to the family of four; `outcome` is the grandmother's."""
    line = {"person": GRANDMOTHER, "outcome": "reviewed"} | outcome
    others = [{"person": person, "outcome": "reviewed"} for person in (MOTHER, FATHER, CHILD)]
    body = {"visit_type": "door_to_door", "outcomes": [line, *others]}
    return phone.app.phone.store.record("visit", place=VILLAGE, subject=HOME, body=body)


def open_session(phone, doses=0):
    store = phone.app.phone.store
    body = {"session_type": "fixed", "point_name": "Nhà văn hóa"}
    held = store.record("session", place=STATION, body=body).subject
    for person in (MOTHER, GRANDMOTHER)[:doses]:
        given = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "session": held}
        store.record("dose", place=STATION, subject=person, body=given | {"lot_number": "FN1234"})
    return held


@pytest.mark.proves("R060")
def test_home_counts_houses_to_knock_by_village_and_lane(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    found = houses.houses(store)
    assert phone.says(LONG_COMMUNE)
    assert phone.says(f"{len(houses.to_knock(found))} nhà cần đến")
    assert phone.says(f"trên {len(found)} hộ")
    village = next(v for v in registers.villages(store) if v.name == LONG_VILLAGE)
    assert phone.says(f"{village.households} hộ · {village.people} người")
    assert phone.says(f"{village.due} đến lịch")
    shown = titles(phone)
    assert shown.index(LONG_VILLAGE) < shown.index("Xóm 1") < shown.index("Bản Pa Kéo") < shown.index("Xóm 4")
    assert "Xóm 2" not in shown, "its only house was reviewed"
    phone.press("Xóm Suối")
    phone.at("village")
    assert phone.says(LONG_NAME)
    assert not phone.says("Giàng A Páo"), "another lane is closed"


@pytest.mark.proves("R021")
def test_an_urgent_instruction_stands_first_until_it_is_answered(open_phone):
    phone = open_phone("village_health_worker")
    assert titles(phone)[0] == "Hỏa tốc · Chỉ đạo khác"
    phone.press("Hỏa tốc · Chỉ đạo khác")
    phone.at("message")
    phone.screen.go_back()
    phone.settle()
    assert titles(phone)[0] == "Hỏa tốc · Chỉ đạo khác", "read is not done"
    phone.app.stage.go("message", message=URGENT)
    phone.screen.answer("done")
    phone.settle()
    phone.app.stage.start("home")
    phone.settle()
    assert titles(phone)[0] != "Hỏa tốc · Chỉ đạo khác"


def test_a_question_of_the_district_leads_to_its_answer(open_phone):
    phone = open_phone()
    phone.press("Hỏi về báo cáo")
    assert phone.at("message").params == {"message": QUERY}


def test_every_list_leads_to_its_people(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    visit(phone, outcome="hesitant", reason="custom", appointment_on=TODAY.isoformat(), transport_need=True)
    phone.app.stage.start("home")
    phone.settle()
    due = sum(worklists.due_by_dose(store).values())
    for title, of in (
        (f"{due} người đến lịch tiêm", "due"),
        ("1 người hẹn tiêm", "appointments"),
        ("1 người không đến được điểm tiêm", "cannot_come"),
        ("1 người cần trò chuyện lại", "refusals"),
    ):
        phone.press(title)
        assert phone.at("worklist").of == of
        phone.screen.go_back()
        phone.settle()
    assert phone.says("hôm nay 1, quá hẹn 0")
    assert "nhà hẹn thăm lại" not in " ".join(titles(phone)), "an empty list is left out"


def test_what_was_begun_is_a_row_and_goes_on_where_it_stopped(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], "Lof Vawn")
    phone.screen.go_back()
    phone.settle()
    assert phone.says("Đang ghi dở, lúc 08:00 15/04")
    phone.press(f"Hộ gia đình · {LONG_VILLAGE}")
    phone.at("household_form")
    assert phone.screen.form.fields["head_name"].text == "Lò Văn"


def test_a_session_under_way_and_who_is_watched_stand_before_the_houses(open_phone):
    phone = open_phone()
    held = open_session(phone, doses=2)
    phone.app.stage.start("home")
    phone.settle()
    shown = titles(phone)
    assert shown.index("2 người đang theo dõi sau tiêm") < shown.index("Buổi tiêm tại Nhà văn hóa")
    assert shown.index("Buổi tiêm tại Nhà văn hóa") < shown.index(LONG_VILLAGE)
    assert phone.says("về lúc 08:30")
    phone.app.phone.clock.advance(minutes=31)
    phone.app.stage.start("home")
    phone.settle()
    assert phone.says("2 người đã đủ 30 phút")
    phone.press("2 người đang theo dõi sau tiêm")
    assert phone.at("observation").params == {"session": held}


def test_the_main_action_follows_the_hour_and_the_work(open_phone):
    phone = open_phone()
    assert phone.screen.action == "Mở buổi tiêm"
    held = open_session(phone, doses=1)
    at(phone, 9)
    assert phone.screen.action == "Tiếp tục buổi tiêm hôm nay"
    phone.press_id("main")
    assert phone.at("session").params == {"session": held}
    at(phone, 15)
    assert phone.screen.action == "Kết thúc buổi tiêm"
    phone.press_id("main")
    phone.at("session_close")
    phone.app.phone.store.edit("session", held, {"closed": True})
    phone.app.phone.sync = lambda: None
    at(phone, 8)
    unsent = phone.app.phone.outbox().unsent
    assert phone.screen.action == f"Gửi {unsent} bản ghi"
    phone.press_id("main")
    phone.at("outbox")


def test_a_village_worker_is_offered_visits_and_no_stock_or_session(open_phone):
    phone = open_phone("village_health_worker")
    assert phone.screen.action == "Đi thăm hộ"
    assert not phone.says("Lô cần dùng trước")
    assert not phone.says("Mở buổi tiêm")
    phone.press_id("main")
    assert phone.at("village").only == "to_knock"
    assert not phone.says("Đặng Văn Tú"), "reviewed three days ago"


def test_a_reviewer_keeps_the_stock_and_is_offered_nothing_to_record(open_phone):
    phone = open_phone("district_reviewer")
    assert phone.screen.action == "Tìm người, tìm hộ"
    assert phone.says("Lô cần dùng trước"), "district centres keep the district stores"
    phone.press_id("main")
    phone.at("search")


def test_goods_on_their_way_are_to_be_confirmed(open_phone):
    phone = open_phone(stocked=True)
    assert phone.says("chuyến hàng cần xác nhận")
    row = next(title for title in titles(phone) if "cần xác nhận" in title)
    phone.press(row)
    assert phone.at("transfers").params == {"site": STATION}


def test_lots_stand_first_expired_first(open_phone):
    phone = open_phone()
    lots = [title for title in titles(phone) if "Pfizer" in title]
    assert [title.rsplit(" ", 1)[1] for title in lots] == ["FK0112", "FP8290", "FN1234"]


def test_expired_lots_are_counted_and_never_proposed(open_phone, clock):
    clock.advance(days=10)
    phone = open_phone()
    lots = [title for title in titles(phone) if "Pfizer" in title]
    assert [title.rsplit(" ", 1)[1] for title in lots] == ["FP8290", "FN1234"]
    assert phone.says("1 lô quá hạn")


def test_targets_say_how_many_doses_and_days_are_left(open_phone):
    phone = open_phone("village_health_worker")
    assert phone.says("0/1 người · còn 1 mũi · hạn 30/04 (còn 15 ngày)")
    assert phone.says("0,0\N{NO-BREAK SPACE}%")


@pytest.mark.proves("R085")
def test_old_figures_say_how_old_they_are(open_phone, clock):
    phone = open_phone("village_health_worker")
    assert not phone.says("Số liệu đến")
    clock.advance(days=4)
    phone.app.phone.sync = lambda: None
    phone.app.stage.start("home")
    phone.settle()
    assert phone.says("Số liệu đến 08:00 15/04")
    phone.app.phone.store.edit("household", HOME, {"note": "Nhà mới"})
    phone.app.stage.start("home")
    phone.settle()
    assert phone.says("1 bản ghi chưa gửi")
    assert phone.says("Đồng bộ lần cuối 08:00 15/04")


def test_a_phone_without_a_house_begins_with_the_first(open_phone):
    phone = open_phone("village_health_worker", bare=True)
    assert phone.says("Thôn của tôi")
    assert not phone.says("nhà cần đến")
    assert phone.screen.action == "Ghi hộ đầu tiên"
    phone.press_id("main")
    phone.at("village")
    assert phone.says("Chưa có hộ nào")


def test_of_many_villages_those_with_the_most_to_do_stand_first(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    more = {named_id("test", "more", str(number)): number for number in range(6)}
    streams = Streams()
    for village, number in more.items():
        houses_there = (household_body(f"Lò Văn {house}") for house in range(number))
        streams.deliver([place_raw(village, "village", f"Thôn {number}", COMMUNE)], stream=village)
        streams.deliver(raw_entry("household", body, place=village) for body in houses_there)
    store.apply_page(streams.whole())
    with store.database.transaction() as connection:
        set_meta(connection, "follow", json.dumps([*store.followed, *more]))
    phone.app.stage.start("home")
    phone.settle()
    villages = [title for title in titles(phone) if title.startswith(("Thôn ", "Bản "))]
    assert villages == ["Thôn 5", "Thôn 4", LONG_VILLAGE, "Thôn 3"], "of as much to do, the more who are due"
    phone.press("Xem cả 8 thôn")
    villages = [title for title in titles(phone) if title.startswith(("Thôn ", "Bản "))]
    assert villages == [each.name for each in places.my_villages(store)]
    assert not phone.says("Xem cả 8 thôn")


def test_the_page_keeps_its_place_when_its_figures_change(open_phone):
    phone = open_phone()
    view = phone.screen.ids.page
    view.scroll_y = 0.4
    phone.frames(2)
    phone.app.phone.store.edit("household", HOME, {"note": "Nhà mới"})
    before = titles(phone)
    phone.screen.show()
    assert titles(phone) == before, "what is read stands until the new page is whole"
    phone.settle()
    assert "1 bản ghi chưa gửi" in titles(phone)
    assert view.scroll_y == pytest.approx(0.4, abs=0.05)


def test_the_page_stands_while_nothing_changes_and_follows_what_does(open_phone):
    phone = open_phone()
    phone.settle()
    phone.screen.show()
    phone.settle()
    rows = list(phone.screen.ids.page.ids.column.children)
    phone.screen.show()  # as after a sync that brought nothing
    phone.settle()
    assert list(phone.screen.ids.page.ids.column.children) == rows
    phone.app.phone.store.edit("household", HOME, {"note": "Nhà mới"})
    phone.screen.show()
    phone.settle()
    assert "1 bản ghi chưa gửi" in titles(phone)


@pytest.mark.proves("L2")
def test_all_sent_is_said_only_of_what_a_receipt_proves(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    phone.app.phone.sync = lambda: None
    assert "Đã gửi hết bản ghi" in titles(phone), "nothing was recorded yet"
    entry = store.edit("household", HOME, {"note": "Nhà mới"})
    with store.database.transaction() as connection:
        connection.execute("UPDATE entry SET outcome = 'accepted' WHERE id = ?", (entry.id,))
    phone.app.stage.start("home")
    phone.settle()
    assert "Máy chủ chưa xác nhận đủ" in titles(phone)
    store.apply_answer(answer(store, [{"id": entry.id, "outcome": "accepted"}]))
    phone.app.stage.start("home")
    phone.settle()
    assert "Đã gửi hết bản ghi" in titles(phone)
