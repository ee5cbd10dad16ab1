"""Registers a household, or corrects one."""

from typing import Any

from mobile.screens.filling import FormScreen
from mobile.store import places, registers
from mobile.store.views import HouseholdPage
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import text
from mobile.words import words
from shared.text.phones import normalise_phone

FIELDS = ("head_name", "lane", "address", "phone", "note")


class HouseholdFormScreen(FormScreen):
    """Who lives behind one door, and where that door is."""

    name = "household_form"
    kind = "household"

    def prepare(self, village: str = "", household: str = "", **_: Any) -> None:
        """Fill the form with the draft, or with what is recorded."""
        self.village, self.household = village, household
        self.key = f"household:{household or village}"
        page = registers.household(self.phone.store, household) if household else None
        if page is not None:
            self.village = page.row.village_id
        self.title = words.t("household_form.edit" if household else "household_form.new")
        self.form = self.make_form(FIELDS, self.keep)
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        self.ids.page.add(
            text(
                words.t("household_form.where", village=places.name(self.phone.store, self.village)),
                tone="muted",
            ),
            self.form,
        )
        self.form.fill(draft if draft is not None else self._recorded(page))

    def save(self) -> None:
        """Write it, and go to the household's page."""
        body = self.form.body()
        body["phone"] = normalise_phone(body.get("phone")) or body.get("phone")
        if self.household:
            if self.saved(lambda: self._edit(body), self.form):
                self.phone.nav.back()
                self.phone.nav.say(words.t("form.saved"))
            return
        written: list[str] = []
        if self.saved(lambda: written.append(self._register(body)), self.form):
            self.phone.nav.swap("household", household=written[0])
            self.phone.nav.say(words.t("household_form.saved"))

    def _register(self, body: dict[str, Any]) -> str:
        entry = self.phone.store.record("household", place=self.village, body=body, draft=self.key)
        return entry.subject

    def _edit(self, body: dict[str, Any]) -> None:
        self.phone.store.edit("household", self.household, body, draft=self.key)

    @staticmethod
    def _recorded(page: HouseholdPage | None) -> dict[str, Any]:
        return {name: page.values.get(name) for name in FIELDS} if page else {}


load_rules(__file__)
