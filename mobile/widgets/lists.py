"""Rows: two lines and a chip; long lists build only the rows that are seen."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from mobile.theme import theme
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable
from mobile.widgets.text import TONES, Chip

#: What a row shows where nothing was given: a recycled row must forget what it showed before.
BLANK: dict[str, Any] = {
    "icon": "",
    "icon_tone": "muted",
    "title": "",
    "line": "",
    "line_tone": "muted",
    "chip": "",
    "chip_icon": "",
    "chip_tone": "muted",
    "leads": False,
    "stacked": False,
}


class Face(Pressable):
    """What a row shows: a thing, a second line, a chip, and whether it leads somewhere."""

    icon = StringProperty("")
    icon_tone = OptionProperty("muted", options=TONES)
    title = StringProperty("")
    line = StringProperty("")
    line_tone = OptionProperty("muted", options=TONES)
    chip = StringProperty("")
    chip_icon = StringProperty("")
    chip_tone = OptionProperty("muted", options=TONES)
    leads = BooleanProperty(True)
    #: The chip stands under the second line instead of beside it: for words that need room.
    stacked = BooleanProperty(False)


class RowChip(Chip):
    """The chip of a row, in one of its two places."""

    #: Rebound, so that a recycled row's chip follows the row it has become.
    row = ObjectProperty(None, allownone=True, rebind=True)
    shown = BooleanProperty(False)


class Row(Face):
    """A row of a page, as tall as its words need."""


class RecycledRow(RecycleDataViewBehavior, Face):
    """A row of a long list, used again for what is scrolled to."""

    key = StringProperty("")
    pick = ObjectProperty(lambda key: None)

    def on_release(self) -> None:
        """Open what it shows."""
        self.pick(self.key)


class RecycledHeading(RecycleDataViewBehavior, Pressable):
    """What stands over a part of a long list and opens or closes it: one line and a chip."""

    key = StringProperty("")
    pick = ObjectProperty(lambda key: None)
    title = StringProperty("")
    opened = BooleanProperty(False)
    chip = StringProperty("")
    chip_icon = StringProperty("")
    chip_tone = OptionProperty("muted", options=TONES)

    def on_release(self) -> None:
        """Open or close the part."""
        self.pick(self.key)


class Rows(RecycleView):
    """A long list. Every row is as tall (`row_size`, at normal text), and so is every heading (`heading_size`), so
    10,000 need not be measured.
    """

    row_size = NumericProperty(84)
    heading_size = NumericProperty(52)

    def fill(self, rows: list[dict[str, Any]], pick: Callable[[str], None]) -> None:
        """Show rows (fields of Face, and `key`; those with `opened` are headings: fields of RecycledHeading)."""
        heading = {
            "viewclass": "RecycledHeading",
            "size": (None, theme.text(self.heading_size)),
            "pick": pick,
        }
        self.data = [row | heading if "opened" in row else BLANK | row | {"pick": pick} for row in rows]


load_rules(__file__)
