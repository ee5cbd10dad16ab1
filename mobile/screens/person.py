"""One person: what is next and why, where they are, every dose of the series, what happened, what is recorded."""

from typing import Any

from mobile.screens.base import Screen
from mobile.screens.conflict_cards import conflict_cards
from mobile.screens.describe import advice_text, person_line, person_sign, vaccine_name
from mobile.screens.person_history import happening_row
from mobile.screens.recorded import birth_words, field_pairs
from mobile.screens.series import planned_sign, planned_why
from mobile.store import history, registers, undoing
from mobile.store.lookalikes import twins
from mobile.store.views import DoseRow, PersonPage
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import Segments
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Column, Empty, Section, text
from mobile.widgets.text import Chip, Note
from mobile.words import words
from shared.permissions import may_see
from shared.rules.residence import body_of_change, changes_from
from shared.rules.schedule import PlannedDose, without_covid
from shared.rules.visits import is_asked_about

#: What the page says elsewhere, or never to a reader.
NOT_LISTED = frozenset({"household", "full_name", "birth_date", "birth_precision", "sex", "relation"})

#: The sign of each quick change.
CHANGES = {
    "absent": "account-clock-outline",
    "back": "home-heart",
    "cannot_come": "walk",
    "can_come": "check",
    "moved": "truck-outline",
    "move": "swap-horizontal",
    "deceased": "minus-circle-outline",
}

#: Entries of the history that stand on the page; the rest is a screen of its own (L20).
NEWEST = 3


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
        self.found = found
        self.title = found.row.full_name
        self.main.disabled = found.merged_into is not None
        if found.merged_into is not None:
            self._merged(found.merged_into)
            return
        page.add(self._head(found))
        page.add(*conflict_cards(self.phone, found.conflicts, self.show))
        self._twins(found)
        if self.phone.may("person"):
            self._changes(found)
        if self.phone.me.site and self.phone.may("visit") and is_asked_about(found.row.residence):
            self._met(found)
        self._series(found)
        self._history()
        page.add(Section(text=words.t("person.recorded")))
        page.add(self._recorded(found))

    def edit(self) -> None:
        """Correct what is recorded."""
        self.phone.nav.go("person_form", person=self.person)

    def change(self, what: str) -> None:
        """Say what became of the person."""
        nav, store = self.phone.nav, self.phone.store
        if what == "move":
            nav.go("move", household=self.found.row.household_id, people=[self.person])
        elif what == "can_come":
            written = store.edit("person", self.person, body_of_change(what, {}))

            def undo() -> None:
                if written is not None:
                    undoing.take_back(store, written.id)
                    nav.refresh()

            self.show()
            said = words.t("person_change.saved", name=self.found.row.full_name)
            nav.say(said, action=words.t("action.undo"), when_action=undo)
        else:
            nav.go("person_change", person=self.person, what=what)

    def _head(self, found: PersonPage) -> Card:
        today = self.phone.clock.today()
        sign = person_sign(found.row, today)
        card = Card()
        card.add_widget(text(person_line(found.row), tone="muted"))
        born = birth_words(found.row.birth_date.isoformat(), found.row.birth_precision)
        card.add_widget(text(words.t("person.born", day=born), "small", "muted"))
        card.add_widget(text(words.t("person.lives", head=found.row.head_name), "small", "muted"))
        card.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone))
        card.add_widget(text(advice_text(found.advice, today), "small"))
        return card

    def _merged(self, kept: str) -> None:
        """This record was found to be another one's person: that one is worked with."""
        self.ids.page.add(Note(text=words.t("person.merged"), icon="call-split"))
        row = Row(icon="account-check-outline", icon_tone="brand", title=words.t("person.open_kept"))
        row.bind(on_release=lambda _: self.phone.nav.swap("person", person=kept))
        self.ids.page.add(row)
        self._history()

    def _twins(self, found: PersonPage) -> None:
        """Records that may be of this person: who may decide compares them, anybody else looks at them."""
        decides = self.phone.may("same_person")
        alike = twins(self.phone.store, found)
        if alike:
            self.ids.page.add(Section(text=words.t("person.twins")))
            if not decides:
                self.ids.page.add(text(words.t("person.twins_tell"), "small", "muted"))
        for each in alike:
            row = Row(
                icon="account-question-outline",
                icon_tone="warn",
                title=each.row.full_name,
                line=f"{person_line(each.row)} · {words.t('person.lives', head=each.row.head_name)}",
            )
            row.bind(on_release=lambda _, other=each.row.id: self.compare(other))
            self.ids.page.add(row)

    def compare(self, other: str) -> None:
        """Look at the other record, beside this one where the worker may decide."""
        if self.phone.may("same_person"):
            self.phone.nav.go("same_person", one=self.person, other=other)
        else:
            self.phone.nav.go("person", person=other)

    def _changes(self, found: PersonPage) -> None:
        offered = changes_from(found.row.residence, found.row.cannot_come)
        if not offered:
            return
        self.ids.page.add(Section(text=words.t("person.change")))
        self.ids.page.add(
            Segments(
                columns=1 if theme.large else 2,
                options=[(code, words.t(f"person_change.{code}"), CHANGES[code]) for code in offered],
                when_pick=self.change,
            )
        )

    def _met(self, found: PersonPage) -> None:
        """Who comes to be seen is asked too, though nobody knocked at the door (R060)."""
        household = found.row.household_id
        met = QuietButton(text=words.t("person.met"), icon="account-check-outline")
        met.bind(on_release=lambda _: self.phone.nav.go("visit", household=household, met=self.person))
        self.ids.page.add(met)

    def _series(self, found: PersonPage) -> None:
        """Every dose of the series with the rule that says so; doses withdrawn stay readable below."""
        planned = found.planned
        if not may_see(self.phone.me.role, "screening"):
            planned = without_covid(planned)
        self.ids.page.add(Section(text=words.t("person.series")))
        left = list(found.doses)
        for dose in planned:
            given = next((d for d in left if d.dose_type == dose.dose_type and not d.voided), None)
            if dose.state == "had" and given is not None:
                left.remove(given)
                self.ids.page.add(self._given(given))
            else:
                self.ids.page.add(self._planned(dose))
        for given in left:
            self.ids.page.add(self._given(given))
        if not planned and not left:
            self.ids.page.add(text(words.t("person.no_dose"), tone="muted"))

    def _planned(self, dose: PlannedDose) -> Row:
        sign = planned_sign(dose)
        return Row(
            icon=sign.icon,
            icon_tone=sign.tone,
            title=words.option("dose", "dose_type", dose.dose_type),
            line="\n".join(filter(None, [sign.text, planned_why(dose)])),
            leads=False,
        )

    def _given(self, dose: DoseRow) -> Row:
        name = words.option("dose", "dose_type", dose.dose_type)
        parts = [words.day(dose.given_on), vaccine_name(dose.vaccine), dose.lot_number, dose.site_name]
        row = Row(
            icon="undo-variant" if dose.voided else "check-circle-outline",
            icon_tone="muted" if dose.voided else "good",
            title=words.t("person.voided", dose=name) if dose.voided else name,
            line=" · ".join(p for p in parts if p and p != "–"),
        )
        row.bind(on_release=lambda _: self.phone.nav.go("entry", entry=dose.id))
        return row

    def _history(self) -> None:
        newest = history.history(self.phone.store, self.person, NEWEST + 1)
        self.ids.page.add(Section(text=words.t("person.history")))
        for each in newest[:NEWEST]:
            self.ids.page.add(happening_row(self.phone, each))
        if len(newest) > NEWEST:
            more = QuietButton(text=words.t("person.all_history"), icon="clipboard-list-outline")
            more.bind(on_release=lambda _: self.phone.nav.go("person_history", person=self.person))
            self.ids.page.add(more)

    def _recorded(self, found: PersonPage) -> Card:
        card = Card(spacing=theme.s12)
        values = {name: value for name, value in found.values.items() if name not in NOT_LISTED}
        for name, said in field_pairs(self.phone, "person", values):
            pair = Column()
            pair.add_widget(text(name, "small", "muted"))
            pair.add_widget(text(said))
            card.add_widget(pair)
        return card


load_rules(__file__)
