"""Who stands before the team: what must be known of a person before a screening and a dose."""

from __future__ import annotations

from datetime import date

from kivy.uix.widget import Widget

from mobile.phone import Phone
from mobile.screens.describe import person_line, phone_number, reason_name
from mobile.store import screening
from mobile.store.views import PersonPage
from mobile.widgets.surfaces import Card, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.rules.visits import guardian_is_asked

#: The sign of what a parent said.
CONSENT_SIGNS = {
    "agree": ("check-circle-outline", "good"),
    "decline": ("hand-back-right-off-outline", "late"),
    "considering": ("account-question-outline", "warn"),
}


def head(phone: Phone, found: PersonPage, day: date) -> list[Widget]:
    """A card with who it is and the last dose; a contraindication on the register; of a child, what a parent said."""
    row = found.row
    card = Card()
    card.add_widget(text(row.full_name, "heading", bold=True))
    card.add_widget(text(person_line(row), "small", "muted"))
    last = next((dose for dose in found.doses if not dose.voided), None)
    if last:
        name = words.option("dose", "dose_type", last.dose_type)
        said = words.t("dose.last", dose=name, day=words.day(last.given_on))
        card.add_widget(text(said, "small", "muted"))
    shown: list[Widget] = [card]
    if row.contraindication:
        reason = reason_name("contraindication", row.contraindication)
        shown.append(Note(text=words.t("head.contraindication", reason=reason), icon="cancel", tone="late"))
    if guardian_is_asked(row.birth_date, day, row.next_dose):
        shown.append(_parents(phone, found))
    return shown


def _parents(phone: Phone, found: PersonPage) -> Note:
    """What a parent or guardian said at the last visit that asked; it informs, it never blocks (R033)."""
    answer = screening.parents_answer(phone.store, found.row.id)
    number = found.values.get("guardian_phone")
    who = [found.values.get("guardian_name"), phone_number(number) if number else None]
    named = " · ".join(filter(None, who))
    guardian = words.t("head.guardian", who=named) if named else ""
    if answer is None:
        said, icon, tone = words.t("head.parents_never"), "account-question-outline", "warn"
    elif answer.consent is None:
        said = words.t(
            "head.parents_reached" if answer.reached else "head.parents_missed", day=words.day(answer.said_on)
        )
        icon, tone = "account-question-outline", "warn"
    else:
        said = words.t(f"head.parents_{answer.consent}", day=words.day(answer.said_on))
        icon, tone = CONSENT_SIGNS[answer.consent]
    return Note(text=f"{said} {guardian}".strip(), icon=icon, tone=tone)
