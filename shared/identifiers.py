"""Identifiers: made on the phone, unique without asking anyone, the same for the same named thing."""

import os
import re
import time
import uuid
from datetime import date

_NAMESPACE = uuid.UUID("6f1c7a52-8d5e-5b0a-9c43-2f7d1e0b6a11")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

is_id = _UUID.fullmatch


def new_id() -> str:
    """A UUID version 7 (RFC 9562), 36 lower-case characters.

    Its time part keeps new rows beside each other in an index. Nothing reads a time out of it.
    """
    value = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 80
    value |= int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def named_id(*parts: str) -> str:
    """The identifier of something that has a name everywhere: the same parts give the same id.

    National places are ``named_id("place", "2022", "commune", "03388")``: the year is part of the name
    because the successors of 2025 carry re-used codes.
    """
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def holding_id(
    site: str, lot: str, state: str, thawed_on: date | str | None, opened_on: date | str | None = None
) -> str:
    """The holding of one lot at one site in one storage state, thawed on one day, opened on one day."""
    opened = (str(opened_on),) if opened_on else ()
    return named_id("holding", site, lot, state, str(thawed_on or ""), *opened)
