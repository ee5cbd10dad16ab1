"""Lines of goods on a dispatch or a receipt: which lots stand there, and what a body says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mobile.store import stock
from mobile.store.stock import HoldingRow, LotRow
from mobile.store.store import Store
from mobile.store.transfers import TransferLine, TransferRow
from shared.faults import Fault
from shared.rules.dispatching import ANY_LOT, Offered, Sending, checks, passed_over


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One lot in one state, in whole vials: `ordered`, and `expected` to leave or to arrive now.

    `holding` None: the book here does not have it.
    """

    lot: LotRow
    state: str
    thawed_on: date | None
    ordered: int
    expected: int
    holding: HoldingRow | None

    @property
    def key(self) -> str:
        """What tells it on the screen and in a draft."""
        return key_of(self.lot.id, self.state, self.thawed_on.isoformat() if self.thawed_on else None)

    @property
    def booked(self) -> int:
        """Vials on the books here."""
        return self.holding.vials if self.holding else 0

    def told(self) -> dict[str, Any]:
        """The lot and how it is kept, as a body has them."""
        told: dict[str, Any] = {"lot": self.lot.id, "state": self.state}
        return told | ({"thawed_on": self.thawed_on.isoformat()} if self.thawed_on else {})


def key_of(lot: str, state: str, thawed_on: str | None) -> str:
    """The key of a line of a body."""
    return f"{lot}|{state}|{thawed_on or ''}"


def to_send(store: Store, site: str, row: TransferRow | None) -> list[GoodsLine]:
    """What may be sent: the lots of the order, then other usable lots of their items, the shortest-dated first.

    Without an order every usable unopened lot.
    """
    held = stock.holdings(store, site)
    ordered = [_ordered(line, line.lot, held) for line in row.lines if line.lot] if row else []
    named = {line.key for line in ordered}
    items = {line.lot.item_id for line in ordered}
    found = [
        GoodsLine(h.lot, h.state, h.thawed_on, 0, 0, h)
        for h in held
        if h.vials > 0 and stock.why_not(h) is None and (row is None or h.lot.item_id in items)
    ]
    return ordered + [line for line in found if line.key not in named]


def to_receive(row: TransferRow, said: Mapping[str, int]) -> list[GoodsLine]:
    """What is on its way by the sender's paper, or by the order while that has not come.

    `said`: vials by key that the receipt being put right spoke of; they are on their way again.
    """
    found = []
    for line in row.lines:
        standing = line.standing
        key = key_of(
            standing.lot, standing.state, standing.thawed_on.isoformat() if standing.thawed_on else None
        )
        sent = standing.dispatched or standing.ordered
        known = (
            sent - standing.accepted - standing.rejected - standing.lost - standing.back + said.get(key, 0)
        )
        if line.lot is not None and (known > 0 or key in said):
            found.append(
                GoodsLine(line.lot, standing.state, standing.thawed_on, standing.ordered, max(0, known), None)
            )
    return found


def need_reasons(lines: Sequence[GoodsLine], vials: Mapping[str, int | None], purpose: str) -> set[str]:
    """Keys of lines sent although a shorter-dated lot of the item stays: each asks for a coded reason (R009).

    A lot that the order names needs none: whoever ordered chose it.
    """
    if purpose in ANY_LOT:
        return set()
    offered = [
        Offered(line.key, line.lot.item_id, line.holding.expires_on, line.booked)
        for line in lines
        if line.holding is not None and stock.why_not(line.holding) is None
    ]
    sent = {line.key: vials.get(line.key) or 0 for line in lines}
    return set(passed_over(offered, sent, {line.key for line in lines if line.ordered}))


def look_at(
    line: GoodsLine, vials: int, vvm: int | None, counted_on: date | None, today: date
) -> list[Fault]:
    """What is doubtful of sending so many vials of a line; nothing of it stops what really leaves."""
    held = line.holding
    barred = stock.why_not(held) if held else None
    sending = Sending(
        line.lot.lot_number,
        vials,
        0 if barred else max(0, line.booked),
        barred,
        line.lot.hold,
        held.expires_on if held else None,
        vvm,
        counted_on,
    )
    # That the stock should be counted first is said once, at the head of the screen.
    return [found for found in checks(sending, today) if found.code != "transfer.count_stale"]


def of_body(lines: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Key -> a value of the lines of a body, where they have it."""
    return {
        key_of(line["lot"], line["state"], line.get("thawed_on")): line[name]
        for line in lines
        if line.get(name) is not None
    }


def _ordered(line: TransferLine, lot: LotRow, held: Sequence[HoldingRow]) -> GoodsLine:
    standing = line.standing
    holding = next(
        (
            h
            for h in held
            if (h.lot.id, h.state, h.thawed_on) == (standing.lot, standing.state, standing.thawed_on)
        ),
        None,
    )
    left = max(0, standing.ordered - standing.dispatched)
    return GoodsLine(lot, standing.state, standing.thawed_on, standing.ordered, left, holding)
