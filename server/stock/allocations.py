"""Allocations beside what was really issued and received under their documents (R048)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, Table, or_, select

from server.database import select_among
from server.stock.models import Allocation, Item, Lot, StockMovement
from server.stock.transfer_models import Transfer
from shared.rules.allocation import document_key, share_received

_ALLOCATION: Table = Allocation.__table__  # type: ignore[assignment]

#: (site, item, document) under which planned and real figures meet.
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """An allocation with what moved under its document: vials issued at its source (None: nobody here
    sees a source) and received at its site.

    `doses_per_vial` is None for items without doses; `vaccine` for what is no vaccine.
    """

    id: str
    site_id: str
    source_id: str | None
    item_id: str
    item_name_vi: str
    item_name_en: str
    unit_vi: str
    unit_en: str
    vaccine: str | None
    doses_per_vial: int | None
    vials: int
    by_on: date
    document: str
    campaign_id: str | None
    reason: str | None
    withdrawn: str | None
    lot_id: str | None
    use_by: date | None
    weekly: int | None
    issued: int | None
    received: int
    received_on: date | None

    @property
    def difference(self) -> int:
        """Vials received more than planned; below zero when they are fewer."""
        return self.received - self.vials

    @property
    def outstanding(self) -> int:
        """Vials still to come; nothing of a withdrawn allocation."""
        return 0 if self.withdrawn else max(0, self.vials - self.received)

    def state(self, today: date) -> str:
        """withdrawn, received, overdue, partly (some came) or waiting."""
        if self.withdrawn:
            return "withdrawn"
        if not self.outstanding:
            return "received"
        if self.by_on < today:
            return "overdue"
        return "partly" if self.received > 0 else "waiting"

    def doses(self, vials: int) -> int | None:
        """The doses in so many vials of the item."""
        return vials * self.doses_per_vial if self.doses_per_vial else None


def allocations(
    connection: Connection,
    sites: Collection[str],
    inside: Mapping[str, Collection[str]],
    sources: Collection[str] = (),
) -> list[Planned]:
    """Allocations to these sites, and those from `sources` to any, with what moved, by day.

    `inside`: the sites of every place whose issues are looked at.
    """
    query = select(
        _ALLOCATION, Item.name_vi, Item.name_en, Item.unit_vi, Item.unit_en, Item.vaccine, Item.doses_per_vial
    ).outerjoin(Item, Item.id == _ALLOCATION.c.item_id)
    found = {row.id: row for row in select_among(connection, query, _ALLOCATION.c.site_id, sorted(sites))}
    if sources:
        going = select_among(connection, query, _ALLOCATION.c.source_id, sorted(sources))
        found |= {row.id: row for row in going}
    rows = sorted(found.values(), key=lambda row: (row.by_on, row.id))
    documents = {document_key(row.document) for row in rows}
    known = {row.id: (row.site_id, row.item_id) for row in rows if row.withdrawn is None}
    received = _received(connection, {row.site_id for row in rows}, documents, known)
    senders: dict[_Key, set[str]] = {}
    for row in rows:
        if row.withdrawn is None and row.source_id in inside:
            senders.setdefault(_key(row), set()).update(inside[row.source_id])
    issued = _issued(connection, set().union(*senders.values()), documents, known)
    came: dict[str, int] = {}
    went: dict[str, int] = {}
    for key, lines in _by_key(rows).items():
        site, item, document = key
        came |= received.shared(lines, received.by_document.get(key, (0, None))[0])
        if key in senders:
            sent = sum(
                issued.by_document.get((source, site, item, document), (0, None))[0]
                for source in senders[key]
            )
            went |= issued.shared(lines, sent)
    return [_planned(row, went.get(row.id), came.get(row.id, 0), received.last(row)) for row in rows]


def _planned(row: Any, issued: int | None, received: int, received_on: date | None) -> Planned:
    values: dict[str, Any] = row._asdict()
    values["item_name_vi"] = values.pop("name_vi") or "–"
    values["item_name_en"] = values.pop("name_en") or "–"
    values["unit_vi"], values["unit_en"] = values["unit_vi"] or "", values["unit_en"] or ""
    return Planned(**values, issued=issued, received=received, received_on=received_on if received else None)


def _key(row: Any) -> _Key:
    return row.site_id, row.item_id, document_key(row.document or "")


def _by_key(rows: Iterable[Any]) -> dict[_Key, list[tuple[str, int]]]:
    found: dict[_Key, list[tuple[str, int]]] = {}
    for row in rows:
        if row.withdrawn is None:
            found.setdefault(_key(row), []).append((row.id, row.vials))
    return found


@dataclass(slots=True)
class _Moved:
    """Vials by what they moved under, with the last day: an allocation that a transfer names, else a document."""

    by_allocation: dict[str, tuple[int, date | None]] = field(default_factory=dict)
    by_document: dict[Any, tuple[int, date | None]] = field(default_factory=dict)

    def shared(self, lines: Sequence[tuple[str, int]], vials: int) -> dict[str, int]:
        """Allocations of one document with what moved for each: by its own transfers, then by the document."""
        own = {id_: self.by_allocation.get(id_, (0, None))[0] for id_, _ in lines}
        rest = share_received([(id_, max(0, planned - own[id_])) for id_, planned in lines], vials)
        return {id_: own[id_] + rest[id_] for id_ in own}

    def last(self, row: Any) -> date | None:
        """The last day something moved for an allocation."""
        days = (
            self.by_allocation.get(row.id, (0, None))[1],
            self.by_document.get(_key(row), (0, None))[1],
        )
        return max((day for day in days if day is not None), default=None)


def _movements(reason: str) -> Select[Any]:
    """Movements under a document or for an allocation; what was not accepted at its arrival did not come."""
    return (
        select(
            StockMovement.site_id,
            StockMovement.counterpart_id,
            StockMovement.document,
            StockMovement.vials,
            StockMovement.moved_on,
            Lot.item_id,
            Transfer.allocation_id,
        )
        .join(Lot, Lot.id == StockMovement.lot_id)
        .outerjoin(Transfer, Transfer.id == StockMovement.transfer_id)
        .where(
            StockMovement.reason == reason,
            or_(StockMovement.document.is_not(None), Transfer.allocation_id.is_not(None)),
            or_(StockMovement.transfer_id.is_(None), StockMovement.state != "quarantined"),
            ~StockMovement.idle,
        )
    )


def _received(
    connection: Connection,
    sites: Collection[str],
    documents: Collection[str],
    known: Mapping[str, tuple[str, str]],
) -> _Moved:
    """Vials received, reversals taken off; `known` says of allocations their site and item."""
    found = _Moved()
    for row in select_among(
        connection, _movements("received"), StockMovement.__table__.c.site_id, sorted(sites)
    ):
        if known.get(row.allocation_id) == (row.site_id, row.item_id):
            _add(found.by_allocation, row.allocation_id, row.vials, row.moved_on)
        elif _key(row)[2] in documents:
            _add(found.by_document, _key(row), row.vials, row.moved_on)
    return found


def _issued(
    connection: Connection,
    sites: Collection[str],
    documents: Collection[str],
    known: Mapping[str, tuple[str, str]],
) -> _Moved:
    """Vials issued; documents by (source site, receiving site, item, document)."""
    found = _Moved()
    for row in select_among(
        connection, _movements("issued"), StockMovement.__table__.c.site_id, sorted(sites)
    ):
        site, item, document = _key(row)
        if known.get(row.allocation_id) == (row.counterpart_id, row.item_id):
            _add(found.by_allocation, row.allocation_id, -row.vials, row.moved_on)
        elif document in documents:
            _add(found.by_document, (site, row.counterpart_id, item, document), -row.vials, row.moved_on)
    return found


def _add(found: dict[Any, tuple[int, date | None]], key: Any, vials: int, day: date) -> None:
    before, last = found.get(key, (0, None))
    found[key] = before + vials, max(last, day) if last else day
