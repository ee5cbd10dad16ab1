"""The 30 minutes after a dose: who still has to stay, and whether a session may close (R039).

Moments are aware. What the phone knows of the time that passed is worked out in its store, which does not trust a
clock that was set; here it is only judged.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.faults import Fault, fault

#: How long everybody stays after a dose (Thông tư 34/2018/TT-BYT, from memory).
OBSERVED_MINUTES = 30
OBSERVED = timedelta(minutes=OBSERVED_MINUTES)

#: How many names a refusal lists before it says how many more there are.
MOST_NAMES = 5


def seconds_left(given_at: datetime, now: datetime) -> int:
    """Seconds until the person may go, 0 when they may; never more than the whole time, though the clock ran back."""
    left = min(OBSERVED, given_at + OBSERVED - now)
    return max(0, -int(-left.total_seconds() // 1))


def minutes_left(given_at: datetime, now: datetime) -> int:
    """Minutes until the person may go, begun ones counted whole: 0 only when the time is over."""
    return -(-seconds_left(given_at, now) // 60)


def still_observed(given: Iterable[tuple[str, datetime]], now: datetime) -> list[str]:
    """Of (name, when the dose was given), the names of those whose time still runs, who goes first in front."""
    running = [(given_at, name) for name, given_at in given if seconds_left(given_at, now)]
    return [name for _, name in sorted(running)]


def nobody_observed(names: Sequence[str]) -> Fault | None:
    """A session is not closed while anybody's time runs; the fault names them."""
    if not names:
        return None
    listed = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
    return fault("session.under_observation", count=len(names), names=listed)
