"""The 30 minutes after a dose: nobody goes early, and a session waits for whom it must."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.observation import (
    MOST_NAMES,
    OBSERVED,
    OBSERVED_MINUTES,
    all_observed,
    nobody_observed,
    seconds_left,
    whole_minutes,
)

GIVEN = datetime(2022, 4, 15, 1, 0, tzinfo=UTC)
spans = st.timedeltas(timedelta(days=-2), timedelta(days=2))


@given(spans)
def test_who_may_go_has_stayed_the_whole_time(stayed: timedelta) -> None:
    left = seconds_left(GIVEN, GIVEN + stayed)
    assert (left == 0) == (stayed >= OBSERVED) == (whole_minutes(left) == 0)


@given(spans)
def test_no_more_than_the_whole_time_is_left_whatever_the_hour_says(stayed: timedelta) -> None:
    left = seconds_left(GIVEN, GIVEN + stayed)
    assert 0 <= left <= whole_minutes(left) * 60 <= OBSERVED_MINUTES * 60
    assert whole_minutes(left) * 60 - left < 60


@given(spans, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_less_is_left_later(stayed: timedelta, later: timedelta) -> None:
    moment = GIVEN + stayed
    assert seconds_left(GIVEN, moment + later) <= seconds_left(GIVEN, moment)


@pytest.mark.proves("R039")
def test_a_session_waits_for_those_it_names() -> None:
    found = nobody_observed(["Vàng A Sua", "Lò Thị Mai"])
    assert found is not None
    assert (found.code, found.params["count"]) == ("session.under_observation", 2)
    assert "Vàng A Sua, Lò Thị Mai" in found.message("vi")
    assert nobody_observed([]) is None


def test_a_closed_session_is_doubted_while_somebody_was_not_seen_to_leave() -> None:
    found = all_observed(2, 31)
    assert found is not None
    assert (found.explanation.severity, found.params) == ("flag", {"unended": 2, "doses": 31})
    assert all_observed(0, 31) is None


def test_many_names_are_cut_short_and_counted_all() -> None:
    found = nobody_observed([f"Người {number}" for number in range(MOST_NAMES + 3)])
    assert found is not None
    assert found.params["count"] == MOST_NAMES + 3
    assert found.params["names"].endswith(f"Người {MOST_NAMES - 1} …")
