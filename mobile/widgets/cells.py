"""One number of a report: its heading, what was counted, and the number to be reported."""

from typing import Any

from kivy.properties import BooleanProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.widgets.fields import TextField
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import Stepper
from mobile.widgets.text import TONES


class CellLine(BoxLayout):
    """A heading over what was counted and a stepper; why the two differ is asked below when `asks_why`."""

    heading = StringProperty("")
    note = StringProperty("")
    note_tone = OptionProperty("muted", options=TONES)
    asks_why = BooleanProperty(False)
    #: Only to be read: the number stands in words instead of the stepper.
    fixed = BooleanProperty(False)
    number = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why: TextField = self.ids.why.__self__
        self.stepper: Stepper = self.ids.stepper.__self__
        if self.fixed:
            self.ids.line.remove_widget(self.stepper)
        self.fbind("asks_why", self._show)
        self._show()

    def _show(self, *_: Any) -> None:
        if self.asks_why and self.why.parent is None:
            self.add_widget(self.why)
        elif not self.asks_why and self.why.parent is not None:
            self.remove_widget(self.why)


load_rules(__file__)
