"""One transfer: from where to where, every lot with what became of it, its papers, and the next one to write."""

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name
from mobile.screens.page import PageScreen
from mobile.screens.stock_words import stage_sign, vials_of
from mobile.store import places, transfers
from mobile.store.transfers import Document, TransferLine, TransferRow
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Section, Strip, text
from mobile.widgets.text import Chip, Note
from mobile.words import words

#: Figures of a line in the order they come about.
FIGURES = ("ordered", "dispatched", "accepted", "rejected", "lost", "back")


class TransferScreen(PageScreen):
    """Its own papers can be corrected by their author; what is disputed is settled above."""

    name = "transfer"

    def prepare(self, site: str, transfer: str, **_: Any) -> None:
        """Know the transfer."""
        self.site, self.transfer = site, transfer
        self.title = words.t("transfer.title")

    def show(self) -> None:
        """Fill the page."""
        page, store, nav = self.ids.page, self.phone.store, self.phone.nav
        page.clear()
        row = known(transfers.transfer(store, self.transfer))
        page.add(self._head(row))
        note = f"transfer.note_{row.stage}"
        if note in words:
            page.add(Note(text=words.t(note), tone="late" if row.stage == "disputed" else "brand"))
        page.add(Section(text=words.t("transfer.lots")))
        page.add(*(self._line(line) for line in row.lines))
        papers = transfers.documents(store, self.transfer)
        if papers:
            page.add(Section(text=words.t("transfer.papers")))
            page.add(*(self._paper(paper) for paper in papers))
        self.offer(False)
        if transfers.may_be_sent(row, self.site) and self.phone.may("dispatch"):
            self.offer_main(
                words.t("transfer.send"),
                "truck-outline",
                lambda: nav.go("dispatch", site=self.site, transfer=self.transfer),
            )
        elif transfers.may_be_received(row, self.site) and self.phone.may("receipt"):
            self.offer_main(
                words.t("transfer.receive"),
                "truck-check-outline",
                lambda: nav.go("receipt", site=self.site, transfer=self.transfer),
            )

    def _head(self, row: TransferRow) -> Card:
        store, sign, card = self.phone.store, stage_sign(row), Card()
        ways = words.t(
            "transfer.way", source=places.name(store, row.source), to=places.name(store, row.destination)
        )
        card.add_widget(text(ways, bold=True))
        strip = Strip()
        purpose = words.option("transfer_order", "purpose", row.purpose)
        strip.add_widget(text(purpose, "small", pos_hint={"center_y": 0.5}))
        strip.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5}))
        card.add_widget(strip)
        days = (
            ("transfer.dispatch_by", row.dispatch_by if not row.dispatched_on else None),
            ("transfer.sent_on", row.dispatched_on),
            ("transfer.expected", row.expected_on if not row.received_on else None),
            ("transfer.received_on", row.received_on),
        )
        for key, day in days:
            if day is not None:
                card.add_widget(text(words.t(key, day=words.day(day)), "small", "muted"))
        for key, said in (("transfer.document", row.document), ("transfer.reason", row.reason)):
            if said:
                card.add_widget(text(words.t(key, said=said), "small", "muted"))
        return card

    @staticmethod
    def _line(line: TransferLine) -> Card:
        card, standing, lot = Card(), line.standing, line.lot
        card.add_widget(text(lot_name(lot) if lot else "–", bold=True))
        state = words.option("stock_movement", "state", standing.state)
        number = words.t("stock.lot", lot=lot.lot_number) if lot else "–"
        card.add_widget(text(f"{number} · {state}", "small", "muted"))
        for name in FIGURES:
            if count := getattr(standing, name):
                said = vials_of(lot, count) if lot else words.number(count)
                card.add_widget(text(words.t(f"transfer.{name}", vials=said)))
        if standing.dispatched and standing.in_transit:
            missing = vials_of(lot, standing.in_transit) if lot else words.number(standing.in_transit)
            card.add_widget(text(words.t("transfer.in_transit", vials=missing), tone="warn", bold=True))
        return card

    def _paper(self, paper: Document) -> Row:
        mine = (
            paper.author == self.phone.me.user_id and paper.stands and paper.kind in ("dispatch", "receipt")
        )
        parts = [words.day(paper.written_on), *filter(None, [paper.document, paper.detail.get("cold_box")])]
        row = Row(
            title=words.t(f"transfer.paper_{paper.kind}"),
            line=" · ".join(parts),
            chip="" if paper.stands else words.t("transfer.corrected"),
            chip_icon="" if paper.stands else "pencil-outline",
            leads=mine,
        )
        if mine:
            row.bind(
                on_release=lambda _: self.phone.nav.go(
                    paper.kind, site=self.site, transfer=self.transfer, corrects=paper.id
                )
            )
        return row
