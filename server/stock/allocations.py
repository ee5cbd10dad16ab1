"""Allocations beside what was really issued and received under their documents (R048)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.stock.models import Allocation, Item, Lot, StockMovement
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
    received = _received(connection, {row.site_id for row in rows}, documents)
    senders: dict[_Key, set[str]] = {}
    planned: dict[_Key, list[tuple[str, int]]] = {}
    for row in rows:
        if row.withdrawn is None:
            planned.setdefault(_key(row), []).append((row.id, row.vials))
            if row.source_id in inside:
                senders.setdefault(_key(row), set()).update(inside[row.source_id])
    issued = _issued(connection, set().union(*senders.values()), documents)
    came: dict[str, int] = {}
    went: dict[str, int] = {}
    for key, lines in planned.items():
        site, item, document = key
        came |= share_received(lines, received.get(key, (0, None))[0])
        if key in senders:
            sent = sum(issued.get((source, site, item, document), 0) for source in senders[key])
            went |= share_received(lines, sent)
    return [
        _planned(row, went.get(row.id), came.get(row.id, 0), received.get(_key(row), (0, None))[1])
        for row in rows
    ]


def _planned(row: Any, issued: int | None, received: int, received_on: date | None) -> Planned:
    values: dict[str, Any] = row._asdict()
    values["item_name_vi"] = values.pop("name_vi") or "–"
    values["item_name_en"] = values.pop("name_en") or "–"
    values["unit_vi"], values["unit_en"] = values["unit_vi"] or "", values["unit_en"] or ""
    return Planned(**values, issued=issued, received=received, received_on=received_on if received else None)


def _key(row: Any) -> _Key:
    return row.site_id, row.item_id, document_key(row.document)


def _received(
    connection: Connection, sites: Collection[str], documents: Collection[str]
) -> dict[_Key, tuple[int, date | None]]:
    """Vials received under a document, its reversals taken off, and the last day something came."""
    query = (
        select(
            StockMovement.site_id,
            StockMovement.document,
            StockMovement.vials,
            StockMovement.moved_on,
            Lot.item_id,
        )
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.reason == "received", StockMovement.document.is_not(None))
    )
    found: dict[_Key, tuple[int, date | None]] = {}
    for row in select_among(connection, query, StockMovement.__table__.c.site_id, sorted(sites)):
        key = _key(row)
        if key[2] in documents:
            vials, last = found.get(key, (0, None))
            found[key] = vials + row.vials, max(last, row.moved_on) if last else row.moved_on
    return found


def _issued(
    connection: Connection, sites: Collection[str], documents: Collection[str]
) -> dict[tuple[str, str | None, str, str], int]:
    """(source site, receiving site, item, document) -> vials issued."""
    query = (
        select(
            StockMovement.site_id,
            StockMovement.counterpart_id,
            StockMovement.document,
            StockMovement.vials,
            Lot.item_id,
        )
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.reason == "issued", StockMovement.document.is_not(None))
    )
    found: dict[tuple[str, str | None, str, str], int] = {}
    for row in select_among(connection, query, StockMovement.__table__.c.site_id, sorted(sites)):
        site, item, document = _key(row)
        if document in documents:
            key = site, row.counterpart_id, item, document
            found[key] = found.get(key, 0) - row.vials
    return found
