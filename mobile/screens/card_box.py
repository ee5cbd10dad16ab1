"""The QR code of a citizen card as another way to fill the form (R067): scanned where that works, pasted or typed
always. What stands on the form is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kivy.clock import mainthread

from mobile.phone import Phone
from mobile.screens.describe import shown_value, small
from mobile.screens.recorded import birth_words
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import Segments
from mobile.widgets.fields import TextField
from mobile.widgets.surfaces import Card, Column, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.rules.identity import CARD_PARTS, CardFields, card_against, parse_cccd_qr

#: The two sides of a difference.
FORM, CARD = "form", "card"


class CardBox(Column):
    """Closed it is a button; open it takes the code's text and shows what the card says beside what the form says.

    `values()` gives what stands on the form; `when_text(text)` keeps what was scanned or typed (L13);
    `when_taken(fields)` is given what the worker takes over.
    """

    def __init__(
        self,
        phone: Phone,
        values: Callable[[], Mapping[str, Any]],
        when_text: Callable[[str], None],
        when_taken: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__(spacing=theme.s12)
        self._phone, self._values, self._when_text, self._when_taken = phone, values, when_text, when_taken
        self.field = TextField(
            label=words.t("card.label"), hint=words.t("card.hint"), kind="plain", longest=500
        )
        self.field.when_edit = self._typed
        self.told = Column(spacing=theme.s12)
        self._sides: dict[str, str] = {}
        self.close()

    def open(self, said: str = "") -> None:
        """Take the code's text; `said` is what was kept of it."""
        self.clear_widgets()
        card = Card(spacing=theme.s12)
        if self._phone.device.scanner.available:
            scan = QuietButton(text=words.t("card.scan"), icon="qrcode-scan")
            scan.bind(on_release=lambda _: self.scan())
            card.add_widget(scan)
        card.add_widget(self.field)
        card.add_widget(self.told)
        self.add_widget(card)
        self.field.text = said
        self._tell()

    def close(self) -> None:
        """Only the button stays."""
        self.clear_widgets()
        for widget in (self.field, self.told):
            if widget.parent is not None:
                widget.parent.remove_widget(widget)
        scans = self._phone.device.scanner.available
        button = QuietButton(text=words.t("card.open_scan" if scans else "card.open"), icon="qrcode-scan")
        button.bind(on_release=lambda _: self.open())
        self.add_widget(button)

    def scan(self) -> None:
        """Use the camera."""
        self._phone.device.scanner.scan(mainthread(self._scanned))

    def _scanned(self, found: str | None) -> None:
        if found is not None:
            self.field.text = found

    def _typed(self, said: str) -> None:
        self._when_text(said)
        self._tell()

    def _tell(self) -> None:
        self.told.clear_widgets()
        said = self.field.text.strip()
        if not said:
            return
        card = parse_cccd_qr(said)
        if card is None:
            self.told.add_widget(Note(text=words.t("card.not_read"), icon="alert-outline", tone="warn"))
            return
        self._compare(card)

    def _compare(self, card: CardFields) -> None:
        values = self._values()
        found = card_against(card, values)
        self._sides = {part: FORM if says == "same" else CARD for part, says in found.items()}
        for part, says in found.items():
            label, on_card = words.label("person", part), _shown(part, card)
            if says == "differs":
                self.told.add_widget(self._difference(part, label, _shown(part, values), on_card))
            else:
                self.told.add_widget(text(words.t(f"card.{says}", field=label, value=on_card), "small"))
        self.told.add_widget(text(words.t("card.address", address=card["address"]), "small", "muted"))
        take = QuietButton(text=words.t("card.take"), icon="check")
        take.bind(on_release=lambda _: self._take(card))
        self.told.add_widget(take)

    def _difference(self, part: str, label: str, on_form: str, on_card: str) -> Column:
        sides = Segments(
            columns=1,
            options=[
                (FORM, words.t("card.form_says", value=on_form), ""),
                (CARD, words.t("card.card_says", value=on_card), ""),
            ],
            chosen=[CARD],
        )

        def choose(side: str) -> None:
            self._sides[part] = side
            sides.chosen = [side]

        sides.when_pick = choose
        column = Column(spacing=theme.s4)
        column.add_widget(text(words.t("card.differs", field=label), "small", bold=True))
        column.add_widget(sides)
        return column

    def _take(self, card: CardFields) -> None:
        fields = {
            name: card[name]  # type: ignore[literal-required]
            for part, names in CARD_PARTS.items()
            if self._sides[part] == CARD
            for name in names
        }
        self.field.text = ""
        self.close()
        self._when_taken(fields)


def _shown(part: str, values: Mapping[str, Any]) -> str:
    """A part in words; of a birth date only what is known."""
    value = values.get(part)
    if part == "birth_date" and value:
        return birth_words(str(value), values.get("birth_precision"))
    said = shown_value("person", part, value)
    if part == "id_number" and value:
        said += f" ({small(words.option('person', 'id_kind', values.get('id_kind')))})"
    return said
