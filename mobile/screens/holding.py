"""One holding: how long it may be used and why, what can be done with it, and its movements."""

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import expiry_sign, holding_line, lot_name
from mobile.screens.page import PageScreen
from mobile.screens.stock_action import ACTION_ICONS, actions_for
from mobile.screens.stock_words import amount, movement_amount, reason_of, term_line, why_not_line
from mobile.store import movements, risk, stock
from mobile.store.movements import MovementRow
from mobile.store.stock import HoldingRow
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Section, Strip, text
from mobile.widgets.text import Chip, Note
from mobile.widgets.vvm import VvmFace
from mobile.words import words


class HoldingScreen(PageScreen):
    """A card of facts, the actions, the stock card (thẻ kho)."""

    name = "holding"

    def prepare(self, site: str, holding: str, **_: Any) -> None:
        """Know the holding."""
        self.site, self.holding = site, holding
        found = known(stock.holding(self.phone.store, site, holding))
        self.title = words.t("stock.lot", lot=found.lot.lot_number)

    def show(self) -> None:
        """Fill the page."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        found = known(stock.holding(store, self.site, self.holding))
        page.add(self._facts(found))
        if self.phone.may("stock_movement"):
            for action in actions_for(found):
                row = Row(icon=ACTION_ICONS[action], icon_tone="brand", title=words.t(f"action.{action}"))
                row.bind(on_release=lambda _, action=action: self._act(action))
                page.add(row)
        page.add(Section(text=words.t("holding.movements")))
        for moved in movements.movements(store, self.holding):
            page.add(self._movement(moved, found))

    def _facts(self, found: HoldingRow) -> Card:
        card = Card()
        card.add_widget(text(lot_name(found.lot), "heading", bold=True))
        sign = expiry_sign(found)
        strip = Strip()
        strip.add_widget(text(holding_line(found), bold=True, pos_hint={"center_y": 0.5}))
        strip.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5}))
        card.add_widget(strip)
        card.add_widget(text(words.option("stock_count", "state", found.state), "small", "muted"))
        for term in found.terms:
            card.add_widget(text(term_line(term), "small", bold=term is found.terms[0]))
        if found.vvm:
            seen = Strip()
            seen.add_widget(VvmFace(stage=found.vvm, pos_hint={"center_y": 0.5}))
            seen.add_widget(text(words.t("vvm.stage", stage=found.vvm), "small", pos_hint={"center_y": 0.5}))
            card.add_widget(seen)
        if found.vials > 0 and (why := why_not_line(found)):
            card.add_widget(Note(text=why, icon="alert-outline", tone="late"))
        elif found.vials > 0:
            self._risk(card, found)
        return card

    def _risk(self, card: Card, found: HoldingRow) -> None:
        item = next(i for i in risk.items(self.phone.store, self.site) if i.lot.item_id == found.lot.item_id)
        lost = next(each for each in item.lots if each.holding.id == found.id).at_risk or 0
        if lost:
            said = words.t("holding.risk", at_risk=amount(found.lot, lost))
            card.add_widget(Note(text=said, icon="alert-outline", tone="warn"))
        elif found.expires_on is not None:
            room = risk.room_for(self.phone.store, self.site, found.lot, found.expires_on)
            card.add_widget(text(words.t("stock.room", amount=amount(found.lot, room)), "small", "muted"))

    def _act(self, action: str) -> None:
        self.phone.nav.go("stock_action", site=self.site, holding=self.holding, action=action)

    def _movement(self, moved: MovementRow, found: HoldingRow) -> Row:
        chip = ""
        if moved.idle:
            chip = words.t("holding.idle")
        elif moved.reversed:
            chip = words.t("holding.reversed")
        parts = [words.day(moved.moved_on), *filter(None, [moved.document])]
        row = Row(
            title=f"{movement_amount(moved, found.lot)} · {reason_of(moved)}",
            line=" · ".join(parts),
            chip=chip,
            chip_icon="undo-variant" if chip else "",
            leads=moved.mine,
        )
        if moved.mine:
            row.bind(on_release=lambda _: self._reversal(moved.entry))
        return row

    def _reversal(self, entry: str) -> None:
        self.phone.nav.go("reversal", site=self.site, holding=self.holding, entry=entry)
