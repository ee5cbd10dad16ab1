"""Vaccine thrown away: its rate, the part that open vials make unavoidable, and sites far from their peers.

Amounts are doses. Rates are exact fractions: two counts in, no rounding before the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from shared.rules.sessions import vials_needed

#: A modified z-score beyond this is an outlier (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
FAR = 3.5

#: Sites that handled fewer doses say nothing by their rate; a rate nearer to its peers than this many percent is not
#: worth anybody's time, however alike the peers are; fewer peers than this are no comparison.
LEAST_DOSES = 60
LEAST_POINTS = 5
LEAST_PEERS = 5

#: So many reversals, at least this share of all movements, are looked at.
MANY_REVERSALS = 5
REVERSED_SHARE = Fraction(1, 10)

#: So many counted lines in so many counts, every one equal to the book, are looked at.
COUNTS_ALIKE = 4
LINES_ALIKE = 12

#: Vials opened beyond those the doses needed, of sessions of one site: so many are looked at.
MANY_BEYOND_NEED = 5


def rate(discarded: int, used: int) -> Fraction | None:
    """Discarded of used and discarded; None when there was neither."""
    return Fraction(discarded, discarded + used) if discarded + used > 0 else None


def unavoidable_doses(sizes: Iterable[int], doses_per_vial: int) -> int:
    """Doses left in vials when every session opens as few as its people need: Σ (v·⌈N/v⌉ − N)."""
    return sum(vials_needed(size, doses_per_vial) * doses_per_vial - size for size in sizes if size > 0)


def unavoidable(sizes: Sequence[int], doses_per_vial: int) -> Fraction | None:
    """The rate below which no session of these sizes can come: 1 − E[N] / (v·E⌈N/v⌉); None without sessions."""
    return rate(unavoidable_doses(sizes, doses_per_vial), sum(size for size in sizes if size > 0))


@dataclass(frozen=True, slots=True)
class Far:
    """A site whose rate is far from the middle of its peers; `score` is the modified z-score, > 0 for more."""

    site: str
    rate: Fraction
    middle: Fraction
    score: float


def far_from_peers(amounts: Mapping[str, tuple[int, int]]) -> list[Far]:
    """Sites far off, the farthest first; `amounts` are (discarded, used) by site.

    The spread is the median distance to the median, and never less than LEAST_POINTS / FAR percent, so that one
    careless site among equals is found and a percent more than its neighbours is not.
    """
    rates = {
        site: share
        for site, (discarded, used) in amounts.items()
        if discarded + used >= LEAST_DOSES and (share := rate(discarded, used)) is not None
    }
    if len(rates) < LEAST_PEERS:
        return []
    middle = median(rates.values())
    spread = median(abs(share - middle) for share in rates.values())
    least = Fraction(LEAST_POINTS, 100) / Fraction(FAR) * Fraction(6745, 10_000)
    found = [
        Far(site, share, middle, float(Fraction(6745, 10_000) * (share - middle) / max(spread, least)))
        for site, share in rates.items()
    ]
    return sorted((far for far in found if abs(far.score) > FAR), key=lambda far: (-abs(far.score), far.site))


def too_many_reversals(reversals: int, movements: int) -> bool:
    """Whether so many of a site's movements were taken back that somebody should ask why."""
    return reversals >= MANY_REVERSALS and reversals >= REVERSED_SHARE * movements


def counts_too_alike(counts: int, lines: int, differing: int) -> bool:
    """Whether a site's counts always equal the book: then nobody may have counted."""
    return counts >= COUNTS_ALIKE and lines >= LINES_ALIKE and not differing
