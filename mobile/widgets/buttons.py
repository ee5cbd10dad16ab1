"""Buttons: one main action a screen, quieter ones beside it, icons with a name of their own."""

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from mobile.widgets import text as _text  # noqa: F401  the rules below use its classes
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable


class MainButton(Pressable):
    """The one thing to do next."""

    text = StringProperty("")
    icon = StringProperty("")
    tone = OptionProperty("brand", options=["brand", "late"])


class QuietButton(Pressable):
    """Something else that may be done."""

    text = StringProperty("")
    icon = StringProperty("")
    tone = OptionProperty("brand", options=["brand", "late", "ink"])


class IconButton(Pressable):
    """A sign to press; 48 dp at least."""

    icon = StringProperty("")
    tone = StringProperty("ink")
    icon_size = NumericProperty(24)


class Toggle(Pressable):
    """A setting that is on or off, said in words and by the place of its knob."""

    text = StringProperty("")
    hint = StringProperty("")
    active = BooleanProperty(False)

    def on_release(self) -> None:
        """Turn it."""
        self.active = not self.active


load_rules(__file__)
