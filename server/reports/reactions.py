"""Reactions after a unit's doses, by the day they began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.registers.models import Dose
from server.registers.safety import Reaction
from server.reports.units import Unit
from shared.reporting.counting import reaction_cell
from shared.rules.periods import Period

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_REACTION: Table = Reaction.__table__  # type: ignore[assignment]


class ReactionAfter(NamedTuple):
    """A reaction: the site of the dose it came after (its own place when no dose is named), and the vaccine."""

    id: str
    place_id: str
    onset_on: date
    vaccine: str | None
    severity: str

    @property
    def indicator(self) -> str:
        """The indicator it counts in."""
        return reaction_cell(self.severity)


def reactions_of(
    connection: Connection, by_place: Mapping[str, Unit], period: Period
) -> Iterator[ReactionAfter]:
    """Every standing reaction of the period."""
    place = func.coalesce(_DOSE.c.site_id, _REACTION.c.place_id)
    query = (
        select(_REACTION.c.id, place, _REACTION.c.onset_on, _DOSE.c.vaccine, _REACTION.c.severity)
        .outerjoin(_DOSE, _DOSE.c.id == _REACTION.c.dose_id)
        .where(_REACTION.c.onset_on.between(period.first, period.last), _REACTION.c.corrected_by.is_(None))
    )
    for row in select_among(connection, query, place, sorted(by_place)):
        yield ReactionAfter(*row)
