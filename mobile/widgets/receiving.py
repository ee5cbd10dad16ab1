"""What arrived of one lot: vials taken in, vials not taken in, the vial monitor, and why."""

from typing import Any

from kivy.properties import BooleanProperty, OptionProperty, StringProperty

from mobile.widgets import vvm  # noqa: F401  the rules use its picker
from mobile.widgets.fields import TextField
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import Stepper
from mobile.widgets.surfaces import Card, Column
from mobile.widgets.text import TONES
from mobile.widgets.vvm import VvmPicker


class ReceiptCard(Card):
    """Two numbers, four pictures when the item has a monitor (`watched`), and a line of words when they are asked."""

    title = StringProperty("")
    lot = StringProperty("")
    line = StringProperty("")
    note = StringProperty("")
    note_tone = OptionProperty("muted", options=TONES)
    watched = BooleanProperty(False)
    asks_why = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Held here: what is taken off the card would be gone otherwise.
        self.why: TextField = self.ids.why.__self__
        self.picker: VvmPicker = self.ids.picker.__self__
        self._monitor: Column = self.ids.monitor.__self__
        self.fbind("watched", self._show)
        self.fbind("asks_why", self._show)
        self._show()

    def stepper(self, part: str) -> Stepper:
        """The number of vials accepted or rejected."""
        found: Any = self.ids[part]
        return found.__self__  # type: ignore[no-any-return]

    def _show(self, *_: Any) -> None:
        for widget, shown in ((self._monitor, self.watched), (self.why, self.asks_why)):
            if shown and widget.parent is None:
                self.add_widget(widget)
            elif not shown and widget.parent is not None:
                self.remove_widget(widget)


load_rules(__file__)
