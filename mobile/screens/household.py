"""One household: who lives there, what each needs, and what was done."""

from typing import Any

from mobile.screens.base import Screen
from mobile.screens.conflict_cards import conflict_cards
from mobile.screens.describe import outcome_name, person_line, person_sign, phone_number, visit_line
from mobile.screens.position import position_words
from mobile.screens.tell_people import way_to_tell
from mobile.store import history, places, registers
from mobile.store.views import HouseholdPage, PersonRow, VisitRow
from mobile.theme import theme
from mobile.widgets.choices import Segments
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Empty, PressCard, Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.rules.residence import head_is_gone
from shared.rules.visits import is_asked_about


class HouseholdScreen(Screen):
    """A household's page; the main action is a visit."""

    name = "household"

    def prepare(self, household: str, **_: Any) -> None:
        """Know the household."""
        self.household = household
        self.main = self.ids.main.__self__
        self.offer(self.phone.may("visit"))

    def show(self) -> None:
        """Fill the page."""
        page = registers.household(self.phone.store, self.household)
        self.ids.page.clear()
        if page is None:
            self.ids.page.add(Empty(title=words.t("household.gone"), text=words.t("household.gone_do")))
            self.main.disabled = True
            return
        self.title = page.row.head_name
        self.main.text = words.t(
            "household.visit_on" if self.phone.store.draft(f"visit:{self.household}") else "household.visit"
        )
        self.main.disabled = not page.members
        self._head(page)
        if head_is_gone(page.row.head_name, [(m.full_name, m.residence) for m in page.members]):
            self.ids.page.add(Note(text=words.t("household.head_gone"), icon="alert-outline", tone="warn"))
        self.ids.page.add(*conflict_cards(self.phone, page.conflicts, self.show))
        self.ids.page.add(Section(text=words.t("household.members"), aside=words.number(len(page.members))))
        for member in page.members:
            self.ids.page.add(self._member(member))
        if not page.members:
            self.ids.page.add(
                Empty(
                    icon="account-plus-outline",
                    title=words.t("household.empty"),
                    text=words.t("household.empty_do"),
                )
            )
        self._actions(page)
        self.ids.page.add(way_to_tell(self.phone, self.household))
        self._visits(page)

    def visit(self) -> None:
        """Record a visit, or go on with one begun."""
        self.phone.nav.go("visit", household=self.household)

    def act(self, what: str) -> None:
        """Something else that may be done with the household."""
        screens: dict[str, tuple[str, dict[str, Any]]] = {
            "add_person": ("person_form", {}),
            "edit": ("household_form", {}),
            "move": ("move", {"people": self.living}),
            "split": ("move", {"to": "new"}),
        }
        screen, params = screens[what]
        self.phone.nav.go(screen, household=self.household, **params)

    def _head(self, page: HouseholdPage) -> None:
        card = Card()
        where = [places.name(self.phone.store, page.row.village_id), page.row.lane, page.row.address]
        card.add_widget(text("\N{NO-BREAK SPACE}· ".join(filter(None, where)), "small", "muted"))
        if phone := page.values.get("phone"):
            card.add_widget(text(words.t("household.phone", phone=phone_number(phone)), "small"))
        if note := page.values.get("note"):
            card.add_widget(text(note, "small"))
        if position := history.last_position(self.phone.store, self.household):
            card.add_widget(text(position_words(position), "small", "muted"))
        last = page.row.last_visited_on
        card.add_widget(
            text(
                words.t("household.visited", day=words.day(last)) if last else words.t("household.never"),
                "small",
                "ink" if last else "warn",
            )
        )
        self.ids.page.add(card)

    def _member(self, member: PersonRow) -> Row:
        sign = person_sign(member, self.phone.clock.today())
        row = Row(
            title=member.full_name,
            line=person_line(member),
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
            stacked=True,
        )
        row.bind(on_release=lambda _: self.phone.nav.go("person", person=member.id))
        return row

    def _actions(self, page: HouseholdPage) -> None:
        self.living = [m.id for m in page.members if is_asked_about(m.residence)]
        offered = []
        if self.phone.may("person"):
            offered.append(("add_person", "account-plus-outline"))
        if self.phone.may("household"):
            offered.append(("edit", "pencil-outline"))
        if self.phone.may("person") and self.living:
            offered.append(("move", "swap-horizontal"))
        if self.phone.may("household") and len(self.living) > 1:
            offered.append(("split", "call-split"))
        self.ids.page.add(
            Segments(
                columns=1 if theme.large else 2,
                options=[(code, words.t(f"household.{code}"), icon) for code, icon in offered],
                when_pick=self.act,
            )
        )

    def _visits(self, page: HouseholdPage) -> None:
        if not page.visits:
            return
        self.ids.page.add(Section(text=words.t("household.visits")))
        names = {member.id: member.full_name for member in page.members}
        for visit in page.visits:
            self.ids.page.add(self._visit(visit, names))

    def _visit(self, visit: VisitRow, names: dict[str, str]) -> PressCard:
        """A visit; a tap opens what was recorded."""
        card = PressCard()
        card.add_widget(text(words.day(visit.visited_on), bold=True))
        card.add_widget(text(visit_line(visit), "small"))
        for line in visit.outcomes:
            if line["outcome"] != "reviewed" and line["person"] in names:
                said = f"{names[line['person']]}: {outcome_name(line['outcome']).lower()}"
                card.add_widget(text(said, "small", "muted"))
        if visit.revisit_on:
            said = words.t("household.revisit", day=words.day(visit.revisit_on))
            card.add_widget(text(said, "small", "warn"))
        card.bind(on_release=lambda _: self.phone.nav.go("entry", entry=visit.id))
        return card


load_rules(__file__)
