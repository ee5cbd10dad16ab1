"""Reporting periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.periods import Period, campaign_period, from_key, is_whole, period_of

days = st.dates(date(2000, 1, 1), date(2090, 12, 31))
kinds = st.sampled_from(("day", "week", "month"))


@pytest.mark.proves("R042")
@given(kinds, days)
def test_a_day_lies_in_one_period_and_periods_follow_each_other(kind: str, day: date) -> None:
    period = period_of(kind, day)
    assert period.first <= day <= period.last
    assert is_whole(period)
    assert from_key(kind, period.key) == period
    assert period.next().first == period.last + timedelta(days=1)
    assert period.next().previous() == period
    assert period_of(kind, period.last) == period


def test_keys_and_bounds() -> None:
    assert period_of("week", date(2022, 4, 15)) == Period("week", date(2022, 4, 11), date(2022, 4, 17))
    assert period_of("week", date(2022, 4, 15)).key == "2022-W15"
    assert period_of("week", date(2022, 1, 1)).key == "2021-W52"
    assert period_of("month", date(2022, 2, 9)).last == date(2022, 2, 28)
    for kind, key in (("week", "2022-W60"), ("month", "2022-13"), ("day", "15/04/2022"), ("year", "2022")):
        with pytest.raises(ValueError):
            from_key(kind, key)


def test_what_is_not_a_whole_period() -> None:
    monday = date(2022, 4, 11)
    assert not is_whole(Period("week", monday + timedelta(days=1), monday + timedelta(days=7)))
    assert not is_whole(Period("month", date(2022, 4, 1), date(2022, 4, 15)))
    assert not is_whole(Period("day", monday, monday, campaign="x"))
    assert not is_whole(Period("campaign", monday, monday))
    assert not is_whole(Period("campaign", monday, date(2022, 4, 1), "x"))


def test_a_campaign_lasts_until_today_or_its_end() -> None:
    first, today = date(2022, 3, 1), date(2022, 4, 15)
    assert campaign_period("c", first, None, today).last == today
    assert campaign_period("c", first, date(2022, 4, 1), today).last == date(2022, 4, 1)
    assert campaign_period("c", date(2022, 6, 1), None, today).last == date(2022, 6, 1)
    period = campaign_period("c", first, None, today)
    assert (period.key, period.next(), period.previous()) == ("c", period, period)
