"""Looking back: how many more doses of a lot a site could have used, had it had them. Pure, by the FEFO rule.

Who has a lot that expires on a day uses it before all that expires later. So doses it did use of later lots in that
time, and what it would have used on days without stock, could have been doses of the lot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UsedLot:
    """Doses of a lot used at a site on a day; `expires_on` is the lot's effective expiry there."""

    day: date
    expires_on: date | None
    doses: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of doses received: used + expired + onward + left = received."""

    used: int
    expired: int
    onward: int
    left: int


def could_have_used(
    uses: Iterable[UsedLot], days_without: int, mean_milli: int, expires_on: date, first: date, last: date
) -> int:
    """Doses of a lot that a site could have used from `first` through `last` in place of later lots and of nothing.

    `days_without` are the days of that time on which it had no usable stock, `mean_milli` thousandths of a dose a day
    it would have used then.
    """
    later = sum(
        use.doses
        for use in uses
        if first <= use.day <= min(last, expires_on)
        and (use.expires_on is None or use.expires_on > expires_on)
    )
    return later + days_without * mean_milli // 1000


def fate_of(received: int, before: int, used: int, discarded: int, onward: int, *, over: bool) -> Fate:
    """Share what left a lot at a site between what was received and `before`, which was there already and goes first.

    `over`: its last day of use has passed, so that what is left will not be used either.
    """
    mine_used = min(max(used - before, 0), received)
    before = max(before - used, 0)
    mine_gone = min(max(discarded - before, 0), received - mine_used)
    before = max(before - discarded, 0)
    mine_onward = min(max(onward - before, 0), received - mine_used - mine_gone)
    left = received - mine_used - mine_gone - mine_onward
    return Fate(mine_used, mine_gone + (left if over else 0), mine_onward, 0 if over else left)
