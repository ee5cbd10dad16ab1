"""The lots a session takes out: in the order they should be used; one taken out of turn asks why (R009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mobile.screens.describe import expiry_sign, holding_state, lot_name, reason_options, unit_name
from mobile.store import stock
from mobile.store.stock import HoldingRow
from mobile.store.store import Store
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField
from mobile.widgets.fields import TextField
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Column, Section, text
from mobile.words import words

#: The reason that is told in words, in the session's note.
OTHER = "other"


class LotsTaken(Column):
    """A card a lot. `data` holds {taken: lot -> vials, fefo: lot -> reason, note}; `when_edit` is told of each change.

    `opened`: vials of this session that were opened already, which stay taken out.
    """

    def __init__(
        self,
        store: Store,
        site: str,
        today: date,
        data: dict[str, Any],
        opened: Mapping[str, int],
        when_edit: Callable[[], None],
    ) -> None:
        super().__init__(spacing=theme.s12)
        self._data, self._opened, self._today, self._when_edit = data, opened, today, when_edit
        self.held = [
            h
            for h in stock.holdings(store, site)
            if h.lot.vaccine and h.state != "opened" and stock.usable(h)
        ]
        self._by_lot: dict[str, list[HoldingRow]] = {}
        for holding in self.held:
            self._by_lot.setdefault(holding.lot.id, []).append(holding)
        self._below: dict[str, Column] = {}
        self._cards: dict[str, LotCard] = {}
        self.add_widget(Section(text=words.label("session", "lots")))
        if not self.held:
            self.add_widget(text(words.t("session_form.no_lots"), tone="muted"))
            return
        self.add_widget(text(words.t("session_form.fefo"), "small", "muted"))
        for lot, holdings in self._by_lot.items():
            self._card(lot, holdings)
        self._note = TextField(label=words.t("session_form.why_in_words"), longest=500, long=True)
        self._note.text = data["note"]
        self._note.when_edit = self._noted
        self._ask()

    @property
    def asks(self) -> str:
        """What is still to be said of lots out of turn, as a key of the messages: a reason, or that reason in words."""
        reasons = {self._data["fefo"].get(lot, "") for lot in self._out_of_turn()}
        if "" in reasons:
            return "session_form.why_first"
        return "session_form.why_in_words" if OTHER in reasons and not self._data["note"].strip() else ""

    def lines(self, before: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The lots as the session's body has them; `before` are the lines written so far, by lot."""
        asked = self._out_of_turn()
        found = []
        for lot in dict.fromkeys([*before, *self._data["taken"]]):
            vials = self._data["taken"].get(lot, 0)
            if vials or lot in before:
                why = {"fefo_code": self._data["fefo"][lot]} if lot in asked else {}
                found.append({**before.get(lot, {}), "lot": lot, "vials_taken": vials, **why})
        return found

    def _card(self, lot: str, holdings: list[HoldingRow]) -> None:
        first = holdings[0]
        vials = sum(h.vials for h in holdings)
        sign = expiry_sign(first)
        parts = [f"{words.number(vials)} {unit_name(first.lot)}"]
        if first.lot.doses_per_vial is not None:
            parts.append(words.counted("count.doses", sum(h.doses or 0 for h in holdings)))
        card = LotCard(
            title=lot_name(first.lot),
            lot=first.lot.lot_number,
            line=f"{' · '.join(parts)} · {holding_state(first)}",
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
            key=lot,
        )
        taken = self._data["taken"].get(lot, 0)
        card.stepper.least = self._opened.get(lot, 0)
        card.stepper.most = max(vials + self._opened.get(lot, 0), taken)
        card.stepper.value = taken
        card.stepper.when_edit = lambda vials: self._took(lot, vials)
        self._below[lot], self._cards[lot] = Column(), card
        self.add_widget(card)

    def _took(self, lot: str, vials: int | None) -> None:
        self._data["taken"][lot] = vials or 0
        self._ask()
        self._when_edit()

    def _because(self, lot: str, code: str) -> None:
        self._data["fefo"][lot] = code
        self._ask()
        self._when_edit()

    def _noted(self, said: str) -> None:
        self._data["note"] = said
        self._when_edit()

    def _out_of_turn(self) -> set[str]:
        """Lots taken although the site has vials of the same item that expire earlier and stay."""
        sealed = {lot: max(0, vials - self._opened.get(lot, 0)) for lot, vials in self._data["taken"].items()}
        return stock.out_of_turn(self.held, sealed)

    def _ask(self) -> None:
        """Under each lot taken out of turn, the question why."""
        asked = self._out_of_turn()
        options = [(code, said, "") for code, said in reason_options("fefo_override", self._today)]
        for lot, below in self._below.items():
            if bool(below.children) != (lot in asked):
                below.clear_widgets()
                self._cards[lot].remove_widget(below)
                if lot in asked:
                    self._cards[lot].add_widget(below)
                    chosen = self._data["fefo"].get(lot, "")
                    label = words.label("stock_movement", "fefo_code")
                    field = ChoiceField(label=label, options=options, value=chosen)
                    field.when_edit = lambda code, lot=lot: self._because(lot, code)
                    below.add_widget(field)
        told = any(self._data["fefo"].get(lot) == OTHER for lot in asked)
        if told and self._note.parent is None:
            self.add_widget(self._note)
        elif not told and self._note.parent is not None:
            self.remove_widget(self._note)
