"""Registers a person, or corrects one. Doubts about a number are told, and never hinder."""

from datetime import date
from typing import Any

from mobile.screens.filling import FormScreen
from mobile.store import places, registers
from mobile.store.views import PersonPage
from mobile.widgets.buttons import QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import text
from mobile.words import words
from shared.rules.ages import age_on
from shared.rules.identity import check_cccd
from shared.text.phones import normalise_phone

FIRST = ("full_name", "birth_precision", "birth_date", "sex", "relation", "guardian_name", "guardian_phone")
PAPERS = ("id_kind", "id_number", "phone", "residence")
MORE = (
    "residence_since",
    "came_on",
    "came_from",
    "ethnic",
    "vulnerable",
    "cannot_come",
    "contraindication",
    "covid_on",
    "sms_allowed",
    "group_place",
    "group_name",
)
#: What is asked of somebody only where there are schools or special places.
GROUPED = ("group_place", "group_name")
#: Those below this age have a guardian's name and number asked.
ADULT_YEARS = 18


class PersonFormScreen(FormScreen):
    """Who somebody is; the rest of what may be known is put away until it is asked for."""

    name = "person_form"
    kind = "person"

    def prepare(self, household: str = "", person: str = "", **_: Any) -> None:
        """Fill the form with the draft, or with what is recorded."""
        self.household, self.person = household, person
        self.key = f"person:{person or household}"
        self.title = words.t("person_form.edit" if person else "person_form.new")
        page = registers.person(self.phone.store, person) if person else None
        home = registers.household(self.phone.store, household or (page.row.household_id if page else ""))
        self.village = home.row.village_id if home else (page.row.village_id if page else "")
        self.household = household or (page.row.household_id if page else "")
        groups = places.groups(self.phone.store)
        self.asked_more = [name for name in MORE if groups or name not in GROUPED]
        names = [*FIRST, *PAPERS, *self.asked_more]
        self.form = self.make_form(names, self._changed, {"group_place": groups})
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        if home is not None:
            self.ids.page.add(text(words.t("person_form.where", head=home.row.head_name), tone="muted"))
        self.more = QuietButton(text=words.t("person_form.more"), icon="chevron-down")
        self.more.bind(on_release=lambda _: self.show_more())
        self.ids.page.add(self.form, self.more)
        values = draft if draft is not None else self._recorded(page)
        self.form.fill(values)
        self._offer()
        if all(values.get(name) in (None, "", []) for name in MORE):
            for name in self.asked_more:
                self.form.offer(name, False)
        else:
            self.ids.page.ids.column.remove_widget(self.more)

    def show_more(self) -> None:
        """Ask for the rest too."""
        for name in self.asked_more:
            self.form.offer(name, True)
        self.ids.page.ids.column.remove_widget(self.more)

    def save(self) -> None:
        """Write it, and return to the household."""
        body = self.form.body()
        for name in ("phone", "guardian_phone"):
            body[name] = normalise_phone(body.get(name)) or body.get(name)
        if body.get("id_kind") == "none":
            body["id_number"] = None
        if self.person:
            done = self.saved(
                lambda: self.phone.store.edit("person", self.person, body, draft=self.key), self.form
            )
        else:
            body["household"] = self.household
            done = self.saved(
                lambda: self.phone.store.record("person", place=self.village, body=body, draft=self.key),
                self.form,
            )
        if done:
            self.phone.nav.back()
            self.phone.nav.say(words.t("person_form.saved", name=body["full_name"]))

    def _changed(self, values: dict[str, Any]) -> None:
        self.keep(values)
        self._offer()

    def _offer(self) -> None:
        """Ask for what the other answers call for."""
        values, form = self.form.values, self.form
        born = _day(values.get("birth_date"))
        today = self.phone.clock.today()
        child = born is not None and born <= today and age_on(born, today) < ADULT_YEARS
        for name in ("guardian_name", "guardian_phone"):
            form.offer(name, child or bool(values.get(name)))
        form.offer("id_number", values.get("id_kind") not in (None, "none"))
        birth = form.fields["birth_date"]
        if born is not None and born <= today:
            birth.below = words.t(
                f"age.{values.get('birth_precision') or 'day'}", years=words.number(age_on(born, today))
            )
        else:
            birth.below = ""
        form.fields["id_number"].doubt = self._doubt(values, born)

    @staticmethod
    def _doubt(values: dict[str, Any], born: date | None) -> str:
        number = str(values.get("id_number") or "").strip()
        if values.get("id_kind") not in ("cccd", "personal_code") or len(number) < 9:
            return ""
        doubts = check_cccd(number, values.get("sex"), born)
        return " ".join(words.t(doubt.code, **doubt.params) for doubt in doubts)

    @staticmethod
    def _recorded(page: PersonPage | None) -> dict[str, Any]:
        if page is None:
            return {"birth_precision": "day", "residence": "permanent"}
        return {name: page.values.get(name) for name in FIRST + PAPERS + MORE}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


load_rules(__file__)
