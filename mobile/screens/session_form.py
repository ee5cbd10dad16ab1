"""Opens a vaccination session: where, for which villages, with which vials (first expired first)."""

from typing import Any

from mobile.screens.describe import expiry_sign, holding_line, lot_name
from mobile.screens.filling import FormScreen
from mobile.store import places, registers, stock
from mobile.widgets.choices import ManyField
from mobile.widgets.loading import load_rules
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Section, text
from mobile.words import words
from shared.permissions import MOBILE_TEAM


class SessionFormScreen(FormScreen):
    """A form, and the lots of the site in the order they should be used."""

    name = "session_form"
    kind = "session"

    def prepare(self, **_: Any) -> None:
        """Fill the form with the draft, or begin."""
        self.site = self.phone.me.site or ""
        self.key = f"session:{self.site}"
        self.title = words.t("session_form.title")
        kept = self.kept()
        begun = {"session_type": "mobile" if self.phone.me.role == MOBILE_TEAM else "fixed"}
        self.data: dict[str, Any] = kept or {"values": begun, "villages": [], "taken": {}}
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        page.add(text(places.name(self.phone.store, self.site), tone="muted"))
        self.form = self.make_form(("session_type", "point_name"), self._changed)
        page.add(self.form)
        self._villages()
        self._lots()
        self.form.fill(self.data["values"])

    def save(self) -> None:
        """Open the session."""
        body = self.form.body()
        body["villages"] = self.data["villages"] or None
        taken = [{"lot": lot, "vials_taken": vials} for lot, vials in self.data["taken"].items() if vials]
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
        held = [h for h in stock.holdings(self.phone.store, self.site) if h.lot.vaccine and stock.usable(h)]
        if not held:
            page.add(text(words.t("session_form.no_lots"), tone="muted"))
            return
        page.add(text(words.t("session_form.fefo"), "small", "muted"))
        for holding in held:
            sign = expiry_sign(holding)
            card = LotCard(
                title=lot_name(holding.lot),
                lot=holding.lot.lot_number,
                line=holding_line(holding),
                chip=sign.text,
                chip_icon=sign.icon,
                chip_tone=sign.tone,
                key=holding.lot.id,
            )
            card.stepper.most = holding.vials
            card.stepper.value = self.data["taken"].get(holding.lot.id, 0)
            card.stepper.when_edit = lambda vials, lot=holding.lot.id: self._took(lot, vials)
            page.add(card)

    def _changed(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self.keep(self.data)

    def _chose_villages(self, villages: list[str]) -> None:
        self.data["villages"] = villages
        self.keep(self.data)

    def _took(self, lot: str, vials: int | None) -> None:
        self.data["taken"][lot] = vials or 0
        self.keep(self.data)


load_rules(__file__)
