"""One person: the next dose and why, the doses had, what is recorded."""

from typing import Any

from mobile.screens.base import Screen
from mobile.screens.describe import advice_text, person_line, person_sign, shown_value, vaccine_name
from mobile.store import registers
from mobile.store.views import PersonPage
from mobile.theme import theme
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Column, Empty, Section, text
from mobile.widgets.text import Chip, Note
from mobile.words import words
from shared.kinds import KINDS

#: What the page says elsewhere, or never to a reader.
NOT_LISTED = frozenset({"household", "full_name", "birth_date", "birth_precision", "sex", "relation"})


class PersonScreen(Screen):
    """A person's page; the main action is to correct what is recorded."""

    name = "person"

    def prepare(self, person: str, **_: Any) -> None:
        """Know the person."""
        self.person = person
        self.main = self.ids.main.__self__
        self.offer(self.phone.may("person"))

    def show(self) -> None:
        """Fill the page."""
        found = registers.person(self.phone.store, self.person)
        page = self.ids.page
        page.clear()
        if found is None:
            page.add(Empty(title=words.t("person.gone"), text=words.t("household.gone_do")))
            self.main.disabled = True
            return
        self.title = found.row.full_name
        page.add(self._head(found))
        for conflict in found.conflicts:
            page.add(
                Note(
                    text=words.t(
                        "conflict.note",
                        field=words.label(conflict.kind, conflict.field),
                        shown=shown_value(conflict.kind, conflict.field, conflict.shown),
                        other=shown_value(conflict.kind, conflict.field, conflict.other),
                    ),
                    icon="call-split",
                    tone="warn",
                )
            )
        page.add(Section(text=words.t("person.doses"), aside=words.number(len(found.doses))))
        page.add(self._doses(found))
        page.add(Section(text=words.t("person.recorded")))
        page.add(self._recorded(found))

    def edit(self) -> None:
        """Correct what is recorded."""
        self.phone.nav.go("person_form", person=self.person)

    def _head(self, found: PersonPage) -> Card:
        today = self.phone.clock.today()
        sign = person_sign(found.row, today)
        card = Card()
        card.add_widget(text(person_line(found.row), tone="muted"))
        born = shown_value("person", "birth_date", found.values.get("birth_date"))
        if found.row.birth_precision == "year":
            born = str(found.row.birth_date.year)
        elif found.row.birth_precision == "month":
            born = f"{found.row.birth_date:%m/%Y}"
        card.add_widget(text(words.t("person.born", day=born), "small", "muted"))
        card.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone))
        card.add_widget(text(advice_text(found.advice, today), "small"))
        return card

    def _doses(self, found: PersonPage) -> Card:
        card = Card()
        if not found.doses:
            card.add_widget(text(words.t("person.no_dose"), tone="muted"))
        for dose in found.doses:
            name = words.option("dose", "dose_type", dose.dose_type)
            if dose.voided:
                name = words.t("person.voided", dose=name)
            card.add_widget(text(name, bold=not dose.voided, tone="muted" if dose.voided else "ink"))
            parts = [words.day(dose.given_on), vaccine_name(dose.vaccine), dose.lot_number, dose.site_name]
            card.add_widget(text(" · ".join(p for p in parts if p and p != "–"), "small", "muted"))
        return card

    def _recorded(self, found: PersonPage) -> Card:
        card = Card(spacing=theme.s12)
        for name in KINDS["person"].schema.record_fields():
            value = found.values.get(name)
            if name in NOT_LISTED or value in (None, [], ""):
                continue
            pair = Column()
            pair.add_widget(text(words.label("person", name), "small", "muted"))
            pair.add_widget(text(field_words(name, value)))
            card.add_widget(pair)
        return card


def field_words(name: str, value: Any) -> str:
    """A recorded field of a person in words; codes of lists that are data by their list."""
    from mobile.forms.asked import asked

    if isinstance(value, str):
        options = dict(asked("person", name, words.lang).options)
        if value in options:
            return options[value]
    return shown_value("person", name, value)


load_rules(__file__)
