"""Keeping the projected tables equal to the entries: whatever arrives, the subjects it touches are folded
again.

An entry the server refused is left out (the server leaves it out too); an unsent one is shown before others.
Every function here runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from mobile.store.driver import Connection
from mobile.store.rows import KINDS_OF, OWNED, UNIT_OF, Context, Tables, judge, rows_of
from mobile.store.schema import PROJECTED
from shared.entries import Entry
from shared.projections.register import fold_register
from shared.reading import read_payload

#: Values an IN list takes.
PART = 400

COUNTED = "readable = 1 AND coalesce(outcome, '') <> 'refused'"


@dataclass(frozen=True, slots=True)
class Shown:
    """A register subject as it is shown: field values, the entries the next edit is based on, and its
    place.
    """

    values: dict[str, Any]
    heads: tuple[str, ...]
    place: str


def project(connection: Connection, entries: Iterable[Entry], today: date) -> None:
    """Fold the subjects of these stored entries again. A correction is about the subject of what it corrects."""
    project_subjects(connection, {(entry.kind, entry.subject) for entry in entries}, today)


def project_subjects(connection: Connection, subjects: Iterable[tuple[str, str]], today: date) -> None:
    """Fold subjects (kind, id) again from all their entries."""
    units: dict[str, set[str]] = {}
    for kind, subject in subjects:
        units.setdefault(UNIT_OF.get(kind, kind), set()).add(subject)
    for unit, wanted in units.items():
        if unit not in OWNED:
            continue
        for part in _parts(sorted(wanted)):
            entries = _entries(connection, KINDS_OF.get(unit, (unit,)), part)
            context = _context(connection, [each.id for found in entries.values() for each in found], today)
            for subject in part:
                _replace(connection, unit, subject, entries.get(subject, []), context)


def project_everything(connection: Connection, today: date) -> None:
    """Make every projected table again from the entries."""
    for table in PROJECTED:
        connection.execute(f"DELETE FROM {table}")
    context = _context(connection, None, today)
    rows = connection.execute(
        f"SELECT kind, subject, payload FROM entry WHERE {COUNTED} ORDER BY"
        " CASE kind WHEN 'dose' THEN 'person' ELSE kind END, subject"
    )
    for (unit, subject), found in groupby(rows, key=lambda row: (UNIT_OF.get(row[0], row[0]), row[1])):
        entries = [read_payload(bytes(row[2])) for row in found]
        if unit in OWNED:
            _insert(connection, rows_of(unit, subject, entries, context))


def shown_values(connection: Connection, kind: str, subject: str) -> Shown | None:
    """A register subject's present values, or None when this phone does not know it."""
    entries = _entries(connection, (kind,), [subject]).get(subject)
    if not entries:
        return None
    context = _context(connection, [entry.id for entry in entries], date.min)
    folded = fold_register(entries, context.unsent)
    if not folded.known:
        return None
    first = min((entry for entry in entries if not entry.is_edit), key=lambda entry: entry.id)
    return Shown(folded.values, folded.heads, folded.places.get("household", first.place))


def judge_again(connection: Connection, today: date) -> None:
    """Judge everybody's next dose on a new day: ages and rules change without any entry."""
    rows = connection.execute(
        "SELECT p.id, p.birth_date, p.residence, p.contraindication, p.covid_on, p.next_dose, p.due_on,"
        " i.* FROM person p LEFT JOIN immunisation i ON i.person_id = p.id"
    ).fetchall()
    changed = []
    for row in rows:
        person = {
            "birth_date": date.fromisoformat(row["birth_date"]),
            "residence": row["residence"],
            "contraindication": row["contraindication"],
            "covid_on": _day(row["covid_on"]),
        }
        dose_type, due_on = judge(person, immunisation_of(row), today)
        if (dose_type, _plain(due_on)) != (row["next_dose"], row["due_on"]):
            changed.append((dose_type, _plain(due_on), row["id"]))
    connection.executemany("UPDATE person SET next_dose = ?, due_on = ? WHERE id = ?", changed)


def immunisation_of(row: Any) -> dict[str, Any] | None:
    """The immunisation row inside a joined row, with dates; None without doses."""
    if row["person_id"] is None:
        return None
    return {
        name: _day(row[name]) if name.endswith("_on") else row[name]
        for name in row.keys()  # noqa: SIM118 a driver's row iterates over values
        if name.startswith(("primary_", "additional_", "booster_", "series_", "last_"))
    }


def _replace(
    connection: Connection, unit: str, subject: str, entries: Sequence[Entry], context: Context
) -> None:
    for table, column in OWNED[unit]:
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (subject,))
    connection.execute("DELETE FROM conflict WHERE subject_id = ? AND kind = ?", (subject, unit))
    if entries:
        _insert(connection, rows_of(unit, subject, entries, context))


def _insert(connection: Connection, tables: Tables) -> None:
    for table, rows in tables.items():
        if rows:
            names = list(rows[0])
            marks = ",".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})",
                [[_plain(row[name]) for name in names] for row in rows],
            )


def _entries(connection: Connection, kinds: Sequence[str], subjects: Sequence[str]) -> dict[str, list[Entry]]:
    kind_marks, subject_marks = ",".join("?" * len(kinds)), ",".join("?" * len(subjects))
    found: dict[str, list[Entry]] = {}
    for row in connection.execute(
        f"SELECT subject, payload FROM entry WHERE subject IN ({subject_marks})"
        f" AND kind IN ({kind_marks}) AND {COUNTED}",
        [*subjects, *kinds],
    ):
        found.setdefault(row[0], []).append(read_payload(bytes(row[1])))
    return found


def _context(connection: Connection, ids: Sequence[str] | None, today: date) -> Context:
    """The context of some entries, or of all."""
    corrected = (
        "SELECT e.corrects, min(e.id) FROM entry e"
        " JOIN entry t ON t.id = e.corrects AND t.kind = e.kind AND t.subject = e.subject"
        " WHERE e.corrects IS NOT NULL AND e.readable = 1 AND coalesce(e.outcome, '') <> 'refused'"
    )
    unsent = "SELECT id FROM entry WHERE origin = 'own' AND outcome IS NULL"
    if ids is None:
        pairs = list(connection.execute(f"{corrected} GROUP BY e.corrects"))
        own = [row[0] for row in connection.execute(unsent)]
    else:
        pairs, own = [], []
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            pairs += connection.execute(
                f"{corrected} AND e.corrects IN ({marks}) GROUP BY e.corrects", part
            ).fetchall()
            own += [row[0] for row in connection.execute(f"{unsent} AND id IN ({marks})", part)]
    return Context({row[0]: row[1] for row in pairs}, frozenset(own), today)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), PART):
        yield values[start : start + PART]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
