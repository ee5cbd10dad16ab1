"""Queries of the person screens: search, one person with doses and advice, who is due, the conflict inbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.database import among, get_meta, set_meta
from mobile.store.project import immunisation_of, judge_again, openings_of, shown_values
from mobile.store.views import ConflictRow, DoseRow, PersonPage, PersonRow, Writer
from shared.rules.ages import age_on
from shared.rules.schedule import next_dose, schedule_of
from shared.text.folding import search_key

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Residence of people who are here: counted, asked about, due.
PRESENT = ("permanent", "temporary", "staying")
#: Visits and doses a page shows at most (L20).
MOST_SHOWN = 20
#: SQL: the person is present (a record merged into another is nobody); the person is due on :today.
HERE = "residence IN ('permanent', 'temporary', 'staying') AND merged_into IS NULL"
DUE = f"{HERE} AND next_dose IS NOT NULL AND coalesce(due_on, '') <= :today"
#: The same of the person p of a query with other tables.
HERE_P, DUE_P = (
    condition.replace("residence", "p.residence").replace("merged_into", "p.merged_into")
    for condition in (HERE, DUE)
)
#: The columns of a PersonRow.
PERSON = """
SELECT p.*, h.head_name,
       (SELECT v.visited_on || '|' || v.id || '|' || o.outcome || '|' || coalesce(o.reason, '')
        FROM visit_outcome o JOIN visit v ON v.id = o.visit_id
        WHERE o.person_id = p.id AND v.corrected_by IS NULL ORDER BY v.visited_on DESC, v.id DESC LIMIT 1) AS
        last_seen FROM person p LEFT JOIN household h ON h.id = p.household_id
"""


def people(
    store: Store, village: str | None = None, query: str = "", limit: int = 50, offset: int = 0
) -> list[PersonRow]:
    """People by name, identity number or phone, accents ignored; sorted the Vietnamese way."""
    today = judged(store)
    condition, values = _people_condition(village, query)
    rows = store.database.rows(
        f"{PERSON} {condition} ORDER BY p.sort_name, p.id LIMIT :limit OFFSET :offset",
        values | {"limit": limit, "offset": offset},
    )
    return [person_row(row, today) for row in rows]


def people_count(store: Store, village: str | None = None, query: str = "") -> int:
    """How many `people` would list."""
    condition, values = _people_condition(village, query)
    row = store.database.row(f"SELECT count(*) FROM person p {condition}", values)
    return int(row[0]) if row else 0


def person(store: Store, person_id: str) -> PersonPage | None:
    """One person, or None when this phone does not hold it."""
    today = judged(store)
    row = store.database.row(f"{PERSON} WHERE p.id = ?", (person_id,))
    shown = shown_values(store.database.connection, "person", person_id)
    if row is None or shown is None:
        return None
    doses = store.database.rows(
        "SELECT d.*, l.lot_number AS known_number FROM dose d LEFT JOIN lot l ON l.id = d.lot_id"
        " WHERE d.person_id = ? OR d.person_id IN (SELECT id FROM person WHERE merged_into = ?)"
        " ORDER BY d.given_on DESC, d.id DESC LIMIT ?",
        (person_id, person_id, MOST_SHOWN),
    )
    had = store.database.row("SELECT * FROM immunisation WHERE person_id = ?", (person_id,))
    immunisation = immunisation_of(had) if had else None
    openings = openings_of(store.database.connection)
    judged_person = {
        "birth_date": date.fromisoformat(row["birth_date"]),
        "residence": row["residence"],
        "contraindication": row["contraindication"],
        "covid_on": optional_day(row["covid_on"]),
    }
    return PersonPage(
        row=person_row(row, today),
        merged_into=row["merged_into"],
        values=shown.values,
        doses=[_dose_row(store, dose) for dose in doses],
        advice=next_dose(judged_person, immunisation, today, openings),
        planned=schedule_of(judged_person, immunisation, today, openings),
        immunisation=immunisation,
        openings=openings,
        conflicts=conflicts(store, subject=person_id),
    )


def due_people(
    store: Store, village: str | None = None, on: date | None = None, limit: int = 50, offset: int = 0
) -> list[PersonRow]:
    """People present whose next dose is due by a day (today by default), those who cannot come first."""
    today = judged(store)
    conditions = [DUE_P]
    values: dict[str, Any] = {"today": (on or today).isoformat(), "limit": limit, "offset": offset}
    if village is not None:
        conditions.append("p.village_id = :village")
        values["village"] = village
    rows = store.database.rows(
        f"{PERSON} {where(conditions)}"
        " ORDER BY p.cannot_come IS NULL, p.sort_name, p.id LIMIT :limit OFFSET :offset",
        values,
    )
    return [person_row(row, today) for row in rows]


def due_in(store: Store, villages: Sequence[str], on: date) -> dict[str, int]:
    """People due on a day by the kind of their next dose, in some villages."""
    marks, values = among("v", villages)
    rows = store.database.rows(
        f"SELECT p.next_dose, count(*) FROM person p WHERE {DUE_P} AND p.village_id IN ({marks})"
        " GROUP BY p.next_dose",
        values | {"today": on.isoformat()},
    )
    return {row[0]: row[1] for row in rows}


def conflicts(store: Store, limit: int = 50, subject: str | None = None) -> list[ConflictRow]:
    """The conflict inbox, or the conflicts of one subject."""
    rows = store.database.rows(
        "SELECT c.subject_id, c.kind, c.field, w.payload, l.payload, w.origin, w.place, w.recorded_at,"
        " l.origin, l.place, l.recorded_at FROM conflict c"
        " JOIN entry w ON w.id = c.winner_id JOIN entry l ON l.id = c.loser_id"
        " WHERE :subject IS NULL OR c.subject_id = :subject"
        " ORDER BY c.subject_id, c.field, c.loser_id LIMIT :limit",
        {"subject": subject, "limit": limit},
    )
    return [
        ConflictRow(
            row[0],
            row[1],
            row[2],
            _written(row[3], row[2]),
            _written(row[4], row[2]),
            Writer(row[5] == "own", places.name(store, row[6]), row[7]),
            Writer(row[8] == "own", places.name(store, row[9]), row[10]),
        )
        for row in rows
    ]


def judged(store: Store) -> date:
    """Today, after everybody's next dose was judged for it: ages and rules change with the day alone."""
    today = store.clock.today()
    if store.ready and get_meta(store.database.connection, "judged_on") != today.isoformat():
        with store.database.transaction() as connection:
            judge_again(connection, today)
            set_meta(connection, "judged_on", today.isoformat())
    return today


def words(column: str, query: str) -> tuple[list[str], dict[str, Any]]:
    """A condition a word: each stands at the start of a word of the column, digits anywhere in it."""
    typed = search_key(query).split()
    conditions = [f"(' ' || {column}) LIKE :word{number} ESCAPE '\\'" for number in range(len(typed))]
    escaped = (word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in typed)
    values = {
        f"word{number}": f"%{word}%" if word.isdigit() else f"% {word}%"
        for number, word in enumerate(escaped)
    }
    return conditions, values


def where(conditions: Sequence[str]) -> str:
    """The conditions joined, or nothing."""
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def person_row(row: Any, today: date) -> PersonRow:
    """A row of PERSON as screens take it."""
    birth_date, due_on = date.fromisoformat(row["birth_date"]), optional_day(row["due_on"])
    _, _, outcome, reason = (row["last_seen"] or "|||").split("|", 3)
    return PersonRow(
        id=row["id"],
        household_id=row["household_id"],
        village_id=row["village_id"],
        full_name=row["full_name"],
        sex=row["sex"],
        birth_date=birth_date,
        birth_precision=row["birth_precision"],
        age=age_on(birth_date, today),
        relation=row["relation"] or "",
        residence=row["residence"],
        cannot_come=row["cannot_come"] or "",
        contraindication=row["contraindication"] or "",
        head_name=row["head_name"] or "",
        next_dose=row["next_dose"],
        due_on=due_on,
        no_dose=row["no_dose"],
        is_due=row["next_dose"] is not None
        and row["residence"] in PRESENT
        and (due_on is None or due_on <= today),
        last_outcome=outcome or None,
        last_reason=reason or None,
    )


def _people_condition(village: str | None, query: str) -> tuple[str, dict[str, Any]]:
    conditions, values = words("p.search", query)
    conditions.append("p.merged_into IS NULL")
    if village is not None:
        conditions.append("p.village_id = :village")
        values["village"] = village
    return where(conditions), values


def _dose_row(store: Store, row: Any) -> DoseRow:
    return DoseRow(
        id=row["id"],
        dose_type=row["dose_type"],
        vaccine=row["vaccine"],
        given_on=date.fromisoformat(row["given_on"]),
        lot_number=row["known_number"] or row["lot_number"] or "",
        site_name=places.name(store, row["site_id"]),
        at_home=bool(row["at_home"]),
        voided=row["corrected_by"] is not None,
    )


def _written(payload: Any, field: str) -> Any:
    return json.loads(bytes(payload))["body"].get(field)


def optional_day(value: str | None) -> date | None:
    """A stored day as a date."""
    return date.fromisoformat(value) if value else None
