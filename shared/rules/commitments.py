"""A commitment (R037): so much of an item received, to be used by a day. What was used of it, and what will not be.

Amounts are doses, or units of items without doses. What leaves a site is counted for the commitment that ends first,
so that two commitments for one item never count one dose twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.rules.at_risk import steady_demand

#: States of a commitment, the most pressing first.
STATES = ("broken", "behind", "recalled", "kept", "waiting", "recovered", "closed", "withdrawn")

#: Ways an amount leaves a commitment: given to people, thrown away, passed on to another place.
WAYS = ("used", "discarded", "moved")

#: The use of so many days tells what will be used; before a week has passed nothing can be told from it.
LOOK_BACK_DAYS = 28
SOONEST_DAYS = 7

#: From the second week on, at most half of the planned use breaks a commitment before its last day.
BROKEN_AFTER_DAYS = 14

#: Days a place is given to pass on what is recalled, and the days of use that should be left where it arrives.
RECALL_DAYS = 7
DAYS_LEFT_THERE = 14


@dataclass(frozen=True, slots=True)
class Received:
    """What came under a commitment from `on`; `lot` None: any lot of the item."""

    id: str
    lot: str | None
    on: date
    amount: int
    use_by: date


@dataclass(frozen=True, slots=True)
class Out:
    """A net amount of a lot that left on a day in one of WAYS; negative when it came back."""

    on: date
    lot: str
    way: str
    amount: int


@dataclass(frozen=True, slots=True)
class Share:
    """The part of what left that counts for a commitment."""

    commitment: str
    on: date
    lot: str
    way: str
    amount: int


def shares(received: Iterable[Received], outs: Iterable[Out]) -> list[Share]:
    """What left, counted for the commitments of one item and site: none more than it received, none before it came."""
    promised = sorted(received, key=lambda r: (r.use_by, r.on, r.id))
    left = {each.id: each.amount for each in promised}
    found: list[Share] = []
    for out in sorted(outs, key=lambda o: (o.on, o.amount < 0, o.lot, o.way)):
        if out.amount < 0:
            _come_back(found, left, out)
            continue
        amount = out.amount
        for each in promised:
            if each.on <= out.on and each.lot in (None, out.lot) and (part := min(amount, left[each.id])):
                found.append(Share(each.id, out.on, out.lot, out.way, part))
                left[each.id] -= part
                amount -= part
    return [share for share in found if share.amount]


def _come_back(found: list[Share], left: dict[str, int], out: Out) -> None:
    """Take what came back off the newest parts that left in the same way."""
    amount = -out.amount
    for place in reversed(range(len(found))):
        share = found[place]
        if (share.lot, share.way) == (out.lot, out.way) and (part := min(amount, share.amount)):
            found[place] = Share(share.commitment, share.on, share.lot, share.way, share.amount - part)
            left[share.commitment] += part
            amount -= part


@dataclass(frozen=True, slots=True)
class Use:
    """A commitment on a day: what was received, what left in which way, its plan. `weekly` None: evenly until the day.

    `used_lately` is the use of the last LOOK_BACK_DAYS days.
    """

    received: int
    received_on: date | None
    use_by: date
    weekly: int | None
    used: int = 0
    discarded: int = 0
    moved: int = 0
    used_lately: int = 0

    @property
    def left(self) -> int:
        """What is still there of it."""
        return self.received - self.used - self.discarded - self.moved

    def planned(self, today: date) -> int:
        """What the plan says is used by the end of a day."""
        if self.received_on is None or today < self.received_on:
            return 0
        days = (today - self.received_on).days + 1
        if self.weekly is not None:
            return min(self.received, self.weekly * days // 7)
        whole = (self.use_by - self.received_on).days + 1
        return self.received if days >= whole else self.received * days // whole

    def will_use(self, today: date) -> int | None:
        """What the use so far lets expect from tomorrow through the last day; None while it is too soon to tell."""
        if self.received_on is None:
            return None
        seen = min(LOOK_BACK_DAYS, (today - self.received_on).days + 1)
        if seen < SOONEST_DAYS:
            return None
        return steady_demand(self.used_lately, seen, today + timedelta(days=1))(self.use_by)

    def surplus(self, today: date) -> int:
        """What will not be used by the last day; all that is left once it has passed, 0 while nothing can be told."""
        if today > self.use_by:
            return max(0, self.left)
        expected = self.will_use(today)
        return 0 if expected is None else max(0, self.left - expected)

    def state(self, today: date, *, withdrawn: bool = False, recalled: bool = False) -> str:
        """One of STATES. broken: the day has passed and something is left, or at most half of what two weeks or more
        of the plan asked for was used and something will be left. behind: less was used than planned, and something
        will be left. recalled: a recall was approved and the stock is still there; recovered: it was moved on.
        """
        if withdrawn and not self.received:
            return "withdrawn"
        if self.received_on is None or not self.received:
            return "waiting"
        if self.left <= 0:
            return "recovered" if recalled and self.moved > 0 else "closed"
        if recalled:
            return "recalled"
        if today > self.use_by:
            return "broken"
        planned = self.planned(today)
        if self.used >= planned or not self.surplus(today):
            return "kept"
        old = (today - self.received_on).days >= BROKEN_AFTER_DAYS
        return "broken" if old and self.used * 2 <= planned else "behind"


def weeks(use: Use, parts: Sequence[Share], today: date) -> list[tuple[date, int, int | None]]:
    """(last day, planned, used) of every week of a commitment, both as sums from its start.

    The last week ends with the last day of the commitment; used is None for weeks that have not begun.
    """
    if use.received_on is None:
        return []
    found = []
    start = use.received_on
    while start <= use.use_by:
        last = min(start + timedelta(days=6), use.use_by)
        used = sum(part.amount for part in parts if part.way == "used" and part.on <= last)
        found.append((last, use.planned(last), used if start <= today else None))
        start += timedelta(days=7)
    return found


def recall_deadline(today: date, expiry: date | None) -> date:
    """By when recalled stock is to be gone: in a week, earlier when it would arrive too close to its expiry."""
    usual = today + timedelta(days=RECALL_DAYS)
    return usual if expiry is None else max(today, min(usual, expiry - timedelta(days=DAYS_LEFT_THERE)))
