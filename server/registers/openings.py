"""What a province has opened, and by it the schedule of one person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Table, select

from server.places.models import Place
from server.registers.models import Immunisation, Person
from server.registers.safety import DoseOpening
from shared.projections.safety import opening_of
from shared.rules.openings import Openings
from shared.rules.schedule import PlannedDose, schedule_of, without_covid

_OPENING: Table = DoseOpening.__table__  # type: ignore[assignment]


def openings_in(connection: Connection, province: str) -> Openings:
    """What ships and what the province announced."""
    query = select(_OPENING).where(_OPENING.c.province_id == province).order_by(_OPENING.c.id)
    return Openings(opening_of(row._asdict()) for row in connection.execute(query))


def schedule_of_person(
    connection: Connection, person_id: str, on: date, *, screens: bool
) -> list[PlannedDose] | None:
    """Every dose of a person's series as it stands on a day; None for somebody unknown.

    `screens` tells that the reader screens people: nobody else learns that an infection puts a dose off (R079).
    """
    query = select(Person.__table__, Place.province_id).join(Place, Place.id == Person.village_id)
    person = connection.execute(query.where(Person.id == person_id)).first()
    if person is None:
        return None
    had = connection.execute(
        select(Immunisation.__table__).where(Immunisation.person_id == (person.merged_into or person_id))
    ).first()
    openings = openings_in(connection, person.province_id)
    planned = schedule_of(person._asdict(), had._asdict() if had else None, on, openings)
    return planned if screens else without_covid(planned)
