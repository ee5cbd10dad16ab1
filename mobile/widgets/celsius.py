"""A temperature in whole degrees, below zero too: − and +, so that no sign has to be typed."""

from typing import Any

from kivy.properties import NumericProperty, ObjectProperty

from mobile.widgets.fields import FieldBox
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import Stepper

COLDEST, HOTTEST = -100, 60


class CelsiusField(FieldBox):
    """`value` None means not measured; the first press begins at `start`."""

    value = ObjectProperty(None, allownone=True)
    start = NumericProperty(5)
    when_edit = ObjectProperty(lambda celsius: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stepper.when_edit = self._edited

    @property
    def stepper(self) -> Stepper:
        """The number."""
        found: Any = self.ids.stepper
        return found.__self__  # type: ignore[no-any-return]

    def _edited(self, celsius: int | None) -> None:
        self.value = celsius
        self.when_edit(celsius)


load_rules(__file__)
