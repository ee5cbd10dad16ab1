"""What the server says of this phone's entries: an outcome for each id, and a receipt over all of them.

The receipt is checked first. Its hash runs over the digests of this phone's entries 1 to `received_through`,
so a server that does not hold them, or holds others, cannot make it. Only a proven answer sets outcomes, and
only for the ids it answers. A true receipt that covers less than an earlier one tells that the server lost
entries (restored from an older backup): those are sent again. So are urgent entries that went before their turn:
the receipt does not cover them until everything before them has come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mobile.store.database import get_meta, set_meta
from mobile.store.driver import Connection
from mobile.store.project import project_subjects
from shared import wire
from shared.faults import Refused, fault
from shared.kinds import KINDS
from shared.reading import read_payload

#: Bytes of entries a push carries at most: half of what the server takes, so that the rest of the JSON fits.
BATCH_BYTES = wire.PUSH_BYTES // 2
OUTCOMES = frozenset({"accepted", "duplicate", "held", "refused"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The last receipt: entries 1 to `received_through` stand in the ledger, `count` in all, with this hash
    (hex).
    """

    received_through: int = 0
    count: int = 0
    hash: str = wire.EMPTY_HASH.hex()
    matches: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """What one answer changed: ids by outcome, and how many entries must be sent again."""

    accepted: int
    duplicate: int
    held: int
    refused: int
    again: int


def batch(
    connection: Connection, limit: int, after: int = 0, *, answered: bool = False
) -> list[tuple[int, bytes]]:
    """(device_seq, payload) of own entries without an outcome, or of all with `answered`, in their order.

    At most `limit` entries and BATCH_BYTES bytes, and at least one entry when there is one.
    """
    condition = "" if answered else "AND outcome IS NULL "
    rows = connection.execute(
        f"SELECT device_seq, payload FROM entry WHERE origin = 'own' AND device_seq > ? {condition}"
        "ORDER BY device_seq LIMIT ?",
        (after, limit),
    ).fetchall()
    taken: list[tuple[int, bytes]] = []
    size = 0
    for device_seq, payload in rows:
        size += len(payload)
        if taken and size > BATCH_BYTES:
            break
        taken.append((device_seq, bytes(payload)))
    return taken


def urgent(connection: Connection, limit: int) -> list[tuple[int, bytes]]:
    """(device_seq, payload) of own urgent entries without an outcome that others without one stand before."""
    kinds = [kind.name for kind in KINDS.values() if kind.urgent]
    unsent = "FROM entry WHERE origin = 'own' AND outcome IS NULL"
    rows = connection.execute(
        f"SELECT device_seq, payload {unsent} AND kind IN ({','.join('?' * len(kinds))}) ORDER BY device_seq",
        kinds,
    )
    found = [(row[0], bytes(row[1])) for row in rows if _cannot_wait(bytes(row[1]))]
    waiting = {device_seq for device_seq, _ in found}
    turns = (row[0] for row in connection.execute(f"SELECT device_seq {unsent} ORDER BY device_seq"))
    first = next((device_seq for device_seq in turns if device_seq not in waiting), None)
    if first is None:
        return []
    return [(device_seq, payload) for device_seq, payload in found if device_seq > first][:limit]


def last_receipt(connection: Connection) -> Receipt:
    """The receipt kept from the last answer."""
    text = get_meta(connection, "receipt")
    return Receipt(**json.loads(text)) if text else Receipt()


def apply(connection: Connection, device: str, answer: Any, today: date) -> Answered:
    """Set outcomes from a push's answer, inside the caller's transaction.

    Raises Refused: sync.bad_answer (its shape), sync.receipt_mismatch (nothing of it is applied).
    """
    receipt = _receipt(answer, device)
    outcomes = _outcomes(answer)
    if not _proven(connection, receipt):
        raise Refused(fault("sync.receipt_mismatch"))
    counts = dict.fromkeys(OUTCOMES, 0)
    changed: set[tuple[str, str]] = set()
    for outcome in outcomes:
        row = connection.execute(
            "SELECT kind, subject, outcome FROM entry WHERE id = ? AND origin = 'own'", (outcome.get("id"),)
        ).fetchone()
        if row is None:
            continue
        counts[outcome["outcome"]] += 1
        if row[2] in ("accepted", "duplicate") and outcome["outcome"] in ("accepted", "duplicate"):
            continue
        connection.execute(
            "UPDATE entry SET outcome = ?, faults = ?, flags = ? WHERE id = ?",
            (
                outcome["outcome"],
                json.dumps(outcome.get("faults") or [], ensure_ascii=False),
                json.dumps(outcome.get("flags") or [], ensure_ascii=False),
                outcome["id"],
            ),
        )
        if outcome["outcome"] == "refused" or row[2] == "refused" or _in_conflict(connection, row[1]):
            changed.add((row[0], row[1]))
    again = connection.execute(
        "UPDATE entry SET outcome = NULL WHERE origin = 'own' AND device_seq > ? AND outcome IS NOT NULL",
        (receipt.received_through,),
    ).rowcount
    set_meta(connection, "receipt", json.dumps(asdict(receipt)))
    project_subjects(connection, changed, today)
    return Answered(again=again, **counts)


def note_mismatch(connection: Connection) -> None:
    """Remember that the last receipt did not match, so that no screen says all is received."""
    kept = asdict(last_receipt(connection)) | {"matches": False}
    set_meta(connection, "receipt", json.dumps(kept))


def _cannot_wait(payload: bytes) -> bool:
    entry = read_payload(payload)
    return KINDS[entry.kind].cannot_wait(entry)


def _in_conflict(connection: Connection, subject: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM conflict WHERE subject_id = ?", (subject,)).fetchone() is not None
    )


def _proven(connection: Connection, receipt: Receipt) -> bool:
    if receipt.count < receipt.received_through:
        return False
    if receipt.received_through == 0:
        return receipt.hash == wire.EMPTY_HASH.hex()
    row = connection.execute(
        "SELECT chain FROM entry WHERE origin = 'own' AND device_seq = ?", (receipt.received_through,)
    ).fetchone()
    return row is not None and bytes(row[0]).hex() == receipt.hash


def _receipt(answer: Any, device: str) -> Receipt:
    found = answer.get("receipt") if isinstance(answer, Mapping) else None
    if not isinstance(found, Mapping) or type(found.get("hash")) is not str:
        raise Refused(fault("sync.bad_answer", "receipt"))
    through, count = found.get("received_through"), found.get("count")
    if type(through) is not int or type(count) is not int or through < 0:
        raise Refused(fault("sync.bad_answer", "receipt"))
    if found.get("device") != device:
        raise Refused(fault("sync.receipt_mismatch"))
    return Receipt(through, count, found["hash"], True)


def _outcomes(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    outcomes = answer.get("outcomes")
    if not isinstance(outcomes, list):
        raise Refused(fault("sync.bad_answer", "outcomes"))
    for outcome in outcomes:
        if not isinstance(outcome, dict) or outcome.get("outcome") not in OUTCOMES:
            raise Refused(fault("sync.bad_answer", "outcomes"))
    return outcomes
