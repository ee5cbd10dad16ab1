"""What a picture of a screen must not show: words beside the window or over their box, thumbs that meet two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from mobile.widgets.snack import Snack
from mobile.widgets.surfaces import Pressable
from mobile.widgets.text import Icon
from mobile.words import words
from tests.phone.harness import Harness

#: The least height a thumb meets, in dp.
TOUCH = 48
#: Rounding of a layout, in pixels.
SLACK = 1.5
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the window, in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of(cls, widget: Widget) -> Box:
        """Where a widget stands."""
        left, bottom = widget.to_window(widget.x, widget.y)
        return cls(left, bottom, left + widget.width, bottom + widget.height)

    def within(self, other: Box) -> Box:
        """The part inside another."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    @property
    def empty(self) -> bool:
        """Whether nothing of it can be met."""
        return self.right - self.left <= SLACK or self.top - self.bottom <= SLACK


def misplaced(phone: Harness) -> list[str]:
    """Everything wrong with the screen that is shown, in words; nothing for a screen as it should be."""
    return [*_texts(phone), *_thumbs(phone), *_shared_places(phone)]


def _texts(phone: Harness) -> Iterator[str]:
    for widget in _written(phone):
        said = f"{type(widget).__name__} {widget.text!r}"
        if isinstance(widget, Label) and (widget.text in words or KEY.fullmatch(widget.text)):
            yield f"{said} is a key and no message"
        box = Box.of(widget)
        width, height = widget.texture_size if isinstance(widget, Label) else widget.size
        middle = (box.left + box.right) / 2
        if middle - width / 2 < -SLACK or middle + width / 2 > Window.width + SLACK:
            yield f"{said} is cut off at the side"
        if width > widget.width + SLACK or height > widget.height + SLACK:
            yield f"{said} is larger than its box: {width, height} in {widget.size}"
        if isinstance(widget, Label) and (torn := _torn(widget)):
            yield f"{said} tears {torn!r} apart"


def _torn(label: Label) -> str:
    """The first word that is longer than a line."""
    room = label.text_size[0]
    if room is None or label.shorten:
        return ""
    long = (word for word in label.text.split() if label._label.get_extents(word)[0] > room + SLACK)
    return next(long, "")


def _thumbs(phone: Harness) -> Iterator[str]:
    for widget in _pressable(phone):
        if widget.height < dp(TOUCH) - SLACK:
            yield f"{_name(widget)} is {widget.height / dp(1):.0f} dp high"
        box = Box.of(widget)
        if box.left < -SLACK or box.right > Window.width + SLACK:
            yield f"{_name(widget)} is cut off at the side"


def _shared_places(phone: Harness) -> Iterator[str]:
    """Two that can be pressed, or two that can be read, in one place; the snack covers what it must."""
    for kind in (_pressable(phone), _written(phone)):
        places = [(w, _seen(w)) for w in kind if not _inside(w, Snack)]
        for (one, its), (other, others) in combinations(places, 2):
            if not its.within(others).empty:
                yield f"{_name(one)} lies over {_name(other)}"


def _written(phone: Harness) -> list[Widget]:
    """Labels and fields with words in them."""
    found = [w for w in phone.every() if isinstance(w, (Label, TextInput)) and not isinstance(w, Icon)]
    return [w for w in found if w.text and w.width > 0 and w.height > 0]


def _pressable(phone: Harness) -> list[Pressable]:
    """What answers a thumb."""
    return [w for w in phone.every() if isinstance(w, Pressable) and w.width > 0 and not w.disabled]


def _seen(widget: Widget) -> Box:
    """Its place, without what the page it is on hides."""
    box = Box.of(widget)
    parent = _inside(widget, ScrollView)
    return box.within(Box.of(parent)) if parent is not None else box


def _inside(widget: Widget, kind: type[Widget]) -> Widget | None:
    parent = widget.parent
    while parent is not None and parent is not Window:
        if isinstance(parent, kind):
            return parent
        parent = parent.parent
    return None


def _name(widget: Widget) -> str:
    said = [w.text for w in widget.walk(restrict=True) if isinstance(w, Label) and w.text]
    return f"{type(widget).__name__} {(said or [widget.x, widget.y])[:2]}"
