"""The end of a session: what became of every vial that was taken out, and of its medical waste."""

from __future__ import annotations

from typing import Any

from mobile.screens.describe import lot_name
from mobile.screens.filling import FormScreen
from mobile.store import observations, undoing
from mobile.store.closing import SESSION_END, Closing
from mobile.widgets.buttons import QuietButton
from mobile.widgets.closing import CloseCard
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Column, Empty, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.faults import Fault
from shared.rules.observation import nobody_observed

#: Why doses of an opened vial are thrown away, the usual reason first.
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
        self.closing = Closing(self.phone.store, session)
        again = self.closing.again
        self.title = words.t("session_close.again_title" if again else "session_close.title")
        kept = self.kept()
        self.lines: list[dict[str, Any]] = self._lines(kept)
        self.reasons: dict[str, str] = kept.get("reasons", {}) if kept else {}
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        self.watch = Column(spacing=page.gap)
        page.add(self.watch)
        page.add(text(words.t("session_close.again_lead" if again else "session_close.lead"), tone="muted"))
        if not self.lines:
            page.add(
                Empty(
                    icon="package-variant-closed",
                    title=words.t("session_close.no_lots"),
                    text=words.t("session_close.no_lots_do"),
                )
            )
        self.cards = [self._card(line) for line in self.lines]
        page.add(*self.cards)
        self.waste = self.make_form(WASTE, lambda _: self._keep())
        self.waste.fill(kept["waste"] if kept else {name: self.closing.values.get(name) for name in WASTE})
        page.add(text(words.t("session_close.waste"), bold=True), self.waste)
        self.ids.main.text = words.t("session_close.save_again" if again else "session_close.save")

    def show(self) -> None:
        """Say who is still under observation; who stays is seen again after a visit to their screen."""
        self.watch.clear_widgets()
        watched = observations.watched(self.phone.store, self.session)
        running = [seen.full_name for seen in watched if seen.still]
        stays = nobody_observed(running)
        if stays is not None:
            self.watch.add_widget(Note(text=words.fault(stays), icon="timer-sand", tone="warn"))
        elif watched:
            over = words.counted("session_close.over", len(watched))
            self.watch.add_widget(Note(text=over, icon="timer-sand", tone="warn"))
            if any(not seen.reaction for seen in watched):
                self._button("session_close.all_well", "account-check-outline", self.end_all)
        if watched:
            self._button("session.observe", "timer-sand", self.observe)
        self.stays = stays

    def observe(self) -> None:
        """Look after those who are watched."""
        self.phone.nav.go("observation", session=self.session)

    def end_all(self) -> None:
        """Everybody whose time is over went home well."""
        if self.saved(lambda: observations.end_all(self.phone.store, self.session)):
            self.show()

    def save(self) -> None:
        """Close the session and take what was used off the stock; nothing while somebody is under observation (R039;
        one that has ended is only accounted for again), or while a lot does not add up.
        """
        self.show()
        if self.stays is not None and not self.closing.again:
            self.ids.page.show(self.watch)
            self.refused([self.stays])
            return
        faults = [
            found
            for line, card in zip(self.lines, self.cards, strict=True)
            if (found := self._check(line, card))
        ]
        if faults:
            self.refused(faults[:1])
            return
        body, written = self.waste.body(), list[str]()

        def close() -> None:
            written.extend(self.closing.close(self.lines, self.reasons, body, self.key))

        if not self.saved(close, self.waste):
            return
        nav, session, draft = self.phone.nav, self.session, (self.key, self.kind, self._draft())

        def undo() -> None:
            undoing.take_back(self.phone.store, *written, draft=draft)
            nav.go("session_close", session=session)

        nav.back()
        nav.back()
        said = words.t("session_close.saved")
        if self.closing.again:  # a reversal cannot be reversed; the vials can be accounted for once more
            nav.say(said)
        else:
            nav.say(said, action=words.t("form.undo"), when_action=undo)

    def _lines(self, kept: dict[str, Any] | None) -> list[dict[str, Any]]:
        """The lines of the draft, and a new one for each lot that came up since (another phone took it out)."""
        begun = self.closing.begun()
        if kept is None:
            return begun
        standing = {line["lot"] for line in kept["lines"]}
        return [*kept["lines"], *(line for line in begun if line["lot"] not in standing)]

    def _button(self, key: str, icon: str, do: Any) -> None:
        button = QuietButton(text=words.t(key), icon=icon)
        button.bind(on_release=lambda _: do())
        self.watch.add_widget(button)

    def _card(self, line: dict[str, Any]) -> CloseCard:
        lot = self.closing.lot(line["lot"])
        given = self.closing.doses.get(line["lot"], 0)
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
        card.ids.vials_opened.least = min(line["vials_taken"], self.closing.opened_before(line["lot"]))
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
        lot, left = self.closing.lot(line["lot"]), self.closing.left(line)
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
        self.keep(self._draft())

    def _draft(self) -> dict[str, Any]:
        return {"lines": self.lines, "reasons": self.reasons, "waste": dict(self.waste.values)}

    def _check(self, line: dict[str, Any], card: CloseCard) -> Fault | None:
        found = self.closing.check(line)
        card.fault = words.fault(found) if found else ""
        return found


load_rules(__file__)
