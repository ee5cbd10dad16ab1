"""What stands on the home screen: a village with its chips, a goal with its bar."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.stacklayout import StackLayout

import mobile.widgets.bars
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Column, PressCard


class GoalLine(Column):
    """One goal of the plan and how far my villages are."""

    title = StringProperty("")
    day = StringProperty("")
    late = BooleanProperty(False)
    share = StringProperty("")
    value = NumericProperty(0)


class VillageRow(PressCard):
    """A village: how many live there, and under it chips of what is to be done there."""

    title = StringProperty("")
    line = StringProperty("")


class Chips(StackLayout):
    """Chips side by side, in as many lines as they need."""


load_rules(__file__)
