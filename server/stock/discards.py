"""What was thrown away, movement by movement: the records behind the figures of wastage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.accounts.models import User
from server.database import select_among, table_of
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL

_MOVEMENT = table_of(StockMovement)


@dataclass(frozen=True, slots=True)
class Discard:
    """A movement that throws something away; `doses` below zero take an earlier one back."""

    entry_id: str
    site_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    lot_id: str
    lot_number: str
    state: str
    reason: str
    moved_on: date
    vials: int
    doses: int
    session_id: str | None
    note: str | None
    author: str


def discards(connection: Connection, sites: Collection[str], since: date, until: date) -> list[Discard]:
    """What these sites threw away of items that have doses, the newest first."""
    query = (
        select(
            _MOVEMENT, moved_doses().label("moved"), Lot.item_id, Lot.lot_number, Item.name_vi, Item.name_en,
            User.full_name,
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(User, User.id == _MOVEMENT.c.author_id)
        .where(
            _MOVEMENT.c.reason.in_(sorted(OPEN_VIAL | CLOSED_VIAL)),
            Item.doses_per_vial.is_not(None),
            ~_MOVEMENT.c.idle,
            _MOVEMENT.c.moved_on >= since,
            _MOVEMENT.c.moved_on <= until,
        )
    )  # fmt: skip
    found = [
        Discard(
            row.entry_id, row.site_id, row.item_id, row.name_vi, row.name_en, row.lot_id, row.lot_number, row.state,
            row.reason, row.moved_on, -row.vials, -int(row.moved), row.session_id, row.note, row.full_name or "–",
        )
        for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.moved_on, one.entry_id, one.lot_id), reverse=True)
