"""The door-to-door review: a house stands in one state, and a revisit waits for its day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.rules.review import HOUSE_STATES, house_state, is_to_knock, still_awaited

TODAY = date(2022, 4, 15)
days = some.dates(date(2022, 4, 1), date(2022, 4, 30))


@pytest.mark.proves("R060")
@given(some.booleans(), some.none() | days, some.integers(0, 12))
def test_a_house_nobody_was_at_or_with_somebody_unanswered_is_never_done(knocked, revisit_on, unanswered):
    state = house_state(knocked, revisit_on, unanswered)
    assert state in HOUSE_STATES
    assert (state == "reviewed") == (knocked and revisit_on is None and not unanswered)
    assert (state == "never") == (not knocked)


@given(some.booleans(), some.none() | days, some.integers(0, 12), days)
def test_a_house_that_is_to_be_knocked_at_stays_so_until_somebody_goes(
    knocked, revisit_on, unanswered, today
):
    state = house_state(knocked, revisit_on, unanswered)
    if is_to_knock(state, revisit_on, today):
        assert is_to_knock(state, revisit_on, today + timedelta(days=1))
    if state == "revisit":
        assert is_to_knock(state, revisit_on, revisit_on)
        assert not is_to_knock(state, revisit_on, revisit_on - timedelta(days=1))


@pytest.mark.parametrize(
    ("dose", "awaited"),
    [(None, True), (TODAY - timedelta(days=1), True), (TODAY, False), (TODAY + timedelta(days=3), False)],
)
def test_a_dose_on_that_day_or_later_settles_what_was_said(dose, awaited):
    assert still_awaited(TODAY, dose) is awaited
