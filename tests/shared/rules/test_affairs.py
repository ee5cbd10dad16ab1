"""How far a matter is, and who may take it further."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.projections.affairs import MATTER_KINDS
from shared.records.response import ACTIONS, ANSWERED_KINDS
from shared.rules.affairs import (
    CLOSED,
    STALE_DAYS,
    UPWARD,
    actions_for,
    elapsed_minutes,
    is_stale,
    state_of,
)

actions = st.lists(st.sampled_from(sorted(ACTIONS)))


@given(actions, st.randoms())
def test_the_state_depends_on_the_set_of_answers_alone(given_: list[str], chance: object) -> None:
    mixed = [*given_, *given_]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert state_of(mixed) == state_of(given_)
    assert state_of([*given_, "done"]) == "done", "what is done stays done"


@given(actions, st.sampled_from(sorted(ACTIONS)))
def test_an_answer_never_takes_a_matter_back(before: list[str], more: str) -> None:
    order = ["open", "acknowledged", "answered", "assigned", "rejected", "done"]
    assert order.index(state_of([*before, more])) >= order.index(state_of(before))


def test_without_answers_it_is_open() -> None:
    assert state_of([]) == "open"


@pytest.mark.parametrize("kind", sorted(ANSWERED_KINDS))
@pytest.mark.parametrize("above", [True, False])
def test_what_is_offered_ends_and_never_repeats(kind: str, above: bool) -> None:
    state, taken = "open", []
    while offered := actions_for(kind, state, above=above):
        assert set(offered) <= set(ACTIONS)
        taken.append(offered[0])
        state = state_of(taken)
        if offered[0] in CLOSED:
            break
    assert len(taken) == len(set(taken))
    assert all(actions_for(kind, closed, above=above) == () for closed in CLOSED)


def test_only_those_above_assign_and_only_units_answer_what_came_down() -> None:
    assert "assigned" in actions_for("staff_shortage", "open", above=True)
    assert actions_for("staff_shortage", "open", above=False) == ("done",)
    assert "assigned" not in actions_for("staff_shortage", "assigned", above=True)
    assert actions_for("proposal", "open", above=False) == ()
    assert actions_for("reminder", "open", above=False) == ("acknowledged", "answered", "done")
    assert actions_for("reminder", "open", above=True) == ("done",)


def test_every_kind_that_is_a_matter_can_be_answered() -> None:
    assert set(ANSWERED_KINDS) == set(MATTER_KINDS)
    assert set(MATTER_KINDS) >= UPWARD


def test_the_clock_of_a_matter() -> None:
    told = datetime(2022, 4, 15, 1, tzinfo=UTC)
    assert elapsed_minutes(told, told + timedelta(hours=2, minutes=15, seconds=59)) == 135
    assert elapsed_minutes(told, told - timedelta(minutes=9)) == 0


@pytest.mark.proves("R040")
def test_a_list_is_stale_after_a_quarter() -> None:
    today = date(2022, 4, 15)
    assert not is_stale(today - timedelta(days=STALE_DAYS), today)
    assert is_stale(today - timedelta(days=STALE_DAYS + 1), today)
