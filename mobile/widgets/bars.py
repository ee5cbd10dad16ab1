"""Bars: the top of a screen, its main action at the bottom, progress, dots."""

from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

import mobile.widgets.buttons
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.theme import theme
from mobile.widgets.loading import load_rules


class TopBar(BoxLayout):
    """Where the worker is, and how the phone stands with the server. `when_mark` opens the outbox, `when_extra` what
    one more icon stands for.
    """

    title = StringProperty("")
    line = StringProperty("")
    mark = StringProperty("")
    extra = StringProperty("")
    back = BooleanProperty(True)
    when_back = ObjectProperty(lambda: None)
    when_mark = ObjectProperty(lambda: None)
    when_extra = ObjectProperty(lambda: None)

    @staticmethod
    def title_style(title: str) -> str:
        """Long names are written smaller, so that two lines hold them."""
        length = len(title) * theme.scale
        return "heading" if length < 24 else "body" if length < 36 else "small"


class BottomBar(BoxLayout):
    """The main action, at the thumb. Widgets put in stand one under the other."""


class Progress(Widget):
    """How far something is, from 0 to 1; `late` and `good` in their tones."""

    value = NumericProperty(0)
    tone = OptionProperty("brand", options=["brand", "good", "warn", "late"])


class Dots(Widget):
    """One dot a member: hollow = not asked yet, full = answered, ringed = the one shown."""

    answered = ListProperty([])
    current = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("answered", "current", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        count = len(self.answered)
        self.canvas.clear()
        if not count:
            return
        step = min(dp(28), self.width / count)
        size = min(dp(14), step * 0.6)
        left = self.x + self.width / 2 - step * count / 2 + (step - size) / 2
        bottom = self.y + self.height / 2 - size / 2
        with self.canvas:
            for index, done in enumerate(self.answered):
                x = left + index * step
                Color(*theme.tone("brand" if done or index == self.current else "muted"))
                if done:
                    SmoothEllipse(pos=(x, bottom), size=(size, size))
                else:
                    SmoothLine(circle=(x + size / 2, bottom + size / 2, size / 2 - dp(1)), width=dp(1))
                if index == self.current:
                    SmoothLine(circle=(x + size / 2, bottom + size / 2, size / 2 + dp(3)), width=dp(1.2))


load_rules(__file__)
