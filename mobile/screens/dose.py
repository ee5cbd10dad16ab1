"""One dose: what the rules say of it, the vaccine and the lot to take first, and where it is given."""

from __future__ import annotations

from typing import Any

from mobile.forms.asked import asked
from mobile.screens.base import known
from mobile.screens.describe import dose_name
from mobile.screens.dose_check import checks, dose_row, of_the_session, screening_row
from mobile.screens.filling import FormScreen
from mobile.screens.lot_choice import BY_HAND, LotChoice
from mobile.screens.person_head import head
from mobile.store import attending, dosing, observations, registers, screening, sessions, undoing
from mobile.store.dosing import LotAtHand
from mobile.widgets.buttons import Toggle
from mobile.widgets.choices import Segments
from mobile.widgets.fields import TextField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Section
from mobile.widgets.text import Note
from mobile.words import words
from shared.faults import Fault, fault
from shared.rules.doses import home_dose_barred
from shared.rules.screening import ALLOWS

#: The reason that is told in words.
OTHER = "other"


class DoseScreen(FormScreen):
    """The dose of one person in a session, after the screening of the day."""

    name = "dose"
    kind = "dose"

    def prepare(self, session: str, person: str, **_: Any) -> None:
        """Propose the dose, the vaccine and the lot; take up a draft."""
        store = self.phone.store
        self.session, self.person = session, person
        self.key = f"dose:{session}:{person}"
        self.held = known(sessions.session(store, session))
        self.found = known(registers.person(store, person))
        self.day = self.held.held_on
        self.title = words.t("dose.title")
        kept = self.kept()
        self._resumed = kept is not None
        self._choosing = False
        self._look()
        self.data: dict[str, Any] = kept or dosing.begun(self.held, self.lots, self.found)

    def show(self) -> None:
        """Draw what has been chosen so far; the screening may have been put right meanwhile."""
        page, data = self.ids.page, self.data
        self._look()
        page.clear()
        if self._resumed:
            self.note_kept(page)
        page.add(*head(self.phone, self.found, self.day))
        page.add(*of_the_session(self.held, self.phone.clock.today()))
        page.add(*checks(self.phone, self.found, self.day, self._candidate()))
        screened = screening_row(self.screened, self._screen)
        if not self._fit:
            page.add(screened)
        self._dose_type()
        lots = self._fitting(data.get("dose_type"))
        page.add(Section(text=words.t("dose.lot")))
        choice = LotChoice(lots, data, self, dosing.lots_out_of_turn(lots), self.day)
        choice.left_out(dosing.left_out(self.lots, self.found, data.get("dose_type"), self.day))
        page.add(choice)
        self._where()
        if (data.get("fefo_code") == OTHER and self._asks_why(lots)) or data.get("note"):
            self._note()
        if self._fit:
            page.add(screened)
        self._foot()

    def save(self) -> None:
        """Write the dose; without a screening of the day, screen first."""
        if self.screened is None or not self._fit:
            self._screen()
            return
        faults = self._missing(self.screened.outcome)
        if faults:
            self.refused(faults)
            return
        written: list[str] = []
        if not self.saved(lambda: written.append(self._record())):
            return
        draft, nav, person = (self.key, self.kind, dict(self.data)), self.phone.nav, self.person
        session, said = self.session, self._said(written[0])

        def undo() -> None:
            undoing.take_back(self.phone.store, *written, draft=draft)
            nav.go("dose", session=session, person=person)

        nav.back()
        nav.say(said, action=words.t("form.undo"), when_action=undo)

    def choose(self, **values: Any) -> None:
        """Take an answer, keep it, and draw again."""
        self.data |= values
        self.keep(self.data)
        self._resumed = False
        scroll = self.ids.page.scroll_y
        self.show()
        self.ids.page.scroll_y = scroll

    def write(self, **values: Any) -> None:
        """Keep what is typed, the keyboard staying open."""
        self.data |= values
        self.keep(self.data)

    def open_vial(self, lot: LotAtHand) -> None:
        """Record that a vial of a lot is opened now: its doses leave the sealed ones in the book."""
        entry = dosing.open_vial(self.phone.store, self.session, lot)
        self.show()
        store, nav = self.phone.store, self.phone.nav

        def undo() -> None:
            undoing.take_back(store, entry)
            nav.refresh()
            self.show()  # a form is not drawn anew by a refresh

        nav.say(
            words.t("dose.vial_opened", lot=lot.first.lot.lot_number),
            action=words.t("form.undo"),
            when_action=undo,
        )

    def waiting(self) -> int:
        """People of the session still due, this one included."""
        return max(1, attending.waiting(self.phone.store, self.session, self.day))

    @property
    def _fit(self) -> bool:
        """Whether today's screening allows a dose."""
        return self.screened is not None and self.screened.outcome in ALLOWS

    def _look(self) -> None:
        store = self.phone.store
        self.screened = screening.screened(store, self.person, self.day)
        self.lots = dosing.lots_at_hand(store, self.session, self.held.site_id)

    def _screen(self) -> None:
        self.phone.nav.swap("screening", session=self.session, person=self.person)

    def _missing(self, outcome: str) -> list[Fault]:
        """What keeps the dose from being recorded here: the home, or a lot out of turn nobody gave a reason for."""
        found = [home_dose_barred(bool(self.data.get("at_home")), outcome)]
        if self._asks_why(self._fitting(self.data.get("dose_type"))):
            if not self.data.get("fefo_code"):
                found.append(fault("field.missing", "fefo_code"))
            elif self.data["fefo_code"] == OTHER and not (self.data.get("note") or "").strip():
                found.append(fault("field.missing", "note"))
        return [each for each in found if each is not None]

    def _said(self, entry: str) -> str:
        """What was recorded, and until when the person stays."""
        name = dose_name(self.data["dose_type"])
        watched = next(
            (w for w in observations.watched(self.phone.store, self.session) if w.dose == entry), None
        )
        if watched is None or not watched.by_clock:
            return words.t("dose.saved", dose=name, name=self.found.row.full_name)
        until = words.hour(watched.until)
        return words.t("dose.saved_until", dose=name, name=self.found.row.full_name, until=until)

    def _record(self) -> str:
        data, lots = self.data, self._fitting(self.data.get("dose_type"))
        by_hand = data.get("lot") == BY_HAND
        body = {
            "session": self.session,
            "vaccine": data.get("vaccine"),
            "dose_type": data.get("dose_type"),
            "screening": self.screened.outcome if self.screened else None,
            "lot": None if by_hand else data.get("lot"),
            "lot_number": (data.get("lot_number") or "").strip() or None if by_hand else None,
            "fefo_code": data.get("fefo_code") if self._asks_why(lots) else None,
            "at_home": True if data.get("at_home") else None,
            "note": (data.get("note") or "").strip() or None,
        }
        return self.phone.store.record(
            "dose",
            subject=self.person,
            place=self.held.site_id,
            body=body,
            occurred_on=self.day,
            draft=self.key,
        ).id

    def _candidate(self) -> dict[str, Any] | None:
        """The dose as it would be recorded, once its vaccine is known."""
        data, lot = self.data, self.data.get("lot")
        if not (data.get("vaccine") and data.get("dose_type")):
            return None
        return {
            "vaccine": data["vaccine"],
            "dose_type": data["dose_type"],
            "given_on": self.day,
            "screening": self.screened.outcome if self.screened else "eligible",
            "at_home": bool(data.get("at_home")),
            "lot_id": None if lot == BY_HAND else lot,
        }

    def _fitting(self, dose_type: str | None) -> list[LotAtHand]:
        return dosing.fitting(self.lots, self.found, dose_type, self.day)

    def _asks_why(self, lots: list[LotAtHand]) -> bool:
        """Whether the lot chosen is out of turn."""
        return self.data.get("lot") in dosing.lots_out_of_turn(lots)

    def _dose_type(self) -> None:
        page, data = self.ids.page, self.data
        if data.get("dose_type") and not self._choosing:
            page.add(dose_row(self.found, self.day, data["dose_type"], self._choose_type))
            return
        page.add(Section(text=words.label("dose", "dose_type")))
        options = [(code, dose_name(code), "") for code, _ in asked("dose", "dose_type", words.lang).options]
        chosen = [data["dose_type"]] if data.get("dose_type") else []
        page.add(Segments(columns=2, options=options, chosen=chosen, when_pick=self._chose_type))

    def _choose_type(self) -> None:
        self._choosing = True
        self.choose()

    def _chose_type(self, code: str) -> None:
        """Another dose may ask for another lot; one that still fits stays."""
        self._choosing = False
        fitting = self._fitting(code)
        stays = {BY_HAND, *(each.first.lot.id for each in fitting)}
        again = {} if self.data.get("lot") in stays else dosing.first_of(fitting)
        self.choose(dose_type=code, **again)

    def _where(self) -> None:
        """At home or not; at home only who was found eligible now (R024)."""
        home = Toggle(text=words.label("dose", "at_home"), active=bool(self.data.get("at_home")))
        home.bind(active=lambda _, on: self.choose(at_home=on))
        self.ids.page.add(home)
        if self.screened is None:
            return
        barred = home_dose_barred(bool(self.data.get("at_home")), self.screened.outcome)
        if barred is not None:
            self.ids.page.add(Note(text=words.fault(barred), icon="alert-circle-outline", tone="late"))

    def _note(self) -> None:
        field = TextField(label=words.t("dose.why_in_words"), longest=300, long=True)
        field.text = self.data.get("note") or ""
        field.when_edit = lambda said: self.write(note=said)
        self.ids.page.add(field)

    def _foot(self) -> None:
        """The main action: the dose, or the screening that is missing."""
        main = self.ids.main
        if self._fit:
            main.text, main.icon = words.t("dose.save"), "needle"
        else:
            main.text, main.icon = words.t("dose.screen_first"), "stethoscope"


load_rules(__file__)
