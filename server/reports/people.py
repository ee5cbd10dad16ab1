"""The people of a unit's period: who was vaccinated, who was screened, and what visits found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from server.database import select_among
from server.registers.models import Dose, Person, Visit, VisitOutcome
from server.registers.safety import Screening
from server.reports.units import Unit
from shared.reporting.counting import INDICATOR_OF, REFERRED, contact_cells
from shared.rules.periods import Period

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_VISIT: Table = Visit.__table__  # type: ignore[assignment]
_SCREENING: Table = Screening.__table__  # type: ignore[assignment]


class Contact(NamedTuple):
    """A screening at a unit's site, or what a visit in its villages found for one person."""

    place_id: str
    day: date
    person_id: str
    outcome: str
    reason: str | None
    entry_id: str
    screened: bool

    @property
    def indicators(self) -> list[str]:
        """The indicators it counts in."""
        return contact_cells(self.outcome, self.reason, screened=self.screened)


def contacts(connection: Connection, by_place: Mapping[str, Unit], period: Period) -> Iterator[Contact]:
    """The standing screenings of the period, and the visit outcomes that count. Merged people count as one."""
    kept = func.coalesce(Person.merged_into, Person.id)
    screenings = (
        select(
            _SCREENING.c.site_id,
            _SCREENING.c.screened_on,
            func.coalesce(kept, _SCREENING.c.person_id),
            _SCREENING.c.outcome,
            _SCREENING.c.reason,
            _SCREENING.c.id,
        )
        .outerjoin(Person, Person.id == _SCREENING.c.person_id)
        .where(
            _SCREENING.c.screened_on.between(period.first, period.last), _SCREENING.c.corrected_by.is_(None)
        )
    )
    for row in select_among(connection, screenings, _SCREENING.c.site_id, _among(by_place, "sites")):
        yield Contact(row[0], row[1], row[2], row[3], row[4], row[5], screened=True)
    visits = (
        select(
            _VISIT.c.village_id,
            _VISIT.c.visited_on,
            func.coalesce(kept, VisitOutcome.person_id),
            VisitOutcome.outcome,
            VisitOutcome.reason,
            _VISIT.c.id,
        )
        .join(VisitOutcome, VisitOutcome.visit_id == _VISIT.c.id)
        .outerjoin(Person, Person.id == VisitOutcome.person_id)
        .where(
            _VISIT.c.visited_on.between(period.first, period.last),
            _VISIT.c.corrected_by.is_(None),
            or_(VisitOutcome.outcome.in_(tuple(INDICATOR_OF)), VisitOutcome.reason == REFERRED),
        )
    )
    for row in select_among(connection, visits, _VISIT.c.village_id, _among(by_place, "villages")):
        yield Contact(row[0], row[1], row[2], row[3], row[4], row[5], screened=False)


def visited_places(connection: Connection, by_place: Mapping[str, Unit], period: Period) -> set[str]:
    """The villages in which anybody was visited in the period."""
    query = (
        select(_VISIT.c.village_id)
        .where(_VISIT.c.visited_on.between(period.first, period.last), _VISIT.c.corrected_by.is_(None))
        .distinct()
    )
    villages = _among(by_place, "villages")
    return {row.village_id for row in select_among(connection, query, _VISIT.c.village_id, villages)}


def vaccinated_people(
    connection: Connection, sites: Collection[str], period: Period
) -> dict[tuple[str, str, str], set[date]]:
    """(site, vaccine, person) -> the days on which the person had a dose there."""
    query = (
        select(
            _DOSE.c.site_id,
            _DOSE.c.vaccine,
            _DOSE.c.given_on,
            func.coalesce(Person.merged_into, _DOSE.c.person_id).label("person_id"),
        )
        .outerjoin(Person, Person.id == _DOSE.c.person_id)
        .where(doses_given(period))
    )
    found: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for row in select_among(connection, query, _DOSE.c.site_id, sites):
        found[row.site_id, row.vaccine, row.person_id].add(row.given_on)
    return found


def doses_given(period: Period) -> ColumnElement[bool]:
    """The condition on a dose that counts in a period, by place of injection."""
    return and_(
        _DOSE.c.given_on.between(period.first, period.last),
        _DOSE.c.corrected_by.is_(None),
        _DOSE.c.from_certificate.is_(False),
    )


def _among(by_place: Mapping[str, Unit], which: str) -> list[str]:
    return sorted(place for place, unit in by_place.items() if place in getattr(unit, which))
