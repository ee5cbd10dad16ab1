"""Opens a vaccination session, or changes one: unit, point, villages, team, vehicle, cold box, and the lots taken."""

from __future__ import annotations

from typing import Any

from mobile.forms.asked import body_of
from mobile.screens.base import known
from mobile.screens.describe import dose_name
from mobile.screens.filling import FormScreen
from mobile.screens.session_lots import LotsTaken
from mobile.screens.session_words import join_line, join_title
from mobile.screens.stock_words import by_language
from mobile.store import commitments, persons, places, registers, sessions, undoing
from mobile.store.sessions import SessionRow
from mobile.widgets.choices import ChoiceField, ManyField
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.suggesting import NamesField, Suggested, all_names
from mobile.widgets.surfaces import Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.permissions import MOBILE_TEAM

#: The texts of a session that earlier sessions suggest; each with how much it holds.
TEXTS = {"point_name": 200, "vehicle": 80, "cold_box": 80}
#: How many suggestions stand under a text, and how many names.
SUGGESTED, NAMES = 3, 8
#: Sites that hold sessions: a mobile team is a unit with its own stock (R070), a store only keeps.
UNITS = ("station", "team")


class SessionFormScreen(FormScreen):
    """`session` changes one that was opened; `site` opens one for another unit of this phone."""

    name = "session_form"
    kind = "session"

    def prepare(self, site: str = "", session: str = "", **_: Any) -> None:
        """Fill the form with the draft, with what the session has, or begin."""
        store = self.phone.store
        self.session = session
        self.held = known(sessions.session(store, session)) if session else None
        self.site = self.held.site_id if self.held else site or self.phone.me.site or ""
        self.key = f"session_edit:{session}" if session else f"session:{self.site}"
        self.title = words.t("session_form.edit_title" if session else "session_form.title")
        self.before = sessions.session_values(store, session) if session else {}
        kept = self.kept()
        self.data: dict[str, Any] = self._begun() | (kept or {})
        if kept is not None:
            self.note_kept(self.ids.page)
        self._fill()
        self._foot()

    def save(self) -> None:
        """Open the session, or write what changed of it."""
        if self.session:
            self._change()
            return
        written: list[str] = []

        def write() -> None:
            entry = self.phone.store.record("session", place=self.site, body=self._body(), draft=self.key)
            written.append(entry.subject)

        if self.saved(write, self.form):
            self.phone.nav.swap("session", session=written[0])

    def _change(self) -> None:
        store, nav, session = self.phone.store, self.phone.nav, self.session
        written: list[str] = []

        def write() -> None:
            entry = store.edit("session", session, self._body(), draft=self.key)
            store.drop_draft(self.key)
            written.extend([entry.id] if entry else [])

        draft = (self.key, self.kind, dict(self.data))
        if not self.saved(write, self.form):
            return
        nav.back()

        def undo() -> None:
            undoing.take_back(store, *written, draft=draft)
            nav.go("session_form", session=session)

        if written:
            nav.say(words.t("form.saved"), action=words.t("form.undo"), when_action=undo)

    def _begun(self) -> dict[str, Any]:
        values = self.before
        lines = {line["lot"]: line for line in values.get("lots") or []}
        team = self.phone.me.role == MOBILE_TEAM or self._level() == "team"
        return {
            "session_type": values.get("session_type") or ("mobile" if team else "fixed"),
            "villages": values.get("villages") or [],
            "team": values.get("team") or ([] if self.session else [self.phone.me.full_name]),
            "typed": "",
            "taken": {lot: line["vials_taken"] for lot, line in lines.items()},
            "fefo": {lot: line["fefo_code"] for lot, line in lines.items() if line.get("fefo_code")},
            "note": values.get("note") or "",
            **{name: values.get(name) or "" for name in TEXTS},
        }

    def _level(self) -> str:
        found = places.place(self.phone.store, self.site)
        return found.level if found else ""

    def _fill(self) -> None:
        page = self.ids.page
        if not self.session:
            self._others()
            self._unit()
        self.form = self.make_form(("session_type",), self._typed)
        page.add(self.form)
        self.form.fill({"session_type": self.data["session_type"]})
        self._text("point_name")
        self._villages()
        page.add(Section(text=words.t("session_form.team")))
        page.add(self._names())
        self._text("vehicle")
        self._text("cold_box")
        opened = sessions.opened_in(self.phone.store, self.session) if self.session else {}
        today = self.phone.clock.today()
        self.lots = LotsTaken(self.phone.store, self.site, today, self.data, opened, self._changed)
        page.add(self.lots)

    def _others(self) -> None:
        """Sessions of this site that were not ended: one may be joined, a forgotten one is to be ended."""
        held = sessions.not_ended(self.phone.store, self.site)
        if not held:
            return
        today = self.phone.clock.today()
        if any(not each.opened_here and each.held_on == today for each in held):
            self.ids.page.add(Note(text=words.t("session_form.join_lead"), icon="account-group-outline"))
        for each in held:
            self.ids.page.add(self._join(each))
        self.ids.page.add(Section(text=words.t("session_form.another")))

    def _join(self, held: SessionRow) -> Row:
        today = self.phone.clock.today()
        row = Row(
            icon="needle" if held.held_on == today else "calendar-alert",
            icon_tone="brand" if held.held_on == today else "warn",
            title=join_title(self.phone.store, held),
            line=join_line(held, today),
        )
        row.bind(on_release=lambda _: self.phone.nav.swap("session", session=held.id))
        return row

    def _unit(self) -> None:
        """Whose session it is: the station's, or that of a mobile team with a stock of its own."""
        units = [each for each in places.my_sites(self.phone.store) if each.level in UNITS]
        if len(units) < 2:
            self.ids.page.add(text(places.name(self.phone.store, self.site), tone="muted"))
            return
        field = ChoiceField(
            label=words.t("session_form.unit"),
            options=[(each.id, each.name, "") for each in units],
            value=self.site,
        )
        field.when_edit = lambda site: self.phone.nav.swap("session_form", site=site)
        self.ids.page.add(field)

    def _villages(self) -> None:
        villages = registers.villages(self.phone.store)
        if len(villages) > 1:
            options = [
                (v.id, words.t("session_form.village", name=v.name, due=words.number(v.due)), "")
                for v in villages
            ]
            field = ManyField(
                label=words.label("session", "villages"), options=options, values=list(self.data["villages"])
            )
            field.when_edit = self._chose_villages
            self.ids.page.add(field)
        self.expected = text("", "small", "muted")
        self.ids.page.add(self.expected)
        self._expect()

    def _expect(self) -> None:
        """How many people are due where the session goes, by dose."""
        mine = [village.id for village in places.my_villages(self.phone.store)]
        due = persons.due_in(
            self.phone.store,
            self.data["villages"] or mine,
            self.held.held_on if self.held else self.phone.clock.today(),
        )
        doses = ", ".join(f"{dose_name(code).lower()}: {words.number(many)}" for code, many in due.items())
        people = words.counted("session_form.expected", sum(due.values()))
        self.expected.text = f"{people} ({doses})" if due else people

    def _names(self) -> NamesField:
        known_names = [
            self.phone.me.full_name,
            *sessions.used_before(self.phone.store, self.site, "team", NAMES),
        ]
        return NamesField(
            words.label("session", "team"),
            known_names,
            self.data["team"],
            self.data["typed"],
            (words.t("session_form.another_name"), words.t("session_form.add_name")),
            self._named,
        )

    def _text(self, name: str) -> None:
        label = words.t("form.optional", label=words.label("session", name))
        found = sessions.used_before(self.phone.store, self.site, name, SUGGESTED)
        if name == "cold_box":
            pieces = [
                " ".join(filter(None, (by_language(each.item_vi, each.item_en), each.serial)))
                for each in commitments.cold_boxes(self.phone.store, self.site)
            ]
            found = list(dict.fromkeys([*found, *pieces]))[:SUGGESTED]
        field = Suggested(label, self.data[name], found, TEXTS[name], lambda said: self._wrote(name, said))
        self.ids.page.add(field)

    def _typed(self, values: dict[str, Any]) -> None:
        self.data |= values
        self._changed()

    def _wrote(self, name: str, said: str) -> None:
        self.data[name] = said
        self._changed()

    def _named(self, names: list[str], typed: str) -> None:
        self.data |= {"team": names, "typed": typed}
        self._changed()

    def _chose_villages(self, villages: list[str]) -> None:
        self.data["villages"] = villages
        self._expect()
        self._changed()

    def _changed(self) -> None:
        self.keep(self.data)
        self._foot()

    def _foot(self) -> None:
        asks = self.lots.asks
        self.ids.main.text = words.t(asks or ("form.save" if self.session else "session_form.open"))
        self.ids.main.disabled = bool(asks)

    def _body(self) -> dict[str, Any]:
        data = self.data
        lines = {line["lot"]: line for line in self.before.get("lots") or []}
        texts = {name: data[name] for name in (*TEXTS, "note")}
        return {
            "session_type": data["session_type"],
            "villages": data["villages"] or None,
            "team": all_names(data["team"], data["typed"]) or None,
            "lots": self.lots.lines(lines) or None,
            **body_of(texts),
        }


load_rules(__file__)
