"""A session by touch: opened with its team and lots, doses proposed by the rule, vials accounted for."""

import json
from datetime import timedelta

import pytest

from mobile.store import registers, sessions, stock
from mobile.store.database import set_meta
from shared.identifiers import named_id
from tests.mobile.phones import COMMUNE, LOT, STATION, TODAY, Streams, page, place_raw, raw_entry
from tests.phone.sessions import answer_yes, body_of, find_person, give, open_session
from tests.phone.village import CHILD_LOT, FATHER, GRANDMOTHER, LONG_NAME, MOTHER, OLD_LOT

pytestmark = pytest.mark.phone

TEAM, VEHICLE, BOX = "Giàng A Páo", "Xe máy 25-B1 004.17", "Phích 2"


def field(phone, label):
    """The text field whose name begins so."""
    found = [w for w in phone.every() if type(w).__name__ == "TextField" and w.label.startswith(label)]
    assert len(found) == 1, [w.label for w in found]
    return found[0]


@pytest.mark.proves("R009")
def test_a_session_takes_lots_first_expired_first(open_phone):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    cards = [w.lot for w in phone.every() if type(w).__name__ == "LotCard"]
    assert list(reversed(cards)) == ["FK0112", "FP8290", "FN1234"]
    phone.screen.go_back()
    phone.settle()
    session = open_session(phone, FK0112=2)
    values = stock.session_values(phone.app.phone.store, session)
    assert values["session_type"] == "fixed"
    assert values["lots"] == [{"lot": OLD_LOT, "vials_taken": 2}]
    assert stock.session(phone.app.phone.store, session).site_id == STATION


@pytest.mark.proves("R022", "L13")
def test_a_mobile_session_has_its_team_vehicle_and_cold_box(open_phone):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    phone.choose("mobile")
    phone.type(field(phone, "Điểm tiêm"), "Nhaf vawn hoas")
    phone.put_down()
    phone.type(field(phone, "Người khác"), "Giafng A Paso")
    phone.put_down()
    phone.press("Thêm người này")
    phone.type(field(phone, "Phương tiện"), VEHICLE)
    phone.put_down()
    phone.type(field(phone, "Hòm lạnh"), "Phichs 2")
    phone.put_down()
    phone.screen.go_back()
    phone.settle()
    phone.press("Mở buổi tiêm")
    assert phone.says("Còn bản đang viết dở"), "what was typed is kept"
    phone.press("Mở buổi tiêm")
    session = phone.at("session").session
    store = phone.app.phone.store
    values = sessions.session_values(store, session)
    recorder = phone.app.phone.me.full_name
    assert values["team"] == [recorder, TEAM], "whoever records is of the team"
    assert (values["session_type"], values["point_name"]) == ("mobile", "Nhà văn hóa")
    assert (values["vehicle"], values["cold_box"]) == (VEHICLE, BOX)
    phone.press_id("about")
    phone.at("session_details")
    for said in (TEAM, VEHICLE, BOX, "Tiêm lưu động"):
        assert phone.says(said)


@pytest.mark.proves("R022")
def test_what_was_used_before_is_one_tap_away(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    store.record(
        "session",
        place=STATION,
        body={"session_type": "mobile", "team": [TEAM], "vehicle": VEHICLE, "cold_box": BOX, "closed": True},
    )
    phone.press("Mở buổi tiêm")
    phone.choose(TEAM)
    phone.choose(VEHICLE)
    phone.choose(BOX)
    phone.press("Mở buổi tiêm")
    values = sessions.session_values(store, phone.at("session").session)
    assert values["team"][-1] == TEAM
    assert (values["vehicle"], values["cold_box"]) == (VEHICLE, BOX)


@pytest.mark.proves("R070")
def test_a_mobile_team_holds_its_session_with_its_own_stock(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    team, streams = named_id("test", "team"), Streams()
    received = {"state": "chilled", "vials": 3, "reason": "received"}
    streams.deliver(
        [
            place_raw(team, "team", "Trạm y tế lưu động số 1", COMMUNE),
            raw_entry("stock_movement", received, subject=LOT, place=team),
        ],
        team,
    )
    with store.database.transaction() as connection:
        set_meta(connection, "follow", json.dumps([*store.followed, team]))
    store.apply_page(page([streams.part(team)]))
    phone.press("Mở buổi tiêm")
    phone.choose(team)
    screen = phone.at("session_form")
    assert [w.lot for w in phone.every() if type(w).__name__ == "LotCard"] == ["FN1234"], (
        "the team's own stock"
    )
    assert screen.data["session_type"] == "mobile"
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard")
    phone.touch(card.stepper.ids.more.__self__)
    phone.press("Mở buổi tiêm")
    session = phone.at("session").session
    assert sessions.session(store, session).site_id == team
    phone.press_id("main")
    phone.at("session_close").cards[0].ids.vials_discarded.put(1)
    phone.screen.cards[0].ids.vials_returned.put(0)
    phone.press("Kết thúc buổi tiêm", "MainButton")
    assert {h.lot.id: h.vials for h in stock.holdings(store, team)} == {LOT: 2}
    assert {h.lot.id: h.vials for h in stock.holdings(store, STATION)}[LOT] == 24


@pytest.mark.proves("R009")
def test_another_reason_for_a_later_lot_is_told_in_words(open_phone):
    phone = open_phone()
    phone.press("Mở buổi tiêm")
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == "FN1234")
    phone.touch(card.stepper.ids.more.__self__)
    assert phone.id("main").disabled
    phone.choose("other")
    assert phone.id("main").disabled, "the words are missing"
    phone.type(field(phone, "Ghi rõ"), "De danh cho truong")
    phone.put_down()
    phone.press("Mở buổi tiêm")
    values = sessions.session_values(phone.app.phone.store, phone.at("session").session)
    assert values["lots"] == [{"lot": LOT, "vials_taken": 1, "fefo_code": "other"}]
    assert values["note"] == "De danh cho truong"


def test_more_vials_are_taken_while_a_session_goes_on_and_it_can_be_undone(open_phone):
    phone = open_phone()
    session = open_session(phone, FK0112=1)
    store = phone.app.phone.store
    phone.press_id("about")
    phone.press("Sửa buổi tiêm, lấy thêm lọ")
    card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == "FK0112")
    assert card.stepper.value == 1
    phone.touch(card.stepper.ids.more.__self__)
    phone.press("Ghi lại")
    phone.at("session_details")
    assert sessions.session_values(store, session)["lots"] == [{"lot": OLD_LOT, "vials_taken": 2}]
    assert phone.says("Mang đi 2 lọ")
    phone.app.stage.undo()
    phone.settle()
    phone.at("session_form")
    assert sessions.session_values(store, session)["lots"] == [{"lot": OLD_LOT, "vials_taken": 1}]


@pytest.mark.proves("R010", "R016")
def test_a_dose_is_proposed_by_the_rule_and_recorded(open_phone):
    phone = open_phone()
    session = open_session(phone)
    assert not phone.says("Lò Văn Sơn"), "who is not due is not listed"
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.at("screening")
    phone.press_id("main")
    phone.at("dose")
    assert phone.says("Đủ điều kiện: đến lịch mũi 3")
    assert phone.says("Dùng trước · còn 7 ngày")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    assert phone.says("Đã ghi Mũi 3 cho")
    assert phone.says("Theo dõi đến 08:30"), "the observation begins by itself"
    assert phone.says("1 mũi")
    assert body_of(phone, MOTHER, "dose") == {
        "session": session,
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "lot": OLD_LOT,
    }
    page = registers.person(phone.app.phone.store, MOTHER)
    assert page.advice.reason == "complete"


def test_a_dose_is_undone_and_its_form_stands_as_it_was(open_phone):
    phone = open_phone()
    open_session(phone)
    give(phone, "quynh nhu", LONG_NAME)
    phone.app.stage.undo()
    phone.settle()
    screen = phone.at("dose")
    assert screen.data["lot"] == OLD_LOT
    page = registers.person(phone.app.phone.store, MOTHER)
    assert [dose.dose_type for dose in page.doses if not dose.voided] == ["primary_2", "primary_1"]
    assert page.advice.dose_type == "booster_1"


def test_the_three_lists_of_a_session(open_phone, clock):
    phone = open_phone()
    open_session(phone)
    give(phone, "quynh nhu", LONG_NAME)
    phone.id("search").clear()
    phone.choose("watched")
    assert phone.says("Theo dõi đến 08:30")
    clock.advance(minutes=31)
    phone.choose("watched")
    assert phone.says("Đã đủ 30 phút")
    phone.press_id("main")
    phone.at("observation")
    phone.screen.go_back()
    phone.settle()
    phone.choose("done")
    assert phone.says("Mũi 3 · 08:00")
    assert phone.says("Máy này")
    phone.press(LONG_NAME, "RecycledRow")
    phone.at("person")


def test_who_is_not_due_shows_from_when(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "lo van son", "Lò Văn Sơn")
    phone.at("screening")
    assert phone.says("Chưa đến lịch mũi 3 (nhắc lại lần 1): còn 16 ngày, từ ngày 01/05/2022.")


@pytest.mark.proves("R093")
def test_a_vaccine_for_another_age_is_not_offered_and_warned_of_when_written_by_hand(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "lo van son", "Lò Văn Sơn")
    answer_yes(phone, "allergy")
    phone.press_id("main")
    phone.at("dose")
    assert phone.says("Pfizer trẻ em (5–<12): không dùng cho lứa tuổi này.")
    phone.press("Lô khác")
    phone.screen.choose(vaccine="PFZ_CHILD")
    assert phone.says("Vắc xin không dành cho lứa tuổi này (38 tuổi)")
    phone.screen.choose(vaccine="PFZ_ADULT")
    assert not phone.says("Vắc xin không dành cho lứa tuổi này (38")
    phone.type(field(phone, "Số lô"), "FE9906")
    phone.put_down()
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    body = body_of(phone, FATHER, "dose")
    assert (body["lot_number"], body["screening"]) == ("FE9906", "caution")
    assert "lot" not in body


@pytest.mark.proves("R024")
def test_a_home_dose_waits_for_the_conclusion_eligible(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "vang thi", "Vàng Thị Dở")
    answer_yes(phone, "bleeding_disorder")
    assert phone.says("Thận trọng khi tiêm")
    phone.press_id("main")
    phone.at("dose")
    phone.press("Tiêm tại nhà")
    assert phone.says("Chỉ tiêm tại nhà khi khám sàng lọc kết luận")
    phone.press("Ghi mũi tiêm")
    phone.at("dose")
    assert not any(entry.kind == "dose" for entry in phone.app.phone.store.entries_of(GRANDMOTHER))
    phone.press("Thận trọng khi tiêm", "Row")
    phone.at("screening")
    answer_yes(phone, "bleeding_disorder")
    phone.press_id("main")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    body = body_of(phone, GRANDMOTHER, "dose")
    assert (body["at_home"], body["screening"]) == (True, "eligible")


@pytest.mark.proves("R009")
def test_a_lot_out_of_turn_asks_why_and_other_in_words(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.press_id("main")
    later = next(w for w in phone.every() if type(w).__name__ == "Row" and "FN1234" in w.line)
    phone.touch(later)
    phone.press("Ghi mũi tiêm")
    phone.at("dose")
    assert phone.says("Thiếu thông tin bắt buộc: Lý do không dùng lô hạn ngắn")
    phone.choose("other")
    phone.press("Ghi mũi tiêm")
    assert phone.says("Thiếu thông tin bắt buộc: Ghi chú")
    phone.type(field(phone, "Ghi rõ"), "Lo kia bi mo nhan")
    phone.put_down()
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    body = body_of(phone, MOTHER, "dose")
    assert (body["lot"], body["fefo_code"], body["note"]) == (LOT, "other", "Lo kia bi mo nhan")


def test_a_vial_is_opened_beside_the_dose_and_few_people_are_warned_of(open_phone):
    phone = open_phone()
    session = open_session(phone, FK0112=2)
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.press_id("main")
    assert phone.says("chưa mở 2 lọ")
    phone.press("Ghi mở lọ mới")
    store = phone.app.phone.store
    assert sessions.opened_in(store, session) == {OLD_LOT: 1}
    assert phone.says("lọ mở còn 6 liều · chưa mở 1 lọ")
    assert not phone.says("Ghi mở lọ mới"), "a vial stands open"
    phone.app.stage.undo()
    phone.settle()
    assert sessions.opened_in(store, session) == {}
    assert phone.says("chưa mở 2 lọ")
    phone.press("Ghi mở lọ mới")
    phone.press("Ghi mũi tiêm")
    give(phone, "vang thi", "Vàng Thị Dở")
    find_person(phone, "gi cha", "Lý Gì Chà")
    phone.press_id("main")
    assert phone.says("lọ mở còn 4 liều")


def test_opening_a_vial_for_few_says_what_it_would_waste(open_phone):
    phone = open_phone()
    open_session(phone, FK0112=2)
    for typed, name in (
        ("quynh nhu", LONG_NAME),
        ("vang thi", "Vàng Thị Dở"),
        ("gi cha", "Lý Gì Chà"),
        ("ta may", "Phàn Tả Mẩy"),
        ("a pao", "Giàng A Páo"),
        ("van tu", "Đặng Văn Tú"),
    ):
        give(phone, typed, name)
    find_person(phone, "thi my", "Sùng Thị Mỷ")
    phone.press_id("main")
    assert phone.says("chưa mở 1 lọ"), "six doses were the first vial"
    waiting = phone.screen.waiting()
    assert phone.says(f"Còn {waiting} người đến lịch mà lọ có 6 liều")
    assert phone.says(f"có thể phải bỏ {6 - waiting} liều")


def test_a_session_closes_when_every_vial_is_accounted_for(open_phone, clock):
    phone = open_phone()
    session = open_session(phone, FK0112=2)
    give(phone, "quynh nhu", LONG_NAME)
    clock.advance(minutes=31)
    phone.press("Kết thúc buổi tiêm")
    screen = phone.at("session_close")
    card = screen.cards[0]
    parts = ("vials_opened", "vials_returned", "vials_discarded")
    assert [card.ids[part].value for part in parts] == [1, 1, 0]
    phone.touch(card.ids.vials_discarded.ids.more.__self__)
    phone.press("Kết thúc buổi tiêm", "MainButton")
    phone.at("session_close")
    assert phone.says("Mang đi 2 lọ nhưng mới kê được 3 lọ")
    phone.touch(card.ids.vials_returned.ids.less.__self__)
    phone.press("Kết thúc buổi tiêm", "MainButton")
    phone.at("home")
    store = phone.app.phone.store
    assert stock.session(store, session).closed
    left = {h.lot.id: h.vials for h in stock.holdings(store, STATION)}
    assert left == {LOT: 24, OLD_LOT: 3, CHILD_LOT: 8}, "one was opened, one broke"
    phone.app.stage.undo()
    phone.settle()
    screen = phone.at("session_close")
    assert not stock.session(store, session).closed
    assert screen.lines[0]["vials_discarded"] == 1, "the draft came back"
    left = {h.lot.id: h.vials for h in stock.holdings(store, STATION)}
    assert left == {LOT: 24, OLD_LOT: 5, CHILD_LOT: 8}


@pytest.mark.proves("R039")
def test_a_session_does_not_end_while_somebody_is_under_observation(open_phone, clock):
    phone = open_phone()
    session = open_session(phone, FK0112=1)
    give(phone, "quynh nhu", LONG_NAME)
    phone.press("Kết thúc buổi tiêm")
    store = phone.app.phone.store
    clock.advance(minutes=29)
    phone.press("Kết thúc buổi tiêm", "MainButton")
    phone.at("session_close")
    assert phone.says(f"Còn 1 người đang được theo dõi sau tiêm: {LONG_NAME}")
    assert not stock.session(store, session).closed
    clock.advance(minutes=2)
    phone.press("Mở màn hình theo dõi")
    phone.at("observation")
    phone.screen.go_back()
    phone.settle()
    phone.at("session_close")
    assert phone.says("1 người đã đủ 30 phút mà chưa ghi lúc ra về.")
    phone.press("Tất cả ổn định, cho về")
    assert body_of(phone, MOTHER, "observation")["result"] == "well"
    assert not phone.says("30 phút")
    phone.press("Kết thúc buổi tiêm", "MainButton")
    phone.at("home")
    assert stock.session(store, session).closed


def test_a_session_forgotten_yesterday_is_found_and_its_doses_are_of_that_day(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    yesterday = TODAY - timedelta(days=1)
    forgotten = store.record(
        "session", place=STATION, body={"session_type": "fixed"}, occurred_on=yesterday
    ).subject
    phone.press("Mở buổi tiêm")
    phone.at("session_form")
    row = next(w for w in phone.every() if type(w).__name__ == "Row" and "chưa kết thúc" in w.line)
    assert row.line == "Ngày 14/04/2022 chưa kết thúc · 0 mũi. Mở để kết thúc."
    phone.touch(row)
    assert phone.at("session").session == forgotten
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.press_id("main")
    assert phone.says("Buổi tiêm của ngày 14/04/2022: mũi tiêm được ghi vào ngày đó.")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    entry = next(
        e for e in store.entries_of(MOTHER) if e.kind == "dose" and e.device == phone.app.phone.me.device
    )
    assert entry.occurred_on == yesterday
    assert not phone.says("Theo dõi đến"), "nobody is watched for what happened yesterday"
    phone.press("Kết thúc buổi tiêm")
    phone.press("Kết thúc buổi tiêm", "MainButton")
    assert sessions.not_ended(store, STATION) == []


@pytest.mark.proves("R094")
def test_the_waste_of_a_session_is_counted_and_handed_over(open_phone):
    phone = open_phone()
    session = open_session(phone, FK0112=1)
    phone.press("Kết thúc buổi tiêm")
    screen = phone.at("session_close")
    assert phone.says("Rác thải y tế của buổi tiêm")
    fields = screen.waste.fields
    phone.type(fields["waste_vials"], "3")
    phone.type(fields["waste_to"], "Trung tâm Y tế huyện Nậm Nhùn")
    phone.screen.go_back()
    phone.settle()
    phone.press("Kết thúc buổi tiêm")
    screen = phone.at("session_close")
    assert screen.waste.values["waste_vials"] == 3, "what was typed is kept"
    phone.press("Kết thúc buổi tiêm", "MainButton")
    phone.at("home")
    values = stock.session_values(phone.app.phone.store, session)
    assert (values["waste_vials"], values["waste_to"]) == (3, "Trung tâm Y tế huyện Nậm Nhùn")
    assert "waste_boxes" not in values, "what nobody counted is not 0"
