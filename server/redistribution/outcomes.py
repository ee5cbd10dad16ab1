"""What became of doses moved because of a proposal: used, expired or still there, against doing nothing and greedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Table, select

from server.database import insert_rows, select_among
from server.redistribution.afterwards import Afterwards, Moved, afterwards, moved_in
from server.redistribution.models import RedistributionOutcome
from server.stock.models import Item, Lot

_OUTCOME: Table = RedistributionOutcome.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One lot of a transfer that carried out a proposal, in doses (units of items without doses).

    received = used + expired (or discarded) + onward + left. `nothing_used`, `greedy_used`: of as many, how many would
    have been used had they stayed, or gone where greedy had sent them. `displaced`: doses of the receiver's own that
    expired meanwhile. `saves` is what the proposal promised; `settled`: nothing more can change.
    """

    transfer_id: str
    line_no: int
    proposal_id: str
    province_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    lot_id: str
    lot_number: str
    source_id: str
    destination_id: str
    dispatched_on: date
    received_on: date
    expires_on: date
    saves: int
    sent: int
    received: int
    used: int
    expired: int
    onward: int
    left: int
    displaced: int
    nothing_used: int
    greedy_used: int
    settled: bool
    scored_on: date

    @property
    def saved(self) -> int:
        """Doses used that would not have been without the move; below zero when it did harm."""
        return self.used - self.displaced - self.nothing_used

    @property
    def saved_by_greedy(self) -> int:
        """The same for where greedy had sent them."""
        return self.greedy_used - self.nothing_used


@dataclass(frozen=True, slots=True)
class MonthSum:
    """Outcomes of moves that left in one month of one province; `open` are lots not settled yet."""

    province_id: str
    month: date
    moves: int
    open: int
    sent: int
    received: int
    used: int
    expired: int
    left: int
    saves: int
    saved: int
    saved_by_greedy: int


def score_outcomes(connection: Connection, province: str, today: date) -> int:
    """Score every lot moved inside or into a province that is not settled yet; how many."""
    done = select(_OUTCOME.c.transfer_id, _OUTCOME.c.line_no).where(
        _OUTCOME.c.province_id == province, _OUTCOME.c.settled
    )
    settled = {(row.transfer_id, row.line_no) for row in connection.execute(done)}
    moved = [each for each in moved_in(connection, province, today) if each.key not in settled]
    if not moved:
        return 0
    seen = afterwards(connection, moved, today)
    for row in connection.execute(
        select(_OUTCOME).where(_OUTCOME.c.province_id == province, _OUTCOME.c.settled)
    ):
        seen.claim("nothing", row.source_id, row.item_id, row.nothing_used)
        seen.claim("displaced", row.destination_id, row.item_id, row.displaced)
    rows = [_scored(each, seen, province, today) for each in moved]
    insert_rows(connection, _OUTCOME, rows, replace=("transfer_id", "line_no"))
    return len(rows)


def _scored(moved: Moved, seen: Afterwards, province: str, today: date) -> dict[str, object]:
    fate = seen.fate(moved)
    nothing = seen.had_it_stayed(moved)
    return {
        "transfer_id": moved.transfer_id,
        "line_no": moved.line_no,
        "proposal_id": moved.proposal_id,
        "province_id": province,
        "item_id": moved.item_id,
        "lot_id": moved.lot_id,
        "source_id": moved.source_id,
        "destination_id": moved.destination_id,
        "dispatched_on": moved.dispatched_on,
        "received_on": moved.received_on,
        "expires_on": moved.expires_on,
        "saves": moved.saves,
        "sent": moved.sent,
        "received": moved.received,
        "used": fate.used,
        "expired": fate.expired,
        "onward": fate.onward,
        "left": fate.left,
        "displaced": seen.displaced(moved, fate),
        "nothing_used": nothing,
        "greedy_used": seen.had_greedy_moved_it(moved, fate, nothing),
        "settled": fate.left == 0 and moved.closed and (moved.expires_on < today or fate.used == moved.sent),
        "scored_on": today,
    }


def outcomes_in(
    connection: Connection, sites: Collection[str], *, items: Collection[str] = (), since: date | None = None
) -> list[Outcome]:
    """Outcomes of moves from or to one of these sites, the newest first."""
    query = (
        select(_OUTCOME, Item.name_vi, Item.name_en, Lot.lot_number)
        .outerjoin(Item, Item.id == _OUTCOME.c.item_id)
        .outerjoin(Lot, Lot.id == _OUTCOME.c.lot_id)
    )
    if items:
        query = query.where(_OUTCOME.c.item_id.in_(sorted(items)))
    if since is not None:
        query = query.where(_OUTCOME.c.dispatched_on >= since)
    found: dict[tuple[str, int], Outcome] = {}
    for end in (_OUTCOME.c.source_id, _OUTCOME.c.destination_id):
        for row in select_among(connection, query, end, sorted(sites)):
            told = {name: getattr(row, name) for name in Outcome.__dataclass_fields__ if hasattr(row, name)}
            told |= {"item_name_vi": row.name_vi or "–", "item_name_en": row.name_en or "–"}
            found[row.transfer_id, row.line_no] = Outcome(**told | {"lot_number": row.lot_number or "–"})
    return sorted(found.values(), key=lambda o: (o.dispatched_on, o.transfer_id, o.line_no), reverse=True)


def by_month(outcomes: Iterable[Outcome]) -> list[MonthSum]:
    """Sums by the month the doses left in and the province, the newest month first."""
    groups: dict[tuple[date, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.dispatched_on.replace(day=1), outcome.province_id), []).append(outcome)
    return [
        MonthSum(
            province,
            month,
            len(found),
            sum(not each.settled for each in found),
            *(
                sum(getattr(each, name) for each in found)
                for name in (
                    "sent",
                    "received",
                    "used",
                    "expired",
                    "left",
                    "saves",
                    "saved",
                    "saved_by_greedy",
                )
            ),
        )
        for (month, province), found in sorted(groups.items(), key=lambda pair: pair[0], reverse=True)
    ]
