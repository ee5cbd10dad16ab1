"""Lines and documents of transfers as they are read: lots with their effective expiry, notes with their authors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.accounts.models import User
from server.database import select_among
from server.stock.models import Item, Lot
from server.stock.transfer_models import TransferDocument, TransferLine
from shared.records.transfer import TRANSFER_KINDS
from shared.rules.expiry import ItemTerms, effective_expiry
from shared.rules.transfers import LineStanding

_LINE: Table = TransferLine.__table__  # type: ignore[assignment]
_DOCUMENT: Table = TransferDocument.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Line:
    """One lot of a transfer. `expiry` is the effective one of today, in the state the lot left in (None: not known).

    A lot or item nobody knows here yet is "–".
    """

    standing: LineStanding
    lot_number: str
    hold: str | None
    item_id: str | None
    item_name_vi: str
    item_name_en: str
    item_class: str | None
    unit_vi: str
    unit_en: str
    doses_per_vial: int | None
    expiry: date | None

    @property
    def doses_in_transit(self) -> int:
        """Doses between the sites; nothing when more came than was sent."""
        return max(0, self.standing.in_transit) * (self.doses_per_vial or 0)


@dataclass(frozen=True, slots=True)
class Document:
    """A dispatch, receipt or settlement; `idle` when another replaced it. `detail` is its body without the sites."""

    id: str
    kind: str
    written_on: date
    number: str | None
    author: str
    detail: dict[str, Any]
    corrected_by: str | None
    idle: bool


def documents_of(connection: Connection, transfer_ids: Collection[str]) -> dict[str, list[Document]]:
    """Transfer -> its documents, the oldest first, replaced ones among them."""
    query = select(_DOCUMENT, User.full_name).outerjoin(User, User.id == _DOCUMENT.c.author_id)
    found: dict[str, list[Document]] = {}
    for row in select_among(connection, query, _DOCUMENT.c.transfer_id, sorted(transfer_ids)):
        found.setdefault(row.transfer_id, []).append(
            Document(
                row.id, row.kind, row.written_on, row.document, row.full_name or "–", orjson.loads(row.detail),
                row.corrected_by, row.idle,
            )
        )  # fmt: skip
    return {key: sorted(told, key=_in_order) for key, told in found.items()}


def lines_of(
    connection: Connection, transfer_ids: Sequence[str], documents: Mapping[str, Sequence[Document]]
) -> dict[str, list[Line]]:
    """Transfer -> its lines in their order; `documents` say what was last seen of the vial monitors."""
    query = (
        select(
            _LINE, Lot.lot_number, Lot.label_expiry, Lot.revisions, Lot.hold, Item.id.label("item_id"), Item.name_vi,
            Item.name_en, Item.item_class, Item.unit_vi, Item.unit_en, Item.doses_per_vial, Item.thaw_days,
        )
        .outerjoin(Lot, Lot.id == _LINE.c.lot_id)
        .outerjoin(Item, Item.id == Lot.item_id)
    )  # fmt: skip
    found: dict[str, list[Line]] = {}
    rows = select_among(connection, query, _LINE.c.transfer_id, transfer_ids)
    for row in sorted(rows, key=lambda r: (r.transfer_id, r.line_no)):
        seen = _monitor(documents.get(row.transfer_id, ()), row)
        found.setdefault(row.transfer_id, []).append(_line(row, seen))
    return found


def _line(row: Any, seen: tuple[date, int] | None) -> Line:
    standing = LineStanding(
        row.lot_id, row.state, row.thawed_on, row.ordered, row.dispatched, row.accepted, row.rejected, row.lost,
        row.back,
    )  # fmt: skip
    expiry = effective_expiry(
        row.label_expiry,
        ItemTerms(row.thaw_days),
        state=row.state,
        revisions=orjson.loads(row.revisions or "[]"),
        thawed_on=row.thawed_on,
        vvm=seen[1] if seen else None,
        vvm_on=seen[0] if seen else None,
    )
    return Line(
        standing, row.lot_number or "–", row.hold, row.item_id, row.name_vi or "–", row.name_en or "–",
        row.item_class, row.unit_vi or "", row.unit_en or "", row.doses_per_vial, expiry,
    )  # fmt: skip


def _monitor(documents: Iterable[Document], row: Any) -> tuple[date, int] | None:
    """(day, stage) of the vial monitor as last seen on this lot's way; the worst of that day."""
    seen = [
        (document.written_on, told["vvm"])
        for document in documents
        if not document.idle
        for told in document.detail["lines"]
        if told.get("vvm")
        and (told["lot"], told["state"], told.get("thawed_on"))
        == (row.lot_id, row.state, row.thawed_on.isoformat() if row.thawed_on else None)
    ]
    return max(seen, default=None)


def _in_order(document: Document) -> tuple[date, int, str]:
    """By day; of one day what leaves stands before what comes."""
    return document.written_on, TRANSFER_KINDS.index(document.kind), document.id
