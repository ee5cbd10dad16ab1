"""Word of a network that comes and goes, where the platform gives it (L22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

#: Told whether there is a network, on any thread.
Changed = Callable[[bool], None]


class Network(Protocol):
    """What the platform offers."""

    def watch(self, changed: Changed | None) -> None:
        """Tell this from now on, nobody else any more; None ends it."""
        ...


class NoNews:
    """The desktop's version: it tells nothing, so a sync finds out by trying."""

    def watch(self, changed: Changed | None) -> None:
        """Do nothing."""
