"""What became of the vials of one lot."""

from kivy.properties import StringProperty

from mobile.widgets import numbers  # noqa: F401  the rules use its stepper
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card


class CloseCard(Card):
    """Three numbers: opened, brought back, broken."""

    title = StringProperty("")
    lot = StringProperty("")
    line = StringProperty("")
    fault = StringProperty("")


load_rules(__file__)
