"""The lock's face: whose phone, what is asked, dots for what was given, the pad."""

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

import mobile.widgets.numbers
import mobile.widgets.surfaces  # noqa: F401  the rules use its classes
from mobile.widgets.loading import load_rules


class Brand(BoxLayout):
    """The app's sign and name, and whose account this is or what the app is for."""

    line = StringProperty("")


class PinPanel(BoxLayout):
    """`when_key(code)` gets a digit or ``back``; `fault` stands in the place of `hint`."""

    line = StringProperty("")
    branded = BooleanProperty(True)
    said = StringProperty("")
    hint = StringProperty("")
    fault = StringProperty("")
    given = NumericProperty(0)
    length = NumericProperty(6)
    when_key = ObjectProperty(lambda code: None)
    when_help = ObjectProperty(None, allownone=True)


class LockFoot(BoxLayout):
    """Quiet ways off the lock, side by side: other accounts, practice."""


load_rules(__file__)
