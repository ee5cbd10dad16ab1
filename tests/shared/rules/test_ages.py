"""Ages, and the same rule turned round into birth dates."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference import age_groups
from shared.rules.ages import age_in_months, age_on, birth_window, in_group

days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@dataclass(frozen=True)
class Range:
    min_months: int
    max_months: int | None


ranges = st.builds(
    lambda least, width: Range(least, None if width is None else least + width),
    st.integers(0, 1000),
    st.none() | st.integers(1, 300),
)


@pytest.mark.parametrize(
    ("birth", "on", "months"),
    [
        (date(2004, 4, 30), date(2022, 4, 30), 216),
        (date(2004, 5, 1), date(2022, 4, 30), 215),
        (date(2004, 2, 29), date(2022, 2, 28), 215),
        (date(2004, 2, 29), date(2022, 3, 1), 216),
        (date(2004, 2, 29), date(2024, 2, 29), 240),
        (date(2022, 1, 31), date(2022, 2, 28), 0),
        (date(2022, 1, 31), date(2022, 3, 1), 1),
        (date(2022, 5, 1), date(2022, 4, 30), -1),
    ],
)
def test_age_in_months(birth: date, on: date, months: int) -> None:
    assert age_in_months(birth, on) == months


def test_age_in_years() -> None:
    assert age_on(date(2004, 5, 1), date(2022, 4, 30)) == 17
    assert age_on(date(2004, 4, 30), date(2022, 4, 30)) == 18


def test_windows_of_the_plan_of_april_2022() -> None:
    due = date(2022, 4, 30)
    assert birth_window(age_groups()["A12_17"], due) == (date(2004, 5, 1), date(2010, 4, 30))
    assert birth_window(age_groups()["A18"], due) == (date.min, date(2004, 4, 30))


@given(ranges, days, days)
def test_window_and_age_agree(group: Range, birth: date, on: date) -> None:
    first, last = birth_window(group, on)
    assert (first <= birth <= last) == in_group(birth, group, on)


@given(ranges, days)
def test_window_and_age_agree_at_its_borders(group: Range, on: date) -> None:
    first, last = birth_window(group, on)
    one = timedelta(days=1)
    assert first <= last
    assert in_group(last, group, on)
    assert not in_group(last + one, group, on)
    if first != date.min:
        assert in_group(first, group, on)
        assert not in_group(first - one, group, on)


@given(days, days)
def test_age_never_falls_as_days_pass(birth: date, on: date) -> None:
    assert age_in_months(birth, on) <= age_in_months(birth, on + timedelta(days=1))
