"""Reading a code with the camera: a citizen card's QR, a box's DataMatrix. Always optional: a typed code works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Scanner(Protocol):
    """What the platform offers."""

    @property
    def available(self) -> bool:
        """Whether there is anything to scan with; when not, no screen offers it."""
        ...

    def scan(self, found: Callable[[str | None], None]) -> None:
        """Call `found` once, on any thread: with the code's text as it stands, None when nothing was scanned."""
        ...


class NoScanner:
    """The desktop's version: codes are typed or pasted."""

    available = False

    def scan(self, found: Callable[[str | None], None]) -> None:
        """Answer None at once."""
        found(None)
