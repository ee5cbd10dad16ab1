"""Withdrawing an entry that should not be there: the reason is told, nothing is deleted."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.filling import FormScreen
from mobile.screens.recorded import by_words, happening_sign
from mobile.store import history, registers, withdrawing
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, text
from mobile.widgets.text import Note
from mobile.words import words


class WithdrawScreen(FormScreen):
    """What is withdrawn, why, and what happens then."""

    name = "withdraw"
    kind = "void"

    def prepare(self, entry: str, **_: Any) -> None:
        """Fill the form with the draft."""
        self.entry = entry
        self.key = f"withdraw:{entry}"
        store = self.phone.store
        found = known(history.happening(store, entry))
        self.title = words.t("withdraw.title")
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        card = Card()
        card.add_widget(text(happening_sign(found).text, bold=True))
        card.add_widget(text(self._whose(found.subject), "small"))
        card.add_widget(text(f"{words.day(found.day)} · {by_words(found.by)}", "small", "muted"))
        self.ids.page.add(card)
        self.form = self.make_form(("reason", "note"), self.keep)
        self.form.fill(draft or {})
        self.ids.page.add(self.form, Note(text=words.t("withdraw.lead"), icon="undo-variant"))
        self.ids.main.text = words.t("withdraw.save")

    def save(self) -> None:
        """Write the withdrawal and return to where the entry was seen."""
        body = self.form.body()
        store, nav = self.phone.store, self.phone.nav

        def write() -> None:
            withdrawing.withdraw(store, self.entry, body.get("reason"), body.get("note"), draft=self.key)

        def undo() -> None:
            again = withdrawing.record_again(store, self.entry)
            nav.go("entry", entry=again.id)

        if self.saved(write, self.form):
            nav.back()
            nav.say(words.t("withdraw.saved"), action=words.t("action.undo"), when_action=undo)

    def _whose(self, subject: str) -> str:
        person = registers.person(self.phone.store, subject)
        if person is not None:
            return person.row.full_name
        home = registers.household(self.phone.store, subject)
        return words.t("person_form.where", head=home.row.head_name) if home else ""


load_rules(__file__)
