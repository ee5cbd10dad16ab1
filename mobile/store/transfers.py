"""Transfers from and to the sites of this phone, with their stage, lines and documents. Whole vials or units."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.stock import LotRow, lot
from shared.projections.transfers import DOCUMENTS
from shared.rules.transfers import STAGES, LineStanding, stage

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Stages at which goods may leave, and those at which they may arrive (the sender's phone may still be offline).
TO_SEND = frozenset({"approved"})
TO_RECEIVE = frozenset({"approved", "dispatched", "partly", "unconfirmed"})
OVER = frozenset({"closed", "rejected", "cancelled"})


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One lot in one state, with its catalogue row (None: this phone does not hold it)."""

    standing: LineStanding
    lot: LotRow | None


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as it stands today. `expected_on` is the sender's, else the order's day of arrival."""

    id: str
    source: str
    destination: str
    stage: str
    purpose: str
    document: str | None
    reason: str | None
    ordered_on: date | None
    dispatch_by: date | None
    expected_on: date | None
    dispatched_on: date | None
    received_on: date | None
    allocation: str | None
    recall: str | None
    lines: tuple[TransferLine, ...]

    @property
    def vials(self) -> int:
        """The vials its stage is about: those on the way, else those sent, else those ordered."""
        moving = sum(line.standing.in_transit for line in self.lines)
        sent = sum(line.standing.dispatched for line in self.lines)
        return moving or sent or sum(line.standing.ordered for line in self.lines)


@dataclass(frozen=True, slots=True)
class Document:
    """A dispatch, receipt or settlement; `detail` as its body has it. `stands`: no later one corrects it."""

    id: str
    kind: str
    written_on: date
    document: str | None
    author: str
    detail: dict[str, Any]
    stands: bool


def transfers(store: Store, site: str, *, over: bool = False) -> list[TransferRow]:
    """Transfers from or to a site, the most pressing first; with `over` those that are done or will not be, newest
    first.
    """
    found = _rows(store, "t.source_id = :site OR t.destination_id = :site", {"site": site})
    if over:
        done = [row for row in found if row.stage in OVER]
        return sorted(
            done, key=lambda row: (row.received_on or row.ordered_on or date.min, row.id), reverse=True
        )
    pressing = [row for row in found if row.stage not in OVER]
    return sorted(pressing, key=lambda row: (STAGES.index(row.stage), row.dispatch_by or date.max, row.id))


def transfer(store: Store, transfer_id: str) -> TransferRow | None:
    """One transfer, or None when this phone does not hold it."""
    return next(iter(_rows(store, "t.id = :id", {"id": transfer_id})), None)


def documents(store: Store, transfer_id: str) -> list[Document]:
    """The papers of a transfer in the order of their days."""
    rows = store.database.rows(
        "SELECT * FROM transfer_document WHERE transfer_id = ? ORDER BY written_on, id", (transfer_id,)
    )
    return [
        Document(
            row["id"], row["kind"], date.fromisoformat(row["written_on"]), row["document"], row["author_id"],
            json.loads(row["detail"]), not row["idle"],
        )
        for row in rows
    ]  # fmt: skip


def may_be_sent(row: TransferRow, site: str) -> bool:
    """Whether goods of a transfer are to leave this site."""
    return row.source == site and row.stage in TO_SEND


def may_be_received(row: TransferRow, site: str) -> bool:
    """Whether goods of a transfer may come to this site."""
    return row.destination == site and row.stage in TO_RECEIVE


def waits_here(row: TransferRow, site: str) -> bool:
    """Whether goods are on their way to this site, so that it is to say what came."""
    return row.destination == site and row.stage in ("dispatched", "partly")


def others(store: Store, site: str) -> list[tuple[str, str]]:
    """(id, name) of the stations, teams and stores stock may be sent to, by name."""
    marks = ",".join("?" * len(places.SITES))
    rows = store.database.rows(f"SELECT id FROM place WHERE level IN ({marks})", list(places.SITES))
    found = places.places(store, [row[0] for row in rows if row[0] != site])
    return sorted(((each.id, each.name) for each in found.values()), key=lambda pair: (pair[1], pair[0]))


def _rows(store: Store, condition: str, values: dict[str, str]) -> list[TransferRow]:
    rows = store.database.rows(f"SELECT t.* FROM transfer t WHERE {condition}", values)
    lines = _lines(store, [row["id"] for row in rows])
    expected = _expected(store, [row["id"] for row in rows])
    today = store.clock.today()
    return [_transfer(row, lines.get(row["id"], ()), expected.get(row["id"]), today) for row in rows]


def _transfer(row: Any, lines: Iterable[TransferLine], expected: date | None, today: date) -> TransferRow:
    of = tuple(lines)
    dispatched_on, received_on = _day(row["dispatched_on"]), _day(row["received_on"])
    return TransferRow(
        id=row["id"],
        source=row["source_id"],
        destination=row["destination_id"],
        stage=stage(
            [line.standing for line in of],
            decision=row["decision"],
            dispatch_by=_day(row["dispatch_by"]),
            dispatched=dispatched_on is not None,
            received=received_on is not None,
            all_here=bool(row["all_here"]),
            today=today,
        ),
        purpose=row["purpose"],
        document=row["document"],
        reason=row["reason"],
        ordered_on=_day(row["ordered_on"]),
        dispatch_by=_day(row["dispatch_by"]),
        expected_on=expected or _day(row["arrive_by"]),
        dispatched_on=dispatched_on,
        received_on=received_on,
        allocation=row["allocation_id"],
        recall=row["recall_id"],
        lines=of,
    )


def _lines(store: Store, ids: list[str]) -> dict[str, list[TransferLine]]:
    rows = store.database.rows(
        "SELECT * FROM transfer_line WHERE transfer_id IN (SELECT value FROM json_each(?))"
        " ORDER BY transfer_id, line_no",
        (json.dumps(ids),),
    )
    lots = {each: lot(store, each) for each in {row["lot_id"] for row in rows}}
    found: dict[str, list[TransferLine]] = {}
    for row in rows:
        standing = LineStanding(
            row["lot_id"], row["state"], _day(row["thawed_on"]), row["ordered"], row["dispatched"],
            row["accepted"], row["rejected"], row["lost"], row["back"],
        )  # fmt: skip
        found.setdefault(row["transfer_id"], []).append(TransferLine(standing, lots[row["lot_id"]]))
    return found


def _expected(store: Store, ids: list[str]) -> dict[str, date]:
    """The day each sender expects the goods to arrive."""
    rows = store.database.rows(
        "SELECT transfer_id, detail FROM transfer_document WHERE kind = ? AND idle = 0"
        " AND transfer_id IN (SELECT value FROM json_each(?)) ORDER BY written_on, id",
        (DOCUMENTS[0], json.dumps(ids)),
    )
    found = ((row["transfer_id"], json.loads(row["detail"]).get("expected_on")) for row in rows)
    return {transfer: date.fromisoformat(day) for transfer, day in found if day}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
