"""Demand: use over days with stock, people due, rhythm of sessions, and the error of earlier forecasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.demand import (
    Use,
    expected_use,
    session_weekdays,
    share_of_people,
    spread,
    stocked_days,
    uptake,
    wmape,
)

DAY = date(2022, 3, 7)  # a Monday


def test_a_day_counts_as_stocked_when_something_usable_was_there_or_came() -> None:
    changes = {DAY + timedelta(days=2): (0, 5), DAY + timedelta(days=4): (3, 3)}
    late = DAY + timedelta(days=30)
    assert stocked_days(5, changes, DAY, 7, late) == 0b0010111
    assert stocked_days(5, changes, DAY, 7, DAY + timedelta(days=1)) == 0b11
    assert stocked_days(5, {}, DAY, 7, DAY - timedelta(days=1)) == 0
    assert stocked_days(5, {}, DAY, 7, None) == 0


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 9), st.integers(0, 9)), max_size=8),
    st.integers(1, 14),
)
def test_more_stock_never_means_fewer_days_with_stock(
    opening: int, moves: list[tuple[int, int, int]], more: int
) -> None:
    changes = {DAY + timedelta(days=day): (came, went) for day, came, went in moves}
    last = DAY + timedelta(days=13)
    fewer, greater = (stocked_days(amount, changes, DAY, 14, last) for amount in (opening, opening + more))
    assert fewer & greater == fewer
    assert greater < 1 << 14


@pytest.mark.proves("R029")
def test_days_without_stock_say_nothing_of_demand() -> None:
    always, half = Use(280, 28, 20), Use(140, 14, 20)
    assert expected_use(always, 10.0, None) == pytest.approx(10)
    assert expected_use(half, 10.0, None) == pytest.approx(10)
    assert expected_use(Use(0, 0, 0), 4.0, None) == 4.0


def test_nobody_came_though_people_are_due_is_little_but_not_nothing() -> None:
    unused = expected_use(Use(0, 56, 0), 6.0, None)
    assert 0 < unused == pytest.approx(2.0)


def test_sessions_are_a_ceiling() -> None:
    assert expected_use(Use(100, 10, 21), 0.0, 1.0) == pytest.approx(100 / 10 * 10 / 38)
    assert expected_use(Use(400, 28, 14), 50.0, 2.0) == 4.0


@given(st.integers(0, 500), st.floats(0, 1e5), st.floats(1e-6, 0.5))
def test_uptake_lies_between_the_sites_own_and_its_provinces(given_: int, days: float, rate: float) -> None:
    found = uptake(given_, days, rate)
    own = given_ / days if days > 0 else float("inf")
    low, high = sorted((own, rate)) if given_ or days else (rate, rate)
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)


def test_sessions_on_the_same_weekdays_are_a_rhythm() -> None:
    tuesdays = {DAY + timedelta(days=1 + 7 * week) for week in range(8)}
    assert session_weekdays(tuesdays) == (2,)
    assert session_weekdays({DAY + timedelta(days=n) for n in range(28)}) == ()
    assert session_weekdays(set(list(tuesdays)[:2])) == ()


@given(st.integers(0, 10_000), st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 900), min_size=1))
def test_people_are_shared_whole_and_nobody_twice(due: int, weights: dict[str, int]) -> None:
    shares = share_of_people(due, weights)
    assert sum(shares.values()) == due
    whole = sum(weights.values())
    assert all(abs(shares[site] - due * weight / whole) < 1 for site, weight in weights.items())
    assert shares == share_of_people(due, dict(reversed(weights.items())))


def test_spread_of_counts() -> None:
    assert spread([[5, 5, 5], [9, 9]]) == 1.0
    assert spread([[0, 20, 0, 20]]) == pytest.approx(400 / 3 / 10)
    assert spread([[3], []]) == 1.0


@pytest.mark.proves("R029")
def test_wmape_weighs_errors_by_what_was_used() -> None:
    assert wmape([(10, 20), (30, 20)]) == 0.5
    assert wmape([(10, 0)]) is None
    assert wmape([]) is None
