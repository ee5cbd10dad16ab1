"""What a site holds, the shortest-dated first: what is usable apart from what is on the books, and what to do next."""

from typing import Any

from kivy.uix.widget import Widget

from mobile.screens.describe import expiry_sign, holding_state, lot_name
from mobile.screens.page import PageScreen
from mobile.screens.stock_words import (
    alert_line,
    alert_sign,
    alert_title,
    amount,
    demand_line,
    may_send,
    risk_line,
    vials_of,
)
from mobile.store import alerts, places, risk, stock, transfers
from mobile.store.risk import ItemStock, LotRisk
from mobile.theme import theme
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Empty, Section, text
from mobile.widgets.text import Note
from mobile.words import words

#: Alerts that stand on the screen itself; the others one tap away.
FIRST_ALERTS = 2


class StockScreen(PageScreen):
    """Items with their lots, the ways in and out, and the counts; the main action is a count."""

    name = "stock"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.title = places.name(self.phone.store, site)

    def show(self) -> None:
        """Fill the page."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        page.add(text(words.t("stock.title"), "title", bold=True))
        self._alerts()
        held = risk.items(store, self.site)
        if held:
            page.add(text(words.t("stock.lots_short"), "small", "muted"))
        else:
            icon, none = "package-variant-closed", words.t("stock.none")
            page.add(Empty(icon=icon, title=none, text=words.t("stock.none_do")))
        for item in held:
            page.add(self._item(item), *(self._lot(each) for each in item.lots))
        self._ways()
        self._counts()
        if self.phone.may("stock_count"):
            draft = store.draft(f"count:{self.site}")
            self.offer_main(
                words.t("stock.count_on" if draft else "stock.count"), "clipboard-check-outline", self.count
            )

    def count(self) -> None:
        """Count what stands in the fridge."""
        self.phone.nav.go("count", site=self.site)

    def _alerts(self) -> None:
        store = self.phone.store
        found = alerts.alerts(store, self.site)
        for alert in found[:FIRST_ALERTS]:
            icon, tone = alert_sign(alert)
            row = Row(
                icon=icon,
                icon_tone=tone,
                title=alert_title(alert),
                line=alert_line(store, alert),
            )
            row.bind(on_release=lambda _: self.phone.nav.go("alerts", site=self.site))
            self.ids.page.add(row)
        if len(found) > FIRST_ALERTS:
            more = Row(
                icon="alert-circle-outline",
                title=words.t("stock.alerts_more", count=words.number(len(found))),
            )
            more.bind(on_release=lambda _: self.phone.nav.go("alerts", site=self.site))
            self.ids.page.add(more)

    def _item(self, item: ItemStock) -> Card:
        card = Card()
        card.add_widget(text(lot_name(item.lot), "heading", bold=True))
        usable = vials_of(item.lot, item.usable_vials)
        if item.lot.doses_per_vial is not None:
            usable += f" · {amount(item.lot, item.usable)}"
        card.add_widget(text(words.t("stock.usable", amount=usable), bold=True))
        if item.on_hand != item.usable_vials:
            booked = words.t("stock.on_hand", amount=vials_of(item.lot, item.on_hand))
            card.add_widget(text(booked, "small", "muted"))
        tone = "warn" if item.at_risk or not item.usable else "good"
        icon = "alert-outline" if tone == "warn" else "check-circle-outline"
        card.add_widget(Note(text=risk_line(item), icon=icon, tone=tone))
        card.add_widget(text(demand_line(item), "small", "muted"))
        return card

    def _lot(self, each: LotRisk) -> Widget:
        holding = each.holding
        sign = expiry_sign(holding)
        left = vials_of(holding.lot, holding.vials)
        if holding.state == "opened":
            left += f" · {amount(holding.lot, each.amount)}"
        row = Row(
            title=words.t("stock.lot", lot=holding.lot.lot_number),
            line=f"{left} · {holding_state(holding)}",
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
            stacked=True,
        )
        row.bind(on_release=lambda _: self.phone.nav.go("holding", site=self.site, holding=holding.id))
        return row

    def _ways(self) -> None:
        page, store, nav = self.ids.page, self.phone.store, self.phone.nav
        page.add(Section(text=words.t("stock.flow")))
        to_do = may_send(transfers.transfers(store, self.site), self.site)
        ways = [("transfers", "swap-horizontal", "transfers")]
        if self.phone.may("stock_movement"):
            ways.append(("receive", "archive-arrow-down-outline", "stock_receive"))
        ways += [("commitments", "handshake-outline", "commitments"), ("equipment", "tools", "equipment")]
        for key, icon, screen in ways:
            row = Row(
                icon=icon,
                icon_tone="brand" if key == "transfers" and to_do else "muted",
                title=words.t(f"stock.{key}"),
                line=words.t(f"stock.{key}_line"),
                chip=words.counted("stock.to_do", to_do) if key == "transfers" and to_do else "",
                chip_icon="information-outline",
                chip_tone="brand",
                stacked=theme.large,
            )
            row.bind(on_release=lambda _, screen=screen: nav.go(screen, site=self.site))
            page.add(row)

    def _counts(self) -> None:
        counts = stock.counts(self.phone.store, self.site, limit=5)
        if not counts:
            return
        self.ids.page.add(Section(text=words.t("stock.counts")))
        card = Card()
        for count in counts:
            card.add_widget(text(words.day(count.as_of), bold=True))
            said = words.t("stock.counted", lines=words.number(count.lines), of=words.number(count.of))
            card.add_widget(text(said, "small", "muted"))
        self.ids.page.add(card)
