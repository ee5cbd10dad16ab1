"""The outbox: this phone's own entries, with what the server said of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mobile.store.answers import last_receipt
from mobile.store.database import get_meta
from mobile.store.driver import Connection
from shared.faults import Fault, catalogue


@dataclass(frozen=True, slots=True)
class OutboxState:
    """Counts of this phone's own entries.

    `total` = all ever recorded; `unsent` = without an outcome; `received` = accepted or duplicate; `refused`
    and `held` are kept by the server too. `received_through` and `receipt_count` are the last receipt's;
    `receipt_matches` says that the receipt's count and hash equal the phone's own chain.
    """

    total: int
    unsent: int
    received: int
    refused: int
    held: int
    received_through: int
    receipt_count: int
    receipt_matches: bool
    last_sync_at: str | None

    @property
    def complete(self) -> bool:
        """True only when a matching receipt covers every entry of this phone (L2)."""
        return (
            self.receipt_matches
            and self.unsent == 0
            and self.receipt_count == self.received_through == self.total
        )


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One own entry. `state` is unsent | accepted | duplicate | held | refused.

    `title` names its subject for a reader ("" when it has no name); `flags` are doubts about an accepted
    entry.
    """

    id: str
    kind: str
    subject: str
    place: str
    device_seq: int
    occurred_on: str
    recorded_at: str
    state: str
    title: str
    faults: tuple[Fault, ...]
    flags: tuple[Fault, ...]


def summary(connection: Connection) -> OutboxState:
    """Counts of own entries and the last receipt."""
    counts = {
        row[0] or "unsent": row[1]
        for row in connection.execute(
            "SELECT outcome, count(*) FROM entry WHERE origin = 'own' GROUP BY outcome"
        )
    }
    receipt = last_receipt(connection)
    return OutboxState(
        total=sum(counts.values()),
        unsent=counts.get("unsent", 0),
        received=counts.get("accepted", 0) + counts.get("duplicate", 0),
        refused=counts.get("refused", 0),
        held=counts.get("held", 0),
        received_through=receipt.received_through,
        receipt_count=receipt.count,
        receipt_matches=receipt.matches,
        last_sync_at=get_meta(connection, "last_sync_at") or None,
    )


def items(connection: Connection, limit: int, offset: int, state: str | None) -> list[OutboxItem]:
    """Own entries, newest first."""
    condition = "" if state is None else "AND coalesce(e.outcome, 'unsent') = :state"
    rows = connection.execute(
        f"""
        SELECT e.id, e.kind, e.subject, e.place, e.device_seq, e.occurred_on, e.recorded_at,
               coalesce(e.outcome, 'unsent') AS state, e.faults, e.flags,
               coalesce(p.full_name, h.head_name, l.lot_number, s.point_name, '') AS title
        FROM entry e
        LEFT JOIN person p ON p.id = e.subject
        LEFT JOIN household h ON h.id = e.subject
        LEFT JOIN lot l ON l.id = e.subject
        LEFT JOIN session s ON s.id = e.subject
        WHERE e.origin = 'own' {condition}
        ORDER BY e.device_seq DESC LIMIT :limit OFFSET :offset
        """,
        {"state": state, "limit": limit, "offset": offset},
    )
    return [_item(row) for row in rows]


def read_fault(found: dict[str, Any]) -> Fault:
    """A fault as it travelled; one this program does not know yet keeps the words that came with it."""
    code = str(found.get("code"))
    params = found.get("params") or {}
    if code in catalogue():
        return Fault(code, found.get("field"), params)
    return Fault(
        "sync.other", found.get("field"), {"code": code, "vi": found.get("vi"), "en": found.get("en")}
    )


def _item(row: Any) -> OutboxItem:
    return OutboxItem(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        place=row["place"],
        device_seq=row["device_seq"],
        occurred_on=row["occurred_on"],
        recorded_at=row["recorded_at"],
        state=row["state"],
        title=row["title"],
        faults=tuple(read_fault(found) for found in json.loads(row["faults"])),
        flags=tuple(read_fault(found) for found in json.loads(row["flags"])),
    )
