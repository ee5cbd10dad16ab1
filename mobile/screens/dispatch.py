"""Goods leave for another site: lots the shortest-dated first, cold box, temperature, carrier (phiếu xuất)."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import expiry_sign, holding_state, lot_name, reason_options, unit_name
from mobile.screens.goods_lines import GoodsLine, look_at, need_reasons, of_body, to_send
from mobile.screens.pad import PadScreen
from mobile.screens.stock_words import vials_of
from mobile.store import places, stock, transfers
from mobile.widgets.buttons import QuietButton
from mobile.widgets.celsius import CelsiusField
from mobile.widgets.choices import ChoiceField
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Column, Section, text
from mobile.widgets.text import Note
from mobile.widgets.vvm import VvmPicker
from mobile.words import words
from shared.identifiers import new_id
from shared.rules.dispatching import COUNT_STALE_DAYS, cold_box_missing

FIELDS = ("document", "cold_box", "carrier", "expected_on", "note")


class DispatchScreen(PadScreen):
    """A card a lot; by an order, or to a destination without one. `corrects` names a dispatch put right."""

    name = "dispatch"
    kind = "dispatch"

    def prepare(
        self, site: str, transfer: str = "", destination: str = "", corrects: str = "", **_: Any
    ) -> None:
        """Propose what was ordered, or list what may be sent; take up a draft."""
        store = self.phone.store
        self.site, self.transfer, self.corrects = site, transfer, corrects
        self.key = f"dispatch:{corrects or transfer or destination}"
        self.title = words.t("dispatch.title")
        row = known(transfers.transfer(store, transfer)) if transfer else None
        self.destination = row.destination if row else destination
        self.purpose = row.purpose if row else ""
        self.counted_on = stock.last_counted(store, site)
        self.lines = to_send(store, site, row)
        kept = self.kept()
        self.data: dict[str, Any] = kept or (self._wrong() if corrects else self._begun())
        self.cards: dict[str, LotCard] = {}
        self.below: dict[str, Column] = {}
        self.make_foot("truck-outline")
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        page.add(
            text(words.t("transfers.to", place=places.name(store, self.destination)), "heading", bold=True)
        )
        self._recount()
        page.add(text(words.t("dispatch.lead" if row else "dispatch.lead_free"), "small", "muted"))
        if not self.lines:
            page.add(Note(text=words.t("dispatch.nothing"), icon="alert-outline", tone="warn"))
        for line in self.lines:
            self._add(line)
        self._papers()
        self._reasons()
        self.tell()

    def save(self) -> None:
        """Write the dispatch."""
        lines = [self._told(line) for line in self.lines if self.data["vials"].get(line.key)]
        body = {
            "source": self.site,
            "destination": self.destination,
            "lines": lines,
            "celsius": self.data["celsius"],
            **self.form.body(),
        }
        subject = self.transfer or new_id()

        def write() -> None:
            self.phone.store.record(
                "dispatch",
                subject=subject,
                place=self.site,
                body=body,
                corrects=self.corrects or None,
                draft=self.key,
            )

        if self.saved(write, self.form):
            self.phone.nav.back()
            self.phone.nav.say(words.t("dispatch.saved"))

    def name_of(self, key: str) -> str:
        """The lot's number."""
        return self.cards[key].lot

    def foot_main(self) -> None:
        """Say how much leaves; a lot taken out of turn is asked about first."""
        vials = sum(count or 0 for count in self.data["vials"].values())
        unasked = [key for key in self._out_of_turn() if not self.data["fefo"].get(key)]
        self.main.text = words.t(
            "dispatch.why_first" if unasked else "dispatch.save", vials=words.number(vials)
        )
        self.main.disabled = bool(unasked) or not (vials or self.corrects)

    def _begun(self) -> dict[str, Any]:
        vials = {line.key: min(line.expected, max(0, line.booked)) for line in self.lines if line.ordered}
        return {"vials": vials, "vvm": {}, "fefo": {}, "celsius": None, "values": {}}

    def _wrong(self) -> dict[str, Any]:
        entries = self.phone.store.entries_of(self.transfer)
        body = known(next((e for e in entries if e.id == self.corrects), None)).body
        named = {name: of_body(body["lines"], name) for name in ("vials", "vvm", "fefo_code")}
        return {
            "vials": named["vials"],
            "vvm": named["vvm"],
            "fefo": named["fefo_code"],
            "celsius": body.get("celsius"),
            "values": {name: body[name] for name in FIELDS if name in body},
        }

    def _told(self, line: GoodsLine) -> dict[str, Any]:
        told = line.told() | {"vials": self.data["vials"][line.key]}
        if vvm := self.data["vvm"].get(line.key):
            told["vvm"] = vvm
        if line.key in self._out_of_turn():
            told["fefo_code"] = self.data["fefo"][line.key]
        return told

    def _recount(self) -> None:
        """Ask for a count before goods are sent by a book nobody looked behind for long."""
        counted = self.counted_on
        if counted and (self.phone.clock.today() - counted).days <= COUNT_STALE_DAYS:
            return
        said = (
            words.t("dispatch.recount", day=words.day(counted))
            if counted
            else words.t("dispatch.count_first")
        )
        count = QuietButton(text=words.t("dispatch.count"), icon="clipboard-check-outline")
        count.bind(on_release=lambda _: self.phone.nav.go("count", site=self.site))
        self.ids.page.add(Note(text=said, icon="clipboard-list-outline", tone="warn"), count)

    def _add(self, line: GoodsLine) -> None:
        card = LotCard(title=lot_name(line.lot), lot=line.lot.lot_number)
        if line.holding is not None:
            sign = expiry_sign(line.holding)
            card.line = holding_state(line.holding)
            card.chip, card.chip_icon, card.chip_tone = sign.text, sign.icon, sign.tone
        card.stepper.value = self.data["vials"].get(line.key, 0)
        card.stepper.when_edit = lambda vials: self._took(line.key, vials)
        self.number(line.key, card.stepper)
        self.cards[line.key] = card
        self.below[line.key] = Column()
        if line.lot.vvm_type:
            picker = VvmPicker(value=self.data["vvm"].get(line.key, 0))
            picker.when_edit = lambda stage: self._watched(line, stage)
            card.add_widget(text(words.label("stock_movement", "vvm"), "small", bold=True))
            card.add_widget(picker)
        self.ids.page.add(card)
        self._look(line)

    def _look(self, line: GoodsLine) -> None:
        """Say what the book has and what was ordered, or what is doubtful of sending it."""
        card, vials = self.cards[line.key], self.data["vials"].get(line.key) or 0
        booked = words.t("count.book", vials=words.number(line.booked), unit=unit_name(line.lot))
        ordered = words.t("transfer.ordered", vials=vials_of(line.lot, line.ordered)) if line.ordered else ""
        card.note = f"{booked} · {ordered}" if ordered else booked
        vvm = self.data["vvm"].get(line.key)
        doubts = look_at(line, vials, vvm, self.counted_on, self.phone.clock.today()) if vials else []
        card.doubt = " ".join(words.fault(found) for found in doubts)

    def _papers(self) -> None:
        page = self.ids.page
        page.add(Section(text=words.t("dispatch.paper")))
        celsius = CelsiusField(
            label=words.label("dispatch", "celsius"),
            value=self.data["celsius"],
            start=5,
            when_edit=self._measured,
        )
        self.form = self.make_form(FIELDS, self._noted)
        page.add(celsius, self.form)
        self.form.fill(self.data["values"])
        self._boxed()

    def _out_of_turn(self) -> set[str]:
        return need_reasons(self.lines, self.data["vials"], self.purpose)

    def _reasons(self) -> None:
        """Under each lot taken out of turn, the question why."""
        asked = self._out_of_turn()
        options = [
            (code, said, "") for code, said in reason_options("fefo_override", self.phone.clock.today())
        ]
        for key, below in self.below.items():
            if bool(below.children) == (key in asked):
                continue
            below.clear_widgets()
            self.cards[key].remove_widget(below)
            if key in asked:
                self.cards[key].add_widget(below)
                field = ChoiceField(
                    label=words.label("stock_movement", "fefo_code"),
                    options=options,
                    value=self.data["fefo"].get(key, ""),
                )
                field.when_edit = lambda code, key=key: self._put("fefo", key, code)
                below.add_widget(field)

    def _took(self, key: str, vials: int | None) -> None:
        self._put("vials", key, vials or 0)
        self._look(next(line for line in self.lines if line.key == key))
        self._reasons()

    def _watched(self, line: GoodsLine, stage: int | None) -> None:
        self._put("vvm", line.key, stage)
        self._look(line)

    def _put(self, part: str, key: str, value: Any) -> None:
        self.data[part][key] = value
        self._keep()

    def _measured(self, celsius: int | None) -> None:
        self.data["celsius"] = celsius
        self._keep()

    def _noted(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self._keep()
        self._boxed()

    def _boxed(self) -> None:
        """Ask for the cold box that vaccine travels in."""
        classes = {line.lot.item_class for line in self.lines if self.data["vials"].get(line.key)}
        missing = list(cold_box_missing(classes, self.form.values.get("cold_box")))
        self.form.fields["cold_box"].doubt = words.fault(missing[0]) if missing else ""

    def _keep(self) -> None:
        self.keep(self.data)
        self.tell()
