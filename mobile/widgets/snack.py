"""What was just done, at the foot of the screen for a while, with a way to undo it. Never in the way."""

from collections.abc import Callable

from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

import mobile.widgets.buttons
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.widgets.loading import load_rules


class Snack(BoxLayout):
    """One sentence and at most one action."""

    text = StringProperty("")
    action = StringProperty("")
    tone = OptionProperty("good", options=["good", "warn", "late"])
    icons = {"good": "check-circle-outline", "warn": "alert-outline", "late": "alert-circle-outline"}
    lasts_s = NumericProperty(6)
    when_action: Callable[[], None] = ObjectProperty(lambda: None)

    def act(self) -> None:
        """Do what is offered and go."""
        self.leave()
        self.when_action()

    def stay(self) -> None:
        """Leave after a while."""
        Clock.schedule_once(lambda _: self.leave(), self.lasts_s)

    def leave(self) -> None:
        """Go."""
        if self.parent:
            self.parent.remove_widget(self)


load_rules(__file__)
