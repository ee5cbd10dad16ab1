"""What every site of a province used of every item over some weeks, and on how many of the days it had any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, case, func, select

from server.database import select_among
from server.indicators.models import DoseTally
from server.registers.models import VaccinationSession
from server.stock.expiries import expiry_of
from server.stock.models import Item, Lot, StockBalance, StockMovement
from server.stock.transfer_models import Transfer
from shared.rules.demand import Use, stocked_days

_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]
_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]
_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]

#: (site, item).
Key = tuple[str, str]

#: Reasons by which unopened stock is used up: at a session, or opened for one; of a store: what it issues.
USED = ("administered", "opened")
ISSUED = ("issued", "returned")


@dataclass(slots=True)
class Used:
    """One site and item in the window. `by_day`: doses; `stocked`: bits of the days with usable stock."""

    by_day: Counter[date] = field(default_factory=Counter)
    stocked: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Use in the `days` days from `first`, and the days on which each site held sessions."""

    first: date
    days: int
    by_key: dict[Key, Used]
    sessions: dict[str, set[date]]

    def of(self, key: Key) -> Use:
        """Doses used and days with stock. A day on which something was used was a day with stock."""
        used = self.by_key.get(key)
        if used is None:
            return Use()
        bits = used.stocked
        for day in used.by_day:
            bits |= 1 << (day - self.first).days
        return Use(sum(used.by_day.values()), bits.bit_count(), max(used.by_day.values(), default=0))

    def weeks(self, key: Key) -> list[int]:
        """Doses used in each whole week with stock on every day of it."""
        used = self.by_key.get(key)
        if used is None:
            return []
        found = []
        for number in range(self.days // 7):
            if used.stocked >> (7 * number) & 127 == 127:
                start = self.first + timedelta(days=7 * number)
                found.append(sum(used.by_day[start + timedelta(days=n)] for n in range(7)))
        return found


def usage(
    connection: Connection, sites: Collection[str], stores: Collection[str], first: date, days: int
) -> Usage:
    """What these sites used from their books and, where their book knows less, from doses recorded there."""
    last = first + timedelta(days=days - 1)
    found: dict[Key, Used] = defaultdict(Used)
    _stock(connection, sites, first, days, found)
    kept = frozenset(stores)
    for row in _uses(connection, sites, first, last):
        if row.doses and (row.reason in ISSUED) == (row.site_id in kept):
            found[row.site_id, row.item_id].by_day[row.moved_on] -= int(row.doses)
    recorded = _recorded(connection, sites, first, last)
    for key, by_day in recorded.items():
        if by_day.total() > found[key].by_day.total():
            found[key].by_day = by_day
    for used in found.values():
        used.by_day = Counter({day: doses for day, doses in used.by_day.items() if doses > 0})
    query = select(_SESSION.c.site_id, _SESSION.c.held_on).where(_SESSION.c.held_on.between(first, last))
    sessions: dict[str, set[date]] = defaultdict(set)
    for row in select_among(connection, query, _SESSION.c.site_id, sites):
        sessions[row.site_id].add(row.held_on)
    return Usage(first, days, dict(found), dict(sessions))


def _stock(
    connection: Connection, sites: Collection[str], first: date, days: int, found: dict[Key, Used]
) -> None:
    """Mark the days on which each site had usable stock: unopened, not set apart, within its effective expiry."""
    opening, changes = _levels(connection, sites, first, first + timedelta(days=days - 1))
    held = (
        select(
            StockBalance.site_id, StockBalance.holding_id, StockBalance.state, StockBalance.thawed_on,
            StockBalance.opened_on, StockBalance.vvm, StockBalance.vvm_on, Lot.item_id, Lot.label_expiry,
            Lot.revisions, Item.thaw_days, Item.open_vial_hours, Item.open_vial_days, Item.open_vial_rule,
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.state.not_in(("opened", "quarantined")), Lot.hold.is_(None))
    )  # fmt: skip
    for row in select_among(connection, held, _BALANCE.c.site_id, sites):
        moved = changes.get(row.holding_id, {})
        before = opening.get(row.holding_id, 0)
        if moved or before > 0:
            bits = stocked_days(before, moved, first, days, expiry_of(row))
            found[row.site_id, row.item_id].stocked |= bits


def _levels(
    connection: Connection, sites: Collection[str], first: date, last: date
) -> tuple[dict[str, int], dict[str, dict[date, tuple[int, int]]]]:
    """Vials of holdings before the window; (came, went) by holding and day in it."""
    counted = _MOVED.c.idle.is_(False)
    before = (
        select(_MOVED.c.holding_id, func.sum(_MOVED.c.vials).label("vials"))
        .where(_MOVED.c.moved_on < first, counted)
        .group_by(_MOVED.c.holding_id)
    )
    rows = select_among(connection, before, _MOVED.c.site_id, sites)
    opening = {row.holding_id: int(row.vials) for row in rows}
    vials = _MOVED.c.vials
    inside = (
        select(
            _MOVED.c.holding_id,
            _MOVED.c.moved_on,
            func.sum(case((vials > 0, vials), else_=0)).label("came"),
            func.sum(case((vials < 0, -vials), else_=0)).label("went"),
        )
        .where(_MOVED.c.moved_on.between(first, last), counted)
        .group_by(_MOVED.c.holding_id, _MOVED.c.moved_on)
    )
    changes: dict[str, dict[date, tuple[int, int]]] = {}
    for row in select_among(connection, inside, _MOVED.c.site_id, sites):
        changes.setdefault(row.holding_id, {})[row.moved_on] = (int(row.came), int(row.went))
    return opening, changes


def _uses(connection: Connection, sites: Collection[str], first: date, last: date) -> list[Any]:
    """Signed doses by site, item, day and reason; what a proposal moved away was not used."""
    query = (
        select(
            _MOVED.c.site_id,
            Lot.item_id,
            _MOVED.c.moved_on,
            _MOVED.c.reason,
            func.sum(_MOVED.c.vials * func.coalesce(Item.doses_per_vial, 1)).label("doses"),
        )
        .join(Lot, Lot.id == _MOVED.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(Transfer, Transfer.id == _MOVED.c.transfer_id)
        .where(
            _MOVED.c.moved_on.between(first, last),
            _MOVED.c.idle.is_(False),
            _MOVED.c.state != "opened",
            _MOVED.c.reason.in_((*USED, *ISSUED)),
            func.coalesce(Transfer.purpose, "supply") == "supply",
        )
        .group_by(_MOVED.c.site_id, Lot.item_id, _MOVED.c.moved_on, _MOVED.c.reason)
    )
    return select_among(connection, query, _MOVED.c.site_id, sites)


def _recorded(
    connection: Connection, sites: Collection[str], first: date, last: date
) -> dict[Key, Counter[date]]:
    """Doses recorded as given at each site, by the item of the vaccine that the site has kept."""
    items = select(_BALANCE.c.site_id, Lot.item_id, Item.vaccine).distinct()
    items = items.join(Lot, Lot.id == _BALANCE.c.lot_id).join(Item, Item.id == Lot.item_id)
    kept: Mapping[tuple[str, str], str] = {
        (row.site_id, row.vaccine): row.item_id
        for row in sorted(
            select_among(connection, items.where(Item.vaccine.is_not(None)), _BALANCE.c.site_id, sites),
            key=lambda row: str(row.item_id),
        )
    }
    query = (
        select(_TALLY.c.site_id, _TALLY.c.vaccine, _TALLY.c.given_on, func.sum(_TALLY.c.doses).label("doses"))
        .where(_TALLY.c.given_on.between(first, last))
        .group_by(_TALLY.c.site_id, _TALLY.c.vaccine, _TALLY.c.given_on)
    )
    found: dict[Key, Counter[date]] = {}
    for row in select_among(connection, query, _TALLY.c.site_id, sites):
        item = kept.get((row.site_id, row.vaccine))
        if item is not None:
            found.setdefault((row.site_id, item), Counter())[row.given_on] += int(row.doses)
    return found
