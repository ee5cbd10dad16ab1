"""The stock card of a holding (thẻ kho): its movements, and taking back one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.faults import Refused, fault
from shared.reading import read_payload
from shared.rules.reversals import mirrored

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement of a holding: signed vials, and doses of opened ones. `entry` wrote it; `mine` tells that it can be
    taken back on this phone by its reversal, `idle` that it has no effect.
    """

    entry: str
    lot_id: str
    moved_on: date
    reason: str
    vials: int
    doses: int
    document: str | None
    counterpart: str | None
    reversal: bool
    reversed: bool
    idle: bool
    mine: bool


def movements(store: Store, holding_id: str, limit: int = 30) -> list[MovementRow]:
    """The newest movements of a holding (thẻ kho)."""
    me = store.identity.user_id if store.identity else ""
    rows = store.database.rows(
        "SELECT m.*, EXISTS (SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.entry_id AND r.idle = 0)"
        " AS turned FROM stock_movement m WHERE m.holding_id = ? ORDER BY m.moved_on DESC, m.entry_id DESC LIMIT ?",
        (holding_id, limit),
    )
    return [_movement(row, me) for row in rows]


def reverse(store: Store, site: str, entry: str) -> str:
    """Take a movement back by its mirror (R081); answers the id of the entry written.

    Raises Refused (phone.unknown_subject) when this phone does not hold it.
    """
    row = store.database.row("SELECT payload FROM entry WHERE id = ? AND kind = 'stock_movement'", (entry,))
    if row is None:
        raise Refused(fault("phone.unknown_subject"))
    wrong = read_payload(bytes(row[0]))
    body = mirrored(wrong.body, wrong.id)
    return store.record("stock_movement", subject=wrong.subject, place=site, body=body).id


def _movement(row: Any, me: str) -> MovementRow:
    own = row["author_id"] == me and row["transfer_id"] is None and row["count_id"] is None
    return MovementRow(
        entry=row["entry_id"],
        lot_id=row["lot_id"],
        moved_on=date.fromisoformat(row["moved_on"]),
        reason=row["reason"],
        vials=row["vials"],
        doses=row["doses"],
        document=row["document"],
        counterpart=row["counterpart_id"],
        reversal=row["reverses_id"] is not None,
        reversed=bool(row["turned"]),
        idle=bool(row["idle"]),
        mine=own and row["reverses_id"] is None and not row["turned"],
    )
