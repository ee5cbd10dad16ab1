"""The lock: the PIN, and a wait that grows with wrong ones."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from mobile.screens import choose_pin  # noqa: F401  its rules hold the panel
from mobile.screens.base import Screen
from mobile.store.store import Store
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import BACK
from mobile.words import words
from shared.faults import Refused


class UnlockScreen(Screen):
    """Dots, a pad, and how long to wait."""

    name = "unlock"
    given = NumericProperty(0)
    fault = StringProperty("")
    waiting = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Count a wait down while there is one."""
        self._digits = ""
        self._ticker = Clock.schedule_interval(lambda _: self._tick(), 0.5)
        self._tick()

    def leave(self) -> None:
        """Stop counting."""
        self._ticker.cancel()

    def key(self, code: str) -> None:
        """A key of the pad; ignored while waiting."""
        if self.waiting:
            return
        self.fault = ""
        length = self.phone.settings.pin_length
        self._digits = self._digits[:-1] if code == BACK else (self._digits + code)[:length]
        self.given = len(self._digits)
        if self.given == length:
            Clock.schedule_once(lambda _: self._try(), 0)  # the last dot is drawn before the key is stretched

    def _try(self) -> None:
        pin, self._digits, self.given = self._digits, "", 0
        try:
            self.phone.unlock(pin)
        except Refused as refused:
            self.fault = words.fault(refused.faults[0])
            self._tick()
            return
        self.phone.enter()

    def _tick(self) -> None:
        left = Store.locked_for(self.phone.home)
        if left:
            self.fault = words.t("pin.wait", seconds=words.number(left))
        elif self.waiting:
            self.fault = ""
        self.waiting = left > 0


load_rules(__file__)
