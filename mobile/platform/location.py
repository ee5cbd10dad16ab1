"""Where the phone is, when the worker asks for it. It is always optional: no record waits for a position."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """A position in millionths of a degree, with the accuracy the device claims, in metres."""

    lat_e6: int
    lon_e6: int
    accuracy_m: int


class Location(Protocol):
    """What the platform offers."""

    def ask(self, found: Callable[[Position | None], None], wait_s: float = 15.0) -> None:
        """Call `found` once, on any thread: with a position, or None when there is none within `wait_s` seconds."""
        ...


class NoLocation:
    """The desktop's version: there is none."""

    def ask(self, found: Callable[[Position | None], None], wait_s: float = 15.0) -> None:
        """Answer None at once."""
        found(None)
