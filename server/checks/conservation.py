"""Goods on the way: what left is what came, was lost, was found back or is still in transit, recounted from the
documents as they were written (R081).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, text

from server.checks.findings import Findings
from server.checks.streaming import rows_of

_Key = tuple[str, str, str, str]

_DOCUMENTS = text("""
    SELECT CAST(d.transfer_id AS text) AS transfer, d.kind, e.payload
      FROM transfer_document d JOIN entry e ON e.id = d.id WHERE NOT d.idle
""")

_LINES = text("""
    SELECT CAST(transfer_id AS text) AS transfer, CAST(lot_id AS text) AS lot, state,
           coalesce(CAST(thawed_on AS text), '') AS thawed, dispatched, accepted, rejected, lost, back
      FROM transfer_line
""")

_MOVED = text("""
    SELECT CAST(transfer_id AS text) AS transfer, CAST(lot_id AS text) AS lot, CAST(sum(vials) AS bigint) AS vials
      FROM stock_movement WHERE transfer_id IS NOT NULL AND NOT idle GROUP BY transfer_id, lot_id
""")

_PARTS = ("dispatched", "accepted", "rejected", "lost", "back")


def check_conservation(connection: Connection, findings: Findings) -> None:
    """Lines of transfers say what their standing documents say; the books of all sites together lack exactly what is
    in transit or lost. Documents of transfers are few enough for memory.
    """
    told: dict[str, Counter[_Key]] = {part: Counter() for part in _PARTS}
    for row in rows_of(connection, _DOCUMENTS):
        for part, key, vials in _said(row.transfer, row.kind, row.payload):
            told[part][key] += vials
    stored = list(rows_of(connection, _LINES))
    findings.expect(len(stored))
    away: Counter[tuple[str, str]] = Counter()
    for row in sorted(stored, key=lambda line: (line.transfer, line.lot, line.state, line.thawed)):
        findings.look()
        key = row.transfer, row.lot, row.state, row.thawed
        expected = {part: told[part].pop(key, 0) for part in _PARTS}
        for part, vials in expected.items():
            if getattr(row, part) != vials:
                differs = {"part": part, "stored": getattr(row, part), "expected": vials}
                findings.differ("transfer.line", transfer=row.transfer, lot=row.lot, **differs)
        came = expected["accepted"] + expected["rejected"] + expected["back"]
        away[row.transfer, row.lot] += expected["dispatched"] - came
    for part, left in told.items():
        for key, vials in sorted(left.items()):
            if vials:
                findings.differ(
                    "transfer.line", transfer=key[0], lot=key[1], part=part, stored=0, expected=vials
                )
    for row in rows_of(connection, _MOVED):
        away[row.transfer, row.lot] += row.vials
    for (transfer, lot), vials in sorted(away.items()):
        if vials:
            findings.differ("transfer.conserved", transfer=transfer, lot=lot, too_many=vials)


def _said(transfer: str, kind: str, payload: str) -> Iterator[tuple[str, _Key, int]]:
    """(part, line, vials) of a document as it was written."""
    for line in json.loads(payload)["body"]["lines"]:
        key = transfer, line["lot"], line["state"], line.get("thawed_on") or ""
        if kind == "dispatch":
            yield "dispatched", key, line["vials"]
        for part in _PARTS[1:]:
            if line.get(part):
                yield part, key, line[part]
