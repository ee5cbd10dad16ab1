"""Door-to-door review recounted in plain Python, house by house and person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from server.checks.streaming import rows_of
from server.database import Id

Cells = dict[tuple[str, ...], dict[str, int]]

_PEOPLE = """
    SELECT CAST(id AS text) AS id, CAST(household_id AS text) AS household, CAST(village_id AS text) AS village,
           residence, cannot_come, id_kind, id_number
      FROM person
     WHERE merged_into IS NULL AND village_id IN :villages
       AND residence IN ('permanent', 'temporary', 'staying', 'absent')
"""

#: Everything found out about somebody in their village, the oldest first; of one visit the first record counts.
_OUTCOMES = """
    WITH people AS (
        SELECT id, village_id FROM person WHERE merged_into IS NULL AND village_id IN :villages
    ), records AS (
        SELECT id AS record, id AS kept FROM people
         UNION ALL
        SELECT person_id, kept_id FROM person_group JOIN people ON people.id = kept_id WHERE person_id <> kept_id
    )
    SELECT CAST(kept AS text) AS person, o.outcome, coalesce(o.reason, '') AS reason
      FROM records
      JOIN people ON people.id = kept
      JOIN visit_outcome o ON o.person_id = record
      JOIN visit v ON v.id = o.visit_id
     WHERE v.corrected_by IS NULL AND v.village_id = people.village_id
     ORDER BY v.visited_on, v.id, o.person_id DESC
"""

_HOUSES = """
    SELECT CAST(id AS text) AS id, CAST(village_id AS text) AS village FROM household
     WHERE village_id IN :villages
"""

_VISITS = """
    SELECT CAST(h.id AS text) AS household, v.visit_type, v.revisit_on
      FROM visit v JOIN household h ON h.id = v.household_id
     WHERE v.corrected_by IS NULL AND h.village_id IN :villages AND v.village_id = h.village_id
     ORDER BY v.visited_on, v.id
"""

_COLUMNS = (
    "households", "knocked", "complete", "revisits", "people", "reviewed", "absent", "hesitant", "refused",
    "deferred", "contraindicated", "left", "never", "cannot_come", "without_id",
)  # fmt: skip


def recount_outreach(connection: Connection, villages: Sequence[str]) -> tuple[Cells, Cells]:
    """(outreach cells, refusal cells) of some villages; none for a village without a house or a person."""

    def read(spelt: str) -> Any:
        query = text(spelt).bindparams(bindparam("villages", expanding=True, type_=Id))
        return rows_of(connection, query, villages=list(villages))

    newest = {row.person: row for row in read(_OUTCOMES)}
    knocked: set[str] = set()
    last: dict[str, Any] = {}
    for row in read(_VISITS):
        last[row.household] = row.revisit_on
        if row.visit_type != "facility":
            knocked.add(row.household)
    cells: Cells = {}
    refusals: Counter[tuple[str, ...]] = Counter()
    unasked: set[tuple[str, str]] = set()
    for person in read(_PEOPLE):
        sums = _of(cells, person.village)
        sums["people"] += 1
        sums["without_id"] += person.id_kind == "none" or person.id_number is None
        sums["cannot_come"] += person.cannot_come is not None and person.residence != "absent"
        found = newest.get(person.id)
        if found is None:
            sums["never"] += 1
            unasked.add((person.household, person.village))
            continue
        sums["left" if found.outcome in ("moved", "deceased") else found.outcome] += 1
        if found.outcome in ("refused", "hesitant"):
            refusals[person.village, found.outcome, found.reason] += 1
    for house in read(_HOUSES):
        sums = _of(cells, house.village)
        sums["households"] += 1
        sums["knocked"] += house.id in knocked
        sums["complete"] += house.id in knocked and (house.id, house.village) not in unasked
        sums["revisits"] += last.get(house.id) is not None
    return cells, {key: {"people": people} for key, people in refusals.items()}


def _of(cells: Cells, village: str) -> dict[str, int]:
    return cells.setdefault((village,), dict.fromkeys(_COLUMNS, 0))
