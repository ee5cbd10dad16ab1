"""The end of a session: what became of every vial that was taken out, and of its medical waste."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name
from mobile.screens.filling import FormScreen
from mobile.store import stock
from mobile.store.stock import HoldingRow
from mobile.widgets.closing import CloseCard
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Empty, text
from mobile.words import words
from shared.faults import Fault
from shared.rules.sessions import movements_at_close, opened_vials_cover, vials_agree, vials_needed

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
        kept = self.kept()
        self.lines: list[dict[str, Any]] = (
            kept["lines"] if kept else [self._begun(line) for line in values.get("lots") or []]
        )
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
        store, site = self.phone.store, self.held.site_id
        holdings = {h.lot.id: h for h in reversed(stock.holdings(store, site))}
        with store.together():  # a session is never closed without its vials leaving the stock
            body = {"lots": self.lines or None, "closed": True, **self.waste.body()}
            store.edit("session", self.session, body, draft=self.key)
            for lot, vials, reason in movements_at_close(self.lines):
                kept = self._kept_as(holdings.get(lot))
                moved = kept | {"vials": vials, "reason": reason, "session": self.session}
                store.record("stock_movement", subject=lot, place=site, body=moved)

    @staticmethod
    def _kept_as(holding: HoldingRow | None) -> dict[str, Any]:
        if holding is None:
            return {"state": "chilled"}
        thawed = holding.thawed_on.isoformat() if holding.thawed_on else None
        return {"state": holding.state, "thawed_on": thawed}

    def _begun(self, line: dict[str, Any]) -> dict[str, Any]:
        lot = self.catalogue.get(line["lot"])
        per_vial = lot.doses_per_vial if lot and lot.doses_per_vial else 1
        opened = min(line["vials_taken"], vials_needed(self.doses.get(line["lot"], 0), per_vial))
        return line | {
            "vials_opened": opened,
            "vials_returned": line["vials_taken"] - opened,
            "vials_discarded": 0,
        }

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
        return card

    def _changed(self, line: dict[str, Any], card: CloseCard, part: str, value: int | None) -> None:
        line[part] = value or 0
        self._check(line, card)
        self._keep()

    def _keep(self) -> None:
        self.keep({"lines": self.lines, "waste": dict(self.waste.values)})

    def _check(self, line: dict[str, Any], card: CloseCard) -> Fault | None:
        lot = self.catalogue.get(line["lot"])
        per_vial = lot.doses_per_vial if lot and lot.doses_per_vial else 1
        found = vials_agree(line) or opened_vials_cover(
            self.doses.get(line["lot"], 0), line["vials_opened"], per_vial
        )
        card.fault = words.fault(found) if found else ""
        return found


load_rules(__file__)
