"""Keeps `stock_expiry`: the effective expiry of every holding that is not empty, worked out when something changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, or_, select

from server.database import delete_among, insert_rows, select_among
from server.stock.expiry_models import StockExpiry
from server.stock.models import Item, Lot, StockBalance
from shared.rules.expiry import ItemTerms, effective_expiry
from shared.rules.need import why_unusable

_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]
_EXPIRY: Table = StockExpiry.__table__  # type: ignore[assignment]

#: The tables kept here.
TABLES = (_EXPIRY,)

#: Every holding that is not empty with what its effective expiry depends on, and what lists show of it.
HELD: Select[Any] = (
    select(
        StockBalance.site_id, StockBalance.holding_id, StockBalance.state, StockBalance.thawed_on,
        StockBalance.opened_on, StockBalance.vials, StockBalance.doses, StockBalance.vvm, StockBalance.vvm_on,
        Lot.id.label("lot_id"), Lot.lot_number, Lot.label_expiry, Lot.revisions, Lot.hold,
        Item.id.label("item_id"), Item.name_vi, Item.name_en, Item.doses_per_vial, Item.thaw_days,
        Item.open_vial_hours, Item.open_vial_days, Item.open_vial_rule,
    )
    .join(Lot, Lot.id == StockBalance.lot_id)
    .join(Item, Item.id == Lot.item_id)
    .where(or_(StockBalance.vials != 0, StockBalance.doses != 0))
)  # fmt: skip

#: The same, with lots and items kept from changing until the end of the transaction: an edit of a lot and a movement of
#: it that arrive at the same moment wait for each other, so that the later one sees both (PostgreSQL; SQLite has one
#: writer).
_STEADY = HELD.with_for_update(read=True, of=(Lot, Item))


def expiry_of(row: Any) -> Any:
    """The effective expiry of a row of HELD (a date, or None when it is not known)."""
    return effective_expiry(
        row.label_expiry,
        ItemTerms(row.thaw_days, row.open_vial_hours, row.open_vial_days, row.open_vial_rule),
        state=row.state,
        revisions=orjson.loads(row.revisions),
        thawed_on=row.thawed_on,
        opened_on=row.opened_on,
        vvm=row.vvm,
        vvm_on=row.vvm_on,
    )


def doses_of(row: Any) -> int | None:
    """Doses of a row of HELD: those left in opened vials, those of whole ones otherwise; None for other items."""
    if row.state == "opened" and row.doses:
        return int(row.doses)
    return int(row.vials * row.doses_per_vial) if row.doses_per_vial else None


def work_out(
    connection: Connection, holdings: Collection[str], lots: Collection[str], items: Iterable[str]
) -> None:
    """Work these holdings out again, and all holdings of these lots and of all lots of these items."""
    named = list(items)
    changed = {row.id for row in select_among(connection, select(Lot.id), Lot.item_id, named)} | set(lots)
    wanted = set(holdings)
    if changed:
        held = select(_BALANCE.c.holding_id)
        wanted |= {row.holding_id for row in select_among(connection, held, _BALANCE.c.lot_id, changed)}
    if not wanted:
        return
    rows = [_row(row) for row in select_among(connection, _STEADY, _BALANCE.c.holding_id, sorted(wanted))]
    delete_among(connection, _EXPIRY, _EXPIRY.c.holding_id, wanted - {row["holding_id"] for row in rows})
    insert_rows(connection, _EXPIRY, rows, replace=("holding_id",))


def _row(row: Any) -> dict[str, Any]:
    expires_on = expiry_of(row)
    return {
        "holding_id": row.holding_id,
        "site_id": row.site_id,
        "lot_id": row.lot_id,
        "item_id": row.item_id,
        "state": row.state,
        "expires_on": expires_on,
        "stopped": why_unusable(row.state, row.hold, None if expires_on is None else 0, row.vvm),
        "vials": row.vials,
        "doses": doses_of(row),
    }
