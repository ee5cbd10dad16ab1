"""One person, whole: who they are, where they have lived, what they were given, asked and found, on all records
that are theirs (R002, R011, R053).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from server.accounts.models import User
from server.database import select_among
from server.ledger.models import Conflict, EntryFlag, EntryRow
from server.registers.identity_models import DoseRepeat, IdMatch, PersonGroup
from server.registers.models import Dose, Household, Person, PersonFormer, Visit, VisitOutcome
from server.registers.safety import DoseDoubt, Observation, Reaction, Screening
from server.stock.models import Lot
from shared.faults import Fault


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the person: the one kept, or one merged into it."""

    id: str
    full_name: str
    village_id: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A dose as it was recorded, corrected or not; `id` is the entry's. `repeats` names the same dose elsewhere."""

    id: str
    person_id: str
    dose_type: str
    vaccine: str
    given_on: date
    recorded_on: date
    site_id: str
    lot_number: str | None
    at_home: bool
    from_certificate: bool
    author: str | None
    corrected_by: str | None
    repeats: str | None
    doubts: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Screened:
    """A screening; `id` is the entry's."""

    id: str
    screened_on: date
    site_id: str
    outcome: str
    reason: str | None
    deferred_until: date | None
    author: str | None
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction after a dose; `id` is the entry's."""

    id: str
    onset_on: date
    reported_on: date
    place_id: str
    severity: str
    symptoms: tuple[str, ...]
    outcome: str | None
    author: str | None
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class Observed:
    """How the observation after a dose ended; `id` is the entry's, `minutes` None where nobody knows."""

    id: str
    ended_on: date
    site_id: str
    result: str
    minutes: int | None
    author: str | None
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visit found for the person; `id` is the visit's entry."""

    id: str
    household_id: str
    visited_on: date
    visit_type: str
    outcome: str
    reason: str | None
    appointment_on: date | None
    reached: bool | None
    consent: str | None
    transport_need: bool
    author: str | None
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class Lived:
    """Where and how the person lived from a day; `until_on` None: still."""

    from_on: date
    until_on: date | None
    village_id: str
    residence: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A field two people changed without seeing each other's change: the entry shown and the other one."""

    field: str
    winner_id: str
    loser_id: str
    shown: Any
    other: Any


def person_columns(connection: Connection, person_id: str) -> Any | None:
    """Every column of a person with the household's head, lane and address; None for somebody unknown."""
    query = (
        select(Person.__table__, Household.head_name, Household.lane, Household.address)
        .outerjoin(Household, Household.id == Person.household_id)
        .where(Person.id == person_id)
    )
    return connection.execute(query).first()


def records_of(connection: Connection, person_id: str) -> list[Record]:
    """All records of the person, the kept one first; only the one when nothing was merged."""
    kept = connection.scalar(select(PersonGroup.kept_id).where(PersonGroup.person_id == person_id))
    ids = (
        [person_id]
        if kept is None
        else list(connection.scalars(select(PersonGroup.person_id).where(PersonGroup.kept_id == kept)))
    )
    rows = select_among(connection, select(Person.id, Person.full_name, Person.village_id), Person.id, ids)
    found = [Record(row.id, row.full_name, row.village_id, row.id == (kept or person_id)) for row in rows]
    return sorted(found, key=lambda record: (not record.kept, record.id))


def doses_given(connection: Connection, records: Collection[str]) -> list[Given]:
    """Doses on these records in the order they were given, corrected ones included."""
    query = (
        select(
            Dose.id,
            Dose.person_id,
            Dose.dose_type,
            Dose.vaccine,
            Dose.given_on,
            Dose.recorded_on,
            Dose.site_id,
            func.coalesce(Lot.lot_number, Dose.lot_number).label("lot_number"),
            Dose.at_home,
            Dose.from_certificate,
            User.full_name.label("author"),
            Dose.corrected_by,
            DoseRepeat.of_id.label("repeats"),
        )
        .outerjoin(Lot, Lot.id == Dose.lot_id)
        .outerjoin(User, User.id == Dose.author_id)
        .outerjoin(DoseRepeat, DoseRepeat.dose_id == Dose.id)
    )
    rows = select_among(connection, query, Dose.person_id, records)
    doubts = _doubts(connection, [row.id for row in rows])
    found = [Given(**row._asdict(), doubts=tuple(doubts.get(row.id, ()))) for row in rows]
    return sorted(found, key=lambda dose: (dose.given_on, dose.id))


def screenings_of(connection: Connection, records: Collection[str]) -> list[Screened]:
    """Screenings on these records, newest first. What was answered is not here: it is for who screens (R079)."""
    query = select(
        Screening.id,
        Screening.screened_on,
        Screening.site_id,
        Screening.outcome,
        Screening.reason,
        Screening.deferred_until,
        User.full_name,
        Screening.corrected_by,
    ).outerjoin(User, User.id == Screening.author_id)
    found = [Screened(*row) for row in select_among(connection, query, Screening.person_id, records)]
    return sorted(found, key=lambda s: (s.screened_on, s.id), reverse=True)


def reactions_of(connection: Connection, records: Collection[str]) -> list[Reacted]:
    """Reactions on these records, newest first."""
    query = select(
        Reaction.id,
        Reaction.onset_on,
        Reaction.reported_on,
        Reaction.place_id,
        Reaction.severity,
        Reaction.symptoms,
        Reaction.outcome,
        User.full_name.label("author"),
        Reaction.corrected_by,
    ).outerjoin(User, User.id == Reaction.author_id)
    rows = (row._asdict() for row in select_among(connection, query, Reaction.person_id, records))
    found = [Reacted(**row | {"symptoms": tuple(filter(None, row["symptoms"].split(",")))}) for row in rows]
    return sorted(found, key=lambda r: (r.onset_on, r.id), reverse=True)


def observations_of(connection: Connection, records: Collection[str]) -> list[Observed]:
    """How the observations after the doses on these records ended, newest first."""
    query = select(
        Observation.id,
        Observation.ended_on,
        Observation.site_id,
        Observation.result,
        Observation.minutes,
        User.full_name,
        Observation.corrected_by,
    ).outerjoin(User, User.id == Observation.author_id)
    found = [Observed(*row) for row in select_among(connection, query, Observation.person_id, records)]
    return sorted(found, key=lambda o: (o.ended_on, o.id), reverse=True)


def asked_of(connection: Connection, records: Collection[str], limit: int) -> list[Asked]:
    """What visits found for these records, newest first, corrected visits included."""
    query = (
        select(
            Visit.id,
            Visit.household_id,
            Visit.visited_on,
            Visit.visit_type,
            VisitOutcome.outcome,
            VisitOutcome.reason,
            VisitOutcome.appointment_on,
            VisitOutcome.reached,
            VisitOutcome.consent,
            VisitOutcome.transport_need,
            User.full_name,
            Visit.corrected_by,
        )
        .join(Visit, Visit.id == VisitOutcome.visit_id)
        .outerjoin(User, User.id == Visit.author_id)
    )
    found = [Asked(*row) for row in select_among(connection, query, VisitOutcome.person_id, records)]
    return sorted(found, key=lambda a: (a.visited_on, a.id), reverse=True)[:limit]


def lived(connection: Connection, person: Any) -> list[Lived]:
    """Where the person lived, newest first; runs of one village and residence are one line."""
    rows = connection.execute(
        select(PersonFormer.from_on, PersonFormer.until_on, PersonFormer.village_id, PersonFormer.residence)
        .where(PersonFormer.person_id == person.id)
        .order_by(PersonFormer.from_on)
    )
    found: list[Lived] = []
    for one in [
        *(Lived(*row) for row in rows),
        Lived(person.since_on, None, person.village_id, person.residence),
    ]:
        last = found[-1] if found else None
        if last and (last.village_id, last.residence) == (one.village_id, one.residence):
            found[-1] = Lived(last.from_on, one.until_on, one.village_id, one.residence)
        else:
            found.append(one)
    return found[::-1]


def answer_of_match(connection: Connection, person_id: str) -> Any | None:
    """The population database's last answer about a record (answer, id_number, answered_on), or None."""
    return connection.execute(
        select(IdMatch.id, IdMatch.answer, IdMatch.id_number, IdMatch.answered_on, IdMatch.differs).where(
            IdMatch.person_id == person_id, IdMatch.latest.is_(True)
        )
    ).first()


def disputed(connection: Connection, subject_id: str) -> list[Disputed]:
    """Fields of a subject to be settled, with both values as they stand in their entries."""
    rows = connection.execute(
        select(Conflict.field, Conflict.winner_id, Conflict.loser_id)
        .where(Conflict.subject_id == subject_id)
        .order_by(Conflict.field, Conflict.loser_id)
    ).all()
    ids = {id_ for row in rows for id_ in (row.winner_id, row.loser_id)}
    payloads = select_among(connection, select(EntryRow.id, EntryRow.payload), EntryRow.id, ids)
    bodies: Mapping[str, Any] = {row.id: orjson.loads(row.payload)["body"] for row in payloads}
    return [
        Disputed(
            row.field,
            row.winner_id,
            row.loser_id,
            bodies.get(row.winner_id, {}).get(row.field),
            bodies.get(row.loser_id, {}).get(row.field),
        )
        for row in rows
    ]


def _doubts(connection: Connection, doses: Collection[str]) -> dict[str, list[Fault]]:
    """Doubts about doses, and those about their entries (clock, area)."""
    found: dict[str, list[Fault]] = {}
    for key, table in ((DoseDoubt.dose_id, DoseDoubt), (EntryFlag.entry_id, EntryFlag)):
        query = select(key, table.code, table.params).order_by(table.code)
        for row in select_among(connection, query, key, doses):
            found.setdefault(row[0], []).append(Fault(row.code, params=orjson.loads(row.params)))
    return found
