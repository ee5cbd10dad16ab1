"""The end of a session: what became of every vial that was taken out, and of its medical waste."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name
from mobile.screens.filling import FormScreen
from mobile.store import sessions, stock
from mobile.store.stock import HoldingRow
from mobile.widgets.closing import CloseCard
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Empty, text
from mobile.words import words
from shared.faults import Fault
from shared.rules.sessions import Kept, movements_at_close, opened_vials_cover, vials_agree, vials_needed

#: Why doses of an opened vial are thrown away, the usual reason first.
SESSION_END = "session_end"
THROWN_AWAY = (SESSION_END, "six_hours", "open_days", "contaminated")
PARTS = ("vials_opened", "vials_returned", "vials_discarded")
WASTE = ("waste_vials", "waste_boxes", "waste_to")


class SessionCloseScreen(FormScreen):
    """A card a lot: opened, brought back, broken; they must add up to what was taken. Waste may stay uncounted."""

    name = "session_close"
    kind = "session"

    def prepare(self, session: str, **_: Any) -> None:
        """Begin with the vials that the doses recorded need, the others brought back."""
        self.session = session
        self.key = f"close:{session}"
        self.title = words.t("session_close.title")
        self.held = known(stock.session(self.phone.store, session))
        values = stock.session_values(self.phone.store, session)
        self.catalogue = {lot.id: lot for lot in stock.lots(self.phone.store)}
        self.doses = stock.doses_by_lot(self.phone.store, session)
        self.opened = sessions.opened_in(self.phone.store, session)
        self.stock: dict[str, list[HoldingRow]] = {}
        for holding in stock.holdings(self.phone.store, self.held.site_id):
            if holding.state != "quarantined":
                self.stock.setdefault(holding.lot.id, []).append(holding)
        kept = self.kept()
        self.lines: list[dict[str, Any]] = kept["lines"] if kept else self._begun(values.get("lots") or [])
        self.reasons: dict[str, str] = kept.get("reasons", {}) if kept else {}
        if kept is not None:
            self.note_kept(self.ids.page)
        self.ids.page.add(text(words.t("session_close.lead"), tone="muted"))
        if not self.lines:
            self.ids.page.add(
                Empty(
                    icon="package-variant-closed",
                    title=words.t("session_close.no_lots"),
                    text=words.t("session_close.no_lots_do"),
                )
            )
        self.cards = [self._card(line) for line in self.lines]
        self.ids.page.add(*self.cards)
        self.waste = self.make_form(WASTE, lambda _: self._keep())
        self.waste.fill(kept["waste"] if kept else {name: values.get(name) for name in WASTE})
        self.ids.page.add(text(words.t("session_close.waste"), bold=True), self.waste)

    def save(self) -> None:
        """Close the session and take what was used off the stock; nothing while a lot does not add up."""
        faults = [
            found
            for line, card in zip(self.lines, self.cards, strict=True)
            if (found := self._check(line, card))
        ]
        if faults:
            self.refused(faults[:1])
            return
        if self.saved(self._close, self.waste):
            self.phone.nav.back()
            self.phone.nav.back()
            self.phone.nav.say(words.t("session_close.saved"))

    def _close(self) -> None:
        store, held = self.phone.store, self.held
        with store.together():  # a session is never closed without its vials leaving the stock
            body = {"lots": self.lines or None, "closed": True, **self.waste.body()}
            store.edit("session", self.session, body, draft=self.key)
            for line in self.lines:
                lot = line["lot"]
                for moved in movements_at_close(
                    line,
                    [Kept(h.state, h.thawed_on, h.opened_on, h.vials, h.doses or 0) for h in self._of(lot)],
                    given=self.doses.get(lot, 0),
                    doses_per_vial=self._per_vial(lot),
                    on=held.held_on,
                    opened_before=self.opened.get(lot, 0),
                    reason=self.reasons.get(lot, SESSION_END),
                ):
                    store.record(
                        "stock_movement",
                        subject=lot,
                        place=held.site_id,
                        body=moved | {"session": self.session},
                        occurred_on=held.held_on,
                    )

    def _begun(self, taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lots taken out, and those that doses were given from without being taken out: these were opened."""
        named = {line["lot"] for line in taken}
        given = [{"lot": lot, "vials_taken": None} for lot in [*self.doses, *self.opened] if lot not in named]
        return [self._line(line) for line in [*taken, *{line["lot"]: line for line in given}.values()]]

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        lot = line["lot"]
        missing = max(0, self.doses.get(lot, 0) - self._left_open(lot))
        opened = self.opened.get(lot, 0) + vials_needed(missing, self._per_vial(lot) or 1)
        taken = opened if line["vials_taken"] is None else line["vials_taken"]
        opened = min(taken, opened)
        return line | {
            "vials_taken": taken,
            "vials_opened": opened,
            "vials_returned": taken - opened,
            "vials_discarded": 0,
        }

    def _of(self, lot: str) -> list[HoldingRow]:
        """The holdings of a lot here, first-expired first, what may be used before what may not."""
        return sorted(self.stock.get(lot, ()), key=lambda h: not stock.usable(h))

    def _per_vial(self, lot: str) -> int | None:
        found = self.catalogue.get(lot)
        return found.doses_per_vial if found else None

    def _left_open(self, lot: str) -> int:
        """Doses in vials that stand open: of this session, or of one before where the item may be kept open."""
        return sum(max(0, h.doses or 0) for h in self.stock.get(lot, ()) if h.state == "opened")

    def _left(self, line: dict[str, Any]) -> int:
        """Doses that stay in opened vials when everybody was given theirs."""
        lot = line["lot"]
        still = max(0, line["vials_opened"] - self.opened.get(lot, 0))
        at_hand = self._left_open(lot) + still * (self._per_vial(lot) or 0)
        return max(0, at_hand - self.doses.get(lot, 0))

    def _card(self, line: dict[str, Any]) -> CloseCard:
        lot = self.catalogue.get(line["lot"])
        given = self.doses.get(line["lot"], 0)
        card = CloseCard(
            title=lot_name(lot) if lot else "–",
            lot=lot.lot_number if lot else line["lot"],
            line=words.t(
                "session_close.taken", vials=words.number(line["vials_taken"]), doses=words.number(given)
            ),
        )
        for part in PARTS:
            stepper = card.ids[part]
            stepper.most = line["vials_taken"]
            stepper.value = line[part]
            stepper.when_edit = lambda value, part=part: self._changed(line, card, part, value)
        card.ids.vials_opened.least = min(line["vials_taken"], self.opened.get(line["lot"], 0))
        card.ids.doses_discarded.when_edit = lambda doses: self._thrown(line, card, doses)
        card.why.options = [
            (code, words.option("stock_movement", "reason", code), "") for code in THROWN_AWAY
        ]
        card.why.value = self.reasons.get(line["lot"], SESSION_END)
        card.why.when_edit = lambda code: self._reason(line["lot"], code)
        self._rest(line, card)
        return card

    def _rest(self, line: dict[str, Any], card: CloseCard) -> None:
        """Say what is left in opened vials: thrown away, or kept where the item may be kept open for days."""
        lot, left = self.catalogue.get(line["lot"]), self._left(line)
        keeps = lot is not None and lot.open_rule == "days"
        thrown = min(line.get("doses_discarded") or 0, left) if keeps else left
        line["doses_discarded"] = thrown
        card.keeps = keeps and left > 0
        card.ids.doses_discarded.most = left
        card.ids.doses_discarded.value = thrown
        if not left:
            card.left = ""
        elif keeps:
            card.left = words.t("session_close.may_keep", left=words.number(left))
        else:
            card.left = words.t("session_close.thrown", left=words.number(left))
        card.asks = thrown > 0

    def _reason(self, lot: str, code: str) -> None:
        self.reasons[lot] = code
        self._keep()

    def _thrown(self, line: dict[str, Any], card: CloseCard, doses: int | None) -> None:
        line["doses_discarded"] = doses or 0
        self._rest(line, card)
        self._keep()

    def _changed(self, line: dict[str, Any], card: CloseCard, part: str, value: int | None) -> None:
        line[part] = value or 0
        self._check(line, card)
        self._rest(line, card)
        self._keep()

    def _keep(self) -> None:
        self.keep({"lines": self.lines, "reasons": self.reasons, "waste": dict(self.waste.values)})

    def _check(self, line: dict[str, Any], card: CloseCard) -> Fault | None:
        lot = line["lot"]
        still = max(0, line["vials_opened"] - self.opened.get(lot, 0))
        found = vials_agree(line) or opened_vials_cover(
            self.doses.get(lot, 0), still, self._per_vial(lot) or 1, self._left_open(lot)
        )
        card.fault = words.fault(found) if found else ""
        return found


load_rules(__file__)
