"""Bars: the top of a screen, its main action at the bottom, progress, dots."""

from typing import Any

from kivy.core.text import Label as CoreLabel
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
from mobile.widgets.surfaces import Pressable


class TopBar(BoxLayout):
    """Where the worker is, and how the phone stands with the server. Pressing that opens the outbox (`when_mark`);
    `extra` is one more icon. `undo` and `moving`: see Screen.
    """

    title = StringProperty("")
    line = StringProperty("")
    mark = StringProperty("")
    extra = StringProperty("")
    back = BooleanProperty(True)
    helps = BooleanProperty(True)
    practice = BooleanProperty(False)
    undo = NumericProperty(0)
    moving = NumericProperty(-1)
    when_back = ObjectProperty(lambda: None)
    when_mark = ObjectProperty(lambda: None)
    when_extra = ObjectProperty(lambda: None)
    when_help = ObjectProperty(lambda: None)
    when_undo = ObjectProperty(lambda: None)

    @staticmethod
    def title_style(title: str, room: float) -> str:
        """The largest type in which a title takes no more than two lines of `room` pixels, the smallest otherwise."""
        for style, lines in (("heading", 1.0), ("body", 1.7)):
            size = getattr(theme, style)
            if CoreLabel(font_size=size, bold=True).get_extents(title)[0] <= room * lines:
                return style
        return "small"


class UndoMark(Pressable):
    """Undoes what was done last; the ring closes as the minute passes (`share` of it is left)."""

    share = NumericProperty(0)


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
