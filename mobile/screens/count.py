"""A stock count, lot by lot. What was not counted stays empty, which is not 0; the count changes no balance."""

from __future__ import annotations

from typing import Any

from mobile.screens.count_more import CountMore
from mobile.screens.describe import expiry_sign, holding_state, lot_name, unit_name
from mobile.screens.pad import PadScreen
from mobile.screens.stock_words import days_of
from mobile.store import places, stock
from mobile.store.stock import HoldingRow, LotRow
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Empty, text
from mobile.words import words

#: Lots found in the fridge that the book does not know are counted as kept cold.
FOUND_STATE = "chilled"


class CountScreen(PadScreen):
    """A card a lot with − and +; a tap on the number opens the pad at the foot. Of vaccine the vial monitor is looked
    at, of opened vials the doses are counted, of everything else the condition is told.
    """

    name = "count"
    kind = "stock_count"

    def prepare(self, site: str, **_: Any) -> None:
        """List what the book holds; take up a draft."""
        self.site = site
        self.key = f"count:{site}"
        self.title = words.t("count.title")
        kept = self.kept()
        self.data: dict[str, Any] = {"vials": {}, "more": {}, "found": []} | (kept or {})
        self.lines: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, LotCard] = {}
        page, store = self.ids.page, self.phone.store
        if kept is not None:
            self.note_kept(page)
        page.add(text(places.name(store, site), tone="muted"), text(words.t("count.lead"), "small", "muted"))
        self.make_foot("check")
        self.other = QuietButton(text=words.t("count.other"), icon="plus")
        self.other.bind(on_release=lambda _: self.pick_other())
        held = stock.holdings(store, site)
        if not held:
            icon, none = "package-variant-closed", words.t("stock.none")
            page.add(Empty(icon=icon, title=none, text=words.t("count.none_do")))
        for holding in held:
            self._add_holding(holding)
        page.add(self.other)
        for lot in self.data["found"]:
            self._add_found(lot)
        self.tell()

    def count(self, key: str, vials: int | None) -> None:
        """A number for a line, or None for not counted."""
        self.data["vials"][key] = vials
        self._keep()
        self._differ(key)

    def name_of(self, key: str) -> str:
        """The lot's number."""
        return self.cards[key.partition("#")[0]].lot

    def foot_main(self) -> None:
        """Say how many of the lots are counted."""
        counted = sum(1 for key in self.lines if self.data["vials"].get(key) is not None)
        self.main.text = words.t("count.save", done=counted, of=len(self.lines))
        self.main.disabled = counted == 0

    def pick_other(self) -> None:
        """A lot of the catalogue that the book does not hold here."""
        known = {line["lot"] for line in self.lines.values()}
        options = [
            (lot.id, f"{lot_name(lot)} · {lot.lot_number}")
            for lot in stock.lots(self.phone.store)
            if lot.id not in known
        ]
        self.pick(words.t("count.other"), options, "", self._found)

    def save(self) -> None:
        """Write the count."""
        lines = [self._told(key, line) for key, line in self.lines.items()]
        if self.saved(
            lambda: self.phone.store.record(
                "stock_count", place=self.site, body={"lines": lines}, draft=self.key
            )
        ):
            self.phone.nav.back()
            self.phone.nav.say(words.t("count.saved"))

    def _told(self, key: str, line: dict[str, Any]) -> dict[str, Any]:
        """A line as the body has it; what was told of a lot nobody counted is left out with it."""
        vials = self.data["vials"].get(key)
        if vials is None:
            return line
        more = {name: value for name, value in self.data["more"].get(key, {}).items() if value is not None}
        return line | {"vials": vials} | more

    def _found(self, lot: str) -> None:
        self.data["found"] = [*self.data["found"], lot]
        self._keep()
        self._add_found(lot)
        self.want(f"{lot}:{FOUND_STATE}")

    def _add_found(self, lot_id: str) -> None:
        lot = stock.lot(self.phone.store, lot_id)
        if lot is None:
            return
        card = LotCard(title=lot_name(lot), lot=lot.lot_number, line=words.t("count.not_in_book"))
        self._add(f"{lot_id}:{FOUND_STATE}", {"lot": lot_id, "state": FOUND_STATE}, card, 0, lot)

    def _add_holding(self, holding: HoldingRow) -> None:
        sign = expiry_sign(holding)
        card = LotCard(
            title=lot_name(holding.lot),
            lot=holding.lot.lot_number,
            line=holding_state(holding),
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
        )
        line: dict[str, Any] = {"lot": holding.lot.id, "state": holding.state} | days_of(holding)
        self._add(holding.id, line, card, holding.vials, holding.lot)

    def _add(self, key: str, line: dict[str, Any], card: LotCard, book: int, lot: LotRow) -> None:
        self.lines[key], self.cards[key] = line, card
        card.book, card.unit = book, unit_name(lot)
        stepper = card.stepper
        stepper.empty = words.t("count.uncounted")
        stepper.start = max(book, 0)
        stepper.value = self.data["vials"].get(key)
        stepper.when_edit = lambda vials: self.count(key, vials)
        self.number(key, stepper)
        told = self.data["more"].setdefault(key, {})
        card.more = CountMore(lot, line["state"], told, lambda name, value: self._say(key, name, value))
        if card.more.doses is not None:
            self.number(f"{key}#doses", card.more.doses)
        at = self.ids.page.ids.column.children.index(self.other) + 1 if self.other.parent else 0
        self.ids.page.ids.column.add_widget(card, index=at)
        self._differ(key)

    def _say(self, key: str, name: str, value: Any) -> None:
        self.data["more"][key][name] = value
        self._keep()

    def _keep(self) -> None:
        self.keep(self.data)
        self.tell()

    def _differ(self, key: str) -> None:
        card = self.cards[key]
        vials = self.data["vials"].get(key)
        card.more.show(card if vials is not None and card.more.asks else None)
        booked = words.t("count.book", vials=words.number(card.book), unit=card.unit)
        if vials is None or vials == card.book:
            same = vials is not None
            card.note = words.t("count.same", book=booked) if same else booked
            card.note_tone = "good" if same else "muted"
        else:
            by = vials - card.book
            sign = "+" if by > 0 else "−"
            card.note = words.t("count.differs", book=booked, by=f"{sign}{words.number(abs(by))}")
            card.note_tone = "warn"
