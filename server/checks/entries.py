"""Entries are what was digested, and devices have received what their receipts say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, literal, select, union_all

from server.accounts.models import Device
from server.checks.findings import Findings
from server.checks.streaming import count_of, rows_of
from server.ledger.models import EntryRow, HeldEntry, Quarantine
from shared import wire
from shared.entries import Entry
from shared.reading import read_payload

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_HELD: Table = HeldEntry.__table__  # type: ignore[assignment]
_QUARANTINE: Table = Quarantine.__table__  # type: ignore[assignment]
_DEVICE: Table = Device.__table__  # type: ignore[assignment]

#: What stands for bytes that no database stores as text; the digest of such a payload cannot be formed again.
_LOST_BYTE = "\ufffd"


def check_entries(connection: Connection, findings: Findings) -> None:
    """The digest of every kept record is that of its bytes, and its columns say what its envelope says."""
    findings.expect(count_of(connection, _ENTRY, _HELD, _QUARANTINE))
    for row in rows_of(connection, select(_ENTRY)):
        _check_record(findings, "entry", row.id, row, _entry_columns)
    for row in rows_of(connection, select(_HELD)):
        _check_record(findings, "held", row.entry_id, row, _held_columns)
    query = select(_QUARANTINE.c.digest, _QUARANTINE.c.device_id, _QUARANTINE.c.payload)
    for row in rows_of(connection, query):
        findings.look()
        intact = wire.digest(row.payload.encode()) == bytes(row.digest)
        if not intact and _LOST_BYTE not in row.payload:
            findings.differ("entry.digest", table="quarantine", id=bytes(row.digest).hex()[:12])


def check_devices(connection: Connection, findings: Findings) -> None:
    """What each device's receipt says is what is stored of it: entries, held and quarantined records."""
    findings.expect(count_of(connection, _ENTRY, _HELD))
    columns = (
        _DEVICE.c.id, _DEVICE.c.received_through, _DEVICE.c.received_count, _DEVICE.c.received_hash
    )  # fmt: skip
    waiting = {row.id: row for row in connection.execute(select(*columns))}
    for device, numbers in _numbers(connection):
        through, count, running = 0, 0, wire.EMPTY_HASH
        for number, digest in numbers:
            findings.look()
            count += 1
            if number == through + 1:
                through, running = number, wire.chain(running, digest)
        _compare_receipt(findings, device, waiting.pop(device, None), (through, count, running))
    for device, row in sorted(waiting.items()):
        _compare_receipt(findings, device, row, (0, 0, wire.EMPTY_HASH))


def _check_record(findings: Findings, table: str, record: str, row: Any, columns: Any) -> None:
    findings.look()
    payload = row.payload.encode()
    if wire.digest(payload) != bytes(row.digest):
        findings.differ("entry.digest", table=table, id=record)
        return
    try:
        expected = columns(read_payload(payload))
    except (ValueError, KeyError, TypeError):
        findings.differ("entry.unreadable", table=table, id=record)
        return
    for name, value in expected.items():
        if getattr(row, name) != value:
            findings.differ(
                "entry.column", table=table, id=record, column=name, stored=getattr(row, name), expected=value
            )


def _entry_columns(entry: Entry) -> dict[str, Any]:
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
        "corrects_id": entry.corrects,
    }


def _held_columns(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "kind": entry.kind,
        "version": entry.version,
        "device_id": entry.device,
        "device_seq": entry.device_seq,
    }


def _numbers(connection: Connection) -> Iterator[tuple[str, Iterator[tuple[int, bytes]]]]:
    """Device -> its numbers in order with their digests. An entry speaks before a quarantined record."""
    parts = [
        select(table.c.device_id, table.c.device_seq, table.c.digest, literal(rank).label("rank")).where(
            table.c.device_seq.is_not(None)
        )
        for rank, table in enumerate((_ENTRY, _HELD, _QUARANTINE))
    ]
    query = union_all(*parts).order_by("device_id", "device_seq", "rank")
    for device, rows in groupby(rows_of(connection, query), key=lambda row: str(row.device_id)):
        firsts = groupby(rows, key=lambda row: int(row.device_seq))
        yield device, ((number, bytes(next(same).digest)) for number, same in firsts)


def _compare_receipt(findings: Findings, device: str, row: Any, expected: tuple[int, int, bytes]) -> None:
    if row is None:
        findings.differ("device.unknown", device=device, count=expected[1])
        return
    through, count, running = expected
    if row.received_through != through:
        findings.differ("device.through", device=device, stored=row.received_through, expected=through)
    if row.received_count != count:
        findings.differ("device.count", device=device, stored=row.received_count, expected=count)
    if bytes(row.received_hash) != running:
        findings.differ("device.hash", device=device, through=through)
