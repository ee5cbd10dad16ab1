"""Stock that comes from outside: the lot by its code or number, the vials, how they are kept, the paper."""

from __future__ import annotations

from typing import Any

from mobile.forms.asked import day_parts, day_text
from mobile.screens.describe import lot_name, unit_name
from mobile.screens.pad import PadScreen
from mobile.store import stock
from mobile.store.stock import LotRow
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import ChoiceField
from mobile.widgets.fields import DayField, TextField
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Section, text
from mobile.widgets.text import Note
from mobile.widgets.vvm import VvmPicker
from mobile.words import words
from shared.rules.expiry import VVM_LIMIT
from shared.scanning import KnownLot, match, read_code

#: States in which stock arrives.
ARRIVING = ("chilled", "frozen", "thawed")


class StockReceiveScreen(PadScreen):
    """A code or a pick gives the lot; then the form of the receipt."""

    name = "stock_receive"
    kind = "stock_movement"

    def prepare(self, site: str, **_: Any) -> None:
        """Begin, or take up a draft."""
        self.site = site
        self.key = f"receive:{site}"
        self.title = words.t("receive.title")
        kept = self.kept()
        begun: dict[str, Any] = {
            "code": "",
            "lot": "",
            "vials": None,
            "state": "",
            "thawed_on": "",
            "vvm": 0,
            "values": {},
        }
        self.data: dict[str, Any] = kept or begun
        self._resumed = kept is not None
        self.doubts: list[str] = []
        self.make_foot("archive-arrow-down-outline")
        self._fill()

    def save(self) -> None:
        """Write the receipt."""
        data = self.data
        body = {
            "state": data["state"],
            "thawed_on": data["thawed_on"] or None if data["state"] == "thawed" else None,
            "vials": data["vials"],
            "reason": "received",
            "vvm": data["vvm"] or None,
            **self.form.body(),
        }
        if self.saved(
            lambda: self.phone.store.record(
                "stock_movement", subject=data["lot"], place=self.site, body=body, draft=self.key
            ),
            self.form,
        ):
            self.phone.nav.back()
            self.phone.nav.say(words.t("receive.saved"))

    def name_of(self, key: str) -> str:
        """The lot."""
        found = stock.lot(self.phone.store, self.data["lot"])
        return found.lot_number if found else ""

    def foot_main(self) -> None:
        """Say what will be written."""
        self.main.text = words.t("receive.save")
        data = self.data
        self.main.disabled = not (data["lot"] and data["vials"] and data["state"])

    def look_up(self) -> None:
        """Find the lot that the code names, and say what is doubtful of it."""
        store = self.phone.store
        scanned = read_code(self.data["code"])
        lots = stock.lots(store)
        known = [KnownLot(e.id, e.item_id, e.lot_number, e.label_expiry, e.gtin, e.revised) for e in lots]
        found = match(scanned, {(each.item_id, each.gtin) for each in lots}, known)
        self.doubts = [words.fault(doubt) for doubt in found.doubts]
        if found.lot is not None:
            self._take(found.lot.id)
        elif found.lots:
            fitting = {each.id for each in found.lots}
            self._pick([each for each in lots if each.id in fitting])
        else:
            self._fill()

    def _fill(self) -> None:
        page = self.ids.page
        page.clear()
        if self._resumed:
            self.note_kept(page)
        code = TextField(
            label=words.t("receive.code"), kind="plain", longest=300, hint=words.t("receive.code_hint")
        )
        code.text = self.data["code"]
        code.when_edit = self._typed
        self.code = code
        find = QuietButton(text=words.t("receive.find"), icon="barcode-scan")
        find.bind(on_release=lambda _: self.look_up())
        choose = QuietButton(text=words.t("receive.choose"), icon="magnify")
        choose.bind(on_release=lambda _: self._pick(stock.lots(self.phone.store)))
        page.add(code, find, choose)
        for doubt in self.doubts:
            page.add(Note(text=doubt, icon="alert-outline", tone="warn"))
        found = stock.lot(self.phone.store, self.data["lot"]) if self.data["lot"] else None
        if found is not None:
            self._ask(found)
        self.tell()

    def _ask(self, lot: LotRow) -> None:
        page, data = self.ids.page, self.data
        line = words.t("receive.label", day=words.day(lot.label_expiry))
        card = LotCard(title=lot_name(lot), lot=lot.lot_number, line=line, note=unit_name(lot))
        card.stepper.value = data["vials"]
        card.stepper.start = 1
        card.stepper.empty = "–"
        card.stepper.when_edit = lambda vials: self._put(vials=vials)
        self.number("vials", card.stepper)
        page.add(card)
        if lot.hold:
            page.add(Note(text=words.t("stock.why_hold", document=lot.hold), icon="cancel", tone="late"))
        states = [(code, words.option("stock_movement", "state", code), "") for code in ARRIVING]
        state = ChoiceField(label=words.label("stock_movement", "state"), options=states, value=data["state"])
        state.when_edit = lambda code: self._put(again=True, state=code)
        page.add(state)
        if data["state"] == "thawed":
            page.add(self._thawed())
        if lot.vvm_type:
            page.add(Section(text=words.label("stock_movement", "vvm")))
            picker = VvmPicker(value=data["vvm"])
            picker.when_edit = lambda stage: self._put(again=True, vvm=stage or 0)
            page.add(picker)
            if data["vvm"] >= VVM_LIMIT:
                page.add(Note(text=words.t("vvm.unusable"), icon="cancel", tone="late"))
        self.form = self.make_form(("document", "note"), lambda values: self._put(values=dict(values)))
        page.add(self.form)
        self.form.fill(data["values"])
        page.add(text(words.t("receive.document_hint"), "small", "muted"))

    def _thawed(self) -> DayField:
        field = DayField(
            label=words.label("stock_movement", "thawed_on"),
            names=[words.t("form.day"), words.t("form.month"), words.t("form.year")],
            today=self.phone.clock.today(),
        )
        field.day, field.month, field.year = day_parts(self.data["thawed_on"])
        field.when_edit = lambda: self._put(
            thawed_on=day_text(field.day, field.month, field.year, "day") or ""
        )
        return field

    def _put(self, again: bool = False, **values: Any) -> None:
        self.data |= values
        self.keep(self.data)
        if again:
            self._resumed = False
            scroll = self.ids.page.scroll_y
            self._fill()
            self.ids.page.scroll_y = scroll
        else:
            self.tell()

    def _typed(self, code: str) -> None:
        self.data["code"] = code
        self.keep(self.data)

    def _pick(self, lots: list[LotRow]) -> None:
        options = [(lot.id, f"{lot_name(lot)} · {lot.lot_number}") for lot in lots]
        self.pick(words.t("receive.choose"), options, self.data["lot"], self._chose)

    def _chose(self, lot: str) -> None:
        self.doubts = []
        self._take(lot)

    def _take(self, lot: str) -> None:
        found = stock.lot(self.phone.store, lot)
        state = "" if found is None or found.thaw_days else "chilled"
        self._put(again=True, lot=lot, state=self.data["state"] or state)
