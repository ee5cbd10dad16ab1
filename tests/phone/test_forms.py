"""What forms ask comes from the kinds; what was typed becomes a body the reading gate judges."""

import pytest

from mobile.forms.asked import asked, beside, body_of, day_parts, day_text, said
from shared.faults import fault
from shared.kinds import KINDS
from shared.reading import body_faults


def test_a_field_is_asked_as_its_kind_declares_it():
    name = asked("person", "full_name", "vi")
    assert (name.label, name.form, name.required, name.longest) == ("Họ và tên", "text", True, 120)
    sex = asked("person", "sex", "en")
    assert sex.options == (("male", "Male"), ("female", "Female"))
    assert asked("person", "ethnic", "vi").form == "pick"
    assert asked("person", "vulnerable", "vi").form == "many"


@pytest.mark.parametrize(
    ("typed", "precision", "text"),
    [
        (("2", "5", "1990"), "day", "1990-05-02"),
        (("", "5", "1990"), "month", "1990-05-01"),
        (("", "", "1990"), "year", "1990-01-01"),
        (("", "5", "1990"), "day", "1990-5-"),
        (("", "", ""), "day", None),
        (("7", "", ""), "month", None),
        (("31", "2", "1990"), "day", "1990-2-31"),
    ],
)
def test_a_day_typed_in_boxes(typed, precision, text):
    assert day_text(*typed, precision) == text


def test_a_day_that_does_not_exist_comes_back_to_its_boxes_and_is_refused():
    assert day_parts("1990-2-31") == ("31", "2", "1990")
    assert day_parts("1990-5-") == ("", "5", "1990"), "and so does a day half typed"
    faults = body_faults(KINDS["person"], {"birth_date": "1990-2-31"}, partial=True)
    assert [f.code for f in faults] == ["field.not_day"]


def test_a_body_is_tidied():
    assert body_of({"full_name": "  Lò  Thị Mai ", "phone": " ", "vulnerable": []}) == {
        "full_name": "Lò Thị Mai",
        "phone": None,
        "vulnerable": None,
    }


def test_faults_stand_beside_their_field_in_its_own_words():
    faults = [fault("field.missing", "full_name"), fault("dose.lot_missing", "lot")]
    shown, general = beside(faults, ["full_name"], "person", "vi")
    assert "Họ và tên" in shown["full_name"]
    assert general == [faults[1].message("vi")]
    assert "full_name" not in said(faults[0], "person", "vi")
