"""Code lists."""

from pathlib import Path

import pytest

from shared.records.stock_movement import REASONS
from shared.reference import ethnic_groups, reasons, report_forms
from shared.reference.lists import REASON_GROUPS
from shared.reference.tables import rows
from shared.rules.movements import CLOSED_VIAL, INTO_STATE, OPEN_VIAL


@pytest.mark.proves("R054")
def test_every_group_has_reasons_in_both_languages() -> None:
    for group in REASON_GROUPS:
        assert reasons(group)
        for reason in reasons(group).values():
            assert reason.label_vi
            assert reason.label_en
            assert reason.status


def test_no_reason_code_stands_twice_in_a_group() -> None:
    pairs = [(row["group"], row["code"]) for row in rows("reasons.csv")]
    assert len(pairs) == len(set(pairs))
    assert {group for group, _ in pairs} == set(REASON_GROUPS)


def test_stock_reasons_have_a_sign_and_a_class() -> None:
    assert set(reasons("stock")) == set(REASONS)
    assert {c for c, r in reasons("stock").items() if r.reason_class == "open_vial"} == OPEN_VIAL
    assert {c for c, r in reasons("stock").items() if r.reason_class == "closed_vial"} == CLOSED_VIAL
    assert {c for c, r in reasons("stock").items() if r.reason_class == "state"} == set(INTO_STATE)
    for reason in reasons("stock").values():
        assert reason.sign in (-1, 0, 1)
        assert reason.reason_class in ("flow", "state", "open_vial", "closed_vial", "adjustment")
    assert all(r.sign == -1 for r in reasons("stock").values() if r.reason_class.endswith("vial"))


@pytest.mark.proves("R023")
def test_reasons_of_those_who_cannot_come() -> None:
    assert list(reasons("cannot_come")) == ["old", "disabled", "bedridden", "far"]


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(KeyError, match="holidays"):
        reasons("holidays")


def test_ethnic_groups_are_the_54_and_foreigners_and_unknown() -> None:
    assert list(ethnic_groups()) == [f"{n:02d}" for n in range(1, 56)] + ["99"]
    assert ethnic_groups()["08"].name == "Mông"
    assert ethnic_groups()["35"].name == "Hà Nhì"


@pytest.mark.proves("R001")
def test_report_forms_number_their_columns_without_a_gap() -> None:
    for columns in report_forms().values():
        assert [column.column_no for column in columns] == list(range(1, len(columns) + 1))
        assert all(column.status for column in columns)
    assert [column.indicator for column in report_forms()["PL5A_3588"]].count("") == 0


def test_reference_files_are_clean_utf_8() -> None:
    import shared.reference

    for path in Path(shared.reference.__file__).parent.glob("*.csv"):
        text = path.read_bytes().decode("utf-8")
        assert "\r" not in text
        assert "\ufeff" not in text
