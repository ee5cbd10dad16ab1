"""Brings the stock tables to what the folds say: catalogue, movements, balances, counts, allocations, transfers."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, case, func, or_, select, union_all

from server.database import delete_among, insert_rows, select_among, table_of
from server.ledger.projecting import Arrived
from server.stock import expiries
from server.stock.leftover_models import LeftoverDecision
from server.stock.models import (
    Allocation,
    Item,
    Lot,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMovement,
)
from server.stock.transfer_models import (
    Equipment,
    Recall,
    StockLevel,
    Transfer,
    TransferDocument,
    TransferLine,
)
from shared.entries import Entry
from shared.projections import stock, transfers
from shared.projections.corrections import correctors
from shared.projections.leftovers import decision_row
from shared.projections.register import Folded
from shared.records.transfer import TRANSFER_KINDS

_MOVEMENT: Table = StockMovement.__table__  # type: ignore[assignment]
_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]
_COUNT: Table = StockCount.__table__  # type: ignore[assignment]
_LINE: Table = StockCountLine.__table__  # type: ignore[assignment]

Row = dict[str, Any]

#: Register kinds, each with its table and what folds it.
_REGISTERS: tuple[tuple[str, Table, Callable[[Folded], Row | None]], ...] = (
    ("item", table_of(Item), stock.item_row),
    ("lot", table_of(Lot), stock.lot_row),
    ("allocation", table_of(Allocation), stock.allocation_row),
    ("stock_level", table_of(StockLevel), stock.level_row),
    ("recall", table_of(Recall), stock.recall_row),
    ("equipment", table_of(Equipment), stock.equipment_row),
    ("leftover_decision", table_of(LeftoverDecision), decision_row),
)

_TRANSFER_TABLES: dict[str, Table] = {
    table.name: table for table in map(table_of, (Transfer, TransferLine, TransferDocument))
}

#: The tables this room projects.
TABLES = (
    *(table for _, table, _ in _REGISTERS),
    _MOVEMENT,
    _BALANCE,
    _COUNT,
    _LINE,
    *_TRANSFER_TABLES.values(),
    *expiries.TABLES,
)

#: What the fold of reversals looks at.
_REVERSIBLE = select(_MOVEMENT).where(_MOVEMENT.c.transfer_id.is_(None), _MOVEMENT.c.count_id.is_(None))


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    for kind, table, row_of in _REGISTERS:
        rows = [row for folded in arrived.folded(kind) if (row := row_of(folded))]
        insert_rows(connection, table, rows, replace=("id",))
    touched = _counts(connection, arrived)
    touched |= _movements(connection, arrived)
    touched |= _explanations(connection, arrived)
    touched |= _transfers(connection, arrived)
    _balances(connection, touched)
    changed = ([entry.subject for entry in arrived.of(kind)] for kind in ("lot", "item"))
    expiries.work_out(connection, touched, *changed)


def _counts(connection: Connection, arrived: Arrived) -> set[str]:
    pairs = [stock.count_rows(entry, by) for entry, by in arrived.events("stock_count")]
    insert_rows(connection, _COUNT, [count for count, _ in pairs], replace=("id",))
    lines = [line for _, counted in pairs for line in counted]
    insert_rows(connection, _LINE, lines, replace=("count_id", "line_no"))
    return {line["holding_id"] for line in lines}


def _movements(connection: Connection, arrived: Arrived) -> set[str]:
    """New movements, and the reversals and reversed ones they are judged together with."""
    new = {row["id"]: row for entry in arrived.of("stock_movement") for row in stock.movement_rows(entry)}
    if not new:
        return set()
    known = _judged_together(connection, new.values())
    settled = stock.settled([*(known | new).values()])
    insert_rows(
        connection, _MOVEMENT, [row for row in settled if row != known.get(row["id"])], replace=("id",)
    )
    return {row["holding_id"] for row in settled}


def _judged_together(connection: Connection, rows: Iterable[Row]) -> dict[str, Row]:
    """Stored movements that these reverse or that reverse these, and so on: a reversal is never judged without what
    it is of. Movements of transfers and explanations are not reversed: their documents are corrected.
    """
    found: dict[str, Row] = {}
    asked: set[str] = set()
    wanted = {entry for row in rows for entry in (row["entry_id"], row["reverses_id"]) if entry}
    while asking := wanted - asked:
        asked |= asking
        for column in (_MOVEMENT.c.entry_id, _MOVEMENT.c.reverses_id):
            for row in select_among(connection, _REVERSIBLE, column, asking):
                found[row.id] = row._asdict()
        wanted |= {
            entry for row in found.values() for entry in (row["entry_id"], row["reverses_id"]) if entry
        }
    return found


def _explanations(connection: Connection, arrived: Arrived) -> set[str]:
    counts = {entry.subject for entry in arrived.of("count_explanation")}
    return _folded_again(
        connection, arrived, ("count_explanation",), counts, _MOVEMENT.c.count_id, _explained
    )


def _explained(entries: Iterable[Entry], corrected_by: Mapping[str, str]) -> dict[str, list[Row]]:
    return {"stock_movement": stock.explanation_rows(entries, corrected_by)}


def _transfers(connection: Connection, arrived: Arrived) -> set[str]:
    subjects = {entry.subject for kind in TRANSFER_KINDS for entry in arrived.of(kind)}
    return _folded_again(
        connection, arrived, TRANSFER_KINDS, subjects, _MOVEMENT.c.transfer_id, transfers.transfer_rows
    )


def _folded_again(
    connection: Connection,
    arrived: Arrived,
    kinds: Collection[str],
    subjects: set[str],
    owner: Any,
    rows_of: Callable[[Iterable[Entry], Mapping[str, str]], dict[str, list[Row]]],
) -> set[str]:
    """Fold these subjects again from all their entries, replace their rows, answer with the holdings concerned."""
    if not subjects:
        return set()
    tables: dict[str, list[Row]] = {}
    for entries in arrived.everything(kinds, sorted(subjects)).values():
        for name, rows in rows_of(entries, correctors(entries)).items():
            tables.setdefault(name, []).extend(rows)
    held = select(_MOVEMENT.c.holding_id).where(owner.is_not(None))
    touched = {row.holding_id for row in select_among(connection, held, owner, subjects)}
    delete_among(connection, _MOVEMENT, owner, subjects)
    moved = tables.pop("stock_movement", [])
    insert_rows(connection, _MOVEMENT, moved)
    for name, rows in tables.items():
        table = _TRANSFER_TABLES[name]
        delete_among(connection, table, table.c.id if name == "transfer" else table.c.transfer_id, subjects)
        insert_rows(connection, table, rows)
    return touched | {row["holding_id"] for row in moved}


def _balances(connection: Connection, holdings: set[str]) -> None:
    """Holdings added up again; one without any movement has no balance."""
    if not holdings:
        return
    named = [_MOVEMENT.c[name] for name in stock.HOLDING]
    sums = select(
        *named,
        func.sum(case((_MOVEMENT.c.idle, 0), else_=_MOVEMENT.c.vials)).label("vials"),
        func.sum(case((_MOVEMENT.c.idle, 0), else_=_MOVEMENT.c.doses)).label("doses"),
    ).group_by(*named)
    seen = _monitors(connection, holdings)
    rows = [
        {
            **{name: getattr(row, name) for name in stock.HOLDING},
            "vials": int(row.vials),
            "doses": int(row.doses),
            "vvm": seen.get(row.holding_id, (None, None))[1],
            "vvm_on": seen.get(row.holding_id, (None, None))[0],
        }
        for row in select_among(connection, sums, _MOVEMENT.c.holding_id, sorted(holdings))
    ]
    delete_among(connection, _BALANCE, _BALANCE.c.holding_id, holdings - {row["holding_id"] for row in rows})
    insert_rows(connection, _BALANCE, rows, replace=("holding_id",))


def _monitors(connection: Connection, holdings: Collection[str]) -> dict[str, Any]:
    """Holding -> (day, stage) of its vial monitor as last seen; the worst of that day."""
    counted = (
        select(_LINE.c.holding_id, _COUNT.c.as_of.label("on"), _LINE.c.vvm)
        .join(_COUNT, _COUNT.c.id == _LINE.c.count_id)
        .where(_LINE.c.vvm.is_not(None), _COUNT.c.corrected_by.is_(None))
    )
    moved = select(_MOVEMENT.c.holding_id, _MOVEMENT.c.moved_on.label("on"), _MOVEMENT.c.vvm).where(
        _MOVEMENT.c.vvm.is_not(None),
        or_(_MOVEMENT.c.vials > 0, _MOVEMENT.c.transfer_id.is_(None)),
        ~_MOVEMENT.c.idle,
    )
    both = union_all(counted, moved).subquery()
    found: dict[str, Any] = {}
    for row in select_among(connection, select(both), both.c.holding_id, sorted(holdings)):
        found[row.holding_id] = max(found.get(row.holding_id, (row.on, row.vvm)), (row.on, row.vvm))
    return found
