"""The 30 minutes after a dose: who still has to stay, and whether a session may close (R039).

Moments are aware. What the phone knows of the time that passed is worked out in its store, which does not trust a
clock that was set; here it is only judged.
"""

from collections.abc import Sequence
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


def whole_minutes(seconds: float) -> int:
    """Seconds that are left as people are told them, in begun minutes: 0 only when the time is over."""
    return -int(-seconds // 60)


def all_observed(unended: int, doses: int) -> Fault | None:
    """Of the `doses` of a closed session, nobody said of `unended` how the person left: a doubt, never a bar."""
    return fault("session.not_observed", unended=unended, doses=doses) if unended else None


def nobody_observed(names: Sequence[str]) -> Fault | None:
    """A session is not closed while anybody's time runs; the fault names them."""
    if not names:
        return None
    listed = ", ".join(filter(None, names[:MOST_NAMES])) + (" …" if len(names) > MOST_NAMES else "")
    return fault("session.under_observation", count=len(names), names=listed)
