"""Opens a vaccination session: where, for which villages, with which vials (first expired first)."""

from typing import Any

from mobile.screens.describe import expiry_sign, holding_state, lot_name, reason_options, unit_name
from mobile.screens.filling import FormScreen
from mobile.store import places, registers, stock
from mobile.store.stock import HoldingRow
from mobile.widgets.choices import ChoiceField, ManyField
from mobile.widgets.loading import load_rules
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Column, Section, text
from mobile.words import words
from shared.permissions import MOBILE_TEAM


class SessionFormScreen(FormScreen):
    """A form, and the lots of the site in the order they should be used; one taken out of turn asks why (R009)."""

    name = "session_form"
    kind = "session"

    def prepare(self, **_: Any) -> None:
        """Fill the form with the draft, or begin."""
        self.site = self.phone.me.site or ""
        self.key = f"session:{self.site}"
        self.title = words.t("session_form.title")
        kept = self.kept()
        begun = {"session_type": "mobile" if self.phone.me.role == MOBILE_TEAM else "fixed"}
        self.data: dict[str, Any] = {"values": begun, "villages": [], "taken": {}, "fefo": {}} | (kept or {})
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        page.add(text(places.name(self.phone.store, self.site), tone="muted"))
        self.form = self.make_form(("session_type", "point_name"), self._changed)
        page.add(self.form)
        self._villages()
        self._lots()
        self.form.fill(self.data["values"])
        self._ask()

    def save(self) -> None:
        """Open the session."""
        body = self.form.body()
        body["villages"] = self.data["villages"] or None
        asked = self._out_of_turn()
        taken = [
            {"lot": lot, "vials_taken": vials}
            | ({"fefo_code": self.data["fefo"][lot]} if lot in asked else {})
            for lot, vials in self.data["taken"].items()
            if vials
        ]
        body["lots"] = taken or None
        written: list[str] = []

        def write() -> None:
            entry = self.phone.store.record("session", place=self.site, body=body, draft=self.key)
            written.append(entry.subject)

        if self.saved(write, self.form):
            self.phone.nav.swap("session", session=written[0])

    def _villages(self) -> None:
        villages = registers.villages(self.phone.store)
        if len(villages) < 2:
            return
        options = [
            (v.id, words.t("session_form.village", name=v.name, due=words.number(v.due)), "")
            for v in villages
        ]
        field = ManyField(
            label=words.label("session", "villages"), options=options, values=list(self.data["villages"])
        )
        field.when_edit = self._chose_villages
        self.ids.page.add(field)

    def _lots(self) -> None:
        page = self.ids.page
        page.add(Section(text=words.label("session", "lots")))
        held = [
            h
            for h in stock.holdings(self.phone.store, self.site)
            if h.lot.vaccine and h.state != "opened" and stock.usable(h)
        ]
        self.held = held
        self.by_lot: dict[str, list[HoldingRow]] = {}
        for holding in held:
            self.by_lot.setdefault(holding.lot.id, []).append(holding)
        self.below: dict[str, Column] = {}
        self.cards: dict[str, LotCard] = {}
        if not held:
            page.add(text(words.t("session_form.no_lots"), tone="muted"))
            return
        page.add(text(words.t("session_form.fefo"), "small", "muted"))
        for lot, holdings in self.by_lot.items():
            self._card(lot, holdings)

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
        card.stepper.most = vials
        card.stepper.value = self.data["taken"].get(lot, 0)
        card.stepper.when_edit = lambda taken: self._took(lot, taken)
        self.below[lot], self.cards[lot] = Column(), card
        self.ids.page.add(card)

    def _changed(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self.keep(self.data)

    def _chose_villages(self, villages: list[str]) -> None:
        self.data["villages"] = villages
        self.keep(self.data)

    def _took(self, lot: str, vials: int | None) -> None:
        self.data["taken"][lot] = vials or 0
        self.keep(self.data)
        self._ask()

    def _out_of_turn(self) -> set[str]:
        """Lots taken although the site has vials of the same item that expire earlier and stay."""
        return stock.out_of_turn(self.held, self.data["taken"])

    def _ask(self) -> None:
        """Under each lot taken out of turn, the question why; the session opens when all are answered."""
        asked = self._out_of_turn()
        options = [
            (code, said, "") for code, said in reason_options("fefo_override", self.phone.clock.today())
        ]
        for lot, below in self.below.items():
            if bool(below.children) != (lot in asked):
                below.clear_widgets()
                self.cards[lot].remove_widget(below)
                if lot in asked:
                    self.cards[lot].add_widget(below)
                    chosen = self.data["fefo"].get(lot, "")
                    field = ChoiceField(
                        label=words.label("stock_movement", "fefo_code"), options=options, value=chosen
                    )
                    field.when_edit = lambda code, lot=lot: self._because(lot, code)
                    below.add_widget(field)
        open_questions = [lot for lot in asked if not self.data["fefo"].get(lot)]
        self.ids.main.text = words.t("session_form.why_first" if open_questions else "session_form.open")
        self.ids.main.disabled = bool(open_questions)

    def _because(self, lot: str, code: str) -> None:
        self.data["fefo"][lot] = code
        self.keep(self.data)
        self._ask()


load_rules(__file__)
