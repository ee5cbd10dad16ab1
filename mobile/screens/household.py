"""One household: who lives there, what each needs, and what was done."""

from typing import Any

from mobile.screens.base import Screen
from mobile.screens.describe import (
    outcome_name,
    person_line,
    person_sign,
    phone_number,
    shown_value,
    visit_line,
)
from mobile.store import places, registers
from mobile.store.views import ConflictRow, HouseholdPage, PersonRow
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Column, Empty, Section, Strip, text
from mobile.widgets.text import Note
from mobile.words import words


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
        for conflict in page.conflicts:
            self.ids.page.add(self._conflict(conflict))
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
        self._actions()
        self._visits(page)

    def visit(self) -> None:
        """Record a visit, or go on with one begun."""
        self.phone.nav.go("visit", household=self.household)

    def _head(self, page: HouseholdPage) -> None:
        card = Card()
        where = [places.name(self.phone.store, page.row.village_id), page.row.lane, page.row.address]
        card.add_widget(text("\N{NO-BREAK SPACE}· ".join(filter(None, where)), "small", "muted"))
        if phone := page.values.get("phone"):
            card.add_widget(text(words.t("household.phone", phone=phone_number(phone)), "small"))
        if note := page.values.get("note"):
            card.add_widget(text(note, "small"))
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

    def _conflict(self, conflict: ConflictRow) -> Note:
        return Note(
            text=words.t(
                "conflict.note",
                field=words.label(conflict.kind, conflict.field),
                shown=shown_value(conflict.kind, conflict.field, conflict.shown),
                other=shown_value(conflict.kind, conflict.field, conflict.other),
            ),
            icon="call-split",
            tone="warn",
        )

    def _actions(self) -> None:
        strip = Column(spacing=theme.s8) if theme.large else Strip()
        if self.phone.may("person"):
            add = QuietButton(text=words.t("household.add_person"), icon="account-plus-outline")
            add.bind(on_release=lambda _: self.phone.nav.go("person_form", household=self.household))
            strip.add_widget(add)
        if self.phone.may("household"):
            edit = QuietButton(text=words.t("household.edit"), icon="pencil-outline")
            edit.bind(on_release=lambda _: self.phone.nav.go("household_form", household=self.household))
            strip.add_widget(edit)
        self.ids.page.add(strip)

    def _visits(self, page: HouseholdPage) -> None:
        if not page.visits:
            return
        self.ids.page.add(Section(text=words.t("household.visits")))
        names = {member.id: member.full_name for member in page.members}
        for visit in page.visits:
            card = Card()
            card.add_widget(text(words.day(visit.visited_on), bold=True))
            card.add_widget(text(visit_line(visit), "small"))
            for line in visit.outcomes:
                if line["outcome"] != "reviewed" and line["person"] in names:
                    said = f"{names[line['person']]}: {outcome_name(line['outcome']).lower()}"
                    card.add_widget(text(said, "small", "muted"))
            if visit.revisit_on:
                said = words.t("household.revisit", day=words.day(visit.revisit_on))
                card.add_widget(text(said, "small", "warn"))
            self.ids.page.add(card)


load_rules(__file__)
