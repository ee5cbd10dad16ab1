"""What was found about a person before a dose: screenings of a day, answers of before, what a parent said.

Answers are for those who screen (R079): screens of other roles do not ask here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store.persons import optional_day
from shared.rules.screening import on_the_day, said_yes

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class ScreeningRow:
    """The screening of a day that holds. `answers` are question code -> yes; `mine`: this phone wrote it, at
    `recorded_at` (UTC stamp).
    """

    id: str
    session_id: str | None
    outcome: str
    reason: str | None
    deferred_until: date | None
    form: str | None
    answers: dict[str, bool]
    recorded_at: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ParentsAnswer:
    """What a parent or guardian said at the last visit that asked: `consent` agree, decline or considering, or None
    when they were only reached, or not.
    """

    said_on: date
    consent: str | None
    reached: bool | None


def screened(store: Store, person_id: str, day: date) -> ScreeningRow | None:
    """The screening of a person on a day that holds, or None."""
    found = on_the_day(screening_rows(store, person_id), day)
    if found is None:
        return None
    [entry] = store.database.rows("SELECT recorded_at, origin FROM entry WHERE id = ?", (found["id"],))
    return ScreeningRow(
        id=found["id"],
        session_id=found["session_id"],
        outcome=found["outcome"],
        reason=found["reason"],
        deferred_until=found["deferred_until"],
        form=found["form"],
        answers={line["item"]: line["yes"] for line in json.loads(found["answers"])},
        recorded_at=entry["recorded_at"],
        mine=entry["origin"] == "own",
    )


def told_before(store: Store, person_id: str) -> dict[str, date]:
    """Question -> when it was last answered "yes", where the last answer was "yes"."""
    return said_yes(screening_rows(store, person_id))


def parents_answer(store: Store, person_id: str) -> ParentsAnswer | None:
    """What the newest visit that asked a parent says of a child (R033, R050); None when none did."""
    row = store.database.row(
        "SELECT v.visited_on, o.consent, o.reached FROM visit_outcome o JOIN visit v ON v.id = o.visit_id"
        " WHERE o.person_id = ? AND v.corrected_by IS NULL AND (o.consent IS NOT NULL OR o.reached IS NOT NULL)"
        " ORDER BY v.visited_on DESC, v.id DESC LIMIT 1",
        (person_id,),
    )
    if row is None:
        return None
    reached = None if row["reached"] is None else bool(row["reached"])
    return ParentsAnswer(date.fromisoformat(row["visited_on"]), row["consent"], reached)


def screening_rows(store: Store, person_id: str) -> list[dict[str, Any]]:
    """Every screening of a person, and of records merged into theirs, as the projection has it, days as dates."""
    rows = store.database.rows(
        "SELECT * FROM screening WHERE person_id = ? OR person_id IN (SELECT id FROM person WHERE merged_into = ?)",
        (person_id, person_id),
    )
    return [
        dict(row)
        | {
            "screened_on": date.fromisoformat(row["screened_on"]),
            "deferred_until": optional_day(row["deferred_until"]),
        }
        for row in rows
    ]
