"""What a site will use of an item: from what it used while it had some, and from who is still due there.

Use is looked at over days on which usable stock was there; a day without says nothing about how much was wanted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: Days of stock whose use weighs as much as what people still due let expect.
TRUSTED_DAYS = 28

#: A site's own uptake weighs against its province's like so many doses.
PRIOR_DOSES = 20

#: Weekdays with at least this share of a site's sessions are its session days, when they hold most of them.
_WEEKDAY_SHARE, _MOST_SHARE, _LEAST_SESSIONS = 0.1, 0.8, 4


@dataclass(frozen=True, slots=True)
class Use:
    """Doses used on `days` days with usable stock; `most_a_day` is the most of one day."""

    doses: int = 0
    days: int = 0
    most_a_day: int = 0


def stocked_days(
    opening: int, changes: Mapping[date, tuple[int, int]], first: date, days: int, last_use: date | None
) -> int:
    """The days of a window on which a holding had something usable, as bits (bit 0: `first`).

    `changes` are (came in, went out) by day, both positive. A day counts when something was there in the morning or
    came on it, up to the last day of use; a holding of unknown expiry is never usable.
    """
    if last_use is None:
        return 0
    found, held = 0, opening
    for number in range(min(days, (last_use - first).days + 1)):
        came, went = changes.get(first + timedelta(days=number), (0, 0))
        if held > 0 or came > 0:
            found |= 1 << number
        held += came - went
    return found


def uptake(given: int, person_days: float, province_rate: float) -> float:
    """The share of people due who are given a dose a day: the site's own, drawn to its province's when it saw few.

    `person_days` are people due × days with stock in which `given` doses were given.
    """
    if province_rate <= 0:
        return given / person_days if person_days > 0 else 0.0
    return (given + PRIOR_DOSES) / (person_days + PRIOR_DOSES / province_rate)


def expected_use(used: Use, due_rate: float, session_days_a_week: float | None) -> float:
    """Mean doses a day: use per day with stock, and `due_rate` (still due × uptake) as far as little was seen of use.

    Never more than the sessions of a week delivered on their best day, when a rhythm of sessions is known.
    """
    trust = used.days / (used.days + TRUSTED_DAYS)
    mean = due_rate * (1 - trust)
    if used.days:
        mean += trust * used.doses / used.days
    if session_days_a_week and used.most_a_day:
        mean = min(mean, used.most_a_day * session_days_a_week / 7)
    return mean


def session_weekdays(held: Collection[date]) -> tuple[int, ...]:
    """The weekdays (1 Monday … 7 Sunday) a site vaccinates on; empty when its sessions show none in particular."""
    if len(held) < _LEAST_SESSIONS:
        return ()
    by_weekday = Counter(day.isoweekday() for day in held)
    usual = [weekday for weekday, count in by_weekday.items() if count >= _WEEKDAY_SHARE * len(held)]
    if len(usual) == 7 or sum(by_weekday[weekday] for weekday in usual) < _MOST_SHARE * len(held):
        return ()
    return tuple(sorted(usual))


def spread(counts: Iterable[Iterable[int]]) -> float:
    """Variance ÷ mean of weekly counts, pooled over sites that have two weeks or more: at least 1 (Poisson).

    With a fixed variance ÷ mean that of a week is that of a day.
    """
    squares = total = 0.0
    for weeks in counts:
        known = list(weeks)
        if len(known) > 1 and (mean := sum(known) / len(known)) > 0:
            variance = sum((count - mean) ** 2 for count in known) / (len(known) - 1)
            squares += variance * len(known)
            total += mean * len(known)
    return max(squares / total, 1.0) if total else 1.0


def share_of_people(due: int, weights: Mapping[str, int]) -> dict[str, int]:
    """People due in a village shared among the sites that serve it by their weights; whole people, nobody twice.

    What is left of the division goes to the sites with the largest remainders, then by name.
    """
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    shares = {site: due * weight // whole for site, weight in weights.items()}
    rest = due - sum(shares.values())
    for site in sorted(weights, key=lambda s: (-(due * weights[s] % whole), s))[:rest]:
        shares[site] += 1
    return shares


def wmape(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Σ|used − expected| ÷ Σ used over (expected, used); None while nothing was used."""
    known = list(pairs)
    used = sum(actual for _, actual in known)
    return sum(abs(actual - expected) for expected, actual in known) / used if used else None
