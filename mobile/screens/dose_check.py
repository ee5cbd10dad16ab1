"""What the rules say of a dose before it is recorded: the schedule, age and vaccine, mixing, the screening."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from mobile.phone import Phone
from mobile.screens.conclusion import SIGNS
from mobile.screens.describe import advice_text, dose_name
from mobile.store import dosing
from mobile.store.screening import ScreeningRow
from mobile.store.sessions import SessionRow
from mobile.store.views import PersonPage
from mobile.widgets.lists import Row
from mobile.widgets.text import Note
from mobile.words import words
from shared.clock import from_stamp
from shared.faults import Fault

#: Doubts that the screen says in another place: in the schedule's own words, and beside where the dose is given.
SCHEDULE = frozenset({"dose.too_early"})
HOME = frozenset({"dose.home_not_eligible"})


def of_the_session(held: SessionRow, today: date) -> list[Note]:
    """What of the session bears on a dose: it has ended, or it was held another day."""
    found: list[Note] = []
    if held.closed:
        found.append(Note(text=words.t("dose.session_ended"), tone="warn"))
    if held.held_on != today:
        said = words.t("dose.other_day", day=words.day(held.held_on))
        found.append(Note(text=said, icon="calendar-alert", tone="warn"))
    return found


def checks(phone: Phone, found: PersonPage, day: date, dose: Mapping[str, Any] | None) -> list[Note]:
    """A note for each thing that speaks against the dose: not due yet, and doubts it would raise. None forbids it."""
    advice, doubts = found.advice, dosing.doubts_about(phone.store, found.row.id, dose) if dose else []
    by_schedule = dose is None or dose["dose_type"] == advice.dose_type
    elsewhere = SCHEDULE | HOME if by_schedule else HOME
    notes = [
        Note(text=said(doubt), icon="alert-outline", tone="late")
        for doubt in doubts
        if doubt.code not in elsewhere
    ]
    if not advice.is_due(day):
        notes.insert(0, Note(text=advice_text(advice, day), icon="clock-outline", tone="warn"))
    return notes


def dose_row(found: PersonPage, day: date, dose_type: str, change: Callable[[], None]) -> Row:
    """The dose, and what the schedule says where it proposes it; a tap changes it."""
    advice = found.advice
    line = words.t("dose.change")
    if advice.dose_type == dose_type and advice.is_due(day):
        line = advice_text(replace(advice, document=None), day)  # the document stands on the person's page
    row = Row(icon="needle", icon_tone="brand", title=dose_name(dose_type), line=line)
    row.bind(on_release=lambda _: change())
    return row


def screening_row(screened: ScreeningRow | None, again: Callable[[], None]) -> Row:
    """The conclusion of today's screening, or that there is none; a tap opens the screening."""
    if screened is None:
        row = Row(
            icon="stethoscope",
            icon_tone="warn",
            title=words.t("dose.not_screened"),
            line=words.t("dose.screen_do"),
        )
    else:
        icon, tone = SIGNS[screened.outcome]
        when = words.hour(from_stamp(screened.recorded_at))
        line = "dose.screened_here" if screened.mine else "dose.screened_elsewhere"
        row = Row(
            icon=icon,
            icon_tone=tone,
            title=words.option("screening", "outcome", screened.outcome),
            line=words.t(line, when=when),
        )
    row.bind(on_release=lambda _: again())
    return row


def said(doubt: Fault) -> str:
    """A doubt in words, its days as people write them."""
    params = {name: _day(value) for name, value in doubt.params.items()}
    return words.fault(Fault(doubt.code, doubt.field, params))


def _day(value: Any) -> Any:
    try:
        return words.day(date.fromisoformat(value))
    except (TypeError, ValueError):
        return value
