"""A session under way: who is due, who came, and how much was used."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from mobile.screens.base import Screen
from mobile.screens.describe import person_line, person_sign
from mobile.store import places, registers, stock
from mobile.store.views import PersonRow
from mobile.widgets.loading import load_rules
from mobile.words import words

MOST = 60


class SessionScreen(Screen):
    """Search, the people due, and the end of the session."""

    name = "session"
    summary = StringProperty("")
    closed = BooleanProperty(False)

    def prepare(self, session: str, **_: Any) -> None:
        """Know the session."""
        self.session = session

    def show(self) -> None:
        """Say how the session stands, and list people."""
        store = self.phone.store
        held = stock.session(store, self.session)
        if held is None:
            self.phone.nav.back()
            return
        kind = words.option("session", "session_type", held.session_type)
        self.title = held.point_name or places.name(store, held.site_id)
        self.summary = words.t(
            "session.summary", kind=kind, day=words.day(held.held_on), doses=words.number(held.doses)
        )
        self.closed = held.closed
        self.search("")

    def search(self, _: str) -> None:
        """List who matches; without a search those who are due, the ones who cannot come first."""
        query = self.ids.search.text
        store = self.phone.store
        if query:
            found = registers.people(store, query=query, limit=MOST)
        else:
            villages = stock.session_values(store, self.session).get("villages") or []
            one = villages[0] if len(villages) == 1 else None
            found = registers.due_people(store, one, limit=MOST)
            found = [p for p in found if not villages or p.village_id in villages]
        self.ids.rows.fill([self._row(person) for person in found], self.open)
        self.ids.empty.opacity = 0 if found else 1
        self.ids.empty.title = words.t("session.none_found" if query else "session.none_due")
        self.ids.empty.text = words.t("session.none_found_do" if query else "session.none_due_do")

    def open(self, person: str) -> None:
        """The dose of one person."""
        if not self.closed:
            self.phone.nav.go("dose", session=self.session, person=person)

    def close(self) -> None:
        """Count the vials and end the session."""
        self.phone.nav.go("session_close", session=self.session)

    def _row(self, person: PersonRow) -> dict[str, Any]:
        sign = person_sign(person, self.phone.clock.today())
        return {
            "key": person.id,
            "title": person.full_name,
            "line": person_line(person),
            "chip": sign.text,
            "chip_icon": sign.icon,
            "chip_tone": sign.tone,
            "stacked": True,
        }


load_rules(__file__)
