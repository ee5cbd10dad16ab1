"""Transfers as they stand: where their goods are, which stage, who must act next. Whole vials or units.

A transfer belongs to both its sites: whoever sees one of them sees it, and of the other site no more than its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import aliased

from server.accounts.models import User
from server.database import select_among
from server.stock.models import Item, Lot
from server.stock.transfer_models import Transfer, TransferDocument, TransferLine
from shared.records.transfer import TRANSFER_KINDS
from shared.rules.expiry import ItemTerms, effective_expiry
from shared.rules.transfers import LineStanding, stage

_TRANSFER: Table = Transfer.__table__  # type: ignore[assignment]
_LINE: Table = TransferLine.__table__  # type: ignore[assignment]
_DOCUMENT: Table = TransferDocument.__table__  # type: ignore[assignment]

_ORDERED_BY, _DECIDED_BY = aliased(User), aliased(User)
_TRANSFERS = (
    select(_TRANSFER, _ORDERED_BY.full_name.label("orderer"), _DECIDED_BY.full_name.label("decider"))
    .outerjoin(_ORDERED_BY, _ORDERED_BY.id == _TRANSFER.c.ordered_by)
    .outerjoin(_DECIDED_BY, _DECIDED_BY.id == _TRANSFER.c.decided_by)
)

#: Who acts next: the source, the destination, or whoever answers for both (`decider`). Other stages are at an end.
AWAITED = {
    "disputed": "decider",
    "unconfirmed": "source",
    "partly": "destination",
    "dispatched": "destination",
    "lapsed": "decider",
    "proposed": "decider",
    "approved": "source",
}

#: Stages in which goods are between the sites.
ON_THE_WAY = frozenset({"dispatched", "partly", "disputed"})


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A transfer with its lines, its documents (oldest first) and its stage of today.

    `row` has the columns of `Transfer`, and the names `orderer` and `decider` of who ordered and decided.
    """

    row: Any
    stage: str
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]

    @property
    def id(self) -> str:
        """The transfer's id."""
        return str(self.row.id)

    @property
    def awaited(self) -> str | None:
        """Whose turn it is: source, destination, decider, or None at an end."""
        return AWAITED.get(self.stage)

    @property
    def in_transit(self) -> int:
        """Vials (units) between the sites, of lots of which fewer came than were sent."""
        return sum(max(0, line.standing.in_transit) for line in self.lines)

    @property
    def doses_in_transit(self) -> int:
        """The doses in them."""
        return sum(line.doses_in_transit for line in self.lines)

    @property
    def first_expiry(self) -> date | None:
        """The soonest effective expiry among what is not yet accounted for (before a dispatch: of what is ordered)."""
        dated = [line.expiry for line in self.lines if line.standing.in_transit > 0 and line.expiry]
        ordered = [line.expiry for line in self.lines if line.standing.ordered and line.expiry]
        return min(dated or (ordered if self.row.dispatched_on is None else []), default=None)

    @property
    def expected_on(self) -> date | None:
        """The day it should be there: the last a dispatch that stands gave, else that of the order."""
        told = [
            date.fromisoformat(document.detail["expected_on"])
            for document in self.of_kind("dispatch")
            if document.detail.get("expected_on")
        ]
        return max(told, default=self.row.arrive_by)

    def of_kind(self, kind: str) -> list[Document]:
        """The documents of a kind that stand."""
        return [document for document in self.documents if document.kind == kind and not document.idle]

    def days_on_the_way(self, today: date) -> int | None:
        """Whole days since the goods left; None when none are between the sites."""
        if self.stage not in ON_THE_WAY or self.row.dispatched_on is None:
            return None
        return int((today - self.row.dispatched_on).days)

    def days_late(self, today: date) -> int:
        """Days past the day of the stage it is in: of leaving, or of arriving; 0 when it is in time."""
        if self.stage in ("dispatched", "partly"):
            due = self.expected_on
        else:
            due = self.row.dispatch_by if self.stage in ("proposed", "approved", "lapsed") else None
        return max(0, (today - due).days) if due else 0


def transfers(connection: Connection, sites: Collection[str], today: date) -> list[Standing]:
    """Every transfer from or to one of these sites, the oldest first."""
    rows = {
        row.id: row
        for end in (_TRANSFER.c.source_id, _TRANSFER.c.destination_id)
        for row in select_among(connection, _TRANSFERS, end, sorted(sites))
    }
    return _standings(connection, rows.values(), today)


def transfer(connection: Connection, transfer_id: str, today: date) -> Standing | None:
    """One transfer, or None. The caller has to look whether its reader sees one of the two sites."""
    found = select_among(connection, _TRANSFERS, _TRANSFER.c.id, [transfer_id])
    return next(iter(_standings(connection, found, today)), None)


def transfer_of(connection: Connection, document_id: str) -> str | None:
    """The transfer a document belongs to, or None."""
    query = select(_DOCUMENT.c.transfer_id)
    rows = select_among(connection, query, _DOCUMENT.c.id, [document_id])
    return str(rows[0].transfer_id) if rows else None


def unconfirmed(connection: Connection, sites: Collection[str], today: date, days: int) -> list[Standing]:
    """Transfers the other side has not confirmed for more than `days` days, the longest first.

    Goods that left and nobody received, or received goods whose dispatch nobody recorded.
    """
    found = []
    for one in transfers(connection, sites, today):
        since = {
            "dispatched": one.row.dispatched_on,
            "partly": one.row.received_on,
            "unconfirmed": one.row.received_on,
        }.get(one.stage)
        if since is not None and (today - since).days > days:
            found.append((since, one.id, one))
    return [one for _, _, one in sorted(found, key=lambda told: told[:2])]


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


def _standings(connection: Connection, rows: Iterable[Any], today: date) -> list[Standing]:
    known = sorted(rows, key=lambda row: (_first_day(row), row.id))
    ids = [row.id for row in known]
    documents = documents_of(connection, ids)
    lines = _lines(connection, ids, documents)
    return [
        Standing(
            row,
            stage(
                [line.standing for line in lines.get(row.id, ())],
                decision=row.decision,
                dispatch_by=row.dispatch_by,
                dispatched=row.dispatched_on is not None,
                received=row.received_on is not None,
                all_here=row.all_here,
                today=today,
            ),
            tuple(lines.get(row.id, ())),
            tuple(documents.get(row.id, ())),
        )
        for row in known
    ]


def _lines(
    connection: Connection, ids: Sequence[str], documents: dict[str, list[Document]]
) -> dict[str, list[Line]]:
    query = (
        select(
            _LINE, Lot.lot_number, Lot.label_expiry, Lot.revisions, Lot.hold, Item.id.label("item_id"), Item.name_vi,
            Item.name_en, Item.item_class, Item.unit_vi, Item.unit_en, Item.doses_per_vial, Item.thaw_days,
        )
        .outerjoin(Lot, Lot.id == _LINE.c.lot_id)
        .outerjoin(Item, Item.id == Lot.item_id)
    )  # fmt: skip
    found: dict[str, list[Line]] = {}
    rows = select_among(connection, query, _LINE.c.transfer_id, ids)
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


def _first_day(row: Any) -> date:
    days = (row.ordered_on, row.dispatched_on, row.received_on)
    return min((day for day in days if day is not None), default=date.min)
