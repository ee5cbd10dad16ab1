"""How long nobody touched the phone: it locks by itself, in the hand, on the table or in the pocket."""

from __future__ import annotations

import time
from collections.abc import Callable


def _elapsed() -> float:
    """Seconds that no setting of the clock moves; Linux and Android count on while the device sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Idle:
    """The time since the last touch or key. `elapsed` is replaced by tests."""

    def __init__(self, elapsed: Callable[[], float] = _elapsed) -> None:
        self.elapsed = elapsed
        self._touched_at = elapsed()

    def touched(self) -> None:
        """Somebody is there."""
        self._touched_at = self.elapsed()

    def longer_than(self, minutes: int) -> bool:
        """Whether nobody was there for so long."""
        return self.elapsed() - self._touched_at > 60 * minutes
