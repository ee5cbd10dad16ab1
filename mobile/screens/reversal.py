"""Taking back a movement that was recorded wrongly: its mirror is written, so the book shows both (R081)."""

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name
from mobile.screens.page import PageScreen
from mobile.screens.stock_words import movement_amount, reason_of
from mobile.store import movements, stock
from mobile.widgets.surfaces import Card, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.faults import Refused


class ReversalScreen(PageScreen):
    """What was recorded, and what will happen."""

    name = "reversal"

    def prepare(self, site: str, holding: str, entry: str, **_: Any) -> None:
        """Know the movement."""
        self.site, self.entry = site, entry
        store = self.phone.store
        moved = known(next((m for m in movements.movements(store, holding) if m.entry == entry), None))
        lot = known(stock.lot(store, moved.lot_id))
        self.title = words.t("reversal.title")
        card = Card()
        card.add_widget(text(lot_name(lot), bold=True))
        card.add_widget(text(words.t("stock.lot", lot=lot.lot_number), "small"))
        card.add_widget(text(f"{movement_amount(moved, lot)} · {reason_of(moved)}", bold=True))
        parts = [words.day(moved.moved_on), *filter(None, [moved.document])]
        card.add_widget(text(" · ".join(parts), "small", "muted"))
        self.ids.page.add(card, Note(text=words.t("reversal.lead"), icon="undo-variant", tone="brand"))
        self.offer_main(words.t("reversal.save"), "undo-variant", self.save)

    def save(self) -> None:
        """Write the mirror."""
        try:
            movements.reverse(self.phone.store, self.site, self.entry)
        except Refused as refused:
            self.phone.nav.say(words.fault(refused.faults[0]), tone="late")
            return
        self.phone.nav.back()
        self.phone.nav.say(words.t("reversal.saved"))
