"""Somebody under observation: a ring that closes as the time passes, and what can be said when they leave."""

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout

import mobile.widgets.choices
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.widgets.choices import Segments
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Pressable
from mobile.widgets.text import TONES


class WatchRing(AnchorLayout):
    """`share` of the time that is left as a ring, with the minutes (or a sign once it is over) inside."""

    share = NumericProperty(0)
    shown = StringProperty("")
    icon = StringProperty("")
    tone = OptionProperty("brand", options=TONES)


class WatchHead(Pressable):
    """The ring with the person's name; pressed, the card opens."""

    card = ObjectProperty(None, rebind=True)


class WatchCard(Card):
    """One person. Pressing the name opens the choices; `when_pick(code)` is told the one that was pressed."""

    key = StringProperty("")
    title = StringProperty("")
    line = StringProperty("")
    chip = StringProperty("")
    chip_icon = StringProperty("")
    chip_tone = OptionProperty("muted", options=TONES)
    share = NumericProperty(0)
    shown = StringProperty("")
    icon = StringProperty("")
    tone = OptionProperty("brand", options=TONES)
    opened = BooleanProperty(False)
    options = ListProperty([])
    tones = ObjectProperty({})
    when_open = ObjectProperty(lambda: None)
    when_pick = ObjectProperty(lambda code: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.head = WatchHead(card=self)
        self.head.bind(on_release=lambda _: self.when_open())
        self.add_widget(self.head)
        self.fbind("opened", self._open)
        self._open()

    def _open(self, *_: Any) -> None:
        for child in list(self.children):
            if isinstance(child, Segments):
                self.remove_widget(child)
        if self.opened:
            choices = Segments(columns=1, tones=self.tones, options=self.options)
            choices.when_pick = lambda code: self.when_pick(code)
            self.add_widget(choices)


load_rules(__file__)
