"""A line that says a draft was taken up again."""

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

import mobile.widgets.buttons
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.widgets.loading import load_rules


class DraftNote(BoxLayout):
    """What was kept, and a way to start over."""

    text = StringProperty("")
    action = StringProperty("")
    when_action = ObjectProperty(lambda: None)


load_rules(__file__)
