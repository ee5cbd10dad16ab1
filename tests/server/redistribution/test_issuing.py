"""First-expiry-first issuing: the same as day by day, and the FEFO identity says what it wastes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.redistribution.board import board_of
from server.redistribution.exposure import SiteExposure
from server.redistribution.greedy import Wanted, absorbable
from server.redistribution.issuing import Lot, issue
from shared.rules.at_risk import at_risk, can_absorb, losses
from tests.server.redistribution.instances import DAY, holding, instance, site

DAYS = 20
lots = st.lists(st.builds(Lot, st.integers(-1, DAYS + 2), st.integers(0, 8), st.integers(0, 40)), max_size=6)
daily = st.lists(st.integers(0, 12), min_size=DAYS, max_size=DAYS)


@settings(max_examples=300)
@given(lots, daily)
def test_a_stretch_at_once_is_the_same_as_day_by_day(given_lots: list[Lot], wanted: list[int]) -> None:
    cumulative = np.concatenate([[0], np.cumsum(wanted)])[None].astype(float)
    found = issue(given_lots, cumulative, np.arange(DAYS + 1))
    left, missed = _day_by_day(given_lots, wanted)
    assert found.expired[0].tolist() == left
    assert found.missed[0] == missed


@pytest.mark.proves("R008", "R009", "L28")
@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, DAYS - 1), st.integers(0, 40)), max_size=6), daily)
def test_the_identity_says_what_is_wasted(stock: list[tuple[int, int]], wanted: list[int]) -> None:
    """Waste = max_k [Q_k − D(e_k)]⁺, by the rule that the phone shows, and lot by lot."""
    cumulative = [0, *np.cumsum(wanted).tolist()]
    found = issue(
        [Lot(day, 0, doses) for day, doses in stock], np.array([cumulative], dtype=float), np.arange(DAYS + 1)
    )
    dated = [(DAY + timedelta(days=day), doses) for day, doses in stock]

    def demand(day: object) -> int:
        return int(cumulative[(day - DAY).days + 1])  # type: ignore[operator]

    assert found.expired.sum() == at_risk(dated, demand)
    assert found.expired[0].tolist() == losses(dated, demand)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, DAYS - 1), st.integers(0, 40)), max_size=6), st.integers(0, DAYS - 1)
)
def test_what_greedy_says_a_site_absorbs_is_the_rule_of_the_phone(
    stock: list[tuple[int, int]], expiry: int
) -> None:
    """With demand of 3 doses a day and nothing on the road, a(e) of both is one number."""
    holdings = [holding(f"h{n}", "a", 0, day) for n, (day, _) in enumerate(stock)]
    board = board_of(
        instance([site("a", 3.0)], [*holdings, holding("last", "a", 0, DAYS), holding("e", "a", 0, expiry)])
    )
    dated = [(DAY + timedelta(days=day), doses) for day, doses in stock]
    expected = can_absorb(dated, lambda day: 3 * ((day - DAY).days + 1), DAY + timedelta(days=expiry))
    assert absorbable([(day, float(doses)) for day, doses in stock], expiry, 0, Wanted(board), 0) == expected


@settings(max_examples=100)
@given(
    st.lists(st.floats(0, 60), min_size=1, max_size=5),
    st.lists(st.lists(st.floats(0, 30), min_size=5, max_size=5), min_size=1, max_size=4),
    st.integers(0, 4),
    st.sampled_from([1.0, 6.0]),
    st.sampled_from([0.0, 0.3]),
)
def test_margins_are_what_a_vial_changes(
    stock: list[float], paths: list[list[float]], place: int, per_vial: float, penalty: float
) -> None:
    days = len(stock)
    place %= days
    wanted = np.cumsum(np.array(paths)[:, :days], axis=1)
    here = SiteExposure(list(range(days)), wanted, np.cumsum(stock), wanted[:, 0], 2.0, penalty)
    before = here.cost()
    more, less = here.margins(per_vial)
    for doses, margin in ((per_vial, more[place]), (-per_vial, less[place])):
        here.shift(place, doses)
        assert here.cost() - before == pytest.approx(margin, abs=1e-6)
        here.shift(place, -doses)


def _day_by_day(given_lots: list[Lot], wanted: list[int]) -> tuple[list[int], int]:
    left, missed = [lot.doses for lot in given_lots], 0
    order = sorted(range(len(left)), key=lambda n: (given_lots[n].expiry, given_lots[n].ready, n))
    for day, asked in enumerate(wanted):
        for n in order:
            if given_lots[n].ready <= day <= given_lots[n].expiry:
                used = min(left[n], asked)
                left[n] -= used
                asked -= used
        missed += asked
    lasting = [0 if lot.expiry >= DAYS else doses for lot, doses in zip(given_lots, left, strict=True)]
    return lasting, missed
