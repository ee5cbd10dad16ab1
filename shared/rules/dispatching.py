"""What to look at before stock leaves a site: quantities, lots, counts, the cold box, and the lot of shortest expiry.

Nothing here stops a dispatch that happened (record reality, restrict use): every check is a flag. Only a choice
against the shortest-dated lot must say why (FEFO).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.faults import Fault, fault

#: A holding counted longer ago than this many days is counted again before it leaves. Starting value.
COUNT_STALE_DAYS = 30

#: Item classes that travel in a cold box.
COLD_CLASSES = frozenset({"vaccine", "biological"})

#: Purposes for which lots are chosen by what is to be taken away, not by their expiry.
ANY_LOT = frozenset({"recall", "return", "surplus"})

#: From this stage of the vial monitor on only short legs are advised.
MONITOR_SHORT_LEGS = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """Vials (units) of one holding about to leave, with what the sender's book says of it.

    `usable` vials are on hand, may be used and are promised to nobody else; `barred` is why none may (a code of
    `shared.rules.need.UNUSABLE`); `counted_on` None was never counted.
    """

    lot_number: str
    vials: int
    usable: int
    barred: str | None = None
    hold: str | None = None
    expiry: date | None = None
    vvm: int | None = None
    counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A holding the sender could send: `usable` vials of an item, used by `expiry` (None: not known)."""

    key: str
    item: str
    expiry: date | None
    usable: int


def checks(sending: Sending, today: date, arrives_on: date | None = None) -> Iterator[Fault]:
    """Flags of one line, the gravest first. It arrives today when no day is given."""
    lot, arrival = sending.lot_number, max(arrives_on or today, today)
    if sending.hold:
        yield fault("transfer.lot_on_hold", lot=lot, document=sending.hold)
    elif sending.barred:
        yield fault("transfer.not_usable", lot=lot)
    else:
        yield from expires_on_the_way(lot, sending.expiry, arrival)
    if sending.vials > sending.usable and not (sending.hold or sending.barred):
        yield fault("transfer.more_than_held", lot=lot, vials=sending.vials, held=max(0, sending.usable))
    if sending.vvm == MONITOR_SHORT_LEGS:
        yield fault("transfer.monitor_two", lot=lot)
    if sending.counted_on is None or (today - sending.counted_on).days > COUNT_STALE_DAYS:
        yield fault("transfer.count_stale", lot=lot, days=COUNT_STALE_DAYS)


def expires_on_the_way(lot_number: str, expiry: date | None, arrives_on: date) -> Iterator[Fault]:
    """A lot that may not be used any more when it arrives."""
    if expiry and expiry < arrives_on:
        days = {"expiry": expiry.isoformat(), "day": arrives_on.isoformat()}
        yield fault("transfer.expires_before_arrival", lot=lot_number, **days)


def cold_box_missing(classes: Iterable[str], cold_box: str | None) -> Iterator[Fault]:
    """Vaccines and biologicals leave in a box that is named."""
    if not cold_box and not COLD_CLASSES.isdisjoint(classes):
        yield fault("transfer.no_cold_box", "cold_box")


def passed_over(
    offered: Sequence[Offered], sent: Mapping[str, int], named: Collection[str] = ()
) -> dict[str, str]:
    """Holding sent -> the holding of the same item that expires sooner and stays behind, in part at least.

    `named` are holdings that an order named: whoever ordered them has chosen.
    """
    found: dict[str, str] = {}
    known = [holding for holding in offered if holding.expiry is not None]
    for holding in known:
        if not sent.get(holding.key) or holding.key in named:
            continue
        left = [
            other
            for other in known
            if other.item == holding.item
            and _expires(other) < _expires(holding)
            and other.usable > sent.get(other.key, 0)
        ]
        if left:
            found[holding.key] = min(left, key=lambda other: (_expires(other), other.key)).key
    return found


def proposed(offered: Iterable[Offered], wanted: int) -> dict[str, int]:
    """Holding -> vials of `wanted` to take from it, what expires first going first; fewer when there are not enough."""
    found: dict[str, int] = {}
    for holding in sorted(offered, key=lambda one: (_expires(one), one.key)):
        taken = min(wanted, holding.usable)
        if taken > 0:
            found[holding.key] = taken
            wanted -= taken
    return found


def _expires(holding: Offered) -> date:
    return holding.expiry or date.max
