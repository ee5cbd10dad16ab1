"""What people have had, from the rows of doses and screenings: of one record, or of all that are one person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.registers.models import Dose
from server.registers.safety import Screening
from shared.projections import events

_DOSE: Table = Dose.__table__  # type: ignore[assignment]

_SCREENING: Table = Screening.__table__  # type: ignore[assignment]

#: What an immunisation row is made from.
GIVEN = select(
    *(_DOSE.c[name] for name in ("id", "person_id", "dose_type", "vaccine", "given_on", "corrected_by"))
)
SCREENED = select(
    *(
        _SCREENING.c[name]
        for name in (
            "id", "person_id", "screened_on", "outcome", "deferred_until", "answers", "corrected_by",
        )
    )
)  # fmt: skip


def immunisation_rows(connection: Connection, groups: Mapping[str, set[str]]) -> list[events.Row]:
    """Rows of these people, each known by the record kept; none for those without a dose or a screening."""
    keepers = {record: keeper for keeper, records in groups.items() for record in records}
    screened: dict[str, list[events.Row]] = {}
    for row in select_among(connection, SCREENED, _SCREENING.c.person_id, keepers):
        screened.setdefault(keepers[row.person_id], []).append(row._asdict())
    return [
        events.immunisation_row(kept, [row._asdict() for row in found], screened.get(kept, ()))
        for kept, found in _doses(connection, groups).items()
        if found or kept in screened
    ]


def standing_doses(connection: Connection, groups: Mapping[str, set[str]]) -> dict[str, list[Any]]:
    """Record kept -> doses of all its records that stand, in the order of day and id."""
    return {
        kept: [row for row in found if row.corrected_by is None]
        for kept, found in _doses(connection, groups).items()
    }


def _doses(connection: Connection, groups: Mapping[str, set[str]]) -> dict[str, list[Any]]:
    kept = {record: keeper for keeper, records in groups.items() for record in records}
    found: dict[str, list[Any]] = {keeper: [] for keeper in groups}
    for row in select_among(connection, GIVEN, _DOSE.c.person_id, kept):
        found[kept[row.person_id]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.given_on, row.id))
    return found
