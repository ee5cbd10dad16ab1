"""The bytes that travel and are digested, and the limits of a page.

An entry has one spelling: JSON in UTF-8, keys sorted, no spaces, no floats, keys without a value left out.
Its digest is the SHA-256 of those bytes, on the phone and on the server alike.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

#: Entries one push may carry, entries and bytes (before gzip) one pulled page may carry.
PUSH_LIMIT = 1_000
PUSH_BYTES = 8 << 20
PAGE_ENTRIES = 1_000
PAGE_BYTES = 1 << 20

#: The running hash of a stream, or of a device's entries, before its first.
EMPTY_HASH = bytes(32)


def _canonical_json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _fastest() -> tuple[Callable[[Mapping[str, Any]], bytes], Callable[[bytes], Any]]:
    try:
        import orjson  # the server's; phones have no build of it
    except ImportError:
        return _canonical_json, json.loads

    def canonical_orjson(value: Mapping[str, Any]) -> bytes:
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:  # whole numbers past 64 bits, which only the slower writer spells
            return _canonical_json(value)

    return canonical_orjson, orjson.loads


#: `canonical` gives the one spelling of an entry; TypeError or ValueError where there is none. `decode` reads it.
canonical, decode = _fastest()


def verbatim(value: Any) -> bytes:
    """Any decoded JSON as bytes, for what is refused: nothing lost, and the same wherever it is written.

    Where there is a canonical spelling it is that one. Floats stand as Python writes them, lone surrogates
    as escapes. RecursionError when it is nested some hundreds deep.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _LONE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text).encode()


#: Halves of a character, which UTF-8 cannot spell.
_LONE = re.compile("[\ud800-\udfff]")


def digest(payload: bytes) -> bytes:
    """SHA-256 of an entry's bytes: 32 bytes."""
    return hashlib.sha256(payload).digest()


def chain(previous: bytes, entry_digest: bytes) -> bytes:
    """The running hash after one more entry: 32 bytes."""
    return hashlib.sha256(previous + entry_digest).digest()


def chain_all(previous: bytes, digests: Iterable[bytes]) -> bytes:
    """The running hash after several entries, in their order."""
    sha256 = hashlib.sha256
    for entry_digest in digests:
        previous = sha256(previous + entry_digest).digest()
    return previous
