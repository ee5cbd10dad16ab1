"""The order of places in a list: by their own name, whatever their type, numbers as numbers."""

from __future__ import annotations

import re

from shared.text.folding import sort_key

_TYPE = re.compile(
    r"(tỉnh|thành phố|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu|trạm y tế( xã| phường| thị trấn)?|"
    r"bản|thôn|ấp|tiểu khu|khu phố|tổ dân phố( số)?|tổ|xóm)\s+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


def own_name(name: str) -> str:
    """The name without its type: “Bản Bo” of “Xã Bản Bo”."""
    return _TYPE.sub("", name, count=1) if _TYPE.match(name) else name


def place_key(name: str) -> str:
    """A place's rank: “Xã Bản Bo” stands under B, “Tổ dân phố số 2” before “Tổ dân phố số 10”."""
    own = _NUMBER.sub(lambda found: found[0].zfill(6), own_name(name))
    first, *rest = own.split() or [""]
    # People are sorted by their last word first; a place is sorted as it is written.
    return sort_key(" ".join([*rest, first])) if rest else sort_key(first)
