"""Choices as big segments: seen at once, one tap."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.gridlayout import GridLayout

from mobile.theme import theme
from mobile.widgets.fields import FieldBox
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable

#: (code, words, icon or "")
Option = tuple[str, str, str]


class Segment(Pressable):
    """One option; chosen ones carry a tick and a heavier edge."""

    code = StringProperty("")
    text = StringProperty("")
    icon = StringProperty("")
    chosen = BooleanProperty(False)
    #: In a narrow row the tick is left out: the heavier edge and type stay.
    compact = BooleanProperty(False)
    natural = NumericProperty(0)
    #: Whether a word is so long that it needs smaller type.
    wordy = BooleanProperty(False)
    #: Whether the tick stands at the right; with an icon it stands in the icon's place.
    ticked = BooleanProperty(False)
    tone = OptionProperty("brand", options=["brand", "good", "warn", "late", "muted"])


class Segments(GridLayout):
    """Options in as many columns as their words allow."""

    options = ListProperty([])
    chosen = ListProperty([])
    columns = ObjectProperty(None, allownone=True)
    when_pick = ObjectProperty(lambda code: None)
    tones = ObjectProperty({})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("options", self._build)
        self.fbind("chosen", self._mark)
        self._build()

    def _build(self, *_: Any) -> None:
        self.clear_widgets()
        self.cols = self.columns or columns_for(self.options)
        for code, words, icon in self.options:
            segment = Segment(code=code, text=words, icon=icon, tone=self.tones.get(code, "brand"))
            segment.compact = self.cols > 2
            segment.wordy = self.cols > 1 and max(map(len, words.split()), default=0) > 11
            segment.fbind("natural", self._level)
            segment.bind(on_release=lambda pressed: self.when_pick(pressed.code))
            self.add_widget(segment)
        self._level()
        self._mark()

    def _level(self, *_: Any) -> None:
        """Segments of one row are as tall as the tallest of them."""
        segments = list(reversed(self.children))
        for start in range(0, len(segments), self.cols):
            row = segments[start : start + self.cols]
            for segment in row:
                segment.height = max(each.natural for each in row)

    def _mark(self, *_: Any) -> None:
        for segment in self.children:
            segment.chosen = segment.code in self.chosen
            segment.ticked = segment.chosen and not segment.compact and not segment.icon

    def segment(self, code: str) -> Segment:
        """The segment of a code. KeyError when it is not offered."""
        for segment in self.children:
            if segment.code == code:
                return segment
        raise KeyError(code)


class ChoiceField(FieldBox):
    """One of a few options; `may_clear` lets a second tap take it back. `when_edit(code)` tells the form."""

    options = ListProperty([])
    value = StringProperty("")
    may_clear = BooleanProperty(False)
    when_edit = ObjectProperty(lambda code: None)

    def pick(self, code: str) -> None:
        """Take an option, or take it back."""
        self.value = "" if self.may_clear and self.value == code else code
        self.when_edit(self.value)


class ManyField(FieldBox):
    """Any number of a few options."""

    options = ListProperty([])
    values = ListProperty([])
    when_edit = ObjectProperty(lambda codes: None)

    def pick(self, code: str) -> None:
        """Add an option, or take it away."""
        self.values = [v for v in self.values if v != code] if code in self.values else [*self.values, code]
        self.when_edit(list(self.values))


def columns_for(options: Sequence[Option]) -> int:
    """How many columns the longest words leave room for, on a phone 360 dp wide."""
    longest = max((len(words) + (3 if icon else 0) for _, words, icon in options), default=0)
    if theme.large:
        longest = round(longest * 1.35)
    if longest <= 9 and len(options) <= 3:
        return max(1, len(options))
    return 2 if longest <= 17 else 1


load_rules(__file__)
