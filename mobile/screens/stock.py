"""What a site holds, first expired first, and the counts made of it."""

from typing import Any

from mobile.screens.base import Screen
from mobile.screens.describe import expiry_sign, holding_line, holding_state, lot_name
from mobile.store import places, stock
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Empty, Section, Strip, text
from mobile.widgets.text import Chip
from mobile.words import words


class StockScreen(Screen):
    """Holdings and counts; the main action is a count."""

    name = "stock"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.main = self.ids.main.__self__
        self.offer(self.phone.may("stock_count"))
        self.title = places.name(self.phone.store, site)

    def show(self) -> None:
        """Fill the page."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        held = stock.holdings(store, self.site)
        counts = stock.counts(store, self.site, limit=5)
        page.add(text(words.t("stock.title"), "title", bold=True))
        if not held:
            page.add(
                Empty(
                    icon="package-variant-closed", title=words.t("stock.none"), text=words.t("stock.none_do")
                )
            )
        for holding in held:
            page.add(self._card(holding))
        if counts:
            page.add(Section(text=words.t("stock.counts")))
            card = Card()
            for count in counts:
                card.add_widget(text(words.day(count.as_of), bold=True))
                said = words.t("stock.counted", lines=words.number(count.lines), of=words.number(count.of))
                card.add_widget(text(said, "small", "muted"))
            page.add(card)
        draft = self.phone.store.draft(f"count:{self.site}")
        self.main.text = words.t("stock.count_on" if draft else "stock.count")

    def count(self) -> None:
        """Count what stands in the fridge."""
        self.phone.nav.go("count", site=self.site)

    @staticmethod
    def _card(holding: stock.HoldingRow) -> Card:
        sign = expiry_sign(holding)
        card = Card()
        card.add_widget(text(lot_name(holding.lot), bold=True))
        card.add_widget(text(words.t("stock.lot", lot=holding.lot.lot_number), "small"))
        strip = Strip()
        strip.add_widget(text(holding_line(holding), "small", pos_hint={"center_y": 0.5}))
        strip.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5}))
        card.add_widget(strip)
        card.add_widget(text(holding_state(holding), "small", "muted"))
        return card


load_rules(__file__)
