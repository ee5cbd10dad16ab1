"""The feed: what stands in a phone's streams after its cursor, as stored bytes.

A cursor is {stream: position}, spelt so that nobody is tempted to write one. It depends on no clock (L10).
"""

import base64
import json
import struct
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.ledger.models import Delivery, EntryRow, Stream
from shared.faults import Refused, fault
from shared.wire import EMPTY_HASH, PAGE_BYTES, PAGE_ENTRIES

_STREAM: Table = Stream.__table__  # type: ignore[assignment]
_DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]

_ROW = struct.Struct(">16sQ")


@dataclass(frozen=True, slots=True)
class StreamPage:
    """Entries `after`+1 … `to` of a stream, as stored, and the running hash at `to`."""

    stream: str
    after: int
    to: int
    hash: bytes
    payloads: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """One pull: at most PAGE_ENTRIES entries and PAGE_BYTES bytes. `more`: ask again with `cursor`."""

    streams: list[StreamPage]
    cursor: str
    more: bool


def pull(connection: Connection, streams: Sequence[str], cursor: str) -> Page:
    """The next page of `streams` after `cursor` ("" from the start).

    Raises Refused: `sync.bad_cursor`; `sync.cursor_ahead` when the phone holds more than the server does.
    """
    seen = read_cursor(cursor)
    query = select(_STREAM.c.id, _STREAM.c.head)
    heads = {row.id: row.head for row in select_among(connection, query, _STREAM.c.id, list(streams))}
    ahead = [stream for stream in streams if seen.get(stream, 0) > heads.get(stream, 0)]
    if ahead:
        raise Refused(fault("sync.cursor_ahead", streams=len(ahead)))
    pages: list[StreamPage] = []
    entries, room = PAGE_ENTRIES, PAGE_BYTES
    reached = {stream: position for stream, position in seen.items() if stream in heads}
    for stream in sorted(heads):
        if heads[stream] <= reached.get(stream, 0):
            continue
        if entries <= 0 or room <= 0:
            break
        page = _read(connection, stream, reached.get(stream, 0), heads[stream], entries, room, not pages)
        if page is None:
            break
        pages.append(page)
        reached[stream] = page.to
        entries -= len(page.payloads)
        room -= sum(map(_size, page.payloads))
    more = any(reached.get(stream, 0) < head for stream, head in heads.items())
    return Page(pages, write_cursor(reached), more)


def _read(
    connection: Connection, stream: str, after: int, head: int, most: int, room: int, first: bool
) -> StreamPage | None:
    """What fits of a stream; None when not even one entry does (the first of a page always fits)."""
    query = (
        select(_DELIVERY.c.position, _DELIVERY.c.hash, _ENTRY.c.payload)
        .join(_ENTRY, _ENTRY.c.id == _DELIVERY.c.entry_id)
        .where(_DELIVERY.c.stream_id == stream, _DELIVERY.c.position > after, _DELIVERY.c.position <= head)
        .order_by(_DELIVERY.c.position)
        .limit(most)
    )
    payloads: list[str] = []
    to, running = after, EMPTY_HASH
    for row in connection.execute(query):
        room -= _size(row.payload)
        if room < 0 and (payloads or not first):
            break
        payloads.append(row.payload)
        to, running = row.position, bytes(row.hash)
    return StreamPage(stream, after, to, running, payloads) if payloads else None


def _size(payload: str) -> int:
    return len(payload.encode())


def write_cursor(positions: Mapping[str, int]) -> str:
    """The opaque form of {stream: position}."""
    rows = b"".join(_ROW.pack(uuid.UUID(s).bytes, at) for s, at in sorted(positions.items()) if at)
    return base64.urlsafe_b64encode(rows + struct.pack(">I", zlib.crc32(rows))).decode().rstrip("=")


def read_cursor(text: str) -> dict[str, int]:
    """{stream: position} of a cursor. Raises Refused(`sync.bad_cursor`)."""
    if not text:
        return {}
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        rows, (check,) = data[:-4], struct.unpack(">I", data[-4:])
    except (ValueError, struct.error):
        raise Refused(fault("sync.bad_cursor")) from None
    if zlib.crc32(rows) != check or len(rows) % _ROW.size:
        raise Refused(fault("sync.bad_cursor"))
    return {str(uuid.UUID(bytes=stream)): at for stream, at in _ROW.iter_unpack(rows)}


def page_bytes(page: Page, follow: Sequence[str], server_time: str) -> bytes:
    """The page as JSON; stored entries go in as the bytes they are."""
    streams = ",".join(
        f'{{"id":"{s.stream}","from":{s.after},"to":{s.to},"hash":"{s.hash.hex()}","entries":[{",".join(s.payloads)}]}}'
        for s in page.streams
    )
    rest = json.dumps(
        {"cursor": page.cursor, "more": page.more, "follow": list(follow), "server_time": server_time}
    )
    return f'{{"streams":[{streams}],{rest[1:]}'.encode()
