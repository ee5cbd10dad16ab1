"""Sharing vaccine out to places that are short of it (R063), and telling a planned allocation from what came (R048).

One sentence says how: the vial that expires first goes out first, one after another, each to the place with the
largest share of its people still without a dose to be given to them. Whole vials only.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.rules.need import Covered, Supply, pooled

#: Shares are compared in billionths.
_WHOLE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Shipment:
    """Whole vials of an item from one place to another, for (age group, dose) -> doses wanted there.

    `expiry` is the first last day of use among them; `vials` × `doses_per_vial` may be more than is wanted, never by
    a whole vial for one dose.
    """

    source: str
    place: str
    item: str
    vaccine: str
    doses_per_vial: int
    vials: int
    expiry: date
    wanted: tuple[tuple[str, str, int], ...]

    @property
    def doses(self) -> int:
        """Doses in the vials."""
        return self.vials * self.doses_per_vial


@dataclass(slots=True)
class _Short:
    place: str
    dose: tuple[str, str]
    due_on: date
    people: int
    short: int
    fits: frozenset[str]

    @property
    def rank(self) -> tuple[int, date, str, tuple[str, str]]:
        """The largest share of people without a dose first, then the dose due first."""
        return -(self.short * _WHOLE // self.people), self.due_on, self.place, self.dose


_Pool = tuple[date, str, str, int]  # last day of use, vaccine, item, doses a vial


def suggest(
    covered: Iterable[Covered], supplies: Iterable[Supply], stores: frozenset[str] = frozenset()
) -> list[Shipment]:
    """Shipments that meet shortages from `supplies` (stores, and what places have left over), by receiver.

    Of one pool the `stores` give before the others do. A place with something left over that fits a shortage of its
    own does not occur after `cover`; it would keep it.
    """
    short = [
        _Short(c.need.place, c.need.dose, c.need.due_on, c.need.people, c.shortage, c.need.fits)
        for c in covered
        if c.shortage > 0
    ]
    pools: dict[_Pool, dict[str, int]] = {}
    for supply in pooled(supplies):
        vials = supply.doses // supply.doses_per_vial
        if vials:
            key = (supply.expiry, supply.vaccine, supply.item, supply.doses_per_vial)
            pools.setdefault(key, {})[supply.place] = vials
    lines: dict[tuple[str, str, str], _Line] = {}
    for pool, vials_at in sorted(pools.items()):
        sources = sorted(vials_at, key=lambda place: (place not in stores, place))
        for (place, dose), given in sorted(_share_out(pool, sum(vials_at.values()), short).items()):
            _send(lines, pool, vials_at, [s for s in sources if s != place], place, dose, given)
    return [lines[key].shipment(*key) for key in sorted(lines)]


def document_key(document: str) -> str:
    """A document's number as it is compared: without spaces, capital or small alike."""
    return "".join(document.split()).casefold()


def share_received(planned: Sequence[tuple[str, int]], received: int) -> dict[str, int]:
    """Allocation -> vials of what was received under their document that count for it.

    `planned` are (allocation, vials) of one document, site and item in the order of their days: the first day's are
    met first, and what came beyond the plan counts for the last.
    """
    left, found = received, {}
    for number, (allocation, vials) in enumerate(planned, 1):
        found[allocation] = left if number == len(planned) else max(0, min(left, vials))
        left -= found[allocation]
    return found


@dataclass(slots=True)
class _Given:
    vials: int = 0
    wanted: int = 0


@dataclass(slots=True)
class _Line:
    vaccine: str
    doses_per_vial: int
    expiry: date
    vials: int
    wanted: dict[tuple[str, str], int]

    def shipment(self, place: str, item: str, source: str) -> Shipment:
        """The line as it is shown."""
        wanted = tuple((*dose, doses) for dose, doses in sorted(self.wanted.items()))
        return Shipment(
            source, place, item, self.vaccine, self.doses_per_vial, self.vials, self.expiry, wanted
        )


def _share_out(pool: _Pool, vials: int, short: Iterable[_Short]) -> dict[tuple[str, tuple[str, str]], _Given]:
    """(place, dose) -> what it gets of a pool; the shortages become smaller."""
    _, vaccine, _, doses_per_vial = pool
    fitting = {each.rank[2:]: each for each in short if vaccine in each.fits and each.short > 0}
    queue = [each.rank for each in fitting.values()]
    heapq.heapify(queue)
    found: dict[tuple[str, tuple[str, str]], _Given] = {}
    while vials and queue:
        each = fitting[heapq.heappop(queue)[2:]]
        doses = min(doses_per_vial, each.short)
        given = found.setdefault((each.place, each.dose), _Given())
        given.vials += 1
        given.wanted += doses
        each.short -= doses
        vials -= 1
        if each.short:
            heapq.heappush(queue, each.rank)
    return found


def _send(
    lines: dict[tuple[str, str, str], _Line],
    pool: _Pool,
    vials_at: dict[str, int],
    sources: Iterable[str],
    place: str,
    dose: tuple[str, str],
    given: _Given,
) -> None:
    """Take what a dose of a place gets from the sources in their order."""
    expiry, vaccine, item, doses_per_vial = pool
    for source in sources:
        vials = min(given.vials, vials_at[source])
        if not vials:
            continue
        wanted = min(given.wanted, vials * doses_per_vial)
        vials_at[source] -= vials
        given.vials -= vials
        given.wanted -= wanted
        line = lines.setdefault((place, item, source), _Line(vaccine, doses_per_vial, expiry, 0, {}))
        line.vials += vials
        line.wanted[dose] = line.wanted.get(dose, 0) + wanted
