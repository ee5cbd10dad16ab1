"""A goal day by day: what the lines of the chart say adds up to the figures beside it."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.indicators.progress import Progress
from server.indicators.trend import LONGEST, SPARK_DAYS, heights, lately, trend

TODAY = date(2022, 4, 15)
days = st.dictionaries(
    st.integers(-80, 0).map(lambda n: TODAY + timedelta(days=n)), st.integers(1, 50), max_size=40
)


@given(days, st.integers(0, 200), st.integers(0, 300), st.integers(-70, 90), st.integers(0, 100))
def test_the_lines_end_where_the_figures_are(
    covered: dict[date, int], earlier: int, more: int, due_in: int, began: int
) -> None:
    due_on, since = TODAY + timedelta(days=due_in), TODAY - timedelta(days=began)
    total = earlier + sum(covered.values())
    progress = Progress(total + more, total, 0, due_in)
    points = trend(progress, due_on, covered, since, TODAY)
    assert [b.day - a.day for a, b in itertools.pairwise(points)] == [timedelta(1)] * (len(points) - 1)
    assert len(points) <= 2 * LONGEST + 1
    known = [p for p in points if p.in_all is not None and p.covered is not None]
    assert known[-1].day == TODAY
    assert known[-1].in_all == total
    for before, after in itertools.pairwise(known):
        assert (after.in_all or 0) - (before.in_all or 0) == covered.get(after.day, 0)
    assert all(p.in_all is None and p.covered is None for p in points if p.day > TODAY)
    at_due = next((p for p in points if p.day == due_on), None)
    if at_due and at_due.plan is not None:
        assert at_due.plan == progress.due
    if at_due and at_due.needed is not None:
        assert at_due.needed == progress.due
    assert all(p.needed is None for p in points if p.day < TODAY)
    assert all(p.plan is None for p in points if p.day > due_on)


def test_no_line_is_drawn_where_the_plan_is_met_or_its_day_has_passed() -> None:
    met = trend(Progress(10, 12, 0, 5), TODAY + timedelta(5), {}, TODAY - timedelta(3), TODAY)
    assert {p.needed for p in met} == {p.plan for p in met} == {None}
    past = trend(Progress(10, 4, 0, -2), TODAY - timedelta(2), {}, TODAY - timedelta(9), TODAY)
    assert {p.needed for p in past} == {None}
    assert [p.plan for p in past if p.day == TODAY - timedelta(2)] == [10]


@given(days)
def test_the_small_bars_show_the_last_fortnight(covered: dict[date, int]) -> None:
    values = lately(covered, TODAY)
    assert len(values) == SPARK_DAYS
    assert sum(values) == sum(n for day, n in covered.items() if day > TODAY - timedelta(days=SPARK_DAYS))
    bars = heights(values, 24)
    assert all(0 <= bar <= 24 for bar in bars)
    assert all((bar == 0) == (value == 0) for bar, value in zip(bars, values, strict=True))
    assert max(bars) == (24 if any(values) else 0)
