"""The whole visit before it is saved: everybody's outcome, appointments, the register, and the visit itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from mobile.forms.form import Form
from mobile.forms.visit_sheet import VisitSheet
from mobile.screens.describe import OUTCOME_REASONS, OUTCOME_SIGNS, outcome_name, reason_name
from mobile.screens.visit_card import answer_name, names_of
from mobile.store.views import PersonRow
from mobile.theme import theme
from mobile.widgets.buttons import Toggle
from mobile.widgets.choices import ChoiceField, ManyField
from mobile.widgets.lists import Row
from mobile.widgets.quick_days import QuickDays
from mobile.widgets.surfaces import Column, Section, text
from mobile.widgets.text import Note
from mobile.words import words


class VisitSummary(Column):
    """`open_card(number)` shows a member again; `changed()` is called after each answer."""

    def __init__(
        self, sheet: VisitSheet, form: Form, open_card: Callable[[int], None], changed: Callable[[], None]
    ) -> None:
        super().__init__(spacing=theme.s12)
        self.sheet, self._open_card, self._changed = sheet, open_card, changed
        self.add_widget(text(words.t("visit.check"), "title", bold=True))
        if left := sheet.left():
            said = words.t("visit.left", left=len(left))
            self.add_widget(Note(text=said, icon="account-question-outline", tone="warn"))
        for number, member in enumerate(sheet.members):
            self.add_widget(self._row(number, member))
        self._expected()
        self._register()
        self._visit(form)
        self.place = text("", "small", "muted")
        self.add_widget(self.place)
        self.show_place()

    def show_place(self) -> None:
        """Say whether the position is known."""
        position = self.sheet.data.get("position")
        self.place.text = words.t("visit.position", metres=words.number(position[2])) if position else ""

    def _row(self, number: int, member: PersonRow) -> Row:
        given = self.sheet.outcomes.get(member.id)
        icon, tone = OUTCOME_SIGNS[given["outcome"]] if given else ("account-question-outline", "warn")
        row = Row(
            icon=icon,
            icon_tone=tone,
            title=member.full_name,
            line=_said(given) if given else words.t("visit.not_asked"),
            line_tone="ink" if given else tone,
        )
        row.bind(on_release=lambda _: self._open_card(number))
        return row

    def _expected(self) -> None:
        sheet, people = self.sheet, self.sheet.expected()
        if not people:
            return
        ids = [person.id for person in people]
        days = {sheet.outcomes[person].get("appointment_on") or "" for person in ids}
        self.add_widget(Section(text=words.t("visit.expected")))
        day = QuickDays(
            label=words.t("visit.expected_day", names=", ".join(person.full_name for person in people)),
            today=sheet.today,
            value=days.pop() if len(days) == 1 else "",
        )
        day.when_edit = lambda chosen: self._take(lambda: sheet.arrange(ids, appointment_on=chosen))
        self.add_widget(day)
        transport = ManyField(
            label=words.t("visit.transport"),
            options=names_of(people),
            values=[person for person in ids if sheet.outcomes[person].get("transport_need")],
        )
        transport.when_edit = lambda chosen: self._take(lambda: self._transport(ids, chosen))
        self.add_widget(transport)

    def _transport(self, people: list[str], chosen: list[str]) -> None:
        for person in people:
            self.sheet.arrange([person], transport_need=True if person in chosen else None)

    def _register(self) -> None:
        changes = self.sheet.changes()
        if not changes:
            return
        self.add_widget(Section(text=words.t("visit.register")))
        names = {member.id: member.full_name for member in self.sheet.members}
        day = words.day(self.sheet.today)
        for person, (what, taken) in changes.items():
            state = words.option("person", "residence", what)
            toggle = Toggle(
                text=words.t("visit.register_as", name=names[person], state=state),
                hint=words.t("visit.register_since", day=day),
                active=taken,
            )
            toggle.bind(active=lambda _, on, person=person: self._take(lambda: self.sheet.decide(person, on)))
            self.add_widget(toggle)

    def _visit(self, form: Form) -> None:
        sheet = self.sheet
        self.add_widget(Section(text=words.t("visit.more")))
        revisit = QuickDays(
            label=words.label("visit", "revisit_on"),
            today=sheet.today,
            value=sheet.data["more"].get("revisit_on") or "",
        )
        revisit.when_edit = lambda chosen: self._more(revisit_on=chosen)
        self.add_widget(revisit)
        if not sheet.met:
            kinds = [
                (code, words.option("visit", "visit_type", code), "") for code in ("door_to_door", "mop_up")
            ]
            visit_type = ChoiceField(
                label=words.label("visit", "visit_type"),
                options=kinds,
                value=sheet.data["more"]["visit_type"],
            )
            visit_type.when_edit = lambda code: self._more(visit_type=code)
            self.add_widget(visit_type)
        if form.parent is not None:
            form.parent.remove_widget(form)
        self.add_widget(form)

    def _more(self, **given: Any) -> None:
        self._take(lambda: self.sheet.data.update(more=self.sheet.data["more"] | given))

    def _take(self, do: Callable[[], None]) -> None:
        do()
        self._changed()


def _said(given: dict[str, Any]) -> str:
    parts = [outcome_name(given["outcome"])]
    if given.get("reason"):
        parts.append(reason_name(OUTCOME_REASONS[given["outcome"]], given["reason"]))
    elif answer := answer_name(given):
        parts.append(answer)
    if given.get("appointment_on"):
        parts.append(words.t("visit.comes_on", day=_day(given["appointment_on"])))
    if given.get("transport_need"):
        parts.append(words.t("visit.fetched"))
    return " · ".join(parts)


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m}"
    except ValueError:
        return "…"
