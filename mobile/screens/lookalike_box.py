"""Who may be the person being written down, shown while the form is filled: a warning that never blocks (L18, R011)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mobile.phone import Phone
from mobile.screens.describe import person_line, small
from mobile.store import places
from mobile.store.lookalikes import Lookalike
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.surfaces import Card, Column, text
from mobile.words import words


class LookalikeBox(Column):
    """A card for each of them: why they look alike, and the two answers. Nothing while there is nobody."""

    def __init__(
        self,
        phone: Phone,
        same: str,
        when_same: Callable[[Lookalike], None],
        when_other: Callable[[Lookalike], None],
    ) -> None:
        """`same` is what the first answer says."""
        super().__init__(spacing=theme.s12)
        self._phone, self._same, self._when_same, self._when_other = phone, same, when_same, when_other
        self._shown: Sequence[Lookalike] = ()

    def show(self, found: Sequence[Lookalike]) -> None:
        """Show these; the cards stay as they are when nothing changed under the typing thumb."""
        if list(found) == list(self._shown):
            return
        self._shown = found
        self.clear_widgets()
        if found:
            self.add_widget(text(words.counted("lookalike.title", len(found)), bold=True, tone="warn"))
        for each in found:
            self.add_widget(self._card(each))

    def _card(self, found: Lookalike) -> Card:
        row = found.row
        card = Card(edge=theme.tone("warn"))
        card.add_widget(text(row.full_name, bold=True))
        where = [row.head_name, places.name(self._phone.store, row.village_id)]
        card.add_widget(text(person_line(row), "small"))
        card.add_widget(
            text(words.t("lookalike.lives", where=" · ".join(filter(None, where))), "small", "muted")
        )
        for key, said in (("lookalike.alike", _reasons(found, 1)), ("lookalike.unlike", _reasons(found, -1))):
            if said:
                card.add_widget(text(words.t(key, reasons=said), "small"))
        card.add_widget(self._button(self._same, "account-check-outline", self._when_same, found))
        card.add_widget(self._button(words.t("lookalike.other"), "", self._when_other, found))
        return card

    @staticmethod
    def _button(said: str, icon: str, do: Callable[[Lookalike], Any], found: Lookalike) -> QuietButton:
        button = QuietButton(text=said, icon=icon)
        button.bind(on_release=lambda _: do(found))
        return button


def _reasons(found: Lookalike, sign: int) -> str:
    codes = [reason.code for reason in found.likeness.reasons if reason.points * sign > 0]
    return small(", ".join(small(words.t(f"match.{code}")) for code in codes))
