"""Stock between places: what this site is to send and to receive, what others wait for, what is done."""

from typing import Any

from mobile.screens.page import PageScreen
from mobile.screens.stock_words import goods_line, stage_sign
from mobile.store import places, transfers
from mobile.store.transfers import TransferRow
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Empty, Section
from mobile.words import words

#: So many transfers that are done stand on the screen.
MOST_OVER = 10


class TransfersScreen(PageScreen):
    """Sections by what is to be done; the main action sends without an order."""

    name = "transfers"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.title = words.t("transfers.title")

    def show(self) -> None:
        """List them."""
        page, store, site = self.ids.page, self.phone.store, self.site
        page.clear()
        rows = transfers.transfers(store, site)
        send = [row for row in rows if transfers.may_be_sent(row, site)]
        receive = [row for row in rows if transfers.waits_here(row, site)]
        rest = [row for row in rows if row not in send and row not in receive]
        over = transfers.transfers(store, site, over=True)[:MOST_OVER]
        if not rows and not over:
            page.add(
                Empty(
                    icon="swap-horizontal", title=words.t("transfers.none"), text=words.t("transfers.none_do")
                )
            )
        for key, found in (("receive", receive), ("send", send), ("rest", rest), ("over", over)):
            if found:
                page.add(Section(text=words.t(f"transfers.{key}"), aside=words.number(len(found))))
                page.add(*(self._row(row) for row in found))
        if self.phone.may("dispatch"):
            self.offer_main(words.t("transfers.new"), "truck-outline", self.send)

    def send(self) -> None:
        """Choose where to, then write the dispatch."""
        self.phone.nav.go(
            "pick",
            title=words.t("transfers.where"),
            options=transfers.others(self.phone.store, self.site),
            chosen="",
            take=lambda place: self.phone.nav.go("dispatch", site=self.site, destination=place),
        )

    def _row(self, row: TransferRow) -> Row:
        store = self.phone.store
        outward = row.source == self.site
        other = places.name(store, row.destination if outward else row.source)
        sign = stage_sign(row)
        day = row.dispatch_by if row.stage in ("approved", "proposed", "lapsed") else row.expected_on
        due = ""
        if day is not None and row.stage not in transfers.OVER and row.stage != "disputed":
            due = f" · {words.days_left((day - store.clock.today()).days)}"
        shown = Row(
            icon="archive-arrow-up-outline" if outward else "archive-arrow-down-outline",
            icon_tone="muted",
            title=words.t("transfers.to" if outward else "transfers.from", place=other),
            line=goods_line(row),
            chip=f"{sign.text}{due}",
            chip_icon=sign.icon,
            chip_tone=sign.tone,
            stacked=True,
        )
        shown.bind(on_release=lambda _: self.phone.nav.go("transfer", site=self.site, transfer=row.id))
        return shown
