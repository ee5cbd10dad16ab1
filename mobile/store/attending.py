"""Who a session is for, and whom it has vaccinated. Lists are bounded; counts are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.database import among
from mobile.store.persons import DUE_P, PERSON, judged, person_row, words
from mobile.store.sessions import session_values
from mobile.store.views import PersonRow

if TYPE_CHECKING:
    from mobile.store.store import Store

#: So many people a list shows; the others are found by search.
MOST = 100

#: People whose last visit made an appointment for :today.
_APPOINTED = """
SELECT o.person_id FROM visit_outcome o JOIN visit v ON v.id = o.visit_id
WHERE o.appointment_on = :today AND v.corrected_by IS NULL AND NOT EXISTS (
    SELECT 1 FROM visit_outcome n JOIN visit w ON w.id = n.visit_id
    WHERE n.person_id = o.person_id AND w.corrected_by IS NULL AND (w.visited_on, w.id) > (v.visited_on, v.id))
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody due whom a session may vaccinate. `appointed`: the last visit made an appointment for that day."""

    person: PersonRow
    appointed: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A dose of a session. `recorded_at` is a UTC stamp; `mine` tells that it was recorded on this phone."""

    dose: str
    person: str
    full_name: str
    dose_type: str
    at_home: bool
    recorded_at: str
    mine: bool


def expected(store: Store, session_id: str, on: date, *, at_homes: bool) -> list[Expected]:
    """People due on a day in the villages of a session (all of mine when it names none): those with an appointment for
    the day first. Who cannot come is next where the team goes to homes (`at_homes`), and last where it does not.
    """
    judged(store)
    marks, values = _villages(store, session_id)
    chosen = store.database.rows(
        f"SELECT p.id, p.id IN ({_APPOINTED}) AS appointed FROM person p WHERE {DUE_P} AND p.village_id IN ({marks})"
        " ORDER BY CASE WHEN appointed THEN 0 WHEN p.cannot_come IS NOT NULL THEN :cannot ELSE 2 END,"
        " p.sort_name, p.id LIMIT :most",
        values | {"today": on.isoformat(), "cannot": 1 if at_homes else 3, "most": MOST},
    )
    holders = ",".join("?" * len(chosen))
    rows = store.database.rows(f"{PERSON} WHERE p.id IN ({holders})", [row["id"] for row in chosen])
    people = {row["id"]: person_row(row, on) for row in rows}
    return [Expected(people[row["id"]], bool(row["appointed"])) for row in chosen]


def waiting(store: Store, session_id: str, on: date) -> int:
    """How many people due on a day the villages of a session have."""
    judged(store)
    marks, values = _villages(store, session_id)
    [row] = store.database.rows(
        f"SELECT count(*) FROM person p WHERE {DUE_P} AND p.village_id IN ({marks})",
        values | {"today": on.isoformat()},
    )
    return int(row[0])


def given(store: Store, session_id: str, query: str = "") -> list[Given]:
    """Doses of a session that stand, the newest first; `query` keeps people with these words in their name."""
    conditions, values = words("coalesce(p.search, '')", query)
    more = "".join(f" AND {condition}" for condition in conditions)
    rows = store.database.rows(
        "SELECT d.id, d.person_id, p.full_name, d.dose_type, d.at_home, e.recorded_at, e.origin FROM dose d"
        " JOIN entry e ON e.id = d.id LEFT JOIN person p ON p.id = d.person_id"
        f" WHERE d.session_id = :session AND d.corrected_by IS NULL{more}"
        " ORDER BY e.recorded_at DESC, d.id DESC LIMIT :most",
        values | {"session": session_id, "most": MOST},
    )
    return [
        Given(
            dose=row["id"],
            person=row["person_id"],
            full_name=row["full_name"] or "–",
            dose_type=row["dose_type"],
            at_home=bool(row["at_home"]),
            recorded_at=row["recorded_at"],
            mine=row["origin"] == "own",
        )
        for row in rows
    ]


def _villages(store: Store, session_id: str) -> tuple[str, dict[str, Any]]:
    named = session_values(store, session_id).get("villages")
    return among("v", named or [village.id for village in places.my_villages(store)])
