"""A session under way: who is due, who is watched after a dose, who was vaccinated, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import ListProperty, StringProperty

from mobile.screens.base import Screen
from mobile.screens.describe import dose_name, person_line, person_sign
from mobile.screens.session_words import doses_line, session_title
from mobile.store import attending, observations, registers, screening, sessions
from mobile.store.attending import Given
from mobile.store.closing import Closing
from mobile.store.observations import Watched
from mobile.store.sessions import SessionRow
from mobile.store.views import PersonRow
from mobile.widgets.loading import load_rules
from mobile.widgets.text import Note
from mobile.words import words
from shared.clock import from_stamp
from shared.rules.screening import ALLOWS
from shared.text.folding import search_key

DUE, WATCHED, DONE = "due", "watched", "done"
MOST = 60


class SessionScreen(Screen):
    """Three lists and a search over the register."""

    name = "session"
    summary = StringProperty("")
    tab = StringProperty(DUE)
    tab_options = ListProperty([])
    action = StringProperty("")
    action_icon = StringProperty("")

    def prepare(self, session: str, **_: Any) -> None:
        """Know the session."""
        self.session = session

    def show(self) -> None:
        """Say how the session stands, and list people."""
        store = self.phone.store
        held = sessions.session(store, self.session)
        if held is None:
            self.phone.nav.back()
            return
        self.held = held
        self.title = session_title(store, held)
        kind = words.option("session", "session_type", held.session_type)
        self.summary = " · ".join((kind, words.day(held.held_on), doses_line(held)))
        self.watched = observations.watched(store, self.session)
        self.late = sessions.late(store, self.session)
        self._notes(held)
        self._tabs()
        self._foot(held)
        self.search("")

    def show_tab(self, tab: str) -> None:
        """Another list; the search stays."""
        self.tab = tab
        self.show()

    def search(self, _: str) -> None:
        """List who matches."""
        rows, open_one = {DUE: self._due, WATCHED: self._under_watch, DONE: self._done}[self.tab]()
        self.ids.rows.fill(rows, open_one)
        empty, query = self.ids.empty, self.ids.search.text
        empty.opacity = 0 if rows else 1
        said = "found" if query else self.tab
        empty.title, empty.text = words.t(f"session.none_{said}"), words.t(f"session.none_{said}_do")

    def open(self, person: str) -> None:
        """The dose of a person whom somebody found fit today, else the screening."""
        found = screening.screened(self.phone.store, person, self.held.held_on)
        fit = found is not None and found.outcome in ALLOWS
        self.phone.nav.go("dose" if fit else "screening", session=self.session, person=person)

    def open_details(self) -> None:
        """Team, vehicle, lots and phones of the session."""
        self.phone.nav.go("session_details", session=self.session)

    def act(self) -> None:
        """The main action: look after those who are watched on their list, else count the vials and end."""
        if self.tab == WATCHED and self.watched:
            self.phone.nav.go("observation", session=self.session)
        else:
            self.phone.nav.go("session_close", session=self.session)

    def _notes(self, held: SessionRow) -> None:
        """What happened to a session that has ended: doses written after it."""
        self.ids.notes.clear_widgets()
        if not held.closed:
            return
        more, doubts = sum(self.late.values()), Closing(self.phone.store, self.session).doubts()
        if more > 0:
            said = words.counted("session.late", more)
        elif self.late:
            said = words.t("session.fewer")
        else:
            said = words.fault(doubts[0]) if doubts else words.t("session.ended_lead")
        self.ids.notes.add_widget(Note(text=said, tone="warn" if self.late or doubts else "brand"))

    def _tabs(self) -> None:
        counts = {
            DUE: attending.waiting(self.phone.store, self.session, self.held.held_on),
            WATCHED: len(self.watched),
            DONE: self.held.doses,
        }
        self.tab_options = [
            (tab, f"{words.t(f'session.tab_{tab}')}\n{words.number(many)}", "")
            for tab, many in counts.items()
        ]

    def _foot(self, held: SessionRow) -> None:
        if self.tab == WATCHED and self.watched:
            self.action, self.action_icon = words.t("session.observe"), "timer-sand"
        elif held.closed:
            self.action, self.action_icon = words.t("session.account_again"), "check"
        else:
            self.action, self.action_icon = words.t("session.close"), "flag-checkered"

    def _due(self) -> tuple[list[dict[str, Any]], Callable[[str], None]]:
        """Those due, with an appointment first; a search finds anybody of the register."""
        query, store = self.ids.search.text, self.phone.store
        if query:
            return [self._person(row) for row in registers.people(store, query=query, limit=MOST)], self.open
        to_homes = self.held.session_type == "mobile"
        found = attending.expected(store, self.session, self.held.held_on, at_homes=to_homes)
        return [self._person(each.person, appointed=each.appointed) for each in found], self.open

    def _person(self, row: PersonRow, *, appointed: bool = False) -> dict[str, Any]:
        sign = person_sign(row, self.held.held_on)
        parts = [words.t("session.appointed")] if appointed else []
        if row.cannot_come:
            parts.append(words.t("session.cannot_come"))
        return {
            "key": row.id,
            "icon": "calendar-check" if appointed else "home-heart" if row.cannot_come else "",
            "icon_tone": "brand" if appointed else "warn",
            "title": row.full_name,
            "line": " · ".join([*parts, *self._who(row)]),
            "chip": sign.text,
            "chip_icon": sign.icon,
            "chip_tone": sign.tone,
            "stacked": True,
        }

    def _who(self, row: PersonRow) -> list[str]:
        """What tells apart people of one name: age, and whose house it is."""
        head = (
            [words.t("session.of_house", head=row.head_name)]
            if row.head_name not in ("", row.full_name)
            else []
        )
        return [person_line(row), *head]

    def _under_watch(self) -> tuple[list[dict[str, Any]], Callable[[str], None]]:
        wanted = search_key(self.ids.search.text).split()
        found = [each for each in self.watched if all(word in search_key(each.full_name) for word in wanted)]
        return [self._watch(each) for each in found], lambda _: self.act()

    def _watch(self, seen: Watched) -> dict[str, Any]:
        if seen.still:
            said, icon, tone = words.t("session.until", until=words.hour(seen.until)), "timer-sand", "brand"
        else:
            said, icon, tone = words.t("session.may_go"), "check", "good"
        if seen.reaction:
            said, icon, tone = words.t("session.reacted"), "alert-outline", "late"
        return {
            "key": seen.dose,
            "title": seen.full_name,
            "line": dose_name(seen.dose_type),
            "chip": said,
            "chip_icon": icon,
            "chip_tone": tone,
            "stacked": True,
        }

    def _done(self) -> tuple[list[dict[str, Any]], Callable[[str], None]]:
        found = attending.given(self.phone.store, self.session, self.ids.search.text)
        persons = {each.dose: each.person for each in found}
        return [self._given(each) for each in found], lambda dose: self.phone.nav.go(
            "person", person=persons[dose]
        )

    def _given(self, dose: Given) -> dict[str, Any]:
        parts = [dose_name(dose.dose_type), words.hour(from_stamp(dose.recorded_at))]
        if dose.at_home:
            parts.append(words.t("session.at_home"))
        return {
            "key": dose.dose,
            "title": dose.full_name,
            "line": " · ".join(parts),
            "chip": words.t("session.here" if dose.mine else "session.elsewhere"),
            "chip_icon": "check" if dose.mine else "cellphone-link",
            "chip_tone": "good" if dose.mine else "brand",
            "stacked": True,
        }


load_rules(__file__)
