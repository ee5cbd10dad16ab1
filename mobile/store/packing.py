"""How entries lie on the phone: ids as 16 bytes, the rest deflated against a text of the words entries are made of.

An entry of some 500 bytes takes about 150, so that a commune fits a cheap phone (L14). What is packed begins with the
number of its dictionary, so that a better one can be added beside it; `payloads-<number>.txt` is never edited, or what
was packed with it is lost.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from pathlib import Path

#: The dictionary new entries are packed with.
NEWEST = 1
#: Window and memory of the packer, small enough to begin quickly: it packs one entry at a time.
_WINDOW, _MEMORY, _LEVEL = -14, 6, 6
#: Stands where an id was: no JSON holds it. A dictionary shows it as a star.
_HOLE = b"\0"
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ID_BYTES, _MOST_IDS = 16, 255


def pack(payload: bytes) -> bytes:
    """An entry's bytes as they are kept: dictionary (1), how many ids (1), the ids, the deflated rest."""
    ids: list[bytes] = []
    if _HOLE not in payload:
        ids = _ID.findall(payload)[:_MOST_IDS]
        payload = _ID.sub(_HOLE, payload, _MOST_IDS)
    packer = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _dictionary(NEWEST)
    )
    raw = bytes.fromhex(b"".join(ids).replace(b"-", b"").decode())
    return bytes((NEWEST, len(ids))) + raw + packer.compress(payload) + packer.flush()


def unpack(kept: bytes) -> bytes:
    """The bytes that were packed. Raises zlib.error when they are damaged."""
    count = kept[1]
    rest = 2 + _ID_BYTES * count
    unpacker = zlib.decompressobj(_WINDOW, _dictionary(kept[0]))
    text = unpacker.decompress(kept[rest:]) + unpacker.flush()
    if not count:
        return text
    parts = text.split(_HOLE)
    joined = [parts[0]]
    for number, part in enumerate(parts[1:]):
        start = 2 + _ID_BYTES * number
        h = kept[start : start + _ID_BYTES].hex()
        joined += (f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}".encode(), part)
    return b"".join(joined)


@cache
def _dictionary(number: int) -> bytes:
    return Path(__file__).with_name(f"payloads-{number}.txt").read_bytes().replace(b"*", _HOLE)
