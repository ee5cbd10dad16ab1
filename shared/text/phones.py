"""Mobile telephone numbers of Vietnam, stored as +84 and nine digits."""

import re

_WRITTEN = re.compile(r"(?:0|\+?84|0084)([35789][0-9]{8})")
_BETWEEN = re.compile(r"[\s.\-()]+")


def normalise_phone(text: str | None) -> str | None:
    """A number as written ("0912 345 678") -> "+84912345678"; None when it is not a mobile number."""
    found = _WRITTEN.fullmatch(_BETWEEN.sub("", text or ""))
    return f"+84{found[1]}" if found else None
