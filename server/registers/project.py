"""Brings the register tables to what the folds say: households, people, visits, sessions, doses."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import at_once, insert_rows, select_among
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
    """Project what arrived: everything is read first, then written at once."""
    written = [*_registers(arrived), *_visits(arrived), *_doses(connection, arrived)]
    with at_once(connection):
        for table, rows, key in written:
            insert_rows(connection, table, rows, replace=key)


#: Rows of a table that stand for those of the same key.
_Written = tuple[Table, list[dict[str, Any]], tuple[str, ...]]


def _registers(arrived: Arrived) -> Iterator[_Written]:
    households = [people.household_row(folded) for folded in arrived.folded("household")]
    yield _HOUSEHOLD, _present(households), ("id",)
    persons = [people.person_row(folded) for folded in arrived.folded("person")]
    yield _PERSON, _present(persons), ("id",)
    states = arrived.folded("session")
    days = arrived.first_days("session", (state.subject for state in states))
    sessions = [stock.session_row(state, days[state.subject]) for state in states if state.subject in days]
    yield _SESSION, _present(sessions), ("id",)


def _visits(arrived: Arrived) -> Iterator[_Written]:
    pairs = [events.visit_rows(entry, by) for entry, by in arrived.events("visit")]
    yield _VISIT, [visit for visit, _ in pairs], ("id",)
    yield _OUTCOME, [line for _, outcomes in pairs for line in outcomes], ("visit_id", "person_id")


def _doses(connection: Connection, arrived: Arrived) -> Iterator[_Written]:
    rows = {row["id"]: row for row in (events.dose_row(entry, by) for entry, by in arrived.events("dose"))}
    by_person: dict[str, list[events.Row]] = {row["person_id"]: [] for row in rows.values()}
    for found in select_among(connection, _GIVEN, _DOSE.c.person_id, by_person):
        if found.id not in rows:
            by_person[found.person_id].append(found._asdict())
    for row in rows.values():
        by_person[row["person_id"]].append(row)
    had = [events.immunisation_row(person, doses) for person, doses in by_person.items()]
    yield _DOSE, list(rows.values()), ("id",)
    yield _IMMUNISATION, had, ("person_id",)


def _present(rows: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    return [row for row in rows if row is not None]
