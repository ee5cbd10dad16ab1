"""Wastage: rates, the unavoidable part against enumeration, sites far from their peers, suspicious books."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.wastage import (
    LEAST_DOSES,
    counts_too_alike,
    far_from_peers,
    rate,
    too_many_reversals,
    unavoidable,
    unavoidable_doses,
)


def fewest_left(people: int, doses_per_vial: int) -> int:
    """The least that is left over when vials are opened until everybody has a dose, by trying."""
    vials = 0
    while vials * doses_per_vial < people:
        vials += 1
    return vials * doses_per_vial - people


@pytest.mark.proves("R008")
def test_the_unavoidable_part_is_what_enumeration_finds() -> None:
    for doses_per_vial in (1, 5, 6, 10):
        for sizes in product(range(9), repeat=3):
            left = sum(fewest_left(size, doses_per_vial) for size in sizes)
            expected = Fraction(left, left + sum(sizes)) if sum(sizes) else None
            assert unavoidable(sizes, doses_per_vial) == expected
            assert unavoidable_doses(sizes, doses_per_vial) == left


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.sampled_from((2, 6, 10)))
def test_no_session_can_do_better_and_it_is_below_a_vial_a_session(sizes: list[int], doses: int) -> None:
    share = unavoidable(sizes, doses)
    assert share is not None
    assert 0 <= share < 1
    assert unavoidable_doses(sizes, doses) <= (doses - 1) * len(sizes)


def test_rates() -> None:
    assert rate(0, 0) is None
    assert rate(1, 3) == Fraction(1, 4)
    assert unavoidable([], 6) is None


PEERS = {f"peer {n}": (5 + n % 2, 95) for n in range(6)}


def test_one_careless_site_among_equals_is_found_and_a_small_difference_is_not() -> None:
    [far] = far_from_peers(PEERS | {"careless": (30, 70)})
    assert (far.site, far.rate) == ("careless", Fraction(3, 10))
    assert far.score > 3.5
    assert far_from_peers(PEERS | {"near": (9, 91)}) == []


def test_a_site_that_throws_nothing_away_among_sites_that_do_is_far_off_too() -> None:
    wasteful = {f"peer {n}": (20 + n, 80 - n) for n in range(6)}
    [far] = far_from_peers(wasteful | {"spotless": (0, 400)})
    assert far.site == "spotless"
    assert far.score < -3.5


def test_few_doses_or_few_peers_say_nothing() -> None:
    assert far_from_peers(PEERS | {"small": (LEAST_DOSES - 20, 10)}) == []
    assert far_from_peers({"a": (50, 50), "b": (1, 99)}) == []


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12))
def test_whoever_is_named_is_really_off(amounts: dict[str, tuple[int, int]]) -> None:
    for far in far_from_peers(amounts):
        assert abs(far.rate - far.middle) >= Fraction(5, 100)
        assert (far.score > 0) == (far.rate > far.middle)


def test_books_that_look_made_up() -> None:
    assert too_many_reversals(5, 50)
    assert not too_many_reversals(5, 51)
    assert not too_many_reversals(4, 4)
    assert counts_too_alike(4, 12, 0)
    assert not counts_too_alike(4, 12, 1)
    assert not counts_too_alike(3, 40, 0)
