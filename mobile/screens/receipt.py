"""Goods arrive: how many of each lot are taken in, how many are not and why, and whether more is to come."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name, unit_name
from mobile.screens.goods_lines import GoodsLine, key_of, of_body, to_receive
from mobile.screens.pad import PadScreen
from mobile.screens.stock_words import vials_of
from mobile.store import places, stock, transfers
from mobile.widgets.buttons import QuietButton
from mobile.widgets.celsius import CelsiusField
from mobile.widgets.choices import Segments
from mobile.widgets.receiving import ReceiptCard
from mobile.widgets.surfaces import Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.entries import Entry
from shared.rules.expiry import VVM_LIMIT

FIELDS = ("document", "note")

#: A lot that is on no paper is taken in as kept cold.
FOUND_STATE = "chilled"


class ReceiptScreen(PadScreen):
    """A card a lot. What nobody counted yet stays empty; `corrects` names a receipt put right."""

    name = "receipt"
    kind = "receipt"

    def prepare(self, site: str, transfer: str, corrects: str = "", **_: Any) -> None:
        """List what is on its way; take up a draft."""
        store = self.phone.store
        self.site, self.transfer, self.corrects = site, transfer, corrects
        self.key = f"receipt:{corrects or transfer}"
        self.title = words.t("receipt.title")
        self.row = known(transfers.transfer(store, transfer))
        kept = self.kept()
        self.data: dict[str, Any] = kept or (self._wrong() if corrects else self._begun())
        self.cards: dict[str, ReceiptCard] = {}
        self.lines: dict[str, GoodsLine] = {}
        self.make_foot("truck-check-outline")
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        page.add(
            text(words.t("transfers.from", place=places.name(store, self.row.source)), "heading", bold=True)
        )
        page.add(text(words.t("receipt.lead"), "small", "muted"))
        for line in to_receive(self.row, self._said() if corrects else {}):
            self._add(line)
        self.other = QuietButton(text=words.t("receipt.other"), icon="plus")
        self.other.bind(on_release=lambda _: self.pick_other())
        page.add(self.other)
        for lot in self.data["found"]:
            self._add_found(lot)
        self._papers()
        self.tell()

    def save(self) -> None:
        """Write the receipt."""
        body = {
            "source": self.row.source,
            "destination": self.site,
            "lines": [told for line in self.lines.values() if (told := self._told(line))],
            "celsius": self.data["celsius"],
            "more": self.data["more"],
            **self.form.body(),
        }

        def write() -> None:
            self.phone.store.record(
                "receipt",
                subject=self.transfer,
                place=self.site,
                body=body,
                corrects=self.corrects or None,
                draft=self.key,
            )

        if self.saved(write, self.form):
            self.phone.nav.back()
            self.phone.nav.say(words.t("receipt.saved"))

    def name_of(self, key: str) -> str:
        """The lot's number, and what is counted of it."""
        line, _, part = key.rpartition("#")
        return f"{self.lines[line].lot.lot_number}, {words.t(f'receipt.{part}').lower()}"

    def foot_main(self) -> None:
        """Say what is still to be answered."""
        counted = [
            k for k in self.lines if self._count(k, "accepted") is not None or self._count(k, "rejected")
        ]
        if not counted:
            self.main.text = words.t("receipt.count_first")
        elif not self.data["more"]:
            self.main.text = words.t("receipt.more_first")
        else:
            self.main.text = words.t("receipt.save")
        self.main.disabled = not (counted and self.data["more"])

    def pick_other(self) -> None:
        """A lot that is on no paper."""
        known_lots = {line.lot.id for line in self.lines.values()}
        options = [
            (lot.id, f"{lot_name(lot)} · {lot.lot_number}")
            for lot in stock.lots(self.phone.store)
            if lot.id not in known_lots
        ]
        self.pick(words.t("receipt.other"), options, "", self._found)

    def _begun(self) -> dict[str, Any]:
        parts = ("accepted", "rejected", "vvm", "why")
        return {**{part: {} for part in parts}, "found": [], "celsius": None, "more": "", "values": {}}

    def _wrong(self) -> dict[str, Any]:
        body, begun = self._written().body, self._begun()
        parts = {part: of_body(body["lines"], part) for part in ("accepted", "rejected", "vvm", "why")}
        shown = {name: body[name] for name in FIELDS if name in body}
        return begun | parts | {"celsius": body.get("celsius"), "more": body["more"], "values": shown}

    def _said(self) -> dict[str, int]:
        """Vials by line that the receipt being put right speaks of."""
        body = self._written().body
        accepted, rejected = (of_body(body["lines"], part) for part in ("accepted", "rejected"))
        return {key: count + rejected.get(key, 0) for key, count in accepted.items()}

    def _written(self) -> Entry:
        entries = self.phone.store.entries_of(self.transfer)
        return known(next((e for e in entries if e.id == self.corrects), None))

    def _told(self, line: GoodsLine) -> dict[str, Any] | None:
        accepted, rejected = self._count(line.key, "accepted"), self._count(line.key, "rejected")
        if accepted is None and not rejected:
            return None
        told = line.told() | {"accepted": accepted or 0, "rejected": rejected or None}
        told |= {"vvm": self.data["vvm"].get(line.key), "why": self.data["why"].get(line.key)}
        return {name: value for name, value in told.items() if value not in (None, "")}

    def _count(self, key: str, part: str) -> int | None:
        found: int | None = self.data[part].get(key)
        return found

    def _found(self, lot: str) -> None:
        self.data["found"] = [*self.data["found"], lot]
        self._keep()
        self._add_found(lot)

    def _add_found(self, lot_id: str) -> None:
        lot = stock.lot(self.phone.store, lot_id)
        if lot is not None and key_of(lot_id, FOUND_STATE, None) not in self.lines:
            self._add(GoodsLine(lot, FOUND_STATE, None, 0, 0, None))

    def _add(self, line: GoodsLine) -> None:
        state = words.option("stock_movement", "state", line.state)
        sent = vials_of(line.lot, line.expected)
        card = ReceiptCard(
            title=lot_name(line.lot),
            lot=line.lot.lot_number,
            line=f"{state} · {words.t('receipt.on_paper', vials=sent)}",
            watched=bool(line.lot.vvm_type),
        )
        for part in ("accepted", "rejected"):
            stepper = card.stepper(part)
            stepper.value = self._count(line.key, part)
            stepper.empty = words.t("count.uncounted") if part == "accepted" else "0"
            stepper.start = line.expected if part == "accepted" else 1
            stepper.when_edit = lambda count, part=part: self._counted(line, part, count)
            self.number(f"{line.key}#{part}", stepper)
        card.picker.value = self.data["vvm"].get(line.key, 0)
        card.picker.when_edit = lambda stage: self._counted(line, "vvm", stage)
        card.why.text = self.data["why"].get(line.key, "")
        card.why.when_edit = lambda said: self._explained(line.key, said)
        self.lines[line.key], self.cards[line.key] = line, card
        at = self.ids.page.ids.column.children.index(self.other) + 1 if self._placed() else 0
        self.ids.page.ids.column.add_widget(card, index=at)
        self._differ(line)

    def _placed(self) -> bool:
        return getattr(self, "other", None) is not None and self.other.parent is not None

    def _counted(self, line: GoodsLine, part: str, value: int | None) -> None:
        self.data[part][line.key] = value
        self._keep()
        self._differ(line)

    def _explained(self, key: str, said: str) -> None:
        self.data["why"][key] = said.strip()
        self._keep()

    def _differ(self, line: GoodsLine) -> None:
        """Say what the numbers mean against the paper, and ask why where they differ."""
        card = self.cards[line.key]
        accepted, rejected = self._count(line.key, "accepted"), self._count(line.key, "rejected") or 0
        missing = line.expected - (accepted or 0) - rejected
        card.asks_why = bool(rejected) or (accepted is not None and missing != 0)
        vvm = self.data["vvm"].get(line.key) or 0
        if vvm >= VVM_LIMIT:
            card.note, card.note_tone = words.t("vvm.unusable"), "late"
        elif accepted is None and not rejected:
            card.note, card.note_tone = "", "muted"
        elif missing > 0:
            card.note = words.t("receipt.short", vials=vials_of(line.lot, missing))
            card.note_tone = "warn"
        elif missing < 0:
            card.note = words.t("receipt.over", vials=vials_of(line.lot, -missing))
            card.note_tone = "warn"
        else:
            card.note, card.note_tone = words.t("receipt.agrees", unit=unit_name(line.lot)), "good"

    def _papers(self) -> None:
        page = self.ids.page
        page.add(Section(text=words.label("receipt", "more")))
        options = [(code, words.option("receipt", "more", code), "") for code in ("no", "yes")]
        chosen = self.data["more"]
        self.more = Segments(
            columns=1, options=options, chosen=[chosen] if chosen else [], when_pick=self._ended
        )
        page.add(self.more)
        self.more_note = Note(text=words.t("receipt.more_lead"), tone="brand")
        page.add(self.more_note)
        celsius = CelsiusField(
            label=words.label("receipt", "celsius"),
            value=self.data["celsius"],
            start=5,
            when_edit=self._measured,
        )
        self.form = self.make_form(FIELDS, self._noted)
        page.add(celsius, self.form)
        self.form.fill(self.data["values"])

    def _ended(self, code: str) -> None:
        self.data["more"] = code
        self.more.chosen = [code]
        self._keep()

    def _measured(self, celsius: int | None) -> None:
        self.data["celsius"] = celsius
        self._keep()

    def _noted(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self._keep()

    def _keep(self) -> None:
        self.keep(self.data)
        self.tell()
