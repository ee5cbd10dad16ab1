"""Who waits for somebody: people due, revisits, appointments, those who cannot come, those who refuse or hesitate.

Only people and houses of my villages (R069): a phone also holds the history of some who moved away. What was said at a
visit stands until a newer one says otherwise or a dose settles it (`shared.rules.review.still_awaited`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import houses, places, registers
from mobile.store.database import among
from mobile.store.houses import ASKED_ABOUT
from mobile.store.persons import (
    DUE_P,
    HERE_P,
    PERSON,
    due_in,
    judged,
    optional_day,
    person_row,
    where,
    words,
)
from mobile.store.views import HouseholdRow, PersonRow
from shared.rules.review import still_awaited

if TYPE_CHECKING:
    from mobile.store.store import Store

#: SQL: a visit w newer than v with an outcome n.
_NEWER = """
SELECT 1 FROM visit_outcome n JOIN visit w ON w.id = n.visit_id
WHERE w.corrected_by IS NULL AND w.village_id = p.village_id
AND (w.visited_on > v.visited_on OR w.visited_on = v.visited_on AND w.id > v.id)
"""

#: SQL: what was said of person p at visit v, the newest of all records of p in the village p lives in. The three words
#: are those of the partial index `visit_outcome_awaited`.
_SAID = f"""
FROM visit_outcome o JOIN visit v ON v.id = o.visit_id JOIN person r ON r.id = o.person_id
JOIN person p ON p.id = coalesce(r.merged_into, r.id) LEFT JOIN immunisation i ON i.person_id = p.id
WHERE (o.appointment_on IS NOT NULL OR o.transport_need = 1 OR o.outcome IN ('refused', 'hesitant'))
AND v.corrected_by IS NULL AND v.village_id = p.village_id AND {ASKED_ABOUT} AND p.village_id IN (%s)
AND NOT EXISTS ({_NEWER} AND n.person_id = o.person_id)
AND NOT (
    EXISTS (SELECT 1 FROM person WHERE merged_into IS NOT NULL)
    AND EXISTS ({_NEWER} AND n.person_id IN (SELECT id FROM person WHERE id = p.id OR merged_into = p.id)))
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What the newest visit said of somebody, still standing."""

    person_id: str
    village_id: str
    outcome: str
    reason: str
    appointment_on: date | None
    transport: bool
    said_on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on a list, with what was said of them (None: nothing that still stands)."""

    person: PersonRow
    said: Said | None


def said(store: Store, village: str | None = None) -> dict[str, Said]:
    """Person -> what was said of an appointment, of transport, or against a dose, and still stands."""
    marks, values = _villages(store, village)
    rows = store.database.rows(
        "SELECT p.id, p.village_id, o.outcome, o.reason, o.appointment_on, o.transport_need, v.visited_on,"
        f" i.last_dose_on {_SAID % marks}",
        values,
    )
    return {
        row[0]: Said(row[0], row[1], row[2], row[3] or "", optional_day(row[4]), bool(row[5]), said_on)
        for row in rows
        if still_awaited(said_on := date.fromisoformat(row[6]), optional_day(row[7]))
    }


def appointments(store: Store, village: str | None = None) -> list[Waiting]:
    """Everybody with an appointment that still stands, the earliest day first."""
    found = {each.person_id: each for each in said(store, village).values() if each.appointment_on}
    waiting = _waiting(store, found)
    return sorted(waiting, key=lambda each: (each.said.appointment_on if each.said else None) or date.max)


def refusals(store: Store, village: str | None = None) -> list[Waiting]:
    """Everybody whose newest outcome is refused or hesitant (R054), those who hesitate first, by reason."""
    against = ("hesitant", "refused")
    found = {each.person_id: each for each in said(store, village).values() if each.outcome in against}
    return sorted(
        _waiting(store, found),
        key=lambda each: (against.index(each.said.outcome), each.said.reason) if each.said else (2, ""),
    )


def cannot_come(store: Store, village: str | None = None) -> list[Waiting]:
    """People present with a dose still to come who cannot come for it, or need to be brought: those due now first, then
    by reason. What a mobile team goes by (R023, R087).
    """
    today = judged(store)
    stood = said(store, village)
    condition, values = _at_home(store, village, stood)
    rows = store.database.rows(f"{PERSON} {condition} ORDER BY p.sort_name, p.id", values)
    found = [Waiting(person_row(row, today), stood.get(row["id"])) for row in rows]
    return sorted(found, key=lambda each: (not each.person.is_due, each.person.cannot_come or "~"))


def cannot_come_count(store: Store, stood: Mapping[str, Said]) -> int:
    """How many `cannot_come` would list of all my villages; `stood` is what `said` answered."""
    judged(store)
    condition, values = _at_home(store, None, stood)
    row = store.database.row(f"SELECT count(*) FROM person p {condition}", values)
    return int(row[0]) if row else 0


def due(
    store: Store,
    village: str | None = None,
    dose: str | None = None,
    query: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[PersonRow]:
    """People of my villages who are due today, of a village or a dose or of all: by name; `query` as in `people`."""
    today = judged(store)
    condition, values = _due(store, village, dose, query)
    rows = store.database.rows(
        f"{PERSON} {condition} ORDER BY p.sort_name, p.id LIMIT :limit OFFSET :offset",
        values | {"limit": limit, "offset": offset},
    )
    return [person_row(row, today) for row in rows]


def due_count(store: Store, village: str | None = None, dose: str | None = None, query: str = "") -> int:
    """How many `due` would list."""
    condition, values = _due(store, village, dose, query)
    row = store.database.row(f"SELECT count(*) FROM person p {condition}", values)
    return int(row[0]) if row else 0


def due_by_dose(store: Store, village: str | None = None) -> dict[str, int]:
    """Next dose -> people of my villages who are due for it today."""
    return due_in(store, _mine(store, village), judged(store))


def revisits(store: Store, village: str | None = None) -> list[HouseholdRow]:
    """Houses whose newest visit agreed on another, the earliest day first."""
    found = [house for house in houses.houses(store, village) if house.state == "revisit"]
    found.sort(key=lambda house: house.revisit_on or date.max)
    return registers.household_rows(store, [house.id for house in found])


def _waiting(store: Store, found: dict[str, Said]) -> list[Waiting]:
    """The people, by name."""
    today = judged(store)
    marks = ",".join("?" * len(found))
    rows = store.database.rows(f"{PERSON} WHERE p.id IN ({marks}) ORDER BY p.sort_name, p.id", list(found))
    return [Waiting(person_row(row, today), found[row["id"]]) for row in rows]


def _at_home(store: Store, village: str | None, stood: Mapping[str, Said]) -> tuple[str, dict[str, Any]]:
    """The condition of those a mobile team goes to, and its values."""
    marks, values = _villages(store, village)
    brought = [each.person_id for each in stood.values() if each.transport]
    named, chosen = among("b", brought)
    either = f"(p.cannot_come IS NOT NULL OR p.id IN ({named}))"
    return where([HERE_P, "p.next_dose IS NOT NULL", f"p.village_id IN ({marks})", either]), values | chosen


def _due(store: Store, village: str | None, dose: str | None, query: str) -> tuple[str, dict[str, Any]]:
    """The condition of those due today, and its values."""
    conditions, values = words("p.search", query)
    marks, chosen = _villages(store, village)
    # What is typed is looked for in everybody as they lie; the index over those due would only lead there by detours.
    conditions += [DUE_P, f"{'+' if query else ''}p.village_id IN ({marks})"]
    if dose is not None:
        conditions.append("p.next_dose = :dose")
        values["dose"] = dose
    return where(conditions), values | chosen | {"today": judged(store).isoformat()}


def _villages(store: Store, village: str | None) -> tuple[str, dict[str, Any]]:
    """The marks of my villages in a query, or of one of them, and their values."""
    return among("v", _mine(store, village))


def _mine(store: Store, village: str | None) -> list[str]:
    return [each.id for each in places.my_villages(store) if village in (None, each.id)]
