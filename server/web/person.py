"""A person: what they lack and why, what they were given, asked and found, who they are, and every entry."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language
from server.ledger.inspect import history
from server.registers.one_person import (
    Record,
    answer_of_match,
    asked_of,
    disputed,
    doses_given,
    lived,
    observations_of,
    person_columns,
    reactions_of,
    records_of,
    screenings_of,
)
from server.registers.openings import schedule_of_person
from server.reports.signing import states_of_doses
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_communication import national
from server.web.area import area, connection, names_shown, person_name
from server.web.entries import HIDDEN, shown_value
from server.web.outreach_area import reason_of, screens
from server.web.texts import day, kind_label, on_both_sides
from shared.faults import Fault, Refused, fault
from shared.fields import is_day
from shared.kinds import KINDS
from shared.rules.identity import check_cccd

#: Outcomes of visits and entries shown at most (L20).
ASKED, ENTRIES = 60, 200


class Born(Protocol):
    """Whoever has a date of birth."""

    @property
    def birth_date(self) -> date:
        """The date, its day or month made up where not known."""
        ...

    @property
    def birth_precision(self) -> str:
        """day, month or year."""
        ...


@blueprint.get("/persons/<person_id>")
@login_required
def person(person_id: str) -> ResponseReturnValue:
    """One person of the reader's area."""
    found = person_columns(connection(), person_id)
    if found is None or found.village_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    records = records_of(connection(), person_id)
    own = [record.id for record in records]
    today = current_settings().clock.today()
    return render_template(
        "person.html",
        person=found,
        path=area().path(found.village_id),
        records=_visible(records),
        hidden_records=len(records) - len(_visible(records)),
        schedule=schedule_of_person(connection(), person_id, today, screens=screens()) or [],
        doses=(doses := doses_given(connection(), own)),
        signing=states_of_doses(connection(), [dose.id for dose in doses]),
        screenings=screenings_of(connection(), own),
        reactions=reactions_of(connection(), own),
        observations=observations_of(connection(), own),
        asked=asked_of(connection(), own, ASKED),
        lived=lived(connection(), found),
        match=answer_of_match(connection(), person_id),
        conflicts=disputed(connection(), person_id),
        history=history(connection(), person_id, ENTRIES),
        **_words(),
    )


def birth(person: Born) -> str:
    """The date of birth as precisely as it is known; its year for readers who may not see names."""
    if person.birth_precision == "year" or not names_shown():
        return str(person.birth_date.year)
    if person.birth_precision == "month":
        return f"{person.birth_date:%m/%Y}"
    return day(person.birth_date)


def personal(value: str | None) -> str:
    """A value that tells who someone is, or of their health; dots for readers who may not see names."""
    return "–" if not value else value if names_shown() else HIDDEN


def number_doubts(person: Any) -> list[str]:
    """What is doubtful in a 12-digit number beside sex and year of birth: told to whoever may see it, never a bar."""
    if not names_shown() or person.id_kind not in ("cccd", "personal_code") or not person.id_number:
        return []
    found = check_cccd(person.id_number, person.sex, person.birth_date)
    return [on_both_sides(doubt.code, **doubt.params) for doubt in found]


def fault_words(found: Fault) -> str:
    """A fault in words, its days as they are read here."""
    params = {name: _day(value) for name, value in found.params.items()}
    return Fault(found.code, found.field, params).message(language())


def _day(value: Any) -> Any:
    return day(date.fromisoformat(value)) if isinstance(value, str) and is_day(value) else value


def _visible(records: list[Record]) -> list[Record]:
    return [record for record in records if record.village_id in area().visible]


def _words() -> dict[str, Any]:
    return {
        "person_name": person_name,
        "names_shown": names_shown(),
        "national": national,
        "number_doubts": number_doubts,
        "place_name": area().tree.name,
        "open_place": lambda place: place in area().visible,
        "birth": birth,
        "personal": personal,
        "screens": screens(),
        "hidden": HIDDEN,
        "reason_words": reason_of,
        "shown_value": shown_value,
        "kind_label": kind_label,
        "option_field": lambda name: KINDS["person"].schema.record_fields()[name].label(language()),
        "fault_words": fault_words,
        "today": current_settings().clock.today(),
    }
