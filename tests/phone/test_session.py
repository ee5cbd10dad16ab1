"""A session by touch: lots in the order of their expiry, doses proposed by the rule, vials accounted for."""

import pytest

from mobile.store import registers, stock
from tests.mobile.phones import LOT, STATION
from tests.phone.village import CHILD, CHILD_LOT, FATHER, LONG_NAME, MOTHER, OLD_LOT

pytestmark = pytest.mark.phone


def open_session(phone, **taken):
    phone.press("Mở buổi tiêm")
    phone.at("session_form")
    for lot, presses in taken.items():
        card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == lot)
        for _ in range(presses):
            phone.touch(card.stepper.ids.more.__self__)
    phone.press("Mở buổi tiêm")
    return phone.at("session").session


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


def test_a_dose_is_proposed_by_the_rule_and_recorded(open_phone):
    phone = open_phone()
    session = open_session(phone)
    assert not phone.says("Lò Văn Sơn"), "who is not due is not listed"
    phone.type(phone.id("search"), "quynh nhu")
    phone.press(LONG_NAME, "RecycledRow")
    phone.at("dose")
    assert phone.says("Đủ điều kiện: đến lịch mũi 3")
    assert phone.says("Dùng trước · còn 7 ngày")
    phone.press("Ghi mũi tiêm")
    phone.at("dose")
    assert phone.says("Thiếu thông tin bắt buộc: Khám sàng lọc")
    phone.choose("eligible")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    assert phone.says("Đã ghi Mũi 3 cho")
    assert phone.says("đã ghi 1 mũi")
    entry = phone.app.phone.store.entries_of(MOTHER)[0]
    assert entry.body == {
        "session": session,
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "lot": OLD_LOT,
    }
    page = registers.person(phone.app.phone.store, MOTHER)
    assert page.advice.reason == "complete"


def test_who_is_not_due_shows_from_when(open_phone):
    phone = open_phone()
    open_session(phone)
    phone.type(phone.id("search"), "lo van son")
    phone.press("Lò Văn Sơn", "RecycledRow")
    assert phone.says("Chưa đến lịch mũi 3 (nhắc lại lần 1): còn 16 ngày, từ ngày 01/05/2022.")


def test_a_deferral_is_a_finding_and_not_a_dose(open_phone):
    phone = open_phone()
    open_session(phone)
    phone.type(phone.id("search"), "thi mai")
    phone.press("Lò Thị Mai", "RecycledRow")
    phone.choose("deferred")
    phone.choose("acute_illness")
    phone.press("Ghi hoãn tiêm")
    phone.at("session")
    row = registers.person(phone.app.phone.store, CHILD).row
    assert (row.last_outcome, row.last_reason) == ("deferred", "acute_illness")
    assert len(registers.person(phone.app.phone.store, CHILD).doses) == 1


def test_a_lot_written_by_hand(open_phone):
    phone = open_phone()
    open_session(phone)
    phone.type(phone.id("search"), "lo van son")
    phone.press("Lò Văn Sơn", "RecycledRow")
    phone.choose("caution")
    phone.press("Lô khác")
    field = next(w for w in phone.every() if type(w).__name__ == "TextField")
    phone.type(field, "FE9906")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    body = phone.app.phone.store.entries_of(FATHER)[0].body
    assert body["lot_number"] == "FE9906"
    assert "lot" not in body


def test_a_session_closes_when_every_vial_is_accounted_for(open_phone):
    phone = open_phone()
    session = open_session(phone, FK0112=2)
    phone.type(phone.id("search"), "quynh nhu")
    phone.press(LONG_NAME, "RecycledRow")
    phone.choose("eligible")
    phone.press("Ghi mũi tiêm")
    phone.press("Kết thúc buổi tiêm")
    screen = phone.at("session_close")
    card = screen.cards[0]
    assert [card.ids[part].value for part in ("vials_opened", "vials_returned", "vials_discarded")] == [
        1,
        1,
        0,
    ]
    phone.touch(card.ids.vials_discarded.ids.more.__self__)
    phone.press("Kết thúc buổi tiêm")
    phone.at("session_close")
    assert phone.says("Mang đi 2 lọ nhưng mới kê được 3 lọ")
    phone.touch(card.ids.vials_returned.ids.less.__self__)
    phone.press("Kết thúc buổi tiêm")
    phone.at("home")
    store = phone.app.phone.store
    assert stock.session(store, session).closed
    left = {h.lot.id: h.vials for h in stock.holdings(store, STATION)}
    assert left == {LOT: 24, OLD_LOT: 3, CHILD_LOT: 8}, "one was opened, one broke"


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
    phone.press("Kết thúc buổi tiêm")
    phone.at("home")
    values = stock.session_values(phone.app.phone.store, session)
    assert (values["waste_vials"], values["waste_to"]) == (3, "Trung tâm Y tế huyện Nậm Nhùn")
    assert "waste_boxes" not in values, "what nobody counted is not 0"
