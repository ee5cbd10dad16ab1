"""A goal day by day: people covered, in all so far, where an even pace would be, and what is needed from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.indicators.progress import Progress

#: A trend shows no more days than this before the day it is made for.
LONGEST = 60

#: Days of the small chart on a card.
SPARK_DAYS = 14


@dataclass(frozen=True, slots=True)
class Point:
    """A day: people covered that day and in all by its end (None after the day of the figures); the even pace
    from the first day to the due date; the pace needed from now on (None before). People, rounded to whole.
    """

    day: date
    covered: int | None
    in_all: int | None
    plan: int | None
    needed: int | None


def trend(
    progress: Progress, due_on: date, days: Mapping[date, int], since: date, as_of: date
) -> list[Point]:
    """Every day from `since` to the due date, or to `as_of` when that is later; `days` says who was covered when."""
    first = max(since, as_of - timedelta(days=LONGEST))
    last = max(as_of, due_on) if due_on - as_of <= timedelta(days=LONGEST) else as_of
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    before = max(0, progress.covered - sum(n for day, n in days.items() if first <= day <= as_of))
    points, in_all = [], before
    for day in span:
        known = day <= as_of
        in_all += days.get(day, 0) if known else 0
        points.append(
            Point(
                day,
                days.get(day, 0) if known else None,
                in_all if known else None,
                _between(first, before, due_on, progress.due, day),
                _between(as_of, progress.covered, due_on, progress.due, day) if day >= as_of else None,
            )
        )
    return points


def lately(days: Mapping[date, int], as_of: date) -> list[int]:
    """People covered on each of the last SPARK_DAYS days, the oldest first."""
    return [days.get(as_of - timedelta(days=n), 0) for n in reversed(range(SPARK_DAYS))]


def heights(values: Sequence[int], tallest: int) -> list[int]:
    """The values as heights of bars, whole, of which the greatest is `tallest`; what is not 0 is at least 1."""
    most = max(values, default=0)
    return [max(1, value * tallest // most) if value else 0 for value in values]


def _between(first: date, low: int, last: date, high: int, day: date) -> int | None:
    """The straight line from (first, low) to (last, high) on a day; None beyond it, or where it would fall."""
    if not first <= day <= last or first == last or high < low:
        return None
    return low + (high - low) * (day - first).days // (last - first).days
