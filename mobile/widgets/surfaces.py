"""What things stand on: pages that scroll, cards, things that can be pressed."""

from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from mobile.theme import theme
from mobile.widgets.loading import load_rules
from mobile.widgets.text import Text

#: By then a change of the foot has been laid out.
LAID_OUT_S = 0.05


class Column(BoxLayout):
    """Things one under the other, as tall as they are together."""


class Strip(BoxLayout):
    """Things side by side, as tall as the tallest."""


class Card(BoxLayout):
    """A white sheet with a thin line, as tall as what stands on it."""

    fill = ColorProperty(theme.card)
    edge = ColorProperty(theme.line)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"edge": theme.line} | kwargs)  # as it is now: the worker may have asked for sun


class Page(ScrollView):
    """The part of a screen that scrolls; on a tablet it keeps a width the eye can follow."""

    gap = NumericProperty(theme.s12)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """The first widget is the page's own column; what comes after it goes into that."""
        if self._viewport is None:
            super().add_widget(widget, *args, **kwargs)
        else:
            self._viewport.add_widget(widget, *args, **kwargs)

    def add(self, *widgets: Widget) -> None:
        """Put widgets at the end."""
        for widget in widgets:
            self.ids.column.add_widget(widget)

    def clear(self) -> None:
        """Take everything off."""
        self.ids.column.clear_widgets()

    def show(self, widget: Widget) -> None:
        """Scroll until a widget can be seen, once it has its place."""

        def scroll(_: float) -> None:
            if widget.get_parent_window() is Window and self.ids.column.height > self.height:
                self.scroll_to(widget, padding=theme.s24, animate=False)

        Clock.schedule_once(scroll, LAID_OUT_S)


class Pressable(ButtonBehavior, BoxLayout):
    """Anything a thumb may press; it answers by a tint."""

    fill = ColorProperty(theme.clear)
    edge = ColorProperty(theme.clear)
    edge_width = NumericProperty(0)
    tint = ColorProperty((0.04, 0.3, 0.33, 0.10))
    radius = NumericProperty(theme.radius)


class PressCard(Pressable):
    """A card that leads somewhere."""


class Section(BoxLayout):
    """A heading over a part of a page, with a word at its right."""

    text = StringProperty("")
    aside = StringProperty("")


class Hairline(Widget):
    """A thin line between two things."""


class Empty(BoxLayout):
    """What a screen says when there is nothing to show, and what to do."""

    icon = StringProperty("inbox-arrow-up-outline")
    title = StringProperty("")
    text = StringProperty("")


def text(words: str, style: str = "body", tone: str = "ink", **more: Any) -> Text:
    """A text widget in one line of code."""
    return Text(text=words, style=style, tone=tone, **more)


load_rules(__file__)
