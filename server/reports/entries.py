"""Raw entries as CSV: what an outsider needs to count every cell again (columns and recipe: docs/figures.md).

The file holds names, birth dates and health of people: whoever takes it is written down.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from sqlalchemy import Connection, Table, or_, select

from server.ledger.models import Delivery, EntryRow
from server.places.models import Place
from shared import wire
from shared.clock import stamp
from shared.kinds import KINDS

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
_PLACE: Table = Place.__table__  # type: ignore[assignment]

#: Excel takes a file for UTF-8 only when it begins with this.
_MARK = "\ufeff"

#: Rows fetched and written together.
_FETCH = 2_000

#: The columns, in the order of the file. `based_on` holds ids joined by spaces, `body` JSON, the digest is in hex.
COLUMNS = (
    "id", "kind", "version", "subject", "place", "author", "device", "device_seq", "occurred_on", "recorded_at",
    "clock_offset_s", "received_at", "corrects", "based_on", "digest", "body",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it went out: lines below the heading, and its SHA-256."""

    rows: int
    digest: bytes


def write_entries(
    out: IO[str], connection: Connection, *, province: str | None = None, as_of: date | None = None
) -> Written:
    """Write every accepted entry, by id; a few at a time, however many there are.

    `province`: those that its places hear of, so its cells can be counted from them alone. `as_of`: those that
    say something of the days through that one: what happened by then, and every correction, withdrawal, verdict
    and record of places and plans, whenever it was made.
    """
    digest, rows = hashlib.sha256(), 0
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_MARK)
    writer.writerow(COLUMNS)
    for row in _entries(connection, province, as_of):
        writer.writerow(_line(row))
        rows += 1
        if rows % _FETCH == 0:
            _pass_on(buffer, out, digest)
    _pass_on(buffer, out, digest)
    return Written(rows, digest.digest())


def _entries(connection: Connection, province: str | None, as_of: date | None) -> Iterator[Any]:
    query = select(_ENTRY.c.payload, _ENTRY.c.received_at, _ENTRY.c.digest).order_by(_ENTRY.c.id)
    if province is not None:
        places = select(_PLACE.c.id).where(_PLACE.c.province_id == province)
        inside = or_(_DELIVERY.c.stream_id == province, _DELIVERY.c.stream_id.in_(places))
        query = query.where(
            select(_DELIVERY.c.entry_id).where(_DELIVERY.c.entry_id == _ENTRY.c.id, inside).exists()
        )
    if as_of is not None:
        timeless = [kind.name for kind in KINDS.values() if kind.reference or kind.name == "same_person"]
        settles = or_(_ENTRY.c.corrects_id.is_not(None), _ENTRY.c.kind.in_(timeless))
        query = query.where(or_(_ENTRY.c.occurred_on <= as_of, settles))
    options = {"yield_per": _FETCH, "stream_results": True}
    return iter(connection.execute(query, execution_options=options))


def _line(row: Any) -> list[Any]:
    entry = wire.decode(row.payload.encode())
    told = {
        **entry,
        "received_at": stamp(row.received_at),
        "based_on": " ".join(entry.get("based_on", ())),
        "digest": bytes(row.digest).hex(),
        "body": wire.canonical(entry["body"]).decode(),
    }
    return [told.get(name, "") for name in COLUMNS]


def _pass_on(buffer: io.StringIO, out: IO[str], digest: Any) -> None:
    text = buffer.getvalue()
    out.write(text)
    digest.update(text.encode())
    buffer.seek(0)
    buffer.truncate()
