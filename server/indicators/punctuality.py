"""Đúng lịch, đủ mũi (R087) of villages: counted person by person by the schedule, and kept as cells.

What is due changes with the day, not only with what arrives: a cell is stale when its village's stream, the
openings and rules, or the day is another. `server.scheduler` counts so many villages at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Connection, Table, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model, insert_rows
from server.indicators.areas import area_table
from server.indicators.counting import identities
from server.indicators.definitions import PRESENT
from server.ledger.models import Stream
from server.places.models import Place
from server.registers.identity_models import DoseRepeat
from server.registers.models import Dose, Immunisation, Person
from server.registers.openings import openings_in
from server.registers.safety import DoseOpening
from shared.clock import Clock
from shared.reference import dose_openings, dose_rules, schedule_limits, vaccine_mixing, vaccines
from shared.rules.openings import Openings
from shared.rules.punctuality import kept
from shared.rules.series import in_order


class ScheduleCell(Model):
    """A village's residents present, on the day `counted_on`: see `shared.rules.punctuality.Kept` for the columns."""

    __tablename__ = "schedule_cell"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    fallen_due: Mapped[int]
    complete: Mapped[int]
    followed: Mapped[int]
    on_schedule: Mapped[int]
    counted_on: Mapped[date]
    head: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(Text)
    computed_at: Mapped[datetime] = mapped_column(Instant)


_CELL: Table = ScheduleCell.__table__  # type: ignore[assignment]
_DOSE: Table = Dose.__table__  # type: ignore[assignment]

#: Villages counted by one reading.
TOGETHER = 20

_MEASURES = ("fallen_due", "complete", "followed", "on_schedule")


@dataclass(frozen=True, slots=True)
class Punctuality:
    """The cells of an area added up: complete ≤ fallen_due, on_schedule ≤ followed, in people.

    `oldest` is the day of the oldest count, None before the first.
    """

    fallen_due: int = 0
    complete: int = 0
    followed: int = 0
    on_schedule: int = 0
    oldest: date | None = None

    def __add__(self, other: Punctuality) -> Punctuality:
        days = [day for day in (self.oldest, other.oldest) if day]
        return Punctuality(
            self.fallen_due + other.fallen_due,
            self.complete + other.complete,
            self.followed + other.followed,
            self.on_schedule + other.on_schedule,
            min(days, default=None),
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """What is open in a province, and the digest of it and of the rules."""

    openings: Openings
    digest: str


def punctuality_by(connection: Connection, areas: Mapping[str, str]) -> dict[str, Punctuality]:
    """Area -> its cells added up; `areas` says which area each village belongs to."""
    if not areas:
        return {}
    told = area_table(connection, areas)
    query = (
        select(told.c.area, *(func.sum(_CELL.c[name]) for name in _MEASURES), func.min(_CELL.c.counted_on))
        .join(_CELL, _CELL.c.village_id == told.c.village_id)
        .group_by(told.c.area)
    )
    rows = connection.execute(query)
    return {row[0]: Punctuality(int(row[1]), int(row[2]), int(row[3]), int(row[4]), row[5]) for row in rows}


def bases(connection: Connection) -> dict[str, Basis]:
    """Province id -> what its schedule depends on."""
    rules = (dose_openings(), dose_rules(), vaccine_mixing(), vaccines(), schedule_limits())
    found = {}
    for province in connection.scalars(
        select(Place.province_id).distinct().where(Place.province_id.is_not(None))
    ):
        opened = select(DoseOpening.__table__).where(DoseOpening.province_id == province)
        announced = [tuple(row) for row in connection.execute(opened.order_by(DoseOpening.id))]
        digest = sha256("\n".join(map(repr, (*rules, announced))).encode()).hexdigest()
        found[province] = Basis(openings_in(connection, province), digest)
    return found


def stale_villages(connection: Connection, known: Mapping[str, Basis], today: date) -> list[str]:
    """Villages whose cell is of another day or basis, or lacks something that arrived since, by their ids."""
    query = select(_CELL.c.village_id, _CELL.c.head, _CELL.c.basis, _CELL.c.counted_on)
    cells = {row.village_id: tuple(row[1:]) for row in connection.execute(query)}
    villages = (
        select(Place.id, Place.province_id, Stream.head)
        .join(Stream, Stream.id == Place.id)
        .where(Place.level == "village")
    )
    return sorted(
        place.id
        for place in connection.execute(villages)
        if cells.get(place.id) != (place.head, known[place.province_id].digest, today)
    )


def count(
    connection: Connection, villages: Sequence[str], known: Mapping[str, Basis], clock: Clock
) -> list[dict[str, Any]]:
    """Cells of these villages as they stand. Heads are read first: a cell is never older than it says."""
    today = clock.today()
    places = (
        select(Place.id, Place.province_id, Stream.head)
        .join(Stream, Stream.id == Place.id)
        .where(Place.id.in_(villages))
    )
    rows = {
        place.id: {
            "village_id": place.id,
            **dict.fromkeys(_MEASURES, 0),
            "counted_on": today,
            "head": place.head,
            "basis": known[place.province_id].digest,
            "computed_at": clock.now(),
        }
        for place in connection.execute(places)
    }
    provinces = dict(
        connection.execute(select(Place.id, Place.province_id).where(Place.id.in_(rows))).tuples().all()
    )
    people = _people(connection, rows)
    given = _given(connection, list(rows))
    for person in people:
        openings = known[provinces[person["village_id"]]].openings
        had = person if person["person_id"] else None
        found = kept(person, had, in_order(given.get(person["id"], ())), today, openings)
        for name in _MEASURES:
            rows[person["village_id"]][name] += getattr(found, name)
    return list(rows.values())


def keep(connection: Connection, cells: Sequence[Mapping[str, Any]]) -> None:
    """Put cells in the place of those that stood before. The caller commits."""
    insert_rows(connection, _CELL, cells, replace=("village_id",))


def _people(connection: Connection, villages: Collection[str]) -> list[dict[str, Any]]:
    """Residents present, each with their immunisation."""
    had = [column for column in Immunisation.__table__.c if column.name != "person_id"]
    query = (
        select(
            Person.id,
            Person.village_id,
            Person.birth_date,
            Person.residence,
            Person.contraindication,
            Person.covid_on,
            Immunisation.person_id,
            *had,
        )
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(Person.village_id.in_(villages), Person.merged_into.is_(None), Person.residence.in_(PRESENT))
    )
    return [row._asdict() for row in connection.execute(query)]


def _given(connection: Connection, villages: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Record kept -> the standing doses of all its records, each once."""
    people = identities(villages)
    query = (
        select(
            people.c.kept_id,
            *(_DOSE.c[name] for name in ("id", "dose_type", "vaccine", "given_on", "corrected_by")),
        )
        .join(people, people.c.record_id == _DOSE.c.person_id)
        .outerjoin(DoseRepeat, DoseRepeat.dose_id == _DOSE.c.id)
        .where(_DOSE.c.corrected_by.is_(None), DoseRepeat.dose_id.is_(None))
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.kept_id, []).append(row._asdict())
    return found
