"""Reporting periods: a day, a week (Monday to Sunday), a month, or a whole campaign (R042)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from shared.rules.months import month_end

#: The kinds of periods, the shortest first.
KINDS = ("day", "week", "month", "campaign")

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `first` to the end of `last`. `campaign` names the campaign of a campaign period."""

    kind: str
    first: date
    last: date
    campaign: str | None = None

    @property
    def key(self) -> str:
        """The period in an address: 2022-04-15, 2022-W15, 2022-04, or the campaign's id."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        return self.campaign or "" if self.kind == "campaign" else self.first.isoformat()

    def previous(self) -> Period:
        """The one before; a campaign has none, so it stays."""
        return self if self.kind == "campaign" else period_of(self.kind, self.first - timedelta(days=1))

    def next(self) -> Period:
        """The one after; a campaign has none, so it stays."""
        return self if self.kind == "campaign" else period_of(self.kind, self.last + timedelta(days=1))


def period_of(kind: str, day: date) -> Period:
    """The day, week or month that holds a day. KeyError for another kind."""
    if kind == "day":
        return Period(kind, day, day)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    if kind == "month":
        return Period(kind, day.replace(day=1), month_end(day))
    raise KeyError(kind)


def campaign_period(campaign: str, starts_on: date, ends_on: date | None, today: date) -> Period:
    """A campaign from its start until today, or until its end once that has passed."""
    last = min(ends_on or today, today)
    return Period("campaign", starts_on, max(last, starts_on), campaign)


def from_key(kind: str, key: str) -> Period:
    """The day, week or month a key names. ValueError for anything else."""
    if kind == "day":
        return period_of(kind, date.fromisoformat(key))
    if kind == "week" and (found := _WEEK.fullmatch(key)):
        return period_of(kind, date.fromisocalendar(int(found[1]), int(found[2]), 1))
    if kind == "month" and (found := _MONTH.fullmatch(key)):
        return period_of(kind, date(int(found[1]), int(found[2]), 1))
    raise ValueError(key)


def is_whole(period: Period) -> bool:
    """Whether the days are those of its kind: no week from Tuesday on, no half month."""
    if period.first > period.last or period.kind not in KINDS:
        return False
    if period.kind == "campaign":
        return period.campaign is not None
    return period.campaign is None and period_of(period.kind, period.first) == period
