"""Commitments: nothing counted twice, the plan, what the use so far lets expect, states and deadlines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.commitments import (
    STATES,
    WAYS,
    Out,
    Received,
    Use,
    recall_deadline,
    shares,
    weeks,
)

START = date(2022, 3, 1)
DAYS = st.integers(0, 60).map(lambda n: START + timedelta(days=n))
RECEIVED = st.lists(
    st.builds(
        Received,
        st.sampled_from("abc"),
        st.sampled_from((None, "x", "y")),
        DAYS,
        st.integers(1, 40),
        DAYS,
    ),
    max_size=3,
    unique_by=lambda r: r.id,
)
OUTS = st.lists(
    st.builds(Out, DAYS, st.sampled_from("xy"), st.sampled_from(WAYS), st.integers(1, 30)),
    max_size=12,
    unique_by=lambda out: (out.on, out.lot, out.way),
)


@pytest.mark.proves("R037")
@given(RECEIVED, OUTS)
def test_what_left_is_counted_once_and_for_no_more_than_was_received(
    received: list[Received], outs: list[Out]
) -> None:
    found = shares(received, outs)
    assert sum(share.amount for share in found) <= sum(out.amount for out in outs)
    by_id = {each.id: each for each in received}
    for each in received:
        assert sum(share.amount for share in found if share.commitment == each.id) <= each.amount
    for share in found:
        assert share.amount > 0
        assert by_id[share.commitment].on <= share.on
        assert by_id[share.commitment].lot in (None, share.lot)
    assert shares(reversed(received), reversed(outs)) == found, "the order they are told in does not matter"


@given(RECEIVED, OUTS)
def test_what_left_finds_no_commitment_only_when_none_has_room(
    received: list[Received], outs: list[Out]
) -> None:
    found = shares(received, outs)
    for out in {(o.on, o.lot) for o in outs}:
        told = sum(o.amount for o in outs if (o.on, o.lot) == out)
        counted = sum(s.amount for s in found if (s.on, s.lot) == out)
        if counted < told:
            for each in received:
                if each.on <= out[0] and each.lot in (None, out[1]):
                    assert sum(s.amount for s in found if s.commitment == each.id) == each.amount


def test_the_one_that_ends_first_is_used_first_and_what_comes_back_is_taken_off_the_newest() -> None:
    one = Received("one", None, START, 10, START + timedelta(days=20))
    two = Received("two", None, START, 10, START + timedelta(days=30))
    outs = [Out(START, "x", "used", 14), Out(START + timedelta(days=3), "x", "used", -6)]
    found = {(share.commitment, share.amount) for share in shares([two, one], outs)}
    assert found == {("one", 8)}


def use(used: int = 0, **more: int | None) -> Use:
    """100 doses received on 1 March, to be used by 31 March."""
    values = {"used_lately": used, **more}
    return Use(100, START, date(2022, 3, 31), used=used, **{"weekly": None, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "today", "state"),
    [
        (use(50), date(2022, 3, 15), "kept"),
        (use(40), date(2022, 3, 15), "behind"),
        (use(20), date(2022, 3, 15), "broken"),
        (use(4), date(2022, 3, 5), "kept"),
        (use(100), date(2022, 4, 2), "closed"),
        (use(99), date(2022, 4, 1), "broken"),
        (use(60, discarded=10, moved=30), date(2022, 4, 2), "closed"),
        (use(30, weekly=14), date(2022, 3, 15), "kept"),
    ],
)
@pytest.mark.proves("R037")
def test_states(told: Use, today: date, state: str) -> None:
    assert told.state(today) == state


def test_a_recall_and_a_withdrawal() -> None:
    assert use(20).state(date(2022, 3, 15), recalled=True) == "recalled"
    assert use(100).state(date(2022, 3, 15), recalled=True) == "closed"
    assert use(20, moved=80).state(date(2022, 3, 15), recalled=True) == "recovered"
    assert use(20, moved=80).state(date(2022, 3, 15)) == "closed"
    nothing = Use(0, None, date(2022, 3, 31), None)
    assert nothing.state(date(2022, 3, 15)) == "waiting"
    assert nothing.state(date(2022, 3, 15), withdrawn=True) == "withdrawn"
    assert nothing.surplus(date(2022, 3, 15)) == 0
    assert weeks(nothing, [], date(2022, 3, 15)) == []


@pytest.mark.proves("R037", "R038")
def test_the_surplus_is_what_the_use_so_far_will_not_take() -> None:
    told = use(28, used_lately=28)  # two doses a day for fourteen days
    assert told.will_use(date(2022, 3, 14)) == 34
    assert told.surplus(date(2022, 3, 14)) == 100 - 28 - 34
    assert use(28).surplus(date(2022, 4, 1)) == 72, "the day has passed"
    assert use(0).will_use(date(2022, 3, 6)) is None, "too soon to tell"


@given(
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(0, 50),
    st.integers(0, 60),
    st.sampled_from((None, 0, 7, 40)),
)
def test_plan_and_states_hold_for_any_use(
    used: int, lately: int, gone: int, day: int, weekly: int | None
) -> None:
    told = Use(100, START, date(2022, 3, 31), weekly, used=used, discarded=gone, used_lately=lately)
    today = START + timedelta(days=day)
    assert told.state(today) in STATES
    assert 0 <= told.planned(today) <= told.planned(today + timedelta(days=1)) <= 100
    assert 0 <= told.surplus(today) <= max(0, told.left)
    if told.state(today) in ("behind", "broken"):
        assert told.surplus(today) > 0


def test_weeks_end_with_the_last_day_and_begin_only_when_they_have_begun() -> None:
    parts = shares(
        [Received("a", None, START, 100, date(2022, 3, 31))],
        [Out(START, "x", "used", 10), Out(date(2022, 3, 9), "x", "used", 5), Out(START, "x", "moved", 5)],
    )
    found = weeks(use(15), parts, date(2022, 3, 10))
    assert [used for _, _, used in found] == [10, 15, None, None, None]
    assert found[-1][:2] == (date(2022, 3, 31), 100)


def test_the_deadline_comes_before_the_expiry() -> None:
    today = date(2022, 4, 15)
    assert recall_deadline(today, None) == date(2022, 4, 22)
    assert recall_deadline(today, date(2022, 6, 30)) == date(2022, 4, 22)
    assert recall_deadline(today, date(2022, 5, 1)) == date(2022, 4, 17)
    assert recall_deadline(today, date(2022, 4, 16)) == today
