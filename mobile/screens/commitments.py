"""What this site promised to use by a day, how it keeps to it, and what it is told to pass on (R037)."""

from typing import Any

from mobile.screens.page import PageScreen
from mobile.screens.stock_words import by_language, commitment_sign
from mobile.store import commitments, places
from mobile.store.commitments import CommitmentRow, RecallRow
from mobile.widgets.bars import Progress
from mobile.widgets.surfaces import Card, Empty, Section, Strip, text
from mobile.widgets.text import Chip, Note
from mobile.words import words


class CommitmentsScreen(PageScreen):
    """Recalls first, then commitments, the most pressing on top."""

    name = "commitments"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.title = words.t("stock.commitments")

    def show(self) -> None:
        """Fill the page."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        recalls = commitments.recalls(store, self.site)
        promised = commitments.commitments(store, self.site)
        if not recalls and not promised:
            page.add(
                Empty(
                    icon="handshake-outline",
                    title=words.t("commitments.none"),
                    text=words.t("commitments.none_do"),
                )
            )
        if recalls:
            page.add(Section(text=words.t("commitments.recalls")), *(self._recall(each) for each in recalls))
        if promised:
            page.add(
                Section(text=words.t("commitments.promised")), *(self._promise(each) for each in promised)
            )

    def _recall(self, recall: RecallRow) -> Card:
        card = Card()
        card.add_widget(text(by_language(recall.item_vi, recall.item_en), bold=True))
        vials = f"{words.number(recall.vials)} {by_language(recall.unit_vi, recall.unit_en)}"
        left = (recall.deadline - self.phone.clock.today()).days
        asked = words.t("commitments.give", vials=vials, day=words.day(recall.deadline))
        card.add_widget(Note(text=f"{asked} ({words.days_left(left)})", icon="undo-variant", tone="late"))
        parts = [words.option("recall", "cause", recall.cause)]
        if recall.destination:
            parts.append(words.t("transfers.to", place=places.name(self.phone.store, recall.destination)))
        card.add_widget(text(" · ".join([*parts, *filter(None, [recall.document])]), "small", "muted"))
        return card

    def _promise(self, row: CommitmentRow) -> Card:
        card, use, today = Card(), row.use, self.phone.clock.today()
        card.add_widget(text(by_language(row.item_vi, row.item_en), bold=True))
        sign = commitment_sign(row)
        strip = Strip()
        by = words.t(
            "commitments.by", day=words.day(use.use_by), left=words.days_left((use.use_by - today).days)
        )
        strip.add_widget(text(by, "small", pos_hint={"center_y": 0.5}))
        strip.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5}))
        card.add_widget(strip)
        if use.received:
            card.add_widget(Progress(value=use.used / use.received, tone=self._tone(sign.tone)))
            used = words.t(
                "commitments.used", used=words.number(use.used), received=self._amount(row, use.received)
            )
            plan = words.t("commitments.plan", planned=self._amount(row, use.planned(today)))
            card.add_widget(text(f"{used} · {plan}", "small"))
        if row.surplus:
            left = words.t("commitments.surplus", surplus=self._amount(row, row.surplus))
            card.add_widget(Note(text=left, icon="alert-outline", tone="warn"))
        promised = f"{words.number(row.vials)} {by_language(row.unit_vi, row.unit_en)}"
        said = words.t("commitments.document", vials=promised, document=row.document)
        card.add_widget(text(said, "small", "muted"))
        return card

    @staticmethod
    def _amount(row: CommitmentRow, amount: int) -> str:
        if row.doses_per_vial:
            return words.counted("count.doses", amount)
        return f"{words.number(amount)} {by_language(row.unit_vi, row.unit_en)}"

    @staticmethod
    def _tone(tone: str) -> str:
        return tone if tone in ("late", "good") else "brand"
