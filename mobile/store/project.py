"""Keeping the projected tables equal to the entries: whatever arrives, the subjects it touches are folded
again.

An entry the server refused is left out (the server leaves it out too); an unsent one is shown before others.
Every function here runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from mobile.store.driver import Connection
from mobile.store.rows import KINDS_OF, OWNED, UNIT_OF, Context, Tables, judge, rows_of
from mobile.store.schema import PROJECTED
from shared.entries import Entry
from shared.kinds import KINDS, VOID
from shared.projections import identity
from shared.projections.register import fold_register
from shared.projections.safety import opening_of
from shared.reading import read_payload
from shared.rules.openings import Openings

#: How the columns of an immunisation row begin.
IMMUNISED = ("primary_", "additional_", "booster_", "series_", "last_", "barred_", "deferred_", "conditions")

#: Kinds of what happened once, which a withdrawal may be of.
EVENTS = tuple(kind.name for kind in KINDS.values() if kind.nature == "event" and kind.name != VOID)

#: The kind that says who is one person: its rows decide how people are folded, so they come first.
MERGING = "same_person"
NOBODY: Mapping[str, Any] = {}

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
    """Fold subjects (kind, id) again from all their entries. A withdrawal may be of any event of its subject."""
    units: dict[str, set[str]] = {}
    for kind, subject in subjects:
        for each in EVENTS if kind == VOID else (kind,):
            units.setdefault(UNIT_OF.get(each, each), set()).add(subject)
    kept = _groups(connection, units, today)
    for unit, wanted in sorted(units.items()):
        if unit not in OWNED or unit == MERGING:
            continue
        for part in _parts(sorted(wanted)):
            entries = _entries(connection, KINDS_OF.get(unit, (unit,)), part)
            joined = _joined(connection, kept, part) if unit == "person" else {}
            context = _context(connection, _ids(entries, joined), today, kept, joined)
            for subject in part:
                _replace(connection, unit, subject, entries.get(subject, []), context)
    if "dose_opening" in units:
        judge_again(connection, today)


def project_everything(connection: Connection, today: date) -> None:
    """Make every projected table again from the entries."""
    for table in PROJECTED:
        connection.execute(f"DELETE FROM {table}")
    verdicts = connection.execute(f"SELECT DISTINCT subject FROM entry WHERE kind = '{MERGING}'")
    kept = _groups(connection, {MERGING: {row[0] for row in verdicts}}, today)
    joined = _joined(connection, kept, sorted(set(kept.values())))
    context = _context(connection, None, today, kept, joined)
    units = " ".join(["WHEN ? THEN ?"] * len(UNIT_OF))
    rows = connection.execute(
        f"SELECT kind, subject, payload FROM entry WHERE {COUNTED} ORDER BY CASE kind {units} ELSE kind END, subject",
        [word for pair in UNIT_OF.items() for word in pair],
    )
    for (unit, subject), found in groupby(rows, key=lambda row: (UNIT_OF.get(row[0], row[0]), row[1])):
        entries = [read_payload(bytes(row[2])) for row in found]
        if unit in OWNED and unit != MERGING:
            _insert(connection, rows_of(unit, subject, entries, context))
    if connection.execute("SELECT 1 FROM dose_opening").fetchone():  # they were projected among the people
        judge_again(connection, today)


def _groups(connection: Connection, units: dict[str, set[str]], today: date) -> dict[str, str]:
    """Bring the verdicts of `units` up to date; record -> record kept of everyone who is merged.

    Whoever a verdict (or somebody merged with them) says something new of joins the persons of `units`.
    """
    for part in _parts(sorted(units.get(MERGING, ()))):
        entries = _entries(connection, (MERGING,), part)
        context = _context(connection, _ids(entries, {}), today)
        for subject in part:
            _replace(connection, MERGING, subject, entries.get(subject, []), context)
    rows = [dict(row) for row in connection.execute("SELECT * FROM same_person").fetchall()]
    kept = identity.groups(rows)
    persons = units.setdefault("person", set())
    if units.get(MERGING):  # a phone holds few: all of them are folded again
        persons.update(row[name] for row in rows for name in ("person_a", "person_b"))
    groups = {kept[person] for person in persons if person in kept}
    persons.update(record for record, keeper in kept.items() if keeper in groups)
    return kept


def _joined(
    connection: Connection, kept: Mapping[str, str], keepers: Sequence[str]
) -> dict[str, list[Entry]]:
    """Record kept -> what was done to the people of the records merged into it."""
    members = [record for record, keeper in kept.items() if keeper != record and keeper in set(keepers)]
    found: dict[str, list[Entry]] = {}
    for part in _parts(members):
        for record, entries in _entries(connection, KINDS_OF["person"], part).items():
            found.setdefault(kept[record], []).extend(entry for entry in entries if entry.kind != "person")
    return found


def _ids(*found: Mapping[str, Sequence[Entry]]) -> list[str]:
    return [entry.id for entries in found for told in entries.values() for entry in told]


def shown_values(
    connection: Connection, kind: str, subject: str, but_for: Collection[str] = ()
) -> Shown | None:
    """A register subject's present values (as they would be `but_for` some entries), or None when this phone does not
    know it.
    """
    found = _entries(connection, (kind,), [subject]).get(subject, [])
    entries = [entry for entry in found if entry.id not in but_for]
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
    openings = openings_of(connection)
    rows = connection.execute(
        "SELECT p.id, p.birth_date, p.residence, p.contraindication, p.covid_on, p.next_dose, p.due_on,"
        " p.no_dose, i.* FROM person p LEFT JOIN immunisation i ON i.person_id = p.id"
        " WHERE p.merged_into IS NULL"
    ).fetchall()
    changed = []
    for row in rows:
        person = {
            "birth_date": date.fromisoformat(row["birth_date"]),
            "residence": row["residence"],
            "contraindication": row["contraindication"],
            "covid_on": _day(row["covid_on"]),
        }
        dose_type, due_on, no_dose = judge(person, immunisation_of(row), today, openings)
        if (dose_type, _plain(due_on), no_dose) != (row["next_dose"], row["due_on"], row["no_dose"]):
            changed.append((dose_type, _plain(due_on), no_dose, row["id"]))
    connection.executemany("UPDATE person SET next_dose = ?, due_on = ?, no_dose = ? WHERE id = ?", changed)


def immunisation_of(row: Any) -> dict[str, Any] | None:
    """The immunisation row inside a joined row, with dates; None without doses."""
    if row["person_id"] is None:
        return None
    return {
        name: _day(row[name]) if name.endswith(("_on", "_until")) else row[name]
        for name in row.keys()  # noqa: SIM118 a driver's row iterates over values
        if name.startswith(IMMUNISED)
    }


def openings_of(connection: Connection) -> Openings:
    """What is opened: what ships and what the province announced."""
    rows = connection.execute("SELECT * FROM dose_opening ORDER BY id").fetchall()
    return Openings(
        opening_of({**dict(row), "opens_on": _day(row["opens_on"]), "closes_on": _day(row["closes_on"])})
        for row in rows
    )


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


def _context(
    connection: Connection,
    ids: Sequence[str] | None,
    today: date,
    kept: Mapping[str, str] = NOBODY,
    joined: Mapping[str, Sequence[Entry]] = NOBODY,
) -> Context:
    """The context of some entries, or of all; `kept` and `joined` where people are folded."""
    corrected = (
        "SELECT e.corrects, min(e.id) FROM entry e"
        f" JOIN entry t ON t.id = e.corrects AND e.kind IN (t.kind, '{VOID}') AND t.subject = e.subject"
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
    corrected_by = {row[0]: row[1] for row in pairs}
    return Context(corrected_by, frozenset(own), today, openings_of(connection), kept, joined)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), PART):
        yield values[start : start + PART]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
