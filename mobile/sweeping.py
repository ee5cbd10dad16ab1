"""What of Python's own housekeeping a thumb would feel, and when it is done instead.

A full search for what nobody holds any more walks over every object there is, some 100 ms on a phone in use, and
Python begins one whenever enough was made; a screen makes enough. So it is done while the phone rests, and what is
loaded once is left out of it for good. A thread that syncs hands the interpreter back sooner than it would: the
drawing one asks for it many times a frame.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

#: Small searches after so many new objects, and a full one, should the phone never rest, after some screens.
THRESHOLDS = (5_000, 10, 4)
#: So long nobody touches the phone before it sweeps, in seconds.
REST_S = 2.0
#: So long a thread may keep another one waiting for the interpreter, in seconds.
TURN_S = 0.0005


def begin() -> None:
    """Let Python search less often by itself, and its threads take shorter turns."""
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(TURN_S)


def leave_out_what_is_loaded() -> None:
    """Call when every module is loaded."""
    gc.freeze()


class Sweeping:
    """Sweeps once after the phone was used and then rests. `elapsed` is replaced by tests."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._touched_at: float | None = None

    def touched(self) -> None:
        """Somebody is there."""
        self._touched_at = self._elapsed()

    def look(self, busy: bool) -> None:
        """Sweep when it is time; `busy` puts it off: a sync and a sweep together make the screen stand still."""
        if self._touched_at is None or busy or self._elapsed() - self._touched_at < REST_S:
            return
        self._touched_at = None
        gc.collect()
