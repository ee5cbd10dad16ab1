"""One reaction: what is known of it, whether it has been sent, and what a serious one asks for now."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.first_aid import first_aid
from mobile.screens.page import PageScreen
from mobile.screens.recorded import field_pairs
from mobile.store import reactions, registers
from mobile.store.reactions import ReactionRow
from mobile.theme import theme
from mobile.widgets.surfaces import Card, Column, text
from mobile.widgets.text import Chip, Note
from mobile.words import words

#: What the chip says already.
NOT_LISTED = "severity"


class ReactionScreen(PageScreen):
    """The main action reports what was learnt since."""

    name = "reaction"

    def prepare(self, reaction: str, **_: Any) -> None:
        """Know the reaction."""
        self.reaction = reaction
        found = known(reactions.reaction(self.phone.store, reaction))
        person = registers.person(self.phone.store, found.person)
        self.title = person.row.full_name if person else words.t("observation.nameless")

    def show(self) -> None:
        """Fill the page with the last news."""
        page = self.ids.page
        page.clear()
        found = known(reactions.reaction(self.phone.store, self.reaction))
        if found.withdrawn:
            page.add(Note(text=words.t("reaction.withdrawn"), icon="undo-variant", tone="muted"))
        elif found.serious:
            page.add(first_aid(self.phone.may("dose")), self._sent(found))
        page.add(self._told(found))
        if found.withdrawn or not self.phone.may("reaction"):
            self.offer(False)
        else:
            self.offer_main(words.t("reaction.news"), "pencil-outline", lambda: self._tell_more(found))

    def _sent(self, found: ReactionRow) -> Note:
        if found.sent is False:
            return Note(text=words.t("reaction.unsent"), icon="phone-outline", tone="warn")
        return Note(text=words.t("reaction.sent"), icon="cloud-check-outline", tone="good")

    def _told(self, found: ReactionRow) -> Card:
        card = Card(spacing=theme.s12)
        tone = "late" if found.serious else "warn"
        severity = words.option("reaction", "severity", found.body["severity"])
        card.add_widget(Chip(text=severity, icon="alert-outline", tone=tone))
        listed = {name: value for name, value in found.body.items() if name != NOT_LISTED}
        for name, said in field_pairs(self.phone, "reaction", listed):
            pair = Column()
            pair.add_widget(text(name, "small", "muted"))
            pair.add_widget(text(said))
            card.add_widget(pair)
        reported = words.t("reaction.reported", day=words.day(found.reported_on))
        card.add_widget(text(reported, "small", "muted"))
        return card

    def _tell_more(self, found: ReactionRow) -> None:
        self.phone.nav.go("reaction_form", person=found.person, reaction=found.id)
