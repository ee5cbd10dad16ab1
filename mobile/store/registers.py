"""Queries of the village and household screens. Lists take a page (`limit`, `offset`); a search takes words
in any order.

Until the first sync has come whole everything is empty (L12). The queries about persons are in `persons` and
are given on from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import houses, places
from mobile.store.database import among
from mobile.store.persons import (
    DUE,
    HERE,
    MOST_SHOWN,
    PERSON,
    judged,
    optional_day,
    person_row,
    where,
    words,
)
from mobile.store.persons import conflicts as conflicts
from mobile.store.persons import due_people as due_people
from mobile.store.persons import people as people
from mobile.store.persons import people_count as people_count
from mobile.store.persons import person as person
from mobile.store.project import shown_values
from mobile.store.views import HouseholdPage, HouseholdRow, VillageSummary, VisitRow
from shared.rules.review import house_state

if TYPE_CHECKING:
    from mobile.store.store import Store

_HOUSEHOLD = f"""
SELECT h.id, h.village_id, h.head_name, h.lane, h.address,
       (SELECT count(*) FROM person p WHERE p.household_id = h.id AND p.{HERE}) AS people,
       (SELECT count(*) FROM person p WHERE p.household_id = h.id AND {DUE}) AS due,
       v.visited_on, coalesce(v.knocked, 0) AS knocked, v.revisit_on, coalesce(u.people, 0) AS unanswered
FROM household h
LEFT JOIN ({houses.VISITED.format(which="AND household_id IN ({chosen})")}) v ON v.household_id = h.id
LEFT JOIN (
    SELECT household_id, count(*) AS people
    FROM ({houses.UNANSWERED.format(which="AND p.household_id IN ({chosen})")}) GROUP BY household_id
) u ON u.household_id = h.id
WHERE h.id IN ({{chosen}})
"""


def villages(store: Store) -> list[VillageSummary]:
    """The villages of this phone, sorted by name. How their houses stand is told by `houses`."""
    today = judged(store)
    mine = places.my_villages(store)
    if not mine:
        return []
    marks, chosen = among("v", [each.id for each in mine])
    people = store.database.rows(
        f"SELECT village_id, count(*), sum({DUE}) FROM person WHERE {HERE} AND village_id IN ({marks})"
        " GROUP BY village_id",
        chosen | {"today": today.isoformat()},
    )
    homes = store.database.rows(
        f"SELECT village_id, count(*) FROM household WHERE village_id IN ({marks}) GROUP BY village_id",
        chosen,
    )
    by_people = {row[0]: (row[1], row[2]) for row in people}
    by_village = dict(map(tuple, homes))
    return [
        VillageSummary(
            id=each.id,
            name=each.name,
            commune=places.name(store, each.parent) if each.parent else "",
            households=by_village.get(each.id, 0),
            people=by_people.get(each.id, (0, 0))[0],
            due=by_people.get(each.id, (0, 0))[1],
        )
        for each in mine
    ]


def households(
    store: Store, village: str | None = None, query: str = "", limit: int = 50, offset: int = 0
) -> list[HouseholdRow]:
    """Households that hold every word of `query` in the head's name, lane, address, phone or one member;
    accents ignored.

    Sorted by the head's name the Vietnamese way.
    """
    condition, values = _household_condition(village, query)
    found = store.database.rows(
        f"SELECT h.id FROM household h {condition} ORDER BY h.sort_name, h.id LIMIT :limit OFFSET :offset",
        values | {"limit": limit, "offset": offset},
    )
    return household_rows(store, [row[0] for row in found])


def household_rows(store: Store, ids: Sequence[str]) -> list[HouseholdRow]:
    """These households, in the order of their ids; whom this phone does not hold is left out."""
    today = judged(store)
    chosen, values = among("h", ids)
    rows = store.database.rows(_HOUSEHOLD.format(chosen=chosen), values | {"today": today.isoformat()})
    found = {row["id"]: _household_row(row) for row in rows}
    return [found[each] for each in ids if each in found]


def household_count(store: Store, village: str | None = None, query: str = "") -> int:
    """How many `households` would list."""
    condition, values = _household_condition(village, query)
    row = store.database.row(f"SELECT count(*) FROM household h {condition}", values)
    return int(row[0]) if row else 0


def household(store: Store, household_id: str) -> HouseholdPage | None:
    """One household, or None when this phone does not hold it."""
    today = judged(store)
    found = household_rows(store, [household_id])
    shown = shown_values(store.database.connection, "household", household_id)
    if not found or shown is None:
        return None
    members = store.database.rows(
        f"{PERSON} WHERE p.household_id = ? AND p.merged_into IS NULL"
        " ORDER BY p.residence IN ('moved', 'deceased'), p.birth_date, p.id",
        (household_id,),
    )
    return HouseholdPage(
        row=found[0],
        values=shown.values,
        members=[person_row(member, today) for member in members],
        visits=_visits(store, household_id),
        conflicts=conflicts(store, subject=household_id),
    )


def _household_condition(village: str | None, query: str) -> tuple[str, dict[str, Any]]:
    heads, values = words("h.search", query)
    conditions = []
    if heads:
        members, _ = words("search", query)
        conditions.append(
            f"({' AND '.join(heads)} OR h.id IN"
            f" (SELECT household_id FROM person WHERE {' AND '.join(members)}))"
        )
    if village is not None:
        conditions.append("h.village_id = :village")
        values["village"] = village
    return where(conditions), values


def _household_row(row: Any) -> HouseholdRow:
    return HouseholdRow(
        id=row["id"],
        village_id=row["village_id"],
        head_name=row["head_name"],
        lane=row["lane"] or "",
        address=row["address"] or "",
        people=row["people"],
        due=row["due"],
        last_visited_on=optional_day(row["visited_on"]),
        state=house_state(bool(row["knocked"]), optional_day(row["revisit_on"]), row["unanswered"]),
        revisit_on=optional_day(row["revisit_on"]),
        unanswered=row["unanswered"],
    )


def _visits(store: Store, household_id: str) -> list[VisitRow]:
    visits = store.database.rows(
        "SELECT * FROM visit WHERE household_id = ? AND corrected_by IS NULL"
        " ORDER BY visited_on DESC, id DESC LIMIT ?",
        (household_id, MOST_SHOWN),
    )
    return [
        VisitRow(
            id=visit["id"],
            visited_on=date.fromisoformat(visit["visited_on"]),
            visit_type=visit["visit_type"],
            revisit_on=optional_day(visit["revisit_on"]),
            note=visit["note"] or "",
            outcomes=tuple(_outcome(line) for line in _lines(store, visit["id"])),
        )
        for visit in visits
    ]


def _lines(store: Store, visit_id: str) -> list[Any]:
    return store.database.rows("SELECT * FROM visit_outcome WHERE visit_id = ? ORDER BY rowid", (visit_id,))


def _outcome(line: Any) -> dict[str, Any]:
    found = {"person": line["person_id"]}
    found |= {
        name: line[name] for name in ("outcome", "reason", "appointment_on", "note") if line[name] is not None
    }
    return found
