"""Vaccines, age groups and dose rules."""

from datetime import date
from itertools import pairwise

import pytest

from shared.reference import DOSE_TYPES, age_groups, dose_rules, vaccines


@pytest.mark.proves("R093")
def test_every_vaccine_has_what_the_rules_ask_of_it() -> None:
    for code, vaccine in vaccines().items():
        assert vaccine.code == code
        assert vaccine.min_age_years >= 3
        assert vaccine.max_age_years is None or vaccine.max_age_years >= vaccine.min_age_years
        assert vaccine.doses_per_vial >= 1
        assert vaccine.primary_doses in (0, 1, 2, 3)
        assert (vaccine.primary_min_interval_days is None) == (vaccine.primary_doses in (0, 1))
        assert vaccine.status
        assert vaccine.source


def test_thaw_limits_and_doses_per_vial_of_the_documents() -> None:
    known = vaccines()
    assert (known["PFZ_ADULT"].thaw_days, known["PFZ_ADULT"].doses_per_vial) == (31, 6)
    assert (known["PFZ_CHILD"].thaw_days, known["PFZ_CHILD"].doses_per_vial) == (70, 10)
    assert known["MDN"].thaw_days == 30
    assert known["ABDALA"].primary_doses == 3  # its third dose is primary, not a booster
    assert (known["AZ"].doses_per_vial, known["AZ"].doses_per_vial_alternatives) == (8, (10,))


@pytest.mark.proves("R059")
def test_main_age_groups_touch_without_a_gap() -> None:
    groups = age_groups()
    in_order = [groups[code] for code in ("A03_04", "A05_11", "A12_17", "A18")]
    for younger, older in pairwise(in_order):
        assert younger.max_months == older.min_months
    assert not groups["A03_04"].active  # closed until it is told to open
    assert groups["A05_11"].opened_on == date(2022, 3, 28)


def test_a_sub_group_lies_in_its_group() -> None:
    for group in age_groups().values():
        if group.part_of:
            whole = age_groups()[group.part_of]
            assert whole.min_months <= group.min_months
            assert whole.max_months is None


@pytest.mark.proves("R025")
def test_every_rule_has_a_document_dates_and_one_interval() -> None:
    assert len({rule.rule_id for rule in dose_rules()}) == len(dose_rules())
    for rule in dose_rules():
        assert rule.dose_type in DOSE_TYPES
        assert rule.document
        assert rule.status
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to
        assert (rule.interval_days is None) != (rule.interval_months is None)
        assert set(rule.vaccines) <= set(vaccines())


@pytest.mark.proves("R025")
def test_booster_interval_fell_from_six_months_to_three_on_17_december_2021() -> None:
    def interval(day: date) -> list[int | None]:
        return [
            rule.interval_months
            for rule in dose_rules()
            if (rule.dose_type, rule.age_min_years, rule.vaccines) == ("booster_1", 18, ())
            and rule.valid_from <= day
            and (rule.valid_to is None or day <= rule.valid_to)
        ]

    assert interval(date(2021, 12, 16)) == [6]
    assert interval(date(2021, 12, 17)) == [3]
    assert interval(date(2022, 4, 15)) == [3]
