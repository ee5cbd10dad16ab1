"""What became of somebody, in a few taps: away for a while, back, moved away, died, cannot come to the point (R013)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from mobile.forms.asked import asked, day_parts, day_text, said
from mobile.forms.form import Form
from mobile.screens.base import known
from mobile.screens.describe import person_line
from mobile.screens.filling import FormScreen
from mobile.store import history, registers, undoing
from mobile.widgets.choices import ChoiceField
from mobile.widgets.fields import DayField, FieldBox, TextField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, text
from mobile.words import words
from shared.faults import Fault
from shared.rules.residence import PRESENT, body_of_change, change_fault

#: Days a worker need not type, by how long ago they were.
LATELY = {"today": 0, "yesterday": 1}
OTHER_DAY = "other"


class PersonChangeScreen(FormScreen):
    """One question or two about one change; `what` is a change of `shared.rules.residence`."""

    name = "person_change"
    kind = "person"

    def prepare(self, person: str, what: str, **_: Any) -> None:
        """Ask what the change needs; the day is today unless another is given."""
        self.person, self.what = person, what
        self.key = f"person_change:{person}:{what}"
        self.found = known(registers.person(self.phone.store, person))
        self.title = words.t(f"person_change.{what}")
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        self.data: dict[str, Any] = draft or self._beginning()
        self.fields: dict[str, FieldBox] = {}
        card = Card()
        card.add_widget(text(self.found.row.full_name, bold=True))
        card.add_widget(text(person_line(self.found.row), "small", "muted"))
        self.ids.page.add(card)
        if what == "cannot_come":
            self._ask_why()
        else:
            self._ask_day()
        if what == "back":
            self._ask_how()
        self.ids.main.text = words.t("form.save")

    def save(self) -> None:
        """Write it and return."""
        today = self.phone.clock.today()
        wrong = change_fault(self.what, self.data, self.found.row.birth_date, today)
        if wrong is not None:
            self.refused([wrong])
            return
        written: list[str] = []
        if not self.saved(lambda: written.extend(self._write())):
            return
        nav, store = self.phone.nav, self.phone.store
        nav.back()

        def undo() -> None:
            undoing.take_back(store, *written)
            nav.refresh()

        done = words.t("person_change.saved", name=self.found.row.full_name)
        nav.say(done, action=words.t("action.undo") if written else "", when_action=undo)

    def refused(self, faults: Iterable[Fault], form: Form | None = None) -> None:
        """Each fault beside what it is about; the words of the form's own fields are those of the kind."""
        faults = list(faults)
        for name, field in self.fields.items():
            told = [said(found, self.kind, words.lang) for found in faults if found.field == name]
            field.fault = " ".join(told)
        super().refused(faults, form)

    def _write(self) -> list[str]:
        body = body_of_change(self.what, self.data)
        entry = self.phone.store.edit("person", self.person, body, draft=self.key)
        return [entry.id] if entry else []

    def _beginning(self) -> dict[str, Any]:
        began: dict[str, Any] = {"when": "today", "since": self.phone.clock.today().isoformat()}
        if self.what == "back":
            began["residence"] = history.former_residence(self.phone.store, self.person)
        if self.what == "cannot_come":
            began = {"cannot_come": None}
        return began

    def _ask_why(self) -> None:
        options = asked("person", "cannot_come", words.lang).options
        field = ChoiceField(
            label=words.t("person_change.why"), options=[(code, label, "") for code, label in options]
        )
        field.value = self.data.get("cannot_come") or ""
        field.when_edit = lambda code: self._put(cannot_come=code)
        self.fields["cannot_come"] = field
        self.ids.page.add(field)

    def _ask_day(self) -> None:
        options = [(code, words.t(f"person_change.{code}"), "") for code in (*LATELY, OTHER_DAY)]
        self.when = ChoiceField(label=words.t(f"person_change.{self.what}_on"), options=options)
        self.when.value = self.data["when"]
        self.when.when_edit = self._pick_day
        names = [words.t("form.day"), words.t("form.month"), words.t("form.year")]
        self.day = DayField(names=names)
        self.day.day, self.day.month, self.day.year = day_parts(self.data.get("since"))
        self.day.when_edit = lambda: self._put(
            since=day_text(self.day.day, self.day.month, self.day.year, "day")
        )
        self.fields["residence_since"] = self.day
        self.ids.page.add(self.when)
        if self.data["when"] == OTHER_DAY:
            self.ids.page.add(self.day)

    def _pick_day(self, code: str) -> None:
        column = self.ids.page.ids.column
        if code == OTHER_DAY:
            if self.day.parent is None:
                index = column.children.index(self.when)
                column.add_widget(self.day, index=index)
            self.day.day = self.day.month = self.day.year = ""
            self._put(when=code, since=None)
            return
        column.remove_widget(self.day)
        day: date = self.phone.clock.today() - timedelta(days=LATELY[code])
        self._put(when=code, since=day.isoformat())

    def _ask_how(self) -> None:
        options = [(code, words.option("person", "residence", code), "") for code in PRESENT]
        how = ChoiceField(label=words.label("person", "residence"), options=options)
        how.value = self.data.get("residence") or ""
        how.when_edit = lambda code: self._put(residence=code)
        label = words.t("form.optional", label=words.label("person", "came_from"))
        came = TextField(label=label, longest=80)
        came.text = self.data.get("came_from") or ""
        came.when_edit = lambda typed: self._put(came_from=typed.strip() or None)
        self.came_from = came
        self.ids.page.add(how, came)

    def _put(self, **given: Any) -> None:
        self.data |= given
        self.keep(self.data)


load_rules(__file__)
