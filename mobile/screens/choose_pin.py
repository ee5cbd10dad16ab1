"""The first thing of an account: a PIN, given twice."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

import mobile.widgets.pin  # noqa: F401  the rules below use its classes
from mobile.screens.base import Screen
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import BACK
from mobile.words import words
from shared.faults import Refused

LENGTH = 6


class ChoosePinScreen(Screen):
    """Six digits, twice the same."""

    name = "choose_pin"
    step = NumericProperty(1)
    given = NumericProperty(0)
    said = StringProperty("")
    fault = StringProperty("")
    #: Whether there are other accounts on this phone, to return to.
    further = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Start with nothing given."""
        self.further = bool(self.phone.accounts.all())
        self._digits = ""
        self._first = ""
        self.said = words.t("pin.choose")

    def go_back(self) -> None:
        """Leave the phone's accounts as they are."""
        self.phone.account = self.phone.accounts.last()
        self.phone.nav.start(self.phone.first_screen)

    def key(self, code: str) -> None:
        """A key of the pad."""
        self.fault = ""
        self._digits = self._digits[:-1] if code == BACK else (self._digits + code)[:LENGTH]
        self.given = len(self._digits)
        if self.given == LENGTH:
            self._whole()

    def _whole(self) -> None:
        digits, self._digits, self.given = self._digits, "", 0
        if self.step == 1:
            if len(set(digits)) == 1:
                self.fault = words.t("pin.too_simple")
                return
            self._first, self.step, self.said = digits, 2, words.t("pin.repeat")
        elif digits != self._first:
            self._first, self.step, self.said = "", 1, words.t("pin.choose")
            self.fault = words.t("pin.differs")
        else:
            self._keep(digits)

    def _keep(self, pin: str) -> None:
        try:
            self.phone.set_up(pin)
        except Refused as refused:
            self.step, self.said = 1, words.t("pin.choose")
            self.fault = words.fault(refused.faults[0])
            return
        self.phone.enter()


load_rules(__file__)
