"""Fields a worker types into. Vietnamese is composed here, because Android's keyboards cannot do it in Kivy."""

from collections.abc import Callable
from datetime import date
from typing import Any

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput

import mobile.widgets.buttons
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.forms.composing import TELEX, WAYS
from mobile.widgets.loading import load_rules
from mobile.words import words

#: How Vietnamese is typed, one of WAYS; a setting of the phone.
composing = {"way": TELEX}


class Writing(TextInput):
    """The part of a field that takes the keys."""

    text: str
    composes = BooleanProperty(True)
    longest = NumericProperty(500)
    digits_only = BooleanProperty(False)
    #: What a backspace does where nothing is left to take away.
    when_empty = ObjectProperty(lambda: None)

    def insert_text(self, substring: str, from_undo: bool = False) -> None:
        """Add what was typed, composing Vietnamese letter by letter; too much, or no digit, is not taken."""
        if self.digits_only:
            substring = "".join(c for c in substring if c.isdigit())
        if not substring:
            return
        if self.composes and len(substring) == 1 and not from_undo:
            at = self.cursor_index()
            before, after = self.text[:at], self.text[at:]
            written = WAYS[composing["way"]](before, substring)
            if written != before + substring:
                self.text = written + after
                self.cursor = self.get_cursor_from_index(len(written))
                return
        room = int(self.longest) - len(self.text)
        if room > 0:
            super().insert_text(substring[:room], from_undo)

    def do_backspace(self, from_undo: bool = False, mode: str = "bkspc") -> None:
        """Take the sign before the cursor away."""
        if self.text:
            super().do_backspace(from_undo, mode)
        else:
            self.when_empty()


class FieldBox(BoxLayout):
    """What every field has: its name above, and beneath it what is wrong with it or a hint."""

    label = StringProperty("")
    hint = StringProperty("")
    fault = StringProperty("")
    doubt = StringProperty("")
    name = StringProperty("")


class TextField(FieldBox):
    """One line (or a few, `long`) of text. `when_edit(text)` is called at every change by the worker."""

    text = StringProperty("")
    placeholder = StringProperty("")
    kind = OptionProperty("text", options=["text", "number", "plain"])
    longest = NumericProperty(200)
    long = BooleanProperty(False)
    when_edit = ObjectProperty(lambda text: None)

    def on_text(self, _: Any, value: str) -> None:
        """Tell the form."""
        self.when_edit(value)

    def focus(self) -> None:
        """Open the keyboard for this field."""
        self.ids.writing.focus = True


class SearchField(BoxLayout):
    """Search as you type: `when_search(text)` runs once the fingers rest."""

    text = StringProperty("")
    placeholder = StringProperty("")
    when_search: Callable[[str], None] = ObjectProperty(lambda text: None)
    rest_s = NumericProperty(0.12)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._trigger = Clock.create_trigger(lambda _: self._search(), self.rest_s)

    def on_text(self, *_: Any) -> None:
        """Search soon."""
        self._trigger()

    def _search(self) -> None:
        if self.get_parent_window() is not None:  # the screen may be gone since, or locked
            self.when_search(self.text)

    def clear(self) -> None:
        """Show everything again."""
        self.ids.writing.text = ""


#: The largest digit with which a day or a month of two digits begins.
FIRST_DIGIT = {"day": "3", "month": "1"}


class DayField(FieldBox):
    """A date as day, month and year; `precision` says which of them is all that is known. A full box goes on to the
    next by itself. With `today` (a date) an empty field offers that day in one tap.
    """

    day = StringProperty("")
    month = StringProperty("")
    year = StringProperty("")
    precision = OptionProperty("day", options=["day", "month", "year"])
    below = StringProperty("")
    today: date | None = ObjectProperty(None, allownone=True)
    names = ListProperty(["", "", ""])
    when_edit = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("day", "month", "year", "precision"):
            self.fbind(name, lambda *_: self.when_edit())
        self.fbind("precision", self._arrange)
        self._arrange()

    def typed(self, part: str, writing: Writing) -> None:
        """Keep a box's digits, and go on to the next one when no digit more can follow: after 15, and after 4."""
        setattr(self, part, writing.text)
        full = len(writing.text) == 2 or writing.text[:1] > FIRST_DIGIT.get(part, "9")
        if writing.focus and full and part != "year":
            self.ids["month" if part == "day" else "year"].focus = True

    def return_to(self, part: str) -> None:
        """A backspace in an empty box goes on in the box before."""
        if self.ids[part].get_parent_window() is not None:
            self.ids[part].focus = True

    def take_today(self) -> None:
        """Today, in one tap."""
        if self.today is not None:
            self.day, self.month, self.year = str(self.today.day), str(self.today.month), str(self.today.year)

    @property
    def said_today(self) -> str:
        """The words of that tap."""
        return words.t("form.today", day=words.day(self.today)) if self.today else ""

    def _arrange(self, *_: Any) -> None:
        boxes = self.ids.boxes
        boxes.clear_widgets()
        for part in {"day": ("day", "month", "year"), "month": ("month", "year"), "year": ("year",)}[
            self.precision
        ]:
            boxes.add_widget(self.ids[f"{part}_box"])


load_rules(__file__)
