"""Brings the stock tables to what the folds say: items, lots, movements, balances, counts, allocations."""

from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.database import insert_rows, select_among
from server.ledger.projecting import Arrived
from server.stock.models import (
    Allocation,
    Item,
    Lot,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMovement,
)
from shared.projections import stock

_ITEM: Table = Item.__table__  # type: ignore[assignment]
_LOT: Table = Lot.__table__  # type: ignore[assignment]
_MOVEMENT: Table = StockMovement.__table__  # type: ignore[assignment]
_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]
_COUNT: Table = StockCount.__table__  # type: ignore[assignment]
_LINE: Table = StockCountLine.__table__  # type: ignore[assignment]
_ALLOCATION: Table = Allocation.__table__  # type: ignore[assignment]

#: The tables this room projects.
TABLES = (_ITEM, _LOT, _MOVEMENT, _BALANCE, _COUNT, _LINE, _ALLOCATION)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    items = [row for folded in arrived.folded("item") if (row := stock.item_row(folded))]
    insert_rows(connection, _ITEM, items, replace=("id",))
    lots = [row for folded in arrived.folded("lot") if (row := stock.lot_row(folded))]
    insert_rows(connection, _LOT, lots, replace=("id",))
    _movements(connection, arrived)
    pairs = [stock.count_rows(entry, by) for entry, by in arrived.events("stock_count")]
    insert_rows(connection, _COUNT, [count for count, _ in pairs], replace=("id",))
    lines = [line for _, counted in pairs for line in counted]
    insert_rows(connection, _LINE, lines, replace=("count_id", "line_no"))
    planned = [row for folded in arrived.folded("allocation") if (row := stock.allocation_row(folded))]
    insert_rows(connection, _ALLOCATION, planned, replace=("id",))


def _movements(connection: Connection, arrived: Arrived) -> None:
    moved = [stock.movement_row(entry) for entry in arrived.of("stock_movement")]
    if not moved:
        return
    insert_rows(connection, _MOVEMENT, moved, replace=("id",))
    sums = select(_MOVEMENT.c.holding_id, func.sum(_MOVEMENT.c.vials).label("vials")).group_by(
        _MOVEMENT.c.holding_id
    )
    holdings: dict[str, dict[str, Any]] = {row["holding_id"]: row for row in moved}
    balances = [
        {
            **{
                name: holdings[found.holding_id][name] for name in ("site_id", "lot_id", "state", "thawed_on")
            },
            "holding_id": found.holding_id,
            "vials": int(found.vials),
        }
        for found in select_among(connection, sums, _MOVEMENT.c.holding_id, sorted(holdings))
    ]
    insert_rows(connection, _BALANCE, balances, replace=("holding_id",))
