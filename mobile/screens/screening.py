"""The screening before a dose: the form of the person's age, what it comes to, and what the screener concludes."""

from __future__ import annotations

from datetime import date
from typing import Any

from mobile.screens.base import known
from mobile.screens.conclusion import Conclusion
from mobile.screens.describe import advice_text
from mobile.screens.filling import FormScreen
from mobile.screens.person_head import head
from mobile.screens.stock_words import by_language
from mobile.store import registers, screening, sessions, undoing
from mobile.widgets.answers import AnswerRow
from mobile.widgets.buttons import Toggle
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Column, Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.clock import from_stamp
from shared.faults import Refused, fault
from shared.permissions import may_see
from shared.rules.screening import ALLOWS, Proposed, form_for, propose, questions


class ScreeningScreen(FormScreen):
    """A row a question; one tap answers the rest by no. The dose comes next, unless the conclusion is against it."""

    name = "screening"
    kind = "screening"

    def prepare(self, session: str, person: str, **_: Any) -> None:
        """Take up a draft, or what was found earlier today. Raises Refused for who does not screen (R079)."""
        store, role = self.phone.store, self.phone.me.role
        if not may_see(role, "screening"):
            raise Refused(fault("entry.not_permitted", "kind", role=role, kind=self.kind))
        self.session, self.person = session, person
        self.key = f"screening:{session}:{person}"
        self.held = known(sessions.session(store, session))
        self.found = known(registers.person(store, person))
        self.day = self.held.held_on
        self.title = words.t("screening.title")
        self.form = form_for(self.found.row.birth_date, self.day)
        self.asked = questions(self.form, self.day) if self.form else []
        self.standing = screening.screened(store, person, self.day)
        kept = self.kept()
        self.data: dict[str, Any] = kept or self._begun()
        self._fill(resumed=kept is not None)

    def save(self) -> None:
        """Record the conclusion; the questions left open are answered by no, as the button says."""
        if not self.data["paper"]:
            self.data["answers"] = self._rest_no()
        outcome, written = self.conclusion.outcome, list[str]()
        if outcome is None:
            self.refused([fault("field.missing", "outcome")])
            self.ids.page.show(self.conclusion)
            return
        if not self.saved(lambda: written.append(self._record())):
            self.ids.page.show(self.conclusion)
            return
        draft, nav = (self.key, self.kind, dict(self.data)), self.phone.nav
        session, person = self.session, self.person
        if outcome in ALLOWS:
            shown = nav.swap("dose", session=session, person=person)
        else:
            nav.back()
            shown = None

        def undo() -> None:
            undoing.take_back(self.phone.store, *written, draft=draft)
            still = shown is not None and shown.parent is not None  # not a dose form under the screening
            (nav.swap if still else nav.go)("screening", session=session, person=person)

        said = words.t("screening.saved", outcome=words.option("screening", "outcome", outcome))
        nav.say(said, action=words.t("form.undo"), when_action=undo)

    def answer(self, code: str) -> None:
        """Yes at the first tap, no at the next."""
        self.data["answers"][code] = not self.data["answers"].get(code, False)
        self.rows[code].answer = "yes" if self.data["answers"][code] else "no"
        self._changed()

    def proposed(self) -> Proposed | None:
        """What the answers come to with the open questions answered by no; None where no form is asked."""
        if self.form is None or self.data["paper"]:
            return None
        return propose(self.form, self._rest_no(), self.day)

    def _begun(self) -> dict[str, Any]:
        data: dict[str, Any] = {"answers": {}, "outcome": None, "until": None, "reason": None, "note": ""}
        data["paper"] = False
        if self.standing is not None:
            until = self.standing.deferred_until
            data |= {
                "answers": dict(self.standing.answers),
                "outcome": self.standing.outcome,
                "until": until.isoformat() if until else None,
                "reason": self.standing.reason,
                "paper": self.form is not None and self.standing.form is None,
            }
        return data

    def _fill(self, *, resumed: bool) -> None:
        page = self.ids.page
        if resumed:
            self.note_kept(page)
        page.add(*head(self.phone, self.found, self.day))
        page.add(*self._known())
        self.rows: dict[str, AnswerRow] = {}
        if self.asked:
            page.add(Section(text=words.t(f"screening.form.{self.form}")))
            page.add(text(words.t("screening.tap_yes"), "small", "muted"))
            self.questions = Column(spacing=self.ids.page.gap / 2)
            told = screening.told_before(self.phone.store, self.person)
            for item in self.asked:
                self.rows[item.code] = self._row(item.code, by_language(item.label_vi, item.label_en), told)
            page.add(self.questions)
            paper = Toggle(
                text=words.t("screening.paper"),
                hint=words.t("screening.paper_line"),
                active=self.data["paper"],
            )
            paper.bind(active=lambda _, on: self._by_paper(on))
            page.add(paper)
            self._show_questions()
        self.conclusion = Conclusion(self, self.day)
        page.add(self.conclusion)
        self._tell()

    def _known(self) -> list[Note]:
        """What speaks of a dose today before anything is asked."""
        found: list[Note] = []
        if self.standing is not None:
            params = {
                "outcome": words.option("screening", "outcome", self.standing.outcome),
                "when": words.hour(from_stamp(self.standing.recorded_at)),
            }
            said = "screening.today_here" if self.standing.mine else "screening.today_elsewhere"
            found.append(Note(text=words.t(said, **params), tone="warn"))
        advice = self.found.advice
        if not advice.is_due(self.day):
            found.append(Note(text=advice_text(advice, self.day), icon="clock-outline", tone="warn"))
        return found

    def _row(self, code: str, said: str, told: dict[str, date]) -> AnswerRow:
        answered = self.data["answers"].get(code)
        row = AnswerRow(
            code=code,
            text=said,
            names={"yes": words.t("form.yes"), "no": words.t("form.no")},
            answer="" if answered is None else "yes" if answered else "no",
            earlier=words.t("screening.earlier", day=words.day(told[code])) if code in told else "",
        )
        row.bind(on_release=lambda pressed: self.answer(pressed.code))
        return row

    def _by_paper(self, on: bool) -> None:
        self.data |= {"paper": on, "outcome": None, "until": None, "reason": None}
        self._show_questions()
        self._changed()

    def _show_questions(self) -> None:
        self.questions.clear_widgets()
        if not self.data["paper"]:
            for row in self.rows.values():
                self.questions.add_widget(row)

    def _rest_no(self) -> dict[str, bool]:
        answers = self.data["answers"]
        return {item.code: answers.get(item.code, False) for item in self.asked}

    def conclude(self, **values: Any) -> None:
        """Take what the screener concludes."""
        self.data |= values
        self._keep()

    def _changed(self) -> None:
        """Answers changed: what was concluded before them is concluded anew."""
        self.data |= {"outcome": None, "until": None, "reason": None}
        self._keep()

    def _keep(self) -> None:
        self.keep(self.data)
        self.conclusion.draw()
        self._tell()

    def _tell(self) -> None:
        """Say on the main action what it will record."""
        outcome = self.conclusion.outcome
        if outcome is None:
            self.ids.main.text = words.t("screening.conclude")
            return
        name = words.option("screening", "outcome", outcome)
        answered = self.data["answers"]
        open_ones = not self.data["paper"] and len(answered) < len(self.asked)
        key = "save" if not open_ones else "save_rest" if answered else "save_all"
        self.ids.main.text = words.t(f"screening.{key}", outcome=name)

    def _record(self) -> str:
        data, by_form = self.data, self.form is not None and not self.data["paper"]
        body = {
            "outcome": self.conclusion.outcome,
            "deferred_until": self.conclusion.until,
            "reason": self.conclusion.reason,
            "form": self.form if by_form else None,
            "answers": [{"item": code, "yes": yes} for code, yes in data["answers"].items()]
            if by_form
            else None,
            "session": self.session,
            "note": data["note"].strip() or None,
        }
        entry = self.phone.store.record(
            "screening",
            subject=self.person,
            place=self.held.site_id,
            body=body,
            occurred_on=self.day,
            corrects=self.standing.id if self.standing else None,
            draft=self.key,
        )
        return entry.id


load_rules(__file__)
