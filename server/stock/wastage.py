"""Vaccine wastage of sites in a period: of opened and of unopened vials, by reason, beside what sessions cannot avoid.

Amounts are doses, of items that have doses. Used are the doses people were given. Of vials a session took as a whole,
what its recorded doses do not fill is left in opened vials and counts as thrown away (`REMAINDER`); of a session
without any recorded dose nothing is known, and its vials count as used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from server.database import select_among, table_of
from server.registers.models import Dose
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL
from shared.rules.sessions import vials_needed
from shared.rules.wastage import unavoidable_doses

_MOVEMENT = table_of(StockMovement)
_DOSE = table_of(Dose)

#: Doses left in vials that a session opened and recorded no other end of.
REMAINDER = "remainder"

#: Reasons wastage is told by.
REASONS = (REMAINDER, *sorted(OPEN_VIAL), *sorted(CLOSED_VIAL))


@dataclass(frozen=True, slots=True)
class Wasted:
    """Doses of one item at one site. `open` and `closed` by reason; `beyond_need` vials were opened that the sessions'
    people did not need.
    """

    site_id: str
    item_id: str
    used: int
    open: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    unavoidable: int = 0
    sessions: int = 0
    beyond_need: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """Several of them added up."""

    used: int
    open: int
    closed: int
    unavoidable: int
    sessions: int
    reasons: dict[str, int]

    @classmethod
    def of(cls, found: Iterable[Wasted]) -> Sum:
        """The sum."""
        lines = list(found)
        reasons: dict[str, int] = {}
        for line in lines:
            for reason, doses in (*line.open.items(), *line.closed.items()):
                reasons[reason] = reasons.get(reason, 0) + doses
        return cls(
            sum(line.used for line in lines),
            sum(sum(line.open.values()) for line in lines),
            sum(sum(line.closed.values()) for line in lines),
            sum(line.unavoidable for line in lines),
            sum(line.sessions for line in lines),
            {reason: reasons[reason] for reason in REASONS if reasons.get(reason)},
        )

    @property
    def discarded(self) -> int:
        """Doses thrown away."""
        return self.open + self.closed

    @property
    def handled(self) -> int:
        """Doses used or thrown away: what every rate is of."""
        return self.used + self.discarded

    @property
    def avoidable(self) -> int:
        """Doses of opened vials thrown away beyond what the sessions could not avoid."""
        return max(0, self.open - self.unavoidable)


def wastage(connection: Connection, sites: Collection[str], since: date, until: date) -> list[Wasted]:
    """What these sites used and threw away from `since` through `until`, by site and item."""
    per_vial = _doses_per_vial(connection)
    given = _given(connection, sites, since, until)
    taken = _taken(connection, sites, since, until)
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def line(site: str, item: str) -> dict[str, Any]:
        empty = {"used": 0, "open": {}, "closed": {}, "sizes": [], "beyond_need": 0}
        return found.setdefault((site, item), empty)

    for row in _moved(connection, sites, since, until):
        told, amount = line(row.site_id, row.item_id), int(row.amount)
        if row.reason == "administered":
            told["used"] += amount
        else:
            opened = row.reason in OPEN_VIAL or row.state == "opened"
            part = told["open" if opened else "closed"]
            part[row.reason] = part.get(row.reason, 0) + amount
    known = {session for session, _ in given}
    for row in taken:
        told = line(row.site_id, row.item_id)
        people = given.get((row.session_id, row.lot_id), 0)
        if row.session_id not in known:
            continue
        if row.reason == "administered" and row.doses > people:
            told["used"] -= int(row.doses) - people
            told["open"][REMAINDER] = told["open"].get(REMAINDER, 0) + int(row.doses) - people
        spare = int(row.vials) - vials_needed(people, per_vial[row.item_id])
        told["beyond_need"] += max(0, spare)
    for site, item, size in _sizes(connection, sites, since, until):
        line(site, item)["sizes"].append(size)
    return [
        Wasted(
            site,
            item,
            max(0, told["used"]),
            {reason: doses for reason, doses in told["open"].items() if doses},
            {reason: doses for reason, doses in told["closed"].items() if doses},
            unavoidable_doses(told["sizes"], per_vial[item]),
            len(told["sizes"]),
            told["beyond_need"],
        )
        for (site, item), told in sorted(found.items())
        if item in per_vial
    ]


def _doses_per_vial(connection: Connection) -> dict[str, int]:
    query = select(Item.id, Item.doses_per_vial).where(Item.doses_per_vial.is_not(None))
    return {row.id: row.doses_per_vial for row in connection.execute(query)}


def _in_period(day: Any, since: date, until: date) -> tuple[Any, Any]:
    return day >= since, day <= until


def _moved(connection: Connection, sites: Collection[str], since: date, until: date) -> list[Any]:
    """Doses used and thrown away by site, item, state and reason; positive is out."""
    columns = (_MOVEMENT.c.site_id, Lot.item_id, _MOVEMENT.c.state, _MOVEMENT.c.reason)
    query = (
        select(*columns, (-func.sum(moved_doses())).label("amount"))
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.reason.in_(["administered", *sorted(OPEN_VIAL | CLOSED_VIAL)]),
            Item.doses_per_vial.is_not(None),
            ~_MOVEMENT.c.idle,
            *_in_period(_MOVEMENT.c.moved_on, since, until),
        )
        .group_by(*columns)
    )
    return select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites))


def _taken(connection: Connection, sites: Collection[str], since: date, until: date) -> list[Any]:
    """Vials and doses a session took of a lot as a whole: used up in one, or opened first."""
    columns = (
        _MOVEMENT.c.site_id, Lot.item_id, _MOVEMENT.c.session_id, _MOVEMENT.c.lot_id, _MOVEMENT.c.reason,
    )  # fmt: skip
    query = (
        select(
            *columns,
            (-func.sum(_MOVEMENT.c.vials)).label("vials"),
            (-func.sum(_MOVEMENT.c.vials * Item.doses_per_vial)).label("doses"),
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.session_id.is_not(None),
            _MOVEMENT.c.reason.in_(["administered", "opened"]),
            _MOVEMENT.c.state != "opened",
            Item.doses_per_vial.is_not(None),
            ~_MOVEMENT.c.idle,
            *_in_period(_MOVEMENT.c.moved_on, since, until),
        )
        .group_by(*columns)
    )
    return select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites))


def _doses(since: date, until: date, *columns: Any) -> Any:
    return (
        select(*columns, func.count().label("people"))
        .where(
            _DOSE.c.corrected_by.is_(None),
            _DOSE.c.session_id.is_not(None),
            *_in_period(_DOSE.c.given_on, since, until),
        )
        .group_by(*columns)
    )


def _given(
    connection: Connection, sites: Collection[str], since: date, until: date
) -> dict[tuple[str, str | None], int]:
    """(session, lot) -> doses recorded."""
    query = _doses(since, until, _DOSE.c.session_id, _DOSE.c.lot_id)
    found: dict[tuple[str, str | None], int] = {}
    for row in select_among(connection, query, _DOSE.c.site_id, sorted(sites)):
        key = row.session_id, row.lot_id
        found[key] = found.get(key, 0) + row.people
    return found


def _sizes(
    connection: Connection, sites: Collection[str], since: date, until: date
) -> list[tuple[str, str, int]]:
    """(site, item, people) of every session."""
    columns = (_DOSE.c.site_id, Lot.item_id, _DOSE.c.session_id)
    query = _doses(since, until, *columns).join(Lot, Lot.id == _DOSE.c.lot_id)
    rows = select_among(connection, query, _DOSE.c.site_id, sorted(sites))
    return [(row.site_id, row.item_id, row.people) for row in rows]
