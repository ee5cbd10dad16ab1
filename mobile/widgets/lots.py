"""A lot with a number to set: vials taken, vials counted."""

from typing import Any

from kivy.properties import OptionProperty, StringProperty

from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import Stepper
from mobile.widgets.surfaces import Card
from mobile.widgets.text import TONES


class LotCard(Card):
    """What a lot is, how long it lasts, and a stepper.

    `note` says what the number means against the book, `doubt` what to look at.
    """

    key = StringProperty("")
    title = StringProperty("")
    lot = StringProperty("")
    line = StringProperty("")
    chip = StringProperty("")
    chip_icon = StringProperty("")
    chip_tone = OptionProperty("muted", options=TONES)
    note = StringProperty("")
    note_tone = OptionProperty("muted", options=TONES)
    doubt = StringProperty("")

    @property
    def stepper(self) -> Stepper:
        """The number."""
        found: Any = self.ids.stepper
        return found.__self__  # type: ignore[no-any-return]


load_rules(__file__)
