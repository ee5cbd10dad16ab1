"""Acceptance: from the records of one push to a receipt, in one transaction the caller commits.

The order of the steps is what makes this safe under concurrency (DECISIONS.md 5); each is one short
function below. Nothing here commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, bindparam, select, union_all

from server.accounts.models import Device
from server.database import Id, insert_new, insert_rows, select_among
from server.ledger.batch import Arrival, Sender, read_batch
from server.ledger.deliver import deliver
from server.ledger.models import EntryFlag, EntryRow, HeldEntry, Quarantine
from server.ledger.projecting import Arrived, Projector
from shared import wire
from shared.clock import Clock
from shared.entries import Entry
from shared.faults import Fault, fault

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_HELD: Table = HeldEntry.__table__  # type: ignore[assignment]
_QUARANTINE: Table = Quarantine.__table__  # type: ignore[assignment]
_FLAG: Table = EntryFlag.__table__  # type: ignore[assignment]
_DEVICE: Table = Device.__table__  # type: ignore[assignment]


_LOCKED_DEVICE = (
    select(_DEVICE.c.received_through, _DEVICE.c.received_count, _DEVICE.c.received_hash)
    .where(_DEVICE.c.id == bindparam("device", type_=Id))
    .with_for_update(key_share=True)
)
_DIGESTS = select(_ENTRY.c.id, _ENTRY.c.digest)


def _numbers_of(table: Table) -> Select[Any]:
    return select(table.c.device_seq, table.c.digest).where(
        table.c.device_id == bindparam("device", type_=Id),
        table.c.device_seq.between(bindparam("first"), bindparam("last")),
    )


_ENTRY_NUMBERS = _numbers_of(_ENTRY)
_KEPT_NUMBERS = union_all(_numbers_of(_HELD), _numbers_of(_QUARANTINE))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of what is stored: every number of the device up to `received_through`, and the hash over them."""

    device: str
    received_through: int
    count: int
    hash: bytes

    def as_json(self) -> dict[str, Any]:
        """The form it travels in."""
        return {
            "device": self.device,
            "received_through": self.received_through,
            "count": self.count,
            "hash": self.hash.hex(),
        }


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """An outcome for each record, in the order they came, and the receipt."""

    arrivals: list[Arrival]
    receipt: Receipt

    def count(self, outcome: str) -> int:
        """How many records had this outcome."""
        return sum(arrival.outcome == outcome for arrival in self.arrivals)


def accept(
    connection: Connection,
    sender: Sender,
    raw_entries: Sequence[Any],
    clock: Clock,
    projectors: Sequence[Projector],
    *,
    offset_s: int | None = None,
) -> PushAnswer:
    """Store the records of one push and answer for each.

    `raw_entries` are decoded JSON; `offset_s` is the measured server-minus-phone clock offset. Raises
    `deliver.HomeMoved` when a person moved meanwhile: roll back and start over.
    """
    now = clock.now()
    arrivals = read_batch(sender, raw_entries, clock.today(), offset_s)
    _settle_repeats(arrivals)
    device = _lock_device(connection, sender.device_id)
    _share_out_numbers(connection, sender, arrivals)
    fresh = _insert_entries(connection, sender, arrivals, now)
    _hold(connection, sender, arrivals, now)
    _quarantine(connection, sender, arrivals, now)
    _flag(connection, arrivals)
    if fresh:
        deliver(connection, fresh)
        arrived = Arrived(connection, fresh)
        for project in projectors:
            project(connection, arrived)
    return PushAnswer(arrivals, _receipt(connection, sender.device_id, device, arrivals, now, offset_s))


def _settle_repeats(arrivals: list[Arrival]) -> None:
    """One id twice in a push: the same bytes are a duplicate, other bytes a fault."""
    first: dict[str, Arrival] = {}
    for arrival in arrivals:
        if arrival.outcome == "refused" or arrival.entry_id is None:
            continue
        if (known := first.setdefault(arrival.entry_id, arrival)) is arrival:
            continue
        if known.digest == arrival.digest:
            arrival.outcome, arrival.held = "duplicate", None
        else:
            arrival.refuse(fault("entry.id_reused", "id"))


def _lock_device(connection: Connection, device_id: str) -> Any:
    """The device's row, locked: two tries of one batch wait for each other here instead of deadlocking later."""
    return connection.execute(_LOCKED_DEVICE, {"device": device_id}).one()


def _share_out_numbers(connection: Connection, sender: Sender, arrivals: list[Arrival]) -> None:
    """A number of the device stands for one record: what comes second under it is refused, or kept uncounted.

    Entries come before held records and those before refused ones; two entries settle it at the insert.
    """
    numbered = [arrival for arrival in arrivals if arrival.device_seq is not None]
    taken = _taken_numbers(connection, _KEPT_NUMBERS, sender, numbered)
    for arrival in numbered:
        if arrival.entry is not None and taken.get(arrival.device_seq, arrival.digest) != arrival.digest:
            arrival.refuse(_number_reused(arrival))
            arrival.device_seq = None
    others = [arrival for arrival in numbered if arrival.device_seq is not None and arrival.entry is None]
    taken |= _taken_numbers(connection, _ENTRY_NUMBERS, sender, others)
    taken = {a.device_seq: a.digest for a in numbered if a.entry is not None} | taken
    for arrival in sorted(others, key=lambda a: a.held is None):
        if taken.setdefault(arrival.device_seq, arrival.digest) == arrival.digest:
            continue
        if arrival.held is not None:
            arrival.refuse(_number_reused(arrival))
        arrival.device_seq = None


def _taken_numbers(
    connection: Connection, statement: Any, sender: Sender, arrivals: Iterable[Arrival]
) -> dict[int | None, bytes]:
    """Which of these arrivals' numbers stand for a record already, with its digest."""
    numbers = {arrival.device_seq for arrival in arrivals if arrival.device_seq is not None}
    if not numbers:
        return {}
    between = {"device": sender.device_id, "first": min(numbers), "last": max(numbers)}
    rows = connection.execute(statement, between).all()
    return {row.device_seq: bytes(row.digest) for row in rows if row.device_seq in numbers}


def _number_reused(arrival: Arrival) -> Fault:
    return fault("entry.number_reused", "device_seq", device_seq=arrival.device_seq)


def _insert_entries(
    connection: Connection, sender: Sender, arrivals: list[Arrival], now: datetime
) -> list[Entry]:
    """Insert what is new; name what is not. Returns the new entries in the order they came."""
    waiting = {a.entry.id: a for a in arrivals if a.entry is not None and not a.outcome}
    rows = [entry_row(entry, now) for a in waiting.values() if (entry := a.entry) is not None]
    rows.sort(key=lambda row: str(row["id"]))
    new = insert_new(connection, _ENTRY, rows, "id")
    left = [entry_id for entry_id in waiting if entry_id not in new]
    known = {row.id: bytes(row.digest) for row in select_among(connection, _DIGESTS, _ENTRY.c.id, left)}
    unlike = []
    for entry_id, arrival in waiting.items():
        if entry_id in new:
            arrival.outcome = "accepted"
        elif known.get(entry_id) == arrival.digest:
            arrival.outcome = "duplicate"
        else:
            arrival.refuse(fault("entry.id_reused", "id") if entry_id in known else _number_reused(arrival))
            unlike.append(arrival)
    _uncount_taken(connection, sender, unlike)
    return [a.entry for a in arrivals if a.outcome == "accepted" and a.entry is not None]


def _uncount_taken(connection: Connection, sender: Sender, refused: list[Arrival]) -> None:
    """A refused record keeps its number, so that those behind it count, unless an entry has it already."""
    taken = _taken_numbers(connection, _ENTRY_NUMBERS, sender, refused)
    for arrival in refused:
        if arrival.device_seq in taken:
            arrival.device_seq = None


def entry_row(entry: Entry, now: datetime) -> dict[str, Any]:
    """The entry as the ledger keeps it."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "version": entry.version,
        "subject_id": entry.subject,
        "place_id": entry.place,
        "author_id": entry.author,
        "device_id": entry.device,
        "device_seq": entry.device_seq,
        "occurred_on": entry.occurred_on,
        "received_at": now,
        "corrects_id": entry.corrects,
        "digest": entry.digest,
        "payload": entry.payload.decode(),
    }


def _hold(connection: Connection, sender: Sender, arrivals: list[Arrival], now: datetime) -> None:
    """Keep what only a newer version can read; it is replayed after an upgrade."""
    held = {a.entry_id: a for a in arrivals if a.entry_id is not None and a.held is not None}
    rows = [
        {
            "entry_id": entry_id,
            "device_id": sender.device_id,
            "device_seq": arrival.device_seq,
            "kind": arrival.held[0],
            "version": arrival.held[1],
            "received_at": now,
            "digest": arrival.digest,
            "payload": arrival.payload.decode(),
        }
        for entry_id, arrival in sorted(held.items())
        if arrival.held is not None
    ]
    insert_new(connection, _HELD, rows, "entry_id")
    query = select(_HELD.c.entry_id, _HELD.c.digest)
    kept = {
        row.entry_id: bytes(row.digest) for row in select_among(connection, query, _HELD.c.entry_id, held)
    }
    for entry_id, arrival in held.items():
        if kept.get(entry_id) == arrival.digest:
            arrival.outcome = "held"
        else:
            arrival.refuse(fault("entry.id_reused", "id"))


def _quarantine(connection: Connection, sender: Sender, arrivals: list[Arrival], now: datetime) -> None:
    """Keep what was refused, word for word, with the reasons."""
    refused = {a.digest: a for a in arrivals if a.outcome == "refused"}
    rows = [
        {
            "digest": digest,
            "device_id": sender.device_id,
            "entry_id": arrival.entry_id,
            "device_seq": arrival.device_seq,
            "received_at": now,
            "payload": arrival.payload.decode("utf-8", "replace").replace("\0", "\ufffd"),
            "faults": orjson.dumps([found.as_json() for found in arrival.faults]).decode(),
        }
        for digest, arrival in refused.items()
    ]
    insert_rows(connection, _QUARANTINE, rows, keep=True)


def _flag(connection: Connection, arrivals: list[Arrival]) -> None:
    """Keep the doubts about what was accepted."""
    rows = [
        {"entry_id": a.entry_id, "code": doubt.code, "params": orjson.dumps(doubt.params).decode()}
        for a in arrivals
        if a.outcome == "accepted"
        for doubt in a.flags
    ]
    insert_rows(connection, _FLAG, rows)


def _receipt(
    connection: Connection,
    device_id: str,
    before: Any,
    arrivals: list[Arrival],
    now: datetime,
    offset_s: int | None,
) -> Receipt:
    """Move received-through on as far as the numbers stored reach without a gap."""
    through, count, running = before.received_through, before.received_count, bytes(before.received_hash)
    stored = {a.device_seq: a.digest for a in arrivals if a.device_seq is not None and a.device_seq > through}
    if stored and (count != through or min(stored) != through + 1 or max(stored) != through + len(stored)):
        stored = _stored_after(connection, device_id, through)
        count = through + len(stored)
    else:
        count += len(stored)
    while (following := stored.get(through + 1)) is not None:
        running = wire.chain(running, following)
        through += 1
    values: dict[str, Any] = {
        "received_through": through,
        "received_count": count,
        "received_hash": running,
        "last_seen_at": now,
    }
    if offset_s is not None:
        values["clock_offset_s"] = offset_s
    connection.execute(_DEVICE.update().where(_DEVICE.c.id == device_id).values(values))
    return Receipt(device_id, through, count, running)


def _stored_after(connection: Connection, device_id: str, through: int) -> dict[int, bytes]:
    """Every number of the device past `through` that is stored somewhere, with its digest."""
    parts = [
        select(table.c.device_seq, table.c.digest).where(
            table.c.device_id == device_id, table.c.device_seq > through
        )
        for table in (_QUARANTINE, _HELD, _ENTRY)
    ]
    return {row.device_seq: bytes(row.digest) for row in connection.execute(union_all(*parts))}
