"""The screening by touch: all no at one tap, exceptions, what the form proposes and why, and what follows."""

from datetime import date

import pytest

from mobile.store import registers, screening
from tests.mobile.phones import TODAY
from tests.phone.sessions import answer_yes, body_of, find_person, open_session
from tests.phone.village import CHILD, FATHER, HOME, LONG_NAME, MOTHER

pytestmark = pytest.mark.phone


def test_somebody_healthy_is_screened_by_one_tap_and_vaccinated_by_the_next(open_phone):
    phone = open_phone()
    session = open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    assert phone.says("Tất cả “Không” · Đủ điều kiện tiêm ngay")
    phone.press_id("main")
    phone.press_id("main")
    phone.at("session")
    body = body_of(phone, MOTHER, "screening")
    assert (body["outcome"], body["form"], body["session"]) == ("eligible", "SCREENING_3802", session)
    assert len(body["answers"]) == 10
    assert not any(line["yes"] for line in body["answers"])
    assert body_of(phone, MOTHER, "dose")["screening"] == "eligible"


@pytest.mark.proves("R024")
def test_the_gravest_answer_proposes_the_conclusion_with_its_reason_and_document(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "thi mai", "Lò Thị Mai")
    answer_yes(phone, "allergy")
    assert phone.says("Còn lại “Không” · Thận trọng khi tiêm")
    answer_yes(phone, "acute_illness")
    assert phone.says("Phiếu đề xuất: Trì hoãn. Vì: Đang mắc bệnh cấp tính (3802/QĐ-BYT).")
    assert phone.says("29/04/2022 (theo phiếu)")
    assert phone.says("Đang mắc bệnh cấp tính, sốt"), "the reason is proposed too"
    phone.press_id("main")
    phone.at("session")
    assert phone.says("Đã ghi khám sàng lọc: Trì hoãn.")
    body = body_of(phone, CHILD, "screening")
    assert (body["outcome"], body["reason"], body["deferred_until"]) == (
        "deferred",
        "acute_illness",
        "2022-04-29",
    )
    page = registers.person(phone.app.phone.store, CHILD)
    assert page.advice.due_on == date(2022, 4, 29)
    assert len(page.doses) == 1, "a deferral is no dose"
    assert not phone.says("Lò Thị Mai") or phone.id("search").text, "who is put off is not due"


def test_the_screener_concludes_otherwise_with_a_day_and_a_reason_of_their_own(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.choose("deferred")
    phone.press_id("main")
    phone.at("screening")
    assert phone.says("cần"), "a deferral says until when and why"
    phone.choose("another")
    days = next(w for w in phone.every() if type(w).__name__ == "DayField")
    for part, typed in (("day", "3"), ("month", "5"), ("year", "2022")):
        phone.type(days.ids[part].__self__, typed)
        phone.put_down()
    phone.touch(next(w for w in phone.every() if type(w).__name__ == "PickField").children[1])
    phone.at("pick")
    phone.press("Chưa đủ khoảng cách giữa các mũi", "RecycledRow")
    phone.at("screening")
    note = next(w for w in phone.every() if type(w).__name__ == "TextField")
    phone.type(note, "Mowis ddi xa veef")
    phone.press_id("main")
    phone.at("session")
    body = body_of(phone, MOTHER, "screening")
    assert (body["outcome"], body["deferred_until"], body["reason"]) == ("deferred", "2022-05-03", "interval")
    assert body["note"] == "Mới đi xa về"


@pytest.mark.proves("R024")
def test_a_contraindication_takes_off_the_list_and_is_put_right_by_another_screening(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    answer_yes(phone, "anaphylaxis_vaccine")
    phone.press_id("main")
    phone.at("session")
    store = phone.app.phone.store
    assert registers.person(store, MOTHER).advice.reason == "contraindicated"
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.at("screening")
    assert phone.says("Đã khám lúc 08:00: Chống chỉ định. Ghi lại sẽ thay kết luận này.")
    row = next(
        w for w in phone.every() if type(w).__name__ == "AnswerRow" and w.code == "anaphylaxis_vaccine"
    )
    assert row.answer == "yes", "what was answered stands"
    answer_yes(phone, "anaphylaxis_vaccine")
    phone.press_id("main")
    phone.at("dose")
    assert screening.screened(store, MOTHER, TODAY).outcome == "eligible", (
        "the lighter one corrects the graver"
    )
    assert registers.person(store, MOTHER).advice.dose_type == "booster_1"


def test_a_screening_is_undone_and_its_form_stands_as_it_was(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    answer_yes(phone, "bleeding_disorder")
    phone.press_id("main")
    phone.at("dose")
    phone.app.stage.undo()
    phone.settle()
    screen = phone.at("screening")
    assert screen.data["answers"]["bleeding_disorder"]
    assert screening.screened(phone.app.phone.store, MOTHER, TODAY) is None
    phone.press_id("main")
    phone.at("dose")
    phone.press_id("main")
    phone.at("session")
    assert body_of(phone, MOTHER, "dose")["screening"] == "caution"


@pytest.mark.proves("L13")
def test_every_answer_is_kept_at_once(open_phone):
    phone = open_phone()
    session = open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    answer_yes(phone, "allergy")
    key = f"screening:{session}:{MOTHER}"
    assert phone.app.phone.store.draft(key)["answers"] == {"allergy": True}
    phone.screen.go_back()
    phone.settle()
    find_person(phone, "quynh nhu", LONG_NAME)
    assert phone.says("Còn bản đang viết dở")
    assert phone.says("Còn lại “Không” · Thận trọng khi tiêm")
    phone.press_id("main")
    assert phone.app.phone.store.draft(key) is None


def test_a_conclusion_copied_from_paper_answers_no_question(open_phone):
    phone = open_phone()
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    phone.press("Ghi theo phiếu giấy")
    assert not any(type(w).__name__ == "AnswerRow" for w in phone.every())
    assert phone.says("Chọn kết luận")
    phone.press_id("main")
    phone.at("screening")
    phone.choose("caution")
    phone.press_id("main")
    phone.at("dose")
    body = body_of(phone, MOTHER, "screening")
    assert body["outcome"] == "caution"
    assert "answers" not in body
    assert "form" not in body


def test_what_was_answered_by_yes_before_is_seen(open_phone):
    phone = open_phone()
    store = phone.app.phone.store
    body = {"outcome": "caution", "form": "SCREENING_3802", "answers": [{"item": "allergy", "yes": True}]}
    store.record(
        "screening", subject=MOTHER, place=phone.app.phone.me.site, body=body, occurred_on=date(2022, 3, 2)
    )
    open_session(phone)
    find_person(phone, "quynh nhu", LONG_NAME)
    assert phone.says("Lần khám 02/03/2022: Có")


@pytest.mark.proves("R033")
@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ("agree", "Phụ huynh đồng ý tiêm (ngày 15/04/2022)."),
        ("decline", "Phụ huynh không đồng ý (ngày 15/04/2022). Hỏi lại trước khi tiêm."),
        (None, "Chưa ghi ý kiến phụ huynh."),
    ],
)
def test_what_a_parent_said_stands_before_the_screening_of_a_child(open_phone, consent, said):
    phone = open_phone()
    store = phone.app.phone.store
    if consent:
        found = (
            {"outcome": "reviewed"}
            if consent == "agree"
            else {"outcome": "refused", "reason": "side_effects"}
        )
        line = {"person": CHILD, "reached": True, "consent": consent, **found}
        village = registers.person(store, CHILD).row.village_id
        store.record(
            "visit", subject=HOME, place=village, body={"visit_type": "door_to_door", "outcomes": [line]}
        )
    open_session(phone)
    find_person(phone, "thi mai", "Lò Thị Mai")
    assert phone.says(said)
    assert phone.says(f"Người giám hộ: {LONG_NAME}")
    phone.screen.go_back()
    phone.settle()
    find_person(phone, "lo van son", "Lò Văn Sơn")
    assert not phone.says("phụ huynh")


@pytest.mark.proves("R079")
def test_who_does_not_screen_sees_no_answers(open_phone):
    phone = open_phone("village_health_worker")
    home = phone.screen
    phone.app.stage.go("screening", session=HOME, person=FATHER)
    phone.settle()
    assert phone.screen is home
    assert phone.says("không được"), phone.texts()


def test_in_large_text_nothing_is_cut_off(open_phone):
    from tests.phone.layout import misplaced

    phone = open_phone()
    phone.app.phone.settings.large = True
    phone.app.rebuild()
    phone.app.stage.start("home")
    phone.settle()
    open_session(phone)
    assert misplaced(phone) == []
    find_person(phone, "thi mai", "Lò Thị Mai")
    answer_yes(phone, "acute_illness")
    assert misplaced(phone) == []
    answer_yes(phone, "acute_illness")
    phone.press_id("main")
    phone.at("dose")
    assert misplaced(phone) == []
    phone.press_id("main")
    phone.at("session")
    phone.choose("watched")
    assert misplaced(phone) == []
    assert body_of(phone, CHILD, "dose")["dose_type"] == "primary_2"
