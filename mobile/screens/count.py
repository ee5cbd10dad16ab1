"""A stock count, lot by lot. What was not counted stays empty, which is not 0; the count changes no balance."""

from __future__ import annotations

from datetime import date
from typing import Any

from mobile.screens.describe import expiry_sign, holding_state, lot_name, unit_name
from mobile.screens.filling import FormScreen
from mobile.store import places, stock
from mobile.widgets.buttons import MainButton, QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.lots import LotCard
from mobile.widgets.numbers import NumberPad, after_key
from mobile.widgets.surfaces import Empty, text
from mobile.words import words

#: Lots found in the fridge that the book does not know are counted as kept cold.
FOUND_STATE = "chilled"


class CountScreen(FormScreen):
    """A card a lot with − and +; a tap on the number opens the pad at the foot."""

    name = "count"
    kind = "stock_count"

    def prepare(self, site: str, **_: Any) -> None:
        """List what the book holds; take up a draft."""
        self.site = site
        self.key = f"count:{site}"
        self.title = words.t("count.title")
        kept = self.kept()
        self.data: dict[str, Any] = kept or {"vials": {}, "found": []}
        self.wanted = ""
        self.lines: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, LotCard] = {}
        page, store = self.ids.page, self.phone.store
        if kept is not None:
            self.note_kept(page)
        page.add(text(places.name(store, site), tone="muted"), text(words.t("count.lead"), "small", "muted"))
        held = stock.holdings(store, site)
        if not held:
            page.add(
                Empty(
                    icon="package-variant-closed", title=words.t("stock.none"), text=words.t("count.none_do")
                )
            )
        for holding in held:
            self._add_holding(holding)
        self._make_foot()
        self.other = QuietButton(text=words.t("count.other"), icon="plus")
        self.other.bind(on_release=lambda _: self.pick_other())
        page.add(self.other)
        for lot in self.data["found"]:
            self._add_found(lot)
        self._tell()

    def count(self, key: str, vials: int | None) -> None:
        """A number for a line, or None for not counted."""
        self.data["vials"][key] = vials
        self.keep(self.data)
        self._differ(key)
        self._tell()

    def want(self, key: str) -> None:
        """Open the pad for a line, or close it."""
        self.wanted = "" if self.wanted == key else key
        for name, card in self.cards.items():
            card.stepper.wanted = name == self.wanted
        self._fresh = True
        self._tell()
        if self.wanted:
            self.ids.page.show(self.cards[self.wanted])

    def key_pressed(self, code: str) -> None:
        """A key of the pad; the first digit replaces what stood there."""
        stepper = self.cards[self.wanted].stepper
        before = None if self._fresh and code.isdigit() else stepper.value
        self._fresh = False
        stepper.put(after_key(before, code))

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
        lines = [
            {
                name: value
                for name, value in {**line, "vials": self.data["vials"].get(key)}.items()
                if value is not None
            }
            for key, line in self.lines.items()
        ]
        if self.saved(
            lambda: self.phone.store.record(
                "stock_count", place=self.site, body={"lines": lines}, draft=self.key
            )
        ):
            self.phone.nav.back()
            self.phone.nav.say(words.t("count.saved"))

    def _found(self, lot: str) -> None:
        self.data["found"] = [*self.data["found"], lot]
        self.keep(self.data)
        self._add_found(lot)
        self.want(f"{lot}:{FOUND_STATE}")

    def _add_found(self, lot_id: str) -> None:
        lot = next((each for each in stock.lots(self.phone.store) if each.id == lot_id), None)
        if lot is None:
            return
        card = LotCard(title=lot_name(lot), lot=lot.lot_number, line=words.t("count.not_in_book"))
        self._add(f"{lot_id}:{FOUND_STATE}", {"lot": lot_id, "state": FOUND_STATE}, card, 0, unit_name(lot))

    def _add_holding(self, holding: stock.HoldingRow) -> None:
        sign = expiry_sign(holding)
        card = LotCard(
            title=lot_name(holding.lot),
            lot=holding.lot.lot_number,
            line=holding_state(holding),
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
        )
        line: dict[str, Any] = {"lot": holding.lot.id, "state": holding.state}
        if isinstance(holding.thawed_on, date):
            line["thawed_on"] = holding.thawed_on.isoformat()
        self._add(holding.id, line, card, holding.vials, unit_name(holding.lot))

    def _add(self, key: str, line: dict[str, Any], card: LotCard, book: int, unit: str) -> None:
        self.lines[key], self.cards[key] = line, card
        card.book, card.unit = book, unit
        stepper = card.stepper
        stepper.empty = words.t("count.uncounted")
        stepper.start = max(book, 0)
        stepper.value = self.data["vials"].get(key)
        stepper.when_edit = lambda vials: self.count(key, vials)
        stepper.when_tap = lambda: self.want(key)
        at = 1 if getattr(self, "other", None) is not None and self.other.parent else 0
        self.ids.page.ids.column.add_widget(card, index=at)
        self._differ(key)

    def _differ(self, key: str) -> None:
        card = self.cards[key]
        vials = self.data["vials"].get(key)
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

    def _make_foot(self) -> None:
        self.pad = NumberPad(when_key=self.key_pressed)
        self.done = QuietButton(text=words.t("count.done"), icon="check")
        self.done.bind(on_release=lambda _: self.want(self.wanted))
        self.main = MainButton(icon="check")
        self.main.bind(on_release=lambda _: self.save())

    def _tell(self) -> None:
        foot = self.ids.foot
        foot.clear_widgets()
        if self.wanted:
            line = self.cards[self.wanted]
            number = line.stepper.shown
            foot.add_widget(
                text(words.t("count.now", lot=line.lot, vials=number), bold=True, halign="center")
            )
            foot.add_widget(self.pad)
            foot.add_widget(self.done)
            return
        counted = sum(1 for key in self.lines if self.data["vials"].get(key) is not None)
        self.main.text = words.t("count.save", done=counted, of=len(self.lines))
        self.main.disabled = counted == 0
        foot.add_widget(self.main)


load_rules(__file__)
