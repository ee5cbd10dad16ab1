"""Messages from above, and what is told upward, by touch."""

import pytest

from tests.phone.village import CHILD, LONG_COMMUNE, SCHOOL

pytestmark = pytest.mark.phone


def entries(phone, kind):
    """Bodies of this phone's own entries of a kind."""
    store = phone.app.phone.store
    return [
        (item.place, next(e for e in store.entries_of(item.subject) if e.id == item.id).body)
        for item in store.outbox(50)
        if item.kind == kind
    ]


@pytest.mark.proves("R021", "R047")
def test_an_urgent_message_stands_first_and_is_answered(open_phone):
    phone = open_phone()
    phone.wait_for(lambda: phone.says("4 tin mới"))
    assert phone.says("Hỏa tốc · Chỉ đạo khác")
    phone.press("Tin từ tuyến trên")
    phone.at("messages")
    rows = [w.title for w in phone.every() if type(w).__name__ == "Row"]
    top = max((w for w in phone.every() if type(w).__name__ == "Row"), key=lambda w: w.y)
    assert top.title == "Hỏa tốc · Chỉ đạo khác"
    assert len(rows) == 4
    phone.press("Hỏa tốc · Chỉ đạo khác")
    phone.at("message")
    assert phone.says("Dừng dùng lô FK0112")
    phone.press("Đã nhận")
    phone.at("messages")
    [(_, body)] = entries(phone, "response")
    assert body == {"of": "reminder", "action": "acknowledged"}
    phone.screen.go_back()
    phone.at("home")
    phone.wait_for(lambda: phone.says("3 tin mới"))
    [row] = [w for w in phone.every() if getattr(w, "title", "") == "Hỏa tốc · Chỉ đạo khác"]
    assert not row.chip, "it was read; it stands until it is done"


@pytest.mark.proves("R018")
def test_a_remark_says_what_to_do_and_an_answer_needs_words(open_phone):
    phone = open_phone()
    phone.press("Tin từ tuyến trên")
    phone.press("Nhận xét kiểm tra")
    assert phone.says("Đi hết các hộ còn lại.")
    assert phone.says("quá hạn 3 ngày")
    phone.press("Trả lời", kind="QuietButton")
    phone.at("message")
    assert phone.says("Hãy viết nội dung trả lời để bên kia biết phải làm gì.")
    phone.type(phone.screen.form.fields["text"], "Mai di not")
    phone.put_down()
    phone.screen.go_back()
    phone.press("Nhận xét kiểm tra")
    assert phone.screen.form.values["text"] == "Mai di not", "the draft is kept"
    phone.press("Trả lời", kind="QuietButton")
    phone.at("messages")
    [(_, body)] = entries(phone, "response")
    assert body == {"of": "inspection_remark", "action": "answered", "text": "Mai di not"}


def test_a_query_on_a_report_is_answered_from_the_phone(open_phone):
    phone = open_phone()
    phone.press("Tin từ tuyến trên")
    phone.press("Hỏi về báo cáo")
    assert phone.says("Ô hỏi: Số mũi 3 trong ngày")
    phone.type(phone.screen.form.fields["text"], "Nhap nham")
    phone.press_id("main")
    phone.at("messages")
    [(_, body)] = entries(phone, "report_answer")
    assert body["text"] == "Nhap nham"
    assert phone.says("đã trả lời")


@pytest.mark.proves("R026", "R027")
def test_a_shortage_is_told_in_a_few_touches(open_phone):
    phone = open_phone()
    phone.press("Tin từ tuyến trên")
    phone.press("Báo thiếu nhân lực")
    phone.at("tell")
    assert phone.says(LONG_COMMUNE)
    phone.press_id("main")
    phone.at("tell")
    assert phone.screen.form.fields["people"].fault
    phone.choose("nurse")
    phone.type(phone.screen.form.fields["people"], "2")
    phone.type(phone.screen.form.fields["reason"], "Hai nguoi om")
    phone.put_down()
    phone.press_id("main")
    phone.at("messages")
    [(_, body)] = entries(phone, "staff_shortage")
    assert body == {"role": "nurse", "people": 2, "from_on": "2022-04-15", "reason": "Hai nguoi om"}
    assert phone.says("Thiếu 2 điều dưỡng")
    assert phone.says("chưa trả lời")


@pytest.mark.proves("R020")
def test_a_proposal_is_sent_upward(open_phone):
    phone = open_phone()
    phone.press("Tin từ tuyến trên")
    phone.press("Gửi kiến nghị")
    phone.choose("equipment")
    for name, said in (("difficulty", "Hong phich"), ("proposal", "Cap phich")):
        phone.type(phone.screen.form.fields[name], said)
    phone.put_down()
    phone.press_id("main")
    phone.at("messages")
    [(_, body)] = entries(phone, "proposal")
    assert body == {"topic": "equipment", "difficulty": "Hong phich", "proposal": "Cap phich"}


def test_a_village_worker_may_tell_a_shortage_and_no_proposal(open_phone):
    phone = open_phone("village_health_worker")
    phone.press("Tin từ tuyến trên")
    assert phone.says("Báo thiếu nhân lực")
    assert not phone.says("Gửi kiến nghị")


@pytest.mark.proves("R014", "R034")
def test_consent_to_messages_and_the_school_are_asked_and_never_ticked_beforehand(open_phone):
    phone = open_phone()
    phone.app.stage.go("person_form", person=CHILD)
    phone.press("Thêm thông tin")
    form = phone.screen.form
    assert form.fields["sms_allowed"].value == ""
    phone.choose("yes", form.fields["sms_allowed"])
    form.fields["group_place"].take(SCHOOL)
    phone.type(form.fields["group_name"], "6A")
    phone.put_down()
    phone.press("Ghi lại")
    [(_, body)] = entries(phone, "person")
    assert body == {"sms_allowed": True, "group_place": SCHOOL, "group_name": "6A"}
    phone.app.stage.go("person_form", person=CHILD)
    assert phone.screen.form.fields["sms_allowed"].value == "yes"
