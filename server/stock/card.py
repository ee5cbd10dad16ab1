"""The stock card of an item at a site (thẻ kho): every movement with the balance after it, counts as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, false, func, select

from server.stock.counts import Counted, counts_between
from server.stock.models import Lot, StockMovement
from shared.rules.movements import INTO_STATE


@dataclass(frozen=True, slots=True)
class Holding:
    """A lot in one state at the site, with whole vials at the beginning and at the end of the card."""

    id: str
    lot_id: str
    lot_number: str
    state: str
    thawed_on: date | None
    opened_on: date | None
    opening: int = 0
    closing: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A movement: signed `vials`, `doses` of opened vials, the balance after it of the card and of its holding.

    `crossed`: taken back, or taking back; both stand on the same day and cancel. `idle` rows have no effect.
    `negative`: the holding ends the day below zero.
    """

    on: date
    id: str
    entry_id: str
    holding: Holding
    reason: str
    vials: int
    doses: int
    balance: int
    held: int
    counterpart_id: str | None
    document: str | None
    session_id: str | None
    transfer_id: str | None
    count_id: str | None
    reverses_id: str | None
    reversed_by: str | None
    idle: bool
    note: str | None
    negative: bool = False

    @property
    def crossed(self) -> bool:
        """Whether it is one of a reversed pair."""
        return bool(self.reversed_by or (self.reverses_id and not self.idle))

    @property
    def reversible(self) -> bool:
        """Whether its mirror may be written: movements of transfers and counts have documents that are corrected."""
        return not (self.reverses_id or self.reversed_by or self.transfer_id or self.count_id)


@dataclass(frozen=True, slots=True)
class Card:
    """Lines of the days asked for in their order, counts among them; whole vials (units).

    `opening` is the balance before the first day, `closing` after the last, `came` and `went` what moved between
    (reversed pairs, idle rows and changes of state left out).
    """

    opening: int
    closing: int
    came: int
    went: int
    lines: tuple[Line | Counted, ...]
    holdings: tuple[Holding, ...]

    @property
    def standing(self) -> list[Holding]:
        """Holdings with something in the book at the beginning or at the end."""
        return [holding for holding in self.holdings if holding.opening or holding.closing]

    @property
    def negative(self) -> list[Holding]:
        """Holdings whose book is below zero at the end."""
        return [holding for holding in self.holdings if holding.closing < 0]

    def last(self, most: int) -> tuple[int, tuple[Line | Counted, ...]]:
        """The last `most` lines and the balance before them, as one carries it over to a new sheet."""
        shown = self.lines[-most:]
        before = [line for line in self.lines[:-most] if isinstance(line, Line)]
        return (before[-1].balance if before else self.opening), shown


def stock_card(
    connection: Connection, site: str, item: str, first: date, last: date, holding: str = ""
) -> Card:
    """The card of an item at a site, from one day to another, both included; of one holding only when it is named."""
    opening = _openings(connection, site, item, first, holding)
    query = _rows(site, item, holding).where(StockMovement.moved_on >= first, StockMovement.moved_on <= last)
    rows = sorted(connection.execute(query), key=_place)
    balances = dict(opening)
    total = sum(opening.values())
    known: dict[str, Holding] = {}
    lines: list[Line] = []
    came = went = 0
    for row in rows:
        if not row.idle:
            balances[row.holding_id] = balances.get(row.holding_id, 0) + row.vials
            total += row.vials
        held = known.setdefault(row.holding_id, _holding(row))
        line = _line(row, held, total, balances.get(row.holding_id, 0))
        lines.append(line)
        stays = row.reason in INTO_STATE and not holding  # it changes its state and stays at the site
        if not (line.idle or line.crossed or stays):
            came, went = came + max(0, row.vials), went + max(0, -row.vials)
    counts = counts_between(connection, site, item, first, last, holding)
    shown = _holdings(connection, site, item, holding, opening, balances)
    return Card(
        sum(opening.values()), total, came, went, tuple(_together(_flagged(lines), counts)), tuple(shown)
    )


def items_moved(connection: Connection, site: str) -> set[str]:
    """Ids of the items that ever moved at a site: those it has a card of."""
    query = (
        select(Lot.item_id)
        .distinct()
        .join(StockMovement, StockMovement.lot_id == Lot.id)
        .where(StockMovement.site_id == site)
    )
    return set(connection.execute(query).scalars())


def _openings(connection: Connection, site: str, item: str, before: date, holding: str) -> dict[str, int]:
    query = (
        select(StockMovement.holding_id, func.sum(StockMovement.vials))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            StockMovement.site_id == site,
            Lot.item_id == item,
            StockMovement.moved_on < before,
            StockMovement.idle == false(),
        )
        .group_by(StockMovement.holding_id)
    )
    if holding:
        query = query.where(StockMovement.holding_id == holding)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _rows(site: str, item: str, holding: str) -> Select[Any]:
    mirror = StockMovement.__table__.alias("mirror")
    reversed_by = (
        select(mirror.c.entry_id)
        .where(mirror.c.reverses_id == StockMovement.entry_id, mirror.c.idle == false())
        .limit(1)
        .correlate(StockMovement)
        .scalar_subquery()
    )
    query = (
        select(StockMovement.__table__, Lot.lot_number, reversed_by.label("reversed_by"))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.site_id == site, Lot.item_id == item)
    )
    return query.where(StockMovement.holding_id == holding) if holding else query


def _place(row: Any) -> tuple[Any, ...]:
    """By day; what comes in stands before what goes out, a reversal beside what it takes back, both ends of a change
    of state together, what explains a count last.
    """
    turned = -1 if row.reverses_id and not row.idle else 1
    rank = 0 if row.vials * turned > 0 else 2
    if row.reason in INTO_STATE:
        rank = 1
    explains = row.count_id is not None
    anchor = row.entry_id if row.reverses_id is None or row.idle else row.reverses_id
    return row.moved_on, explains, rank, anchor, row.reverses_id is not None, row.entry_id, row.vials, row.id


def _line(row: Any, holding: Holding, balance: int, held: int) -> Line:
    return Line(
        on=row.moved_on,
        id=row.id,
        entry_id=row.entry_id,
        holding=holding,
        reason=row.reason,
        vials=row.vials,
        doses=row.doses,
        balance=balance,
        held=held,
        counterpart_id=row.counterpart_id,
        document=row.document,
        session_id=row.session_id,
        transfer_id=row.transfer_id,
        count_id=row.count_id,
        reverses_id=row.reverses_id,
        reversed_by=row.reversed_by,
        idle=row.idle,
        note=row.note,
    )


def _holding(row: Any) -> Holding:
    return Holding(row.holding_id, row.lot_id, row.lot_number, row.state, row.thawed_on, row.opened_on)


def _flagged(lines: Sequence[Line]) -> list[Line]:
    """A holding is looked at in the evening: what a day's papers say in between is only their order."""
    last_of_day = {(line.holding.id, line.on): place for place, line in enumerate(lines)}
    return [
        replace(line, negative=line.held < 0 and last_of_day[line.holding.id, line.on] == place)
        for place, line in enumerate(lines)
    ]


def _together(lines: Sequence[Line], counts: Sequence[Counted]) -> list[Line | Counted]:
    """Counts stand after the movements of their day and before what explains them."""
    keyed: list[tuple[tuple[date, int, int], Line | Counted]] = [
        ((line.on, 2 if line.count_id else 0, place), line) for place, line in enumerate(lines)
    ]
    keyed += [((count.as_of, 1, place), count) for place, count in enumerate(counts)]
    return [line for _, line in sorted(keyed, key=lambda pair: pair[0])]


def _holdings(
    connection: Connection,
    site: str,
    item: str,
    chosen: str,
    opening: dict[str, int],
    closing: dict[str, int],
) -> list[Holding]:
    """Every holding the site ever had of the item that stood or moved in the days of the card."""
    columns = (
        StockMovement.holding_id, StockMovement.lot_id, Lot.lot_number, StockMovement.state,
        StockMovement.thawed_on, StockMovement.opened_on,
    )  # fmt: skip
    query = (
        select(*columns)
        .distinct()
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.site_id == site, Lot.item_id == item)
    )
    found = [
        replace(_holding(row), opening=opening.get(row.holding_id, 0), closing=closing.get(row.holding_id, 0))
        for row in connection.execute(query)
    ]
    return sorted(
        (
            h
            for h in found
            if h.opening or h.closing or (h.id in closing and h.id not in opening) or h.id == chosen
        ),
        key=lambda h: (h.lot_number, h.state, h.thawed_on or date.min, h.opened_on or date.min),
    )
