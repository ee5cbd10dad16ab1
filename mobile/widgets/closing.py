"""What became of the vials of one lot."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from mobile.widgets import numbers  # noqa: F401  the rules use its stepper
from mobile.widgets.choices import ChoiceField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card


class CloseCard(Card):
    """Three numbers: opened, brought back, broken; and what is left in opened vials.

    `keeps`: some of it may be kept, so it is asked how many doses are thrown away; `asks`: it is asked why.
    """

    title = StringProperty("")
    lot = StringProperty("")
    line = StringProperty("")
    fault = StringProperty("")
    left = StringProperty("")
    keeps = BooleanProperty(False)
    asks = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Held here: what is taken off the card would be gone otherwise.
        self.why: ChoiceField = self.ids.why.__self__
        self._thrown: Widget = self.ids.thrown.__self__
        self.fbind("keeps", self._show)
        self.fbind("asks", self._show)
        self._show()

    def _show(self, *_: Any) -> None:
        for widget, shown in ((self._thrown, self.keeps), (self.why, self.asks)):
            if shown and widget.parent is None:
                self.add_widget(widget)
            elif not shown and widget.parent is not None:
                self.remove_widget(widget)


load_rules(__file__)
