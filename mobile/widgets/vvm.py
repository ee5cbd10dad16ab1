"""The vial monitor in pictures: a square inside a circle, and the four stages as a worker sees them on the vial.

A vial may be used while the square is lighter than the circle (stages 1 and 2); from stage 3 on it may not (WHO/V&B).
"""

from typing import Any

from kivy.graphics import Color, Rectangle, SmoothEllipse
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

import mobile.widgets.text  # noqa: F401  the rules use its classes
from mobile.theme import Colour, colour
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable
from shared.rules.expiry import VVM_LIMIT

#: The circle's colour never changes; the square's darkens with heat and time.
CIRCLE: Colour = colour("#6b5b95")
SQUARES: dict[int, Colour] = {
    1: colour("#f4f1fa"),
    2: colour("#b9aed3"),
    3: CIRCLE,
    4: colour("#3a2f5c"),
}


class VvmFace(Widget):
    """The picture of one stage (1 to 4)."""

    stage = NumericProperty(1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("stage", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        size = min(self.width, self.height)
        side = size * 0.46
        x, y = self.center_x, self.center_y
        self.canvas.clear()
        with self.canvas:
            Color(*CIRCLE)
            SmoothEllipse(pos=(x - size / 2, y - size / 2), size=(size, size))
            Color(*SQUARES[int(self.stage)])
            Rectangle(pos=(x - side / 2, y - side / 2), size=(side, side))


class VvmStage(Pressable):
    """One stage to choose, with its number and whether such a vial may be used."""

    stage = NumericProperty(1)
    chosen = BooleanProperty(False)
    tone = OptionProperty("good", options=["good", "late"])


class VvmPicker(GridLayout):
    """Four pictures. `value` 0 means not looked at, which is none of them; a second tap takes the choice back."""

    value = NumericProperty(0)
    when_edit = ObjectProperty(lambda stage: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cols=4, size_hint_y=None, spacing=dp(8), **kwargs)
        self.bind(minimum_height=self.setter("height"))
        for stage in SQUARES:
            choice = VvmStage(stage=stage, tone="late" if stage >= VVM_LIMIT else "good")
            choice.bind(on_release=lambda pressed: self.pick(int(pressed.stage)))
            self.add_widget(choice)
        self.fbind("value", self._mark)
        self._mark()

    def pick(self, stage: int) -> None:
        """Choose a stage as the worker would."""
        self.value = 0 if self.value == stage else stage
        self.when_edit(int(self.value) or None)

    def stage(self, stage: int) -> VvmStage:
        """The choice of a stage."""
        return next(each for each in self.children if each.stage == stage)

    def _mark(self, *_: Any) -> None:
        for choice in self.children:
            choice.chosen = choice.stage == self.value


load_rules(__file__)
