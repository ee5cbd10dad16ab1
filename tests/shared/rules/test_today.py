"""The one main action of the home screen, by role, hour and what stands open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.rules.today import EVENING, Standing, main_action

WORKER = Standing(
    may_hold=False, may_visit=True, held=False, used=False, villages=2, houses=9, to_knock=5, unsent=0
)
STATION = replace(WORKER, may_hold=True)


@pytest.mark.parametrize(
    ("standing", "hour", "action"),
    [
        (WORKER, 8, "visit"),
        (replace(WORKER, unsent=3), 8, "visit"),
        (replace(WORKER, unsent=3), EVENING, "send"),
        (WORKER, EVENING, "visit"),
        (replace(WORKER, to_knock=0), 8, "search"),
        (replace(WORKER, to_knock=0, houses=0), 8, "register"),
        (replace(WORKER, to_knock=0, houses=0, villages=0), 8, ""),
        (replace(WORKER, may_visit=False, to_knock=0, houses=0), 8, ""),
        (STATION, 8, "open_session"),
        (replace(STATION, held=True), 8, "session"),
        (replace(STATION, held=True, used=True, unsent=9), 8, "session"),
        (replace(STATION, held=True, used=True, unsent=9), EVENING, "end_session"),
        (replace(STATION, held=True), EVENING, "session"),
        (replace(STATION, unsent=9), EVENING, "send"),
        (replace(WORKER, may_visit=False), 8, "search"),
    ],
)
def test_the_right_action_for_the_role_and_the_hour(standing, hour, action):
    assert main_action(standing, hour) == action


@given(
    some.builds(
        Standing, may_hold=some.booleans(), may_visit=some.booleans(), held=some.just(False), used=some.just(False),
        villages=some.integers(0, 9), houses=some.integers(0, 99), to_knock=some.integers(0, 99),
        unsent=some.integers(0, 99),
    ),
    some.integers(0, 23),
)  # fmt: skip
def test_nobody_is_offered_what_they_may_not_do(standing, hour):
    action = main_action(standing, hour)
    assert standing.may_hold or action != "open_session"
    assert (standing.may_visit and standing.to_knock) or action != "visit"
    assert standing.unsent or action != "send"
