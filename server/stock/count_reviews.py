"""Counts as they are worked through: what is open, what a late movement changed, what was left out, who counts late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, false, func, select

from server.database import select_among
from server.ledger.models import EntryRow
from server.ledger.projecting import entries_of
from server.stock.counts import Counted, count_lines
from server.stock.models import Item, Lot, StockBalance, StockCount, StockCountLine, StockMovement
from shared.entries import Entry
from shared.projections.corrections import correctors, standing
from shared.rules.explanations import HoldingKey, holding_key

#: A site that holds stock and was not counted for this long is told to count. Starting value.
OVERDUE_DAYS = 30

#: What there is to do with a count, the most pressing first.
STATES = ("review", "open", "explained", "agrees", "not_counted")


@dataclass(frozen=True, slots=True)
class CountSheet:
    """A count with its lines. `late`: vials that moved by papers which came after the count, dated before it, by
    holding; `again`: holdings counted again since, with the day; `explained_by`: explanations that stand.
    """

    id: str
    site_id: str
    as_of: date
    note: str | None
    lines: tuple[Counted, ...]
    late: Mapping[str, int]
    again: Mapping[str, date]
    explained_by: int

    @property
    def counted(self) -> list[Counted]:
        """The lines with a number."""
        return [line for line in self.lines if line.vials is not None]

    @property
    def partial(self) -> bool:
        """Whether lines were left without a number."""
        return len(self.counted) < len(self.lines)

    @property
    def open(self) -> list[Counted]:
        """Lines that wait for an explanation."""
        return [line for line in self.lines if line.is_open]

    @property
    def state(self) -> str:
        """One of STATES. review: it is open again, though explained, or because papers came late."""
        if not self.counted:
            return "not_counted"
        if self.open:
            late = any(line.holding_id in self.late for line in self.open)
            return "review" if self.explained_by or late else "open"
        return "explained" if self.explained_by else "agrees"

    @property
    def more(self) -> int:
        """Vials (units) counted beyond the book."""
        return sum(max(0, line.difference or 0) for line in self.lines)

    @property
    def fewer(self) -> int:
        """Vials (units) missing."""
        return sum(max(0, -(line.difference or 0)) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A site that holds stock, with the day of its last count (None: never) and how many holdings it has."""

    site_id: str
    last: date | None
    holdings: int


def count_sheets(connection: Connection, sites: Collection[str], since: date) -> list[CountSheet]:
    """Counts of these sites as of `since` or later, newest first; corrected ones left out."""
    rows = select_among(connection, count_lines().where(StockCount.as_of >= since), _SITE, sorted(sites))
    return _sheets(connection, rows)


def count_sheet(connection: Connection, count_id: str) -> CountSheet | None:
    """One count, or None; a corrected count is none any more."""
    found = _sheets(connection, connection.execute(count_lines().where(StockCount.id == count_id)))
    return found[0] if found else None


def overdue_counts(
    connection: Connection, sites: Collection[str], today: date, days: int = OVERDUE_DAYS
) -> list[Overdue]:
    """Sites with stock on hand not counted for more than `days`, the longest first, never counted ones before all."""
    last = last_counted(connection, sites)
    holding = (
        select(StockBalance.site_id, func.count().label("holdings"))
        .where(StockBalance.vials != 0)
        .group_by(StockBalance.site_id)
    )
    holders = select_among(connection, holding, StockBalance.__table__.c.site_id, sorted(sites))
    found = [
        Overdue(row.site_id, last.get(row.site_id), row.holdings)
        for row in holders
        if row.site_id not in last or (today - last[row.site_id]).days > days
    ]
    return sorted(found, key=lambda each: (each.last or date.min, each.site_id))


def last_counted(connection: Connection, sites: Collection[str]) -> dict[str, date]:
    """Site -> the day of its last count with a number in it."""
    query = (
        select(StockCount.site_id, func.max(StockCount.as_of).label("last"))
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .where(StockCount.corrected_by.is_(None), StockCountLine.vials.is_not(None))
        .group_by(StockCount.site_id)
    )
    return {row.site_id: row.last for row in select_among(connection, query, _SITE, sorted(sites))}


def left_out(connection: Connection, sheet: CountSheet) -> list[Any]:
    """Holdings the book had at the end of the day of a count that the count does not name: rows with item names,
    lot_number, state, thawed_on and vials.
    """
    vials = func.sum(StockMovement.vials).label("vials")
    named = (
        Item.name_vi, Item.name_en, Lot.lot_number, StockMovement.state, StockMovement.thawed_on,
        StockMovement.holding_id,
    )  # fmt: skip
    query = (
        select(*named, vials)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockMovement.site_id == sheet.site_id,
            StockMovement.moved_on <= sheet.as_of,
            StockMovement.idle == false(),
        )
        .group_by(*named)
        .having(vials != 0)
        .order_by(Item.name_vi, Lot.lot_number)
    )
    counted = {line.holding_id for line in sheet.lines}
    return [row for row in connection.execute(query) if row.holding_id not in counted]


def late_movements(connection: Connection, count_id: str) -> list[Any]:
    """Movements behind `CountSheet.late` of one count: rows of entry_id, holding_id, vials, moved_on, reason and
    received_at.
    """
    return list(connection.execute(_late().where(StockCount.id == count_id).order_by(EntryRow.received_at)))


def explanations(connection: Connection, count_id: str) -> list[Entry]:
    """The explanations of a count that stand, by id."""
    found = entries_of(connection, "count_explanation", [count_id])
    return standing(found, correctors(found))


def wanted(
    sheet: CountSheet, stands: Sequence[Entry], replacing: Entry | None
) -> dict[HoldingKey, tuple[int, int]]:
    """Holding -> signed (vials, doses) the lines of one explanation must sum to: the difference, less what the
    explanations that stay beside it say.
    """
    differs = {
        _key(line): (line.difference or 0, line.difference_doses or 0)
        for line in sheet.lines
        if line.vials is not None
    }
    for entry in stands:
        if replacing is not None and entry.id == replacing.id:
            continue
        for line in entry.body["lines"]:
            vials, doses = differs.get(holding_key(line), (0, 0))
            differs[holding_key(line)] = vials - line["vials"], doses - (line.get("doses") or 0)
    return {key: amounts for key, amounts in differs.items() if any(amounts)}


_SITE = StockCount.__table__.c.site_id


def _key(line: Counted) -> HoldingKey:
    thawed = line.thawed_on.isoformat() if line.thawed_on else None
    return line.lot_id, line.state, thawed, line.opened_on.isoformat() if line.opened_on else None


def _sheets(connection: Connection, rows: Iterable[Any]) -> list[CountSheet]:
    lines: dict[str, list[Counted]] = {}
    for row in rows:
        counted = Counted(*row)
        lines.setdefault(counted.count_id, []).append(counted)
    ids = sorted(lines)
    count_id: Any = StockCount.__table__.c.id
    notes = {
        r.id: r.note for r in select_among(connection, select(StockCount.id, StockCount.note), count_id, ids)
    }
    late: dict[str, dict[str, int]] = {}
    for row in select_among(connection, _late(), count_id, ids):
        of_count = late.setdefault(row.count_id, {})
        of_count[row.holding_id] = of_count.get(row.holding_id, 0) + row.vials
    again: dict[str, dict[str, date]] = {}
    for row in select_among(connection, _again(), count_id, ids):
        again.setdefault(row.count_id, {})[row.holding_id] = row.again
    stands = _explanations_of(connection, ids)
    sheets = [
        CountSheet(
            id_, found[0].site_id, found[0].as_of, notes.get(id_), tuple(found),
            late.get(id_, {}), again.get(id_, {}), stands.get(id_, 0),
        )
        for id_, found in lines.items()
    ]  # fmt: skip
    return sorted(sheets, key=lambda sheet: (sheet.as_of, sheet.id), reverse=True)


def _late() -> Any:
    """Movements dated by the day of a count that the server heard of after it, without what explains it."""
    counted, moved = EntryRow.__table__.alias("counted"), EntryRow
    return (
        select(
            StockCount.id.label("count_id"), StockMovement.entry_id, StockMovement.holding_id, StockMovement.vials,
            StockMovement.moved_on, StockMovement.reason, StockMovement.reverses_id, moved.received_at,
        )
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .join(StockMovement, StockMovement.holding_id == StockCountLine.holding_id)
        .join(counted, counted.c.id == StockCount.id)
        .join(moved, moved.id == StockMovement.entry_id)
        .where(
            StockMovement.moved_on <= StockCount.as_of,
            StockMovement.idle == false(),
            StockMovement.count_id.is_(None),
            moved.received_at > counted.c.received_at,
        )
    )  # fmt: skip


def _again() -> Any:
    """Holdings of a count that a later count counted as well, with the newest day."""
    later, later_line = StockCount.__table__.alias("later"), StockCountLine.__table__.alias("later_line")
    return (
        select(
            StockCount.id.label("count_id"),
            StockCountLine.holding_id,
            func.max(later.c.as_of).label("again"),
        )
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .join(later_line, later_line.c.holding_id == StockCountLine.holding_id)
        .join(later, later.c.id == later_line.c.count_id)
        .where(
            later.c.as_of > StockCount.as_of, later.c.corrected_by.is_(None), later_line.c.vials.is_not(None)
        )
        .group_by(StockCount.id, StockCountLine.holding_id)
    )


def _explanations_of(connection: Connection, counts: Collection[str]) -> dict[str, int]:
    """Count -> explanations of it whose lines stand."""
    query = (
        select(StockMovement.count_id, func.count(StockMovement.entry_id.distinct()).label("entries"))
        .where(StockMovement.count_id.is_not(None))
        .group_by(StockMovement.count_id)
    )
    return {
        row.count_id: row.entries
        for row in select_among(connection, query, StockMovement.__table__.c.count_id, counts)
    }
