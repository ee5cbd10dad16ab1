"""The lock: the PIN, and a wait that grows with wrong ones."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

import mobile.widgets.pin  # noqa: F401  the rules below use its classes
from mobile.screens.base import Screen
from mobile.store.vault import vault_of
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import BACK
from mobile.words import words
from shared.faults import Refused


class UnlockScreen(Screen):
    """Dots, a pad, and how long to wait: every account counts its own wrong PINs."""

    name = "unlock"
    whose = StringProperty("")
    length = NumericProperty(0)
    given = NumericProperty(0)
    fault = StringProperty("")
    waiting = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Count a wait down while there is one."""
        self._digits = ""
        self.whose = self.phone.account.name
        self.length = vault_of(self.phone.home).pin_length()
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
        self._digits = self._digits[:-1] if code == BACK else (self._digits + code)[: int(self.length)]
        self.given = len(self._digits)
        if self.given == self.length:
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
        left = vault_of(self.phone.home).wait_s()
        if left:
            self.fault = words.t("pin.wait", wait=_wait(left))
        elif self.waiting:
            self.fault = ""
        self.waiting = left > 0


def _wait(seconds: int) -> str:
    """40 giây, 12 phút 05 giây."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return words.t("pin.wait_seconds", seconds=rest)
    return words.t("pin.wait_minutes", minutes=minutes, seconds=f"{rest:02d}")


load_rules(__file__)
