"""Another PIN: the present one, then the new one twice."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty

import mobile.widgets.pin  # noqa: F401  the rules below use its classes
from mobile.screens.base import Screen
from mobile.screens.choose_pin import LENGTH
from mobile.store.vault import vault_of
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import BACK
from mobile.words import words
from shared.faults import Refused


class ChangePinScreen(Screen):
    """Nothing changes until the last digit of the last step; wrong present PINs count as on the lock."""

    name = "change_pin"
    live = False
    step = NumericProperty(1)
    given = NumericProperty(0)
    length = NumericProperty(LENGTH)
    said = StringProperty("")
    fault = StringProperty("")

    def prepare(self, **_: Any) -> None:
        """Ask for the present PIN."""
        self.title = words.t("change_pin.title")
        self._digits = self._present = self._new = ""
        self._ask(1)

    def key(self, code: str) -> None:
        """A key of the pad."""
        self.fault = ""
        self._digits = self._digits[:-1] if code == BACK else (self._digits + code)[: int(self.length)]
        self.given = len(self._digits)
        if self.given == self.length:
            (self._take_present, self._take_new, self._take_again)[int(self.step) - 1](self._digits)

    def _take_present(self, digits: str) -> None:
        self._present = digits
        self._ask(2)

    def _take_new(self, digits: str) -> None:
        if len(set(digits)) == 1:
            self._ask(2, words.t("pin.too_simple"))
            return
        self._new = digits
        self._ask(3)

    def _take_again(self, digits: str) -> None:
        if digits != self._new:
            self._ask(2, words.t("pin.differs"))
            return
        try:
            self.phone.change_pin(self._present, self._new)
        except Refused as refused:
            self._ask(1, words.fault(refused.faults[0]))
            return
        self.phone.nav.back()
        self.phone.nav.say(words.t("change_pin.done"))

    def _ask(self, step: int, fault: str = "") -> None:
        self._digits, self.given = "", 0
        self.step, self.fault = step, fault
        self.length = vault_of(self.phone.home).pin_length() if step == 1 else LENGTH
        self.said = words.t(("change_pin.present", "change_pin.new", "pin.repeat")[step - 1])


load_rules(__file__)
