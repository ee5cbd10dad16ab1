"""One entry as it was recorded: what, when, by whom; and what can be done about it."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import OUTCOME_REASONS, outcome_name, reason_name, small
from mobile.screens.page import PageScreen
from mobile.screens.recorded import by_words, field_pairs, happening_sign
from mobile.store import history, registers, withdrawing
from mobile.store.history import Happening
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.surfaces import Card, Column, text
from mobile.widgets.text import Chip
from mobile.words import words


class EntryScreen(PageScreen):
    """An entry in words. A dose leads on to a report of what followed it."""

    name = "entry"

    def prepare(self, entry: str, **_: Any) -> None:
        """Know the entry."""
        self.entry = entry
        found = known(history.happening(self.phone.store, entry))
        self.title = happening_sign(found).text

    def show(self) -> None:
        """Say what was recorded."""
        page = self.ids.page
        page.clear()
        found = known(history.happening(self.phone.store, self.entry))
        page.add(self._head(found), self._fields(found))
        if found.kind == "dose" and not found.withdrawn and self.phone.may("reaction"):
            report = QuietButton(text=words.t("entry.reaction"), icon="alert-outline")
            report.bind(on_release=lambda _: self.report(found))
            page.add(report)
        if found.kind == "reaction" and not found.withdrawn:
            news = QuietButton(text=words.t("entry.reaction_news"), icon="pencil-outline")
            news.bind(on_release=lambda _: self.phone.nav.go("reaction", reaction=found.id))
            page.add(news)
        if withdrawing.may_withdraw(self.phone.store, self.entry):
            back = QuietButton(text=words.t("entry.withdraw"), icon="undo-variant", tone="late")
            back.bind(on_release=lambda _: self.phone.nav.go("withdraw", entry=self.entry))
            page.add(back)

    def report(self, found: Happening) -> None:
        """Tell what followed the dose."""
        self.phone.nav.go("reaction_form", person=found.subject, dose=found.id)

    def _head(self, found: Happening) -> Card:
        sign = happening_sign(found)
        card = Card()
        card.add_widget(text(sign.text, "heading", bold=True))
        card.add_widget(text(words.t("entry.on", day=words.day(found.day)), "small"))
        card.add_widget(text(by_words(found.by), "small", "muted"))
        if found.withdrawn:
            card.add_widget(Chip(text=words.t("entry.withdrawn"), icon="undo-variant", tone="warn"))
        return card

    def _fields(self, found: Happening) -> Card:
        card = Card(spacing=theme.s12)
        for name, said in field_pairs(self.phone, found.kind, found.body):
            card.add_widget(_pair(name, said))
        for line in found.body.get("outcomes", ()):
            person = registers.person(self.phone.store, line["person"])
            said = outcome_name(line["outcome"])
            if reason := line.get("reason"):
                said += f" · {small(reason_name(OUTCOME_REASONS.get(line['outcome'], 'refusal'), reason))}"
            card.add_widget(_pair(person.row.full_name if person else words.t("person.gone"), said))
        return card


def _pair(name: str, said: str) -> Column:
    pair = Column()
    pair.add_widget(text(name, "small", "muted"))
    pair.add_widget(text(said))
    return pair
