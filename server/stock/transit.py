"""What changed while goods were on their way: a lot's expiry revised, a lot put on hold, after the vials had left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, select

from server.database import select_among
from server.ledger.projecting import entries_of
from server.stock.models import Item
from server.stock.transfer_lines import Line
from server.stock.transfers import Standing
from shared.entries import Entry
from shared.projections.register import fold_register
from shared.projections.stock import lot_row
from shared.rules.expiry import ItemTerms, effective_expiry


@dataclass(frozen=True, slots=True)
class Changed:
    """What was known of a lot when it left: its effective `expiry` then, and the `hold` that stopped it then."""

    expiry: date | None
    hold: str | None


def changed_on_the_way(
    connection: Connection, found: Iterable[Standing]
) -> dict[tuple[str, str, str, date | None], Changed]:
    """(transfer, lot, state, thawed on) -> what was known when it left, of lots in transit of which that changed since.

    Told from the entries of the lots written by the day the goods left; a lot not known by then is left out.
    """
    moving = [
        (one, line)
        for one in found
        if one.row.dispatched_on is not None
        for line in one.lines
        if line.standing.in_transit > 0 and line.item_id
    ]
    lots: dict[str, list[Entry]] = {}
    for entry in entries_of(connection, "lot", {line.standing.lot for _, line in moving}):
        lots.setdefault(entry.subject, []).append(entry)
    limits = select(Item.id, Item.thaw_days)
    items = {line.item_id for _, line in moving if line.item_id}
    thaw_days = {row.id: row.thaw_days for row in select_among(connection, limits, Item.id, sorted(items))}
    result = {}
    for one, line in moving:
        every = lots.get(line.standing.lot, [])
        limit = thaw_days.get(line.item_id or "")
        then = _known(line, [e for e in every if e.occurred_on <= one.row.dispatched_on], limit)
        if then is not None and then != _known(line, every, limit):
            key = one.id, line.standing.lot, line.standing.state, line.standing.thawed_on
            result[key] = then
    return result


def _known(line: Line, written: list[Entry], thaw_days: int | None) -> Changed | None:
    """What these entries say of a lot; None while its first one is not among them."""
    row = lot_row(fold_register(written)) if written else None
    if row is None:
        return None
    expiry = effective_expiry(
        row["label_expiry"],
        ItemTerms(thaw_days),
        state=line.standing.state,
        revisions=orjson.loads(row["revisions"]),
        thawed_on=line.standing.thawed_on,
    )
    return Changed(expiry, row["hold"])
