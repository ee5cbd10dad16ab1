"""Brings the register tables to what the folds say: households, people, visits, sessions, doses, screenings."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table

from server.database import at_once, in_parts, insert_rows, select_among
from server.ledger.projecting import Arrived
from server.registers.immunised import GIVEN, SCREENED
from server.registers.models import (
    Dose,
    Household,
    Immunisation,
    Person,
    PersonFormer,
    VaccinationSession,
    Visit,
    VisitOutcome,
)
from server.registers.safety import DoseOpening, Observation, Reaction, Screening
from shared.projections import events, people, safety, stock
from shared.projections.history import former_rows
from shared.rules.matching import block_key

_HOUSEHOLD: Table = Household.__table__  # type: ignore[assignment]
_PERSON: Table = Person.__table__  # type: ignore[assignment]
_FORMER: Table = PersonFormer.__table__  # type: ignore[assignment]
_VISIT: Table = Visit.__table__  # type: ignore[assignment]
_OUTCOME: Table = VisitOutcome.__table__  # type: ignore[assignment]
_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_IMMUNISATION: Table = Immunisation.__table__  # type: ignore[assignment]
_OPENING: Table = DoseOpening.__table__  # type: ignore[assignment]
_SCREENING: Table = Screening.__table__  # type: ignore[assignment]
_REACTION: Table = Reaction.__table__  # type: ignore[assignment]
_OBSERVATION: Table = Observation.__table__  # type: ignore[assignment]

#: The tables this room projects, in an order that can be emptied and filled.
TABLES = (
    _HOUSEHOLD,
    _PERSON,
    _FORMER,
    _VISIT,
    _OUTCOME,
    _SESSION,
    _DOSE,
    _IMMUNISATION,
    _OPENING,
    _SCREENING,
    _REACTION,
    _OBSERVATION,
)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived: everything is read first, then written at once."""
    written = [*_registers(connection, arrived), *_visits(arrived), *_doses(connection, arrived)]
    with at_once(connection):
        for table, rows, key in written:
            insert_rows(connection, table, rows, replace=key)


#: Rows of a table that stand for those of the same key.
_Written = tuple[Table, list[dict[str, Any]], tuple[str, ...]]


def _registers(connection: Connection, arrived: Arrived) -> Iterator[_Written]:
    households = [people.household_row(folded) for folded in arrived.folded("household")]
    yield _HOUSEHOLD, _present(households), ("id",)
    persons, former, changed = [], [], []
    for folded, entries in arrived.histories("person"):
        if (row := people.person_row(folded)) is not None:
            row["since_on"], before = former_rows(entries)
            row["match_key"] = block_key(row["full_name"], row["birth_date"])
            persons.append(row)
            former += before
            if len(entries) > 1:
                changed.append(folded.subject)
    for part in in_parts(changed):  # a late entry may change every state there was
        connection.execute(_FORMER.delete().where(_FORMER.c.person_id.in_(part)))
    yield _PERSON, persons, ("id",)
    yield _FORMER, former, ("person_id", "from_on")
    states = arrived.folded("session")
    days = arrived.first_days("session", (state.subject for state in states))
    sessions = [stock.session_row(state, days[state.subject]) for state in states if state.subject in days]
    yield _SESSION, _present(sessions), ("id",)
    yield _OPENING, _present(map(safety.opening_row, arrived.folded("dose_opening"))), ("id",)


def _visits(arrived: Arrived) -> Iterator[_Written]:
    pairs = [events.visit_rows(entry, by) for entry, by in arrived.events("visit")]
    yield _VISIT, [visit for visit, _ in pairs], ("id",)
    yield _OUTCOME, [line for _, outcomes in pairs for line in outcomes], ("visit_id", "person_id")


def _doses(connection: Connection, arrived: Arrived) -> Iterator[_Written]:
    given = {row["id"]: row for row in (events.dose_row(entry, by) for entry, by in arrived.events("dose"))}
    screened = {
        row["id"]: row
        for row in (safety.screening_row(entry, by) for entry, by in arrived.events("screening"))
    }
    persons = {row["person_id"] for row in (*given.values(), *screened.values())}
    doses = _of_persons(given, select_among(connection, GIVEN, _DOSE.c.person_id, persons))
    screenings = _of_persons(screened, select_among(connection, SCREENED, _SCREENING.c.person_id, persons))
    had = [
        events.immunisation_row(person, doses.get(person, ()), screenings.get(person, ()))
        for person in persons
    ]
    yield _DOSE, list(given.values()), ("id",)
    yield _SCREENING, list(screened.values()), ("id",)
    yield _IMMUNISATION, had, ("person_id",)
    reactions = [safety.reaction_row(entry, by) for entry, by in arrived.events("reaction")]
    yield _REACTION, reactions, ("id",)
    observed = [safety.observation_row(entry, by) for entry, by in arrived.events("observation")]
    yield _OBSERVATION, observed, ("id",)


def _of_persons(arrived: dict[str, events.Row], stored: Iterable[Any]) -> dict[str, list[events.Row]]:
    """Rows by person: those that arrived, and the stored ones they do not stand for."""
    found: dict[str, list[events.Row]] = {}
    for row in (*arrived.values(), *(row._asdict() for row in stored if row.id not in arrived)):
        found.setdefault(row["person_id"], []).append(row)
    return found


def _present(rows: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    return [row for row in rows if row is not None]
