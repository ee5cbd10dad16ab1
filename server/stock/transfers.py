"""Transfers as they stand: where their goods are, which stage, who must act next. Whole vials or units.

A transfer belongs to both its sites: whoever sees one of them sees it, and of the other site no more than its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, or_, select
from sqlalchemy.orm import aliased

from server.accounts.models import User
from server.database import select_among
from server.stock.transfer_lines import Document, Line, documents_of, lines_of
from server.stock.transfer_models import Transfer, TransferDocument, TransferLine
from shared.rules.transfers import stage

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
    return _standings(connection, _of_sites(connection, _TRANSFERS, sites), today)


def open_transfers(connection: Connection, sites: Collection[str], today: date) -> list[Standing]:
    """Those of them somebody still has to act on: the stages of AWAITED."""
    return _standings(connection, _of_sites(connection, _TRANSFERS.where(_open()), sites), today)


def count_transfers(connection: Connection, sites: Collection[str]) -> int:
    """How many transfers there are from or to one of these sites."""
    return len(_of_sites(connection, select(_TRANSFER.c.id), sites))


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
    for one in open_transfers(connection, sites, today):
        since = {
            "dispatched": one.row.dispatched_on,
            "partly": one.row.received_on,
            "unconfirmed": one.row.received_on,
        }.get(one.stage)
        if since is not None and (today - since).days > days:
            found.append((since, one.id, one))
    return [one for _, _, one in sorted(found, key=lambda told: told[:2])]


def _of_sites(connection: Connection, query: Select[Any], sites: Collection[str]) -> list[Any]:
    """Rows of transfers with one of these sites at either end, each once."""
    ends = (_TRANSFER.c.source_id, _TRANSFER.c.destination_id)
    rows = {row.id: row for end in ends for row in select_among(connection, query, end, sorted(sites))}
    return list(rows.values())


def _open() -> ColumnElement[bool]:
    """What `shared.rules.transfers.stage` calls anything but closed, rejected or cancelled."""
    line = _LINE.c
    between = line.dispatched - line.accepted - line.rejected - line.lost - line.back
    unsettled = exists().where(line.transfer_id == _TRANSFER.c.id, between != 0)
    undecided = or_(_TRANSFER.c.decision.is_(None), _TRANSFER.c.decision == "approved")
    waits = and_(_TRANSFER.c.dispatched_on.is_(None), or_(_TRANSFER.c.received_on.is_not(None), undecided))
    return or_(waits, and_(_TRANSFER.c.dispatched_on.is_not(None), unsettled))


def _standings(connection: Connection, rows: Iterable[Any], today: date) -> list[Standing]:
    known = sorted(rows, key=lambda row: (_first_day(row), row.id))
    ids = [row.id for row in known]
    documents = documents_of(connection, ids)
    lines = lines_of(connection, ids, documents)
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


def _first_day(row: Any) -> date:
    days = (row.ordered_on, row.dispatched_on, row.received_on)
    return min((day for day in days if day is not None), default=date.min)
