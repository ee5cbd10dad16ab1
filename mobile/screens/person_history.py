"""Everything that happened to a person, newest first, a window at a time (L20)."""

from __future__ import annotations

from typing import Any

from mobile.phone import Phone
from mobile.screens.base import known
from mobile.screens.page import PageScreen
from mobile.screens.recorded import by_words, happening_sign
from mobile.store import history, registers
from mobile.store.history import Happening
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Empty
from mobile.words import words

#: Shown at first, and added by each tap.
WINDOW = 20


class PersonHistoryScreen(PageScreen):
    """A list; each row opens what was recorded."""

    name = "person_history"

    def prepare(self, person: str, **_: Any) -> None:
        """Know the person."""
        self.person = person
        self.title = known(registers.person(self.phone.store, person)).row.full_name
        self.window = WINDOW

    def show(self) -> None:
        """List the newest."""
        page = self.ids.page
        page.clear()
        found = history.history(self.phone.store, self.person, self.window + 1)
        for each in found[: self.window]:
            page.add(happening_row(self.phone, each))
        if not found:
            page.add(Empty(title=words.t("person_history.none"), text=words.t("person_history.none_do")))
        if len(found) > self.window:
            older = QuietButton(text=words.t("person_history.older"), icon="chevron-down")
            older.bind(on_release=lambda _: self.older())
            page.add(older)

    def older(self) -> None:
        """Show another window."""
        self.window += WINDOW
        self.show()


def happening_row(phone: Phone, found: Happening) -> Row:
    """One row of a history."""
    sign = happening_sign(found)
    row = Row(
        icon=sign.icon,
        icon_tone=sign.tone,
        title=sign.text,
        line=f"{words.day(found.day)} · {by_words(found.by)}",
    )
    row.bind(on_release=lambda _: phone.nav.go("entry", entry=found.id))
    return row
