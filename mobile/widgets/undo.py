"""The offer to undo what was done last: it stands for a minute, whatever screen the worker goes to meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock
from kivy.event import EventDispatcher
from kivy.properties import NumericProperty

#: How long an offer stands, in seconds.
OFFERED_S = 60
#: How often what is left of it is drawn anew, in seconds.
STEP_S = 1


class Undo(EventDispatcher):
    """`share` of the minute that is left, from 1 to 0; 0 when nothing is offered."""

    share = NumericProperty(0)

    def __init__(self) -> None:
        super().__init__()
        self._do: Callable[[], None] | None = None
        self._until = 0.0
        self._ticking = Clock.create_trigger(lambda _: self._tick(), STEP_S, interval=True)

    def offer(self, do: Callable[[], None]) -> None:
        """Offer to do this; what was offered before is offered no more."""
        self._do = do
        self._until = Clock.get_time() + OFFERED_S
        self._ticking()
        self.share = 1

    def take(self) -> None:
        """Do what is offered, once; nothing when the minute is over. Raises Refused when it cannot be done."""
        do = self._do
        self.drop()
        if do is not None:
            do()

    def drop(self) -> None:
        """Offer it no more."""
        self._do = None
        self._ticking.cancel()
        self.share = 0

    def _tick(self) -> None:
        left = self._until - Clock.get_time()
        if left <= 0:
            self.drop()
        else:
            self.share = left / OFFERED_S
