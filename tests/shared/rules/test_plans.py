"""Which targets apply on a day: the newest version by place, age group and dose, whatever the order of arrival."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.plans import WITHDRAWN, in_force, version_of

START = date(2022, 3, 1)


@dataclass(frozen=True)
class T:
    valid_from: date
    document: str = "KH 1"
    due_on: date = date(2022, 4, 30)
    target_place_id: str = "commune"
    age_group: str = "A18"
    dose_type: str = "booster_1"
    campaign_id: str = "covid"
    status: str | None = None


targets = st.lists(
    st.builds(
        T,
        valid_from=st.integers(0, 4).map(lambda n: START + timedelta(days=10 * n)),
        document=st.sampled_from(("KH 1", "KH 2", "CV 3")),
        due_on=st.sampled_from((date(2022, 4, 30), date(2022, 5, 31))),
        target_place_id=st.sampled_from(("a", "b")),
        dose_type=st.sampled_from(("primary_2", "booster_1")),
        status=st.sampled_from((None, None, "đang triển khai", WITHDRAWN)),
    ),
    max_size=8,
)
days = st.integers(-5, 50).map(lambda n: START + timedelta(days=n))


@given(targets.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), days)
@pytest.mark.proves("R091")
def test_the_order_of_the_targets_changes_nothing(orders: tuple[list[T], list[T]], as_of: date) -> None:
    found, shuffled = orders
    assert set(in_force(shuffled, as_of)) == set(in_force(found, as_of))


@given(targets, days)
def test_one_version_applies_and_none_of_it_is_left_out(found: list[T], as_of: date) -> None:
    applies = in_force(found, as_of)
    for target in found:
        same = [
            t
            for t in found
            if (t.target_place_id, t.dose_type) == (target.target_place_id, target.dose_type)
            and t.valid_from <= as_of
        ]
        newest = max(map(version_of, same), default=None)
        expected = version_of(target) == newest and target.status != WITHDRAWN
        assert (target in applies) is expected


@given(targets, days)
def test_a_version_of_tomorrow_changes_nothing_today(found: list[T], as_of: date) -> None:
    later = [T(as_of + timedelta(days=1), "KH 9", target_place_id=place) for place in ("a", "b")]
    assert in_force([*found, *later], as_of) == in_force(found, as_of)


def test_milestones_stand_together_and_fall_together() -> None:
    first = [T(START, due_on=date(2022, 4, 30)), T(START, due_on=date(2022, 5, 31))]
    amended = T(START + timedelta(days=20), "KH 2", due_on=date(2022, 6, 30))
    assert in_force([*first, amended], START) == first
    assert in_force([*first, amended], START + timedelta(days=20)) == [amended]


def test_withdrawn_leaves_nothing_of_what_came_before() -> None:
    first, other = T(START), T(START, dose_type="primary_2")
    ended = T(START + timedelta(days=10), "KH 2", status=WITHDRAWN)
    assert in_force([first, other, ended], START + timedelta(days=9)) == [first, other]
    assert in_force([first, other, ended], START + timedelta(days=10)) == [other]
