"""Numbers by thumb: a pad, and a stepper for vials."""

from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

import mobile.widgets.buttons
import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.theme import theme
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable

BACK, HELP = "back", "help"


class PadKey(Pressable):
    """A digit, or the key that takes one back."""

    text = StringProperty("")
    icon = StringProperty("")
    code = StringProperty("")


class NumberPad(GridLayout):
    """Ten digits and a way back. `when_key(code)` gets a digit or ``back``; with `when_help` the free place beside 0
    asks for help, on screens that have no bar.
    """

    when_key = ObjectProperty(lambda code: None)
    when_help = ObjectProperty(None, allownone=True)
    flat = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for digit in "123456789":
            self._key(digit)
        self._free = Widget()
        self.add_widget(self._free)
        self._key("0")
        self._key(BACK, "backspace-outline")
        self.fbind("when_help", self._offer_help)
        self._offer_help()

    def _offer_help(self, *_: Any) -> None:
        if self.when_help is not None:
            at = self.children.index(self._free)
            self.remove_widget(self._free)
            self._free = PadKey(code=HELP, icon="help-circle-outline")
            self._free.bind(on_release=lambda _: self.when_help())
            self.add_widget(self._free, index=at)

    def _key(self, code: str, icon: str = "") -> None:
        key = PadKey(code=code, text="" if icon else code, icon=icon)
        key.bind(on_release=lambda pressed: self.when_key(pressed.code))
        self.add_widget(key)

    def key(self, code: str) -> PadKey:
        """The key of a digit or ``back``."""
        for key in self.children:
            if isinstance(key, PadKey) and key.code == code:
                return key
        raise KeyError(code)


class PinDots(Widget):
    """How many digits of the PIN were given, never which."""

    length = NumericProperty(6)
    given = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("length", "given", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        size, step = dp(16), dp(32)
        left = self.x + self.width / 2 - step * self.length / 2 + (step - size) / 2
        self.canvas.clear()
        with self.canvas:
            Color(*theme.brand)
            for index in range(int(self.length)):
                x, y = left + index * step, self.y + self.height / 2 - size / 2
                if index < self.given:
                    SmoothEllipse(pos=(x, y), size=(size, size))
                else:
                    SmoothLine(circle=(x + size / 2, y + size / 2, size / 2 - dp(1)), width=dp(1))


class Stepper(BoxLayout):
    """− number +. `value` None means not counted, which is not 0. A tap on the number asks for the pad."""

    value = ObjectProperty(None, allownone=True)
    least = NumericProperty(0)
    most = NumericProperty(1_000_000)
    empty = StringProperty("–")
    shown = StringProperty("–")
    start = NumericProperty(0)
    wanted = BooleanProperty(False)
    when_edit = ObjectProperty(lambda value: None)
    when_tap = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("value", self._show)
        self.fbind("empty", self._show)
        self._show()

    def step(self, by: int) -> None:
        """One more or one less; the first step on an uncounted line starts from `start`."""
        value = int(self.start) if self.value is None else self.value + by
        self.put(value)

    def put(self, value: int | None) -> None:
        """Set the number as the worker would."""
        if value is not None:
            value = max(int(self.least), min(int(self.most), value))
        if value != self.value:
            self.value = value
            self.when_edit(value)

    def _show(self, *_: Any) -> None:
        self.shown = self.empty if self.value is None else str(self.value)


def after_key(value: int | None, code: str, most: int = 999_999) -> int | None:
    """The number after a key of the pad: back on one digit leaves nothing."""
    digits = "" if value is None else str(value)
    digits = digits[:-1] if code == BACK else digits + code
    if not digits:
        return None
    return min(int(digits), most)


load_rules(__file__)
