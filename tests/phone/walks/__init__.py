"""Walks through the screens for `test_pictures`: one module a part of the app, each with a list `WALKS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Walk:
    """`go(pictures)` is given a locked phone of `role` (None: a new one); `phone` are further words of `open_phone`."""

    role: str | None
    go: Callable[[Any], None]
    phone: Mapping[str, Any] = field(default_factory=dict)
