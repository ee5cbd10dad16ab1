"""What a site could send, shortest-dated first, and what to look at before it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from server.database import select_among
from server.stock.counts import last_counts
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item
from server.stock.transfer_lines import Line
from server.stock.transfer_models import Transfer, TransferDocument
from server.stock.transfers import Standing, open_transfers
from shared.faults import Fault, fault
from shared.rules.dispatching import Offered, Sending, checks, cold_box_missing, expires_on_the_way
from shared.rules.need import why_unusable

#: Item classes of which nothing needs an expiry day to be sent.
UNDATED = frozenset({"supply", "equipment"})

#: (lot, state, thawed on): one line of a document.
Key = tuple[str, str, date | None]


@dataclass(frozen=True, slots=True)
class Sendable:
    """A holding of the sender; unopened vials only. `promised` vials are approved for other transfers.

    `barred` is why it may not be used (`shared.rules.need.UNUSABLE`); `expiry` None is not known. A lot of an order
    that the book does not have at the sender has 0 vials.
    """

    key: Key
    item_id: str
    item_name_vi: str
    item_name_en: str
    item_class: str
    unit_vi: str
    unit_en: str
    doses_per_vial: int | None
    lot_number: str
    vials: int
    promised: int
    barred: str | None
    hold: str | None
    expiry: date | None
    vvm: int | None
    counted_on: date | None

    @property
    def usable(self) -> int:
        """Vials that may be used and that nobody else was promised."""
        return 0 if self.barred else max(0, self.vials - self.promised)

    @property
    def name(self) -> str:
        """The key as one word, as forms name their inputs."""
        lot, state, thawed_on = self.key
        return ".".join((lot, state, thawed_on.isoformat() if thawed_on else ""))

    def offered(self) -> Offered:
        """As the rule of the shortest-dated lot looks at it."""
        return Offered(self.name, self.item_id, self.expiry, self.usable)

    def sending(self, vials: int, vvm: int | None = None) -> Sending:
        """So many vials of it about to leave."""
        return Sending(
            self.lot_number, vials, self.vials - self.promised, self.barred, self.hold, self.expiry,
            vvm or self.vvm, self.counted_on,
        )  # fmt: skip


def sendable(
    connection: Connection,
    source: str,
    today: date,
    *,
    apart: str | None = None,
    back: Mapping[Key, int] | None = None,
) -> list[Sendable]:
    """The sender's holdings by item, the shortest-dated first.

    `apart` is a transfer whose own order promises nothing here; `back` are vials of a document that is corrected,
    which count as still there.
    """
    stocks = [s for s in expiring_stock(connection, [source], today) if s.state != "opened"]
    counts = last_counts(connection, [stock.holding_id for stock in stocks])
    query = select(Item.id, Item.item_class, Item.unit_vi, Item.unit_en, Item.doses_per_vial)
    items = {
        row.id: row for row in select_among(connection, query, Item.id, sorted({s.item_id for s in stocks}))
    }
    promised = _promised(open_transfers(connection, [source], today), source, apart)
    found = []
    for stock in stocks:
        key = stock.lot_id, stock.state, stock.thawed_on
        item, counted = items[stock.item_id], counts.get(stock.holding_id)
        vials = stock.vials + (back or {}).get(key, 0)
        found.append(
            Sendable(
                key, stock.item_id, stock.item_name_vi, stock.item_name_en, item.item_class, item.unit_vi,
                item.unit_en, item.doses_per_vial, stock.lot_number, vials, promised.get(key, 0),
                _barred(stock, item.item_class), stock.hold, stock.expiry, stock.vvm,
                counted.as_of if counted else None,
            )
        )  # fmt: skip
    return sorted(found, key=_order)


def with_lines(held: Iterable[Sendable], lines: Iterable[Line]) -> list[Sendable]:
    """The holdings of the items of these lines, and the lines themselves where the sender's book has none."""
    by_key = {one.key: one for one in held}
    wanted = [line for line in lines if line.item_id]
    items = {line.item_id for line in wanted}
    found = {key: one for key, one in by_key.items() if one.item_id in items}
    for line in wanted:
        key = key_of(line)
        if key not in found:
            found[key] = Sendable(
                key, line.item_id or "", line.item_name_vi, line.item_name_en, line.item_class or "", line.unit_vi,
                line.unit_en, line.doses_per_vial, line.lot_number, 0, 0, None, line.hold, line.expiry, None, None,
            )  # fmt: skip
    return sorted(found.values(), key=_order)


def flags_of(connection: Connection, one: Standing, today: date, *, book: bool) -> list[Fault]:
    """What to look at in a transfer that is not at an end; without `book` nothing that the sender's book says."""
    held = {h.key: h for h in sendable(connection, one.row.source_id, today, apart=one.id)} if book else {}
    if one.row.dispatched_on is None:
        known = [(line, held.get(key_of(line))) for line in one.lines if line.standing.ordered]
        asked = [(line.standing.ordered, holding) for line, holding in known if holding]
        return [f for vials, holding in asked for f in checks(holding.sending(vials), today, one.expected_on)]
    found: list[Fault] = []
    for line in one.lines:
        if line.standing.in_transit > 0:
            arrives = max(one.expected_on or today, today)
            found += expires_on_the_way(line.lot_number, line.expiry, arrives)
        holding = held.get(key_of(line))
        if holding and holding.vials < 0:
            found.append(fault("transfer.book_negative", lot=line.lot_number, vials=-holding.vials))
    classes = [line.item_class or "" for line in one.lines if line.standing.dispatched]
    boxes = [document.detail.get("cold_box") for document in one.of_kind("dispatch")]
    found += cold_box_missing(classes, next(filter(None, boxes), None))
    return found


def key_of(line: Line) -> Key:
    """The holding a line of a transfer came from."""
    return line.standing.lot, line.standing.state, line.standing.thawed_on


def next_number(connection: Connection, kind: str, site: str, day: date) -> int:
    """One more than the documents of a kind this site wrote in the year of `day`: to propose, not to rely on."""
    end = Transfer.source_id if kind == "dispatch" else Transfer.destination_id
    query = (
        select(func.count())
        .select_from(TransferDocument)
        .join(Transfer, Transfer.id == TransferDocument.transfer_id)
        .where(
            end == site,
            TransferDocument.kind == kind,
            TransferDocument.written_on >= date(day.year, 1, 1),
            TransferDocument.written_on <= date(day.year, 12, 31),
        )
    )
    return int(connection.scalar(query) or 0) + 1


def _promised(found: Iterable[Standing], source: str, apart: str | None) -> dict[Key, int]:
    """Vials that approved orders from the source name and that have not left yet."""
    promised: dict[Key, int] = {}
    for one in found:
        if one.stage != "approved" or one.row.source_id != source or one.id == apart:
            continue
        for line in one.lines:
            key = key_of(line)
            promised[key] = promised.get(key, 0) + line.standing.ordered
    return promised


def _barred(stock: ExpiringStock, item_class: str) -> str | None:
    why = why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm)
    return None if why == "expiry_unknown" and item_class in UNDATED else why


def _order(one: Sendable) -> tuple[str, str, bool, date, str]:
    return one.item_name_vi, one.item_id, one.barred is not None, one.expiry or date.max, one.name
