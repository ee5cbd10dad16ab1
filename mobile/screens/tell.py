"""Tells those above what is lacking (a staff shortage) or proposed."""

from typing import Any

from mobile.screens.filling import FormScreen
from mobile.store import places
from mobile.widgets.choices import ChoiceField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import text
from mobile.words import words

FIELDS = {
    "staff_shortage": ("role", "people", "from_on", "reason", "area"),
    "proposal": ("topic", "difficulty", "proposal"),
}


class TellScreen(FormScreen):
    """The form of one kind, for the place this worker answers for."""

    name = "tell"

    def prepare(self, kind: str, **_: Any) -> None:
        """Fill the form with the draft, or begin."""
        self.kind = kind
        self.key = f"tell:{kind}"
        self.title = words.t(f"tell.{kind}")
        store, page, own = self.phone.store, self.ids.page, self.phone.me.places
        kept = self.kept()
        begun = {"from_on": self.phone.clock.today().isoformat()} if kind == "staff_shortage" else {}
        self.data: dict[str, Any] = kept or {"values": begun, "place": own[0]}
        if kept is not None:
            self.note_kept(page)
        page.add(text(words.t(f"tell.{kind}_lead"), tone="muted"))
        if len(own) > 1:
            options = [(place, places.name(store, place), "") for place in own]
            field = ChoiceField(label=words.t("tell.place"), options=options, value=self.data["place"])
            field.when_edit = self._chose
            page.add(field)
        else:
            page.add(text(places.name(store, own[0]), bold=True))
        self.form = self.make_form(FIELDS[kind], self._changed)
        page.add(self.form)
        self.form.fill(self.data["values"])

    def save(self) -> None:
        """Write it; it is sent at once when there is a network, before everything else."""
        if self.saved(self._write, self.form):
            self.phone.nav.back()
            self.phone.nav.say(words.t(f"tell.{self.kind}_saved"))
            self.phone.sync_soon()

    def _write(self) -> None:
        body = self.form.body()
        self.phone.store.record(self.kind, place=self.data["place"], body=body, draft=self.key)

    def _chose(self, place: str) -> None:
        self.data["place"] = place
        self.keep(self.data)

    def _changed(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self.keep(self.data)


load_rules(__file__)
