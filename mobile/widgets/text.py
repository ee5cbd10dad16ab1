"""Words and signs: text that wraps, icons, chips, notes."""

from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.properties import ColorProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from mobile.theme import theme
from mobile.widgets.icons import ICONS
from mobile.widgets.loading import load_rules

TONES = ["ink", "muted", "brand", "good", "warn", "late", "card"]


class Text(Label):
    """Text that takes the width it is given and as many lines as it needs."""

    tone = OptionProperty("ink", options=TONES)
    style = OptionProperty("body", options=["small", "body", "heading", "title", "figure"])


class OneLine(Text):
    """Text of one line, ended by … when it is too long."""


class Fitted(Label):
    """Text as wide as its words, and at most `most` wide: then it takes another line."""

    most = NumericProperty(10_000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "most", "font_size", "bold"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: Any) -> None:
        core = CoreLabel(font_size=self.font_size, font_name=self.font_name, bold=self.bold)
        width = core.get_extents(self.text)[0] + 2 if self.text else 0
        self.text_size = (max(1, min(width, self.most)), None)


class Icon(Label):
    """A sign of the icon font, by its name there."""

    name = StringProperty("")
    tone = OptionProperty("ink", options=TONES)

    def glyph(self, name: str) -> str:
        """The character of a name; nothing for no name. KeyError for a name nobody listed."""
        return ICONS[name] if name else ""


class Chip(BoxLayout):
    """A state in a word and a sign, tinted; never by colour alone."""

    text = StringProperty("")
    icon = StringProperty("")
    tone = OptionProperty("muted", options=TONES)
    fill = ColorProperty(theme.clear)


class Note(BoxLayout):
    """A sentence that stands out: what is safe, what to do."""

    text = StringProperty("")
    icon = StringProperty("information-outline")
    tone = OptionProperty("brand", options=TONES)


load_rules(__file__)
