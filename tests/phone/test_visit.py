"""A door-to-door visit by touch: an outcome for every member, and what is agreed with them."""

from dataclasses import replace

import pytest

from mobile.platform.location import Position
from mobile.store import registers
from mobile.words import words
from tests.mobile.phones import VILLAGE, person_body
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, LONG_NAME, MOTHER

pytestmark = pytest.mark.phone

TOMORROW, IN_A_WEEK = "2022-04-16", "2022-04-22"


def begin(phone):
    phone.wait_for(lambda: not phone.app.phone.syncing, 60)
    phone.app.stage.start("home")
    phone.app.stage.go("household", household=HOME)
    phone.settle()
    phone.press("Ghi lần thăm")
    return phone.at("visit")


def answer_everybody(phone):
    """Grandmother, father, mother, then the child, whose mother agrees."""
    for _ in range(4):
        phone.choose("reviewed")
    phone.choose("agree")


def visits(phone):
    return registers.household(phone.app.phone.store, HOME).visits


def recorded(phone):
    """The newest visit's body, its lines by person."""
    body = dict(next(e for e in phone.app.phone.store.entries_of(HOME) if e.kind == "visit").body)
    return body, {line["person"]: line for line in body["outcomes"]}


@pytest.mark.proves("R060", "R054")
def test_every_member_gets_an_outcome_in_one_tap_or_two(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    assert phone.says("Vàng Thị Dở")
    phone.choose("refused")
    assert phone.says("Vì sao không đồng ý?")
    phone.choose("side_effects")
    assert phone.says("Lò Văn Sơn"), "the next member comes by itself"
    phone.choose("reviewed")
    phone.choose("absent")
    phone.press("Không ghi lý do")
    assert screen.ids.dots.answered == [True, True, True, False]
    phone.choose("reviewed")
    phone.choose("agree")
    assert phone.says("Xem lại trước khi ghi")
    assert phone.says("Không đồng ý tiêm · Sợ tác dụng phụ")
    assert phone.says("Đã rà soát · Phụ huynh đồng ý")
    phone.touch(screen.main)
    phone.at("household")
    assert phone.says("Đã ghi lần thăm")
    phone.wait_for(lambda: phone.says("1 chưa gửi"), seconds=60)
    _, lines = recorded(phone)
    assert lines == {
        GRANDMOTHER: {"person": GRANDMOTHER, "outcome": "refused", "reason": "side_effects"},
        FATHER: {"person": FATHER, "outcome": "reviewed"},
        MOTHER: {"person": MOTHER, "outcome": "absent"},
        CHILD: {"person": CHILD, "outcome": "reviewed", "reached": True, "consent": "agree"},
    }


@pytest.mark.proves("R060")
def test_a_household_with_someone_unanswered_cannot_be_saved(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    phone.choose("reviewed")
    phone.touch(screen.summary_button)
    assert phone.says("Còn 3 người chưa có kết quả")
    phone.touch(screen.main)
    phone.at("visit")
    assert phone.says("Lò Văn Sơn")
    assert phone.app.phone.store.outbox_summary().total == 0


@pytest.mark.proves("R060")
def test_one_word_is_enough_for_those_with_nothing_due(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    baby = store.record("person", place=VILLAGE, body=person_body(HOME, "Lò Văn Bé", "2021-01-05")).subject
    begin(phone)
    phone.press("Đã rà soát 2 người không có mũi đến lịch")
    assert phone.screen.sheet.outcomes == {FATHER: {"outcome": "reviewed"}, baby: {"outcome": "reviewed"}}
    assert phone.says("Vàng Thị Dở"), "who is due is asked in person"
    phone.choose("reviewed")
    phone.choose("refused")
    phone.choose("distrust")
    assert phone.says("Lò Thị Mai"), "and so is the child"
    phone.choose("reviewed")
    phone.choose("agree")
    phone.press("Lò Văn Bé", "Row")
    phone.choose("absent")
    phone.press("Không ghi lý do")
    phone.touch(phone.screen.main)
    _, lines = recorded(phone)
    assert [lines[p]["outcome"] for p in (GRANDMOTHER, FATHER, MOTHER, CHILD, baby)] == [
        "reviewed",
        "reviewed",
        "refused",
        "reviewed",
        "absent",
    ]


@pytest.mark.proves("R050", "R033", "R054")
@pytest.mark.parametrize(
    ("answer", "reason", "line"),
    [
        (
            "decline",
            "side_effects",
            {"outcome": "refused", "reason": "side_effects", "reached": True, "consent": "decline"},
        ),
        (
            "considering",
            "other_vaccine",
            {"outcome": "hesitant", "reason": "other_vaccine", "reached": True, "consent": "considering"},
        ),
        ("unreached", None, {"outcome": "reviewed", "reached": False}),
    ],
)
def test_a_parent_answers_for_a_child(open_phone, answer, reason, line):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    for _ in range(4):
        phone.choose("reviewed")
    assert phone.says("Phụ huynh trả lời thế nào?")
    phone.choose(answer)
    if reason:
        phone.choose(reason)
    phone.touch(screen.main)
    phone.at("household")
    assert recorded(phone)[1][CHILD] == {"person": CHILD} | line


@pytest.mark.proves("R050")
def test_a_childs_refusal_is_the_parents(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    for _ in range(3):
        phone.choose("reviewed")
    phone.choose("refused")
    phone.choose("guardian")
    phone.touch(screen.main)
    assert recorded(phone)[1][CHILD]["consent"] == "decline"


@pytest.mark.proves("R087", "R060")
def test_a_day_and_transport_are_agreed_with_those_who_are_due(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    answer_everybody(phone)
    assert phone.says(f"Hẹn tiêm cho: Vàng Thị Dở, {LONG_NAME}, Lò Thị Mai"), "the father is not due yet"
    expected, revisit = [w for w in phone.every() if type(w).__name__ == "QuickDays"][::-1]
    phone.choose(TOMORROW, expected)
    phone.choose(GRANDMOTHER)
    phone.choose(IN_A_WEEK, revisit)
    phone.choose("home")
    phone.touch(screen.main)
    phone.at("household")
    body, lines = recorded(phone)
    assert (body["revisit_on"], body["communication"], body["visit_type"]) == (
        IN_A_WEEK,
        "home",
        "door_to_door",
    )
    assert {p: line.get("appointment_on") for p, line in lines.items()} == {
        GRANDMOTHER: TOMORROW,
        FATHER: None,
        MOTHER: TOMORROW,
        CHILD: TOMORROW,
    }
    assert [p for p, line in lines.items() if line.get("transport_need")] == [GRANDMOTHER]
    assert phone.says("Hẹn thăm lại 22/04/2022")


def test_somebody_is_given_another_day_on_their_own_card(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    answer_everybody(phone)
    phone.press(LONG_NAME, "Row")
    phone.choose("other")
    fields = [w for w in phone.every() if type(w).__name__ == "DayField"]
    for part, digits in (("day", "3"), ("month", "5"), ("year", "2022")):
        phone.type(fields[0].ids[part], digits)
    phone.press("Cần đưa đón đến điểm tiêm", "Toggle")
    phone.touch(screen.summary_button)
    assert phone.says("Đã rà soát · hẹn 03/05 · cần đưa đón")
    phone.touch(screen.main)
    line = recorded(phone)[1][MOTHER]
    assert (line["appointment_on"], line["transport_need"]) == ("2022-05-03", True)


def test_a_day_that_has_passed_is_not_agreed(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    answer_everybody(phone)
    phone.press(LONG_NAME, "Row")
    phone.choose("other")
    [field] = [w for w in phone.every() if type(w).__name__ == "DayField"]
    for part, digits in (("day", "3"), ("month", "4"), ("year", "2022")):
        phone.type(field.ids[part], digits)
    phone.touch(screen.summary_button)
    phone.touch(screen.main)
    phone.at("visit")
    assert phone.says("Ngày hẹn chưa đúng hoặc đã qua")
    assert screen.members[screen.at].id == MOTHER, "the card with the day is shown"
    assert visits(phone) == []
    phone.choose(TOMORROW)
    phone.touch(screen.summary_button)
    phone.touch(screen.main)
    phone.at("household")


@pytest.mark.proves("R013")
def test_what_a_visit_finds_is_written_in_the_register_too(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    screen = begin(phone)
    phone.choose("deceased")
    phone.choose("moved")
    phone.choose("absent")
    phone.choose("fields")
    phone.choose("reviewed")
    phone.choose("agree")
    assert phone.says("Vàng Thị Dở: Đã mất")
    toggles = {w.text: w for w in phone.every() if type(w).__name__ == "Toggle"}
    assert {name: w.active for name, w in toggles.items()} == {
        "Vàng Thị Dở: Đã mất": True,
        "Lò Văn Sơn: Đã chuyển đi": True,
        f"{LONG_NAME}: Tạm vắng": False,
    }, "in the fields for the day is no absence"
    phone.touch(toggles["Lò Văn Sơn: Đã chuyển đi"])
    phone.touch(screen.main)
    phone.at("household")
    lives = {p: registers.person(store, p).row.residence for p in (GRANDMOTHER, FATHER, MOTHER)}
    assert lives == {GRANDMOTHER: "deceased", FATHER: "permanent", MOTHER: "permanent"}
    assert registers.person(store, GRANDMOTHER).values["residence_since"] == "2022-04-15"
    phone.touch(phone.find(words.t("form.undo"), "Pressable"))
    phone.at("visit")
    assert registers.person(store, GRANDMOTHER).row.residence == "permanent", "both are taken back"
    assert visits(phone) == []


def test_who_works_away_is_proposed_as_absent(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    phone.choose("reviewed")
    phone.choose("absent")
    phone.choose("working_away")
    phone.choose("reviewed")
    phone.choose("reviewed")
    phone.choose("agree")
    phone.touch(screen.main)
    assert registers.person(phone.app.phone.store, FATHER).row.residence == "absent"


def test_sliding_shows_the_next_card(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    phone.slide(-150)
    assert screen.at == 1
    phone.slide(150)
    assert screen.at == 0


@pytest.mark.proves("L13")
def test_a_visit_survives_the_end_of_the_app(open_phone):
    phone = open_phone("village_health_worker")
    begin(phone)
    phone.choose("reviewed")
    phone.choose("hesitant")
    phone.app.phone.lock()
    phone.pad("246810")
    phone.app.stage.go("household", household=HOME)
    phone.settle()
    phone.press("Tiếp tục lần thăm đang ghi")
    screen = phone.at("visit")
    assert phone.says("Còn bản đang viết dở")
    assert screen.at == 1
    assert phone.says("Vì sao còn do dự?"), "the question being asked is asked again"
    phone.choose("distrust")
    assert screen.sheet.outcomes[FATHER] == {"outcome": "hesitant", "reason": "distrust"}


def test_a_visit_undone_opens_again_as_it_was(open_phone):
    phone = open_phone("village_health_worker")
    screen = begin(phone)
    answer_everybody(phone)
    phone.touch(screen.main)
    phone.at("household")
    assert len(visits(phone)) == 1
    phone.touch(phone.find(words.t("form.undo"), "Pressable"))
    screen = phone.at("visit")
    assert visits(phone) == []
    assert phone.says("Xem lại trước khi ghi")
    phone.press(LONG_NAME, "Row")
    phone.choose("absent")
    phone.choose("fields")
    phone.touch(screen.main)
    phone.at("household")
    assert [e.kind for e in phone.app.phone.store.entries_of(HOME)[:3]] == ["visit", "void", "visit"]
    [visit] = visits(phone)
    found = {line["person"]: (line["outcome"], line.get("reason")) for line in visit.outcomes}
    assert found[MOTHER] == ("absent", "fields")


class _Somewhere:
    """A device that knows where it is, when it is told to say so."""

    def ask(self, found, wait_s=15.0):
        self.found = found


def test_a_position_comes_when_it_comes(open_phone):
    phone = open_phone("village_health_worker")
    somewhere = _Somewhere()
    phone.app.phone.device = replace(phone.app.phone.device, location=somewhere)
    screen = begin(phone)
    answer_everybody(phone)
    assert not phone.says("vị trí")
    somewhere.found(Position(22_391_250, 103_458_000, 12))
    phone.frames(3)
    assert phone.says("Đã có vị trí (±12 m)")
    phone.touch(screen.main)
    body, _ = recorded(phone)
    assert (body["lat_e6"], body["lon_e6"]) == (22_391_250, 103_458_000)


def test_a_position_that_comes_too_late_touches_nothing(open_phone):
    phone = open_phone("village_health_worker")
    somewhere = _Somewhere()
    phone.app.phone.device = replace(phone.app.phone.device, location=somewhere)
    screen = begin(phone)
    phone.choose("reviewed")
    late = somewhere.found
    screen.go_back()
    phone.settle()
    phone.press("Tiếp tục lần thăm đang ghi")
    phone.choose("reviewed")
    late(Position(22_391_250, 103_458_000, 12))
    phone.frames(3)
    assert len(phone.app.phone.store.draft(f"visit:{HOME}")["outcomes"]) == 2


@pytest.mark.proves("R060")
def test_somebody_met_at_a_health_facility_is_asked_alone(open_phone):
    phone = open_phone("station")
    phone.app.stage.go("person", person=MOTHER)
    phone.settle()
    phone.press("Ghi đã gặp tại cơ sở y tế")
    phone.at("visit")
    assert phone.says("Gặp tại cơ sở y tế")
    assert phone.says(LONG_NAME)
    assert phone.says("Xem tóm tắt (0/1)")
    assert not phone.says("Vắng nhà")
    phone.choose("reviewed")
    assert phone.says("Xem lại trước khi ghi")
    assert not phone.says("Đi từng nhà"), "a contact at a facility knocks at no door"
    phone.touch(phone.screen.main)
    phone.at("person")
    body, lines = recorded(phone)
    assert (body["visit_type"], list(lines)) == ("facility", [MOTHER])
    assert registers.person(phone.app.phone.store, MOTHER).row.last_outcome == "reviewed"


def test_the_whole_visit_in_large_text(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = True
    phone.app.rebuild()
    screen = begin(phone)
    for _ in range(3):
        phone.choose("reviewed")
    phone.choose("reviewed")
    phone.choose("decline")
    phone.choose("side_effects")
    phone.touch(screen.main)
    phone.at("household")
    assert recorded(phone)[1][CHILD]["outcome"] == "refused"
