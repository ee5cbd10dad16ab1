"""What is told of a lot once it is counted: the vial monitor, doses left in opened vials, condition and solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kivy.uix.widget import Widget

from mobile.store.stock import LotRow
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField
from mobile.widgets.numbers import Stepper
from mobile.widgets.surfaces import Column, text
from mobile.widgets.vvm import VvmPicker
from mobile.words import words
from shared.records.equipment import CONDITIONS, SOLUTIONS

#: Classes whose lots have no condition of their own to tell: what matters of them is their expiry and their monitor.
BY_EXPIRY = ("vaccine", "diluent")


class CountMore(Column):
    """Stands on the lot's card once it is counted. `say(name, value)` keeps an answer; `doses` is the stepper of opened
    vials.
    """

    def __init__(
        self, lot: LotRow, state: str, told: Mapping[str, Any], say: Callable[[str, Any], None]
    ) -> None:
        super().__init__(spacing=theme.s8)
        self.doses: Stepper | None = None
        if state == "opened":
            self.doses = Stepper(value=told.get("doses"), empty=words.t("count.uncounted"))
            self.doses.when_edit = lambda doses: say("doses", doses)
            self._put(text(words.t("count.open_doses"), "small", bold=True), self.doses)
        if lot.vvm_type is not None:
            picker = VvmPicker(value=told.get("vvm") or 0)
            picker.when_edit = lambda stage: say("vvm", stage)
            self.picker = picker
            self._put(text(words.label("stock_movement", "vvm"), "small", bold=True), picker)
        if lot.item_class not in BY_EXPIRY:
            self._put(
                self._choice("condition", CONDITIONS, told, say),
                self._choice("solution", SOLUTIONS, told, say),
            )

    def _put(self, *parts: Widget) -> None:
        for part in parts:
            self.add_widget(part)

    @property
    def asks(self) -> bool:
        """Whether there is anything to tell of this lot."""
        return bool(self.children)

    def show(self, card: Widget | None) -> None:
        """Stand on a card, or on none; what was answered stays."""
        if self.parent is not card:
            if self.parent is not None:
                self.parent.remove_widget(self)
            if card is not None:
                card.add_widget(self)

    @staticmethod
    def _choice(
        name: str, names: Mapping[str, Any], told: Mapping[str, Any], say: Callable[[str, Any], None]
    ) -> ChoiceField:
        options = [(code, words.option("equipment", name, code), "") for code in names]
        field = ChoiceField(
            label=words.label("equipment", name), options=options, value=told.get(name) or "", may_clear=True
        )
        field.when_edit = lambda code: say(name, code or None)
        return field
