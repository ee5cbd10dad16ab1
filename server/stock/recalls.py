"""Recalls of commitments: the draft a rule makes, what people decided, the transfers that carry it out, their use.

A draft is computed each time it is looked at and stored nowhere, so that it never says yesterday's figures; it
becomes an entry when somebody keeps or approves it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, func, select

from server.accounts.models import User
from server.database import select_among, table_of
from server.ledger.models import EntryRow
from server.stock.amounts import moved_doses
from server.stock.commitments import Commitment
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item, Lot, StockMovement
from server.stock.transfer_models import Recall, Transfer
from server.stock.transfers import Standing, transfer
from shared.rules.commitments import recall_deadline
from shared.rules.need import why_unusable

_RECALL = table_of(Recall)
_TRANSFER = table_of(Transfer)
_ENTRY = table_of(EntryRow)
_MOVEMENT = table_of(StockMovement)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rule would recall: whole vials (units) that will not be used and may still be, gone by `deadline`.

    `holdings` are those vials stand in, the shortest-dated first.
    """

    vials: int
    deadline: date
    holdings: tuple[ExpiringStock, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to a recall: the entry, its day, who wrote it, the status it gave (None: it left it as it was)."""

    entry_id: str
    on: date
    by: str
    status: str | None


@dataclass(frozen=True, slots=True)
class Recalled:
    """A recall as it stands, with its steps in their order."""

    id: str
    site_id: str
    item_id: str
    lot_id: str | None
    vials: int
    deadline: date
    allocation_id: str | None
    destination_id: str | None
    cause: str
    status: str
    document: str | None
    reason: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """A transfer that carries a recall out; `used` are doses (units) given at its destination of its lots since they
    came, never more than it brought.
    """

    transfer: Standing
    ordered_by: str | None
    decided_by: str | None
    used: int

    def vials(self, name: str) -> int:
        """Vials (units) of all its lots: ordered, dispatched, accepted, rejected, lost or back."""
        return sum(getattr(line.standing, name) for line in self.transfer.lines)


def movable(connection: Connection, commitment: Commitment) -> list[ExpiringStock]:
    """Unopened usable holdings of a commitment's item (lot) at its site, the shortest-dated first."""
    line = commitment.planned
    return [
        stock
        for stock in expiring_stock(connection, [line.site_id], commitment.today)
        if stock.item_id == line.item_id
        and line.lot_id in (None, stock.lot_id)
        and stock.vials > 0
        and not why_unusable(stock.state, stock.hold, stock.days_left)
        and stock.expiry
    ]


def draft(commitment: Commitment, holdings: Sequence[ExpiringStock]) -> Draft | None:
    """The recall of a commitment that is behind or broken; None when there is nothing to be recalled."""
    if commitment.state not in ("behind", "broken"):
        return None
    wanted = commitment.surplus // commitment.per_vial
    vials = min(wanted, sum(stock.vials for stock in holdings))
    if not vials:
        return None
    first = min((stock.expiry for stock in holdings if stock.expiry), default=None)
    return Draft(vials, recall_deadline(commitment.today, first), tuple(holdings))


def recalls_of(connection: Connection, allocations: Collection[str]) -> list[Recalled]:
    """The recalls of these commitments with who did what, the oldest first."""
    rows = select_among(connection, select(_RECALL), _RECALL.c.allocation_id, sorted(allocations))
    steps = _steps(connection, [row.id for row in rows])
    found = [Recalled(**row._asdict(), steps=tuple(steps.get(row.id, ()))) for row in rows]
    return sorted(found, key=lambda each: (each.steps[0].entry_id if each.steps else "", each.id))


def carried_out(
    connection: Connection,
    recalls: Collection[str],
    allocations: Collection[str],
    using: Mapping[str, Sequence[str]],
    today: date,
) -> list[Carried]:
    """Transfers of these recalls, or that name these commitments for a recall, in the order they were made.

    `using`: destination -> the sites whose use of the lots counts there.
    """
    ids = select(_TRANSFER.c.id)
    named = ids.where(_TRANSFER.c.purpose == "recall")
    rows = [
        *select_among(connection, ids, _TRANSFER.c.recall_id, sorted(recalls)),
        *select_among(connection, named, _TRANSFER.c.allocation_id, sorted(allocations)),
    ]
    found = [one for id_ in sorted({row.id for row in rows}) if (one := transfer(connection, id_, today))]
    people = _names(
        connection, {who for one in found for who in (one.row.ordered_by, one.row.decided_by) if who}
    )
    carried = [
        Carried(
            one,
            people.get(one.row.ordered_by),
            people.get(one.row.decided_by),
            _used(connection, one, using.get(one.row.destination_id, ())),
        )
        for one in found
    ]
    return sorted(carried, key=lambda each: (each.transfer.row.ordered_on or today, each.transfer.id))


def _used(connection: Connection, one: Standing, sites: Sequence[str]) -> int:
    """Doses (units) given at these sites of the lots of a transfer since they came."""
    accepted: dict[str, int] = {}
    for line in one.lines:
        accepted[line.standing.lot] = accepted.get(line.standing.lot, 0) + line.standing.accepted
    if one.row.received_on is None or not sites:
        return 0
    query = (
        select(
            _MOVEMENT.c.lot_id,
            func.max(func.coalesce(Item.doses_per_vial, 1)).label("per_vial"),
            (-func.sum(moved_doses())).label("amount"),
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.site_id.in_(list(sites)),
            _MOVEMENT.c.reason == "administered",
            _MOVEMENT.c.moved_on >= one.row.received_on,
            ~_MOVEMENT.c.idle,
        )
        .group_by(_MOVEMENT.c.lot_id)
    )
    return sum(
        max(0, min(int(found.amount), accepted[found.lot_id] * found.per_vial))
        for found in select_among(connection, query, _MOVEMENT.c.lot_id, sorted(accepted))
    )


def _steps(connection: Connection, recalls: Collection[str]) -> dict[str, list[Step]]:
    query = (
        select(_ENTRY.c.id, _ENTRY.c.subject_id, _ENTRY.c.occurred_on, _ENTRY.c.payload, User.full_name)
        .outerjoin(User, User.id == _ENTRY.c.author_id)
        .where(_ENTRY.c.kind == "recall")
        .order_by(_ENTRY.c.id)
    )
    found: dict[str, list[Step]] = {}
    for row in select_among(connection, query, _ENTRY.c.subject_id, sorted(recalls)):
        status = orjson.loads(row.payload)["body"].get("status")
        found.setdefault(row.subject_id, []).append(
            Step(row.id, row.occurred_on, row.full_name or "–", status)
        )
    return found


def _names(connection: Connection, users: Collection[str]) -> dict[str, str]:
    query = select(User.id, User.full_name)
    rows = select_among(connection, query, User.__table__.c.id, sorted(users))
    return {row.id: row.full_name for row in rows}
