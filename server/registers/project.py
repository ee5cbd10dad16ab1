"""Brings the register tables to what the folds say: households, people, visits, sessions, doses."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import insert_rows, select_among
from server.ledger.projecting import Arrived
from server.registers.models import (
    Dose,
    Household,
    Immunisation,
    Person,
    VaccinationSession,
    Visit,
    VisitOutcome,
)
from shared.projections import events, people, stock

_HOUSEHOLD: Table = Household.__table__  # type: ignore[assignment]
_PERSON: Table = Person.__table__  # type: ignore[assignment]
_VISIT: Table = Visit.__table__  # type: ignore[assignment]
_OUTCOME: Table = VisitOutcome.__table__  # type: ignore[assignment]
_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_IMMUNISATION: Table = Immunisation.__table__  # type: ignore[assignment]

#: What the immunisation of a person is made from.
_GIVEN = select(
    *(_DOSE.c[name] for name in ("id", "person_id", "dose_type", "vaccine", "given_on", "corrected_by"))
)

#: The tables this room projects, in an order that can be emptied and filled.
TABLES = (_HOUSEHOLD, _PERSON, _VISIT, _OUTCOME, _SESSION, _DOSE, _IMMUNISATION)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    _registers(connection, arrived)
    _visits(connection, arrived)
    _doses(connection, arrived)


def _registers(connection: Connection, arrived: Arrived) -> None:
    households = [people.household_row(folded) for folded in arrived.folded("household")]
    insert_rows(connection, _HOUSEHOLD, _present(households), replace=("id",))
    persons = [people.person_row(folded) for folded in arrived.folded("person")]
    insert_rows(connection, _PERSON, _present(persons), replace=("id",))
    states = arrived.folded("session")
    days = arrived.first_days("session", (state.subject for state in states))
    sessions = [stock.session_row(state, days[state.subject]) for state in states if state.subject in days]
    insert_rows(connection, _SESSION, _present(sessions), replace=("id",))


def _visits(connection: Connection, arrived: Arrived) -> None:
    pairs = [events.visit_rows(entry, by) for entry, by in arrived.events("visit")]
    insert_rows(connection, _VISIT, [visit for visit, _ in pairs], replace=("id",))
    lines = [line for _, outcomes in pairs for line in outcomes]
    insert_rows(connection, _OUTCOME, lines, replace=("visit_id", "person_id"))


def _doses(connection: Connection, arrived: Arrived) -> None:
    rows = [events.dose_row(entry, by) for entry, by in arrived.events("dose")]
    if not rows:
        return
    insert_rows(connection, _DOSE, rows, replace=("id",))
    by_person: dict[str, list[events.Row]] = {}
    concerned = sorted({row["person_id"] for row in rows})
    for found in select_among(connection, _GIVEN, _DOSE.c.person_id, concerned):
        by_person.setdefault(found.person_id, []).append(found._asdict())
    had = [events.immunisation_row(person, by_person[person]) for person in concerned]
    insert_rows(connection, _IMMUNISATION, had, replace=("person_id",))


def _present(rows: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    return [row for row in rows if row is not None]
