"""Whom an entry is about, and who belongs together: whose homes must hear of it.

Most entries about a person have that person as their subject. Some name several, and follow each of them
home. The verdict that two are one joins them: from then on what is written about one is delivered to the
homes of all, even after the verdict is withdrawn, so that a village's stream alone decides its figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import aliased

from server.database import select_among
from server.ledger.models import EntryRow, Mention
from shared.entries import Entry
from shared.kinds import KINDS

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_MENTION: Table = Mention.__table__  # type: ignore[assignment]

_other = aliased(Mention)
_TOGETHER = (
    select(_MENTION.c.person_id, _other.person_id.label("other_id"))
    .join(_other, _other.entry_id == _MENTION.c.entry_id)
    .where(_MENTION.c.joins)
)
_MENTIONED = select(_MENTION.c.entry_id, _MENTION.c.person_id)
_CORRECTORS = select(_ENTRY.c.id, _ENTRY.c.digest, _ENTRY.c.corrects_id, _ENTRY.c.subject_id)

Groups = dict[str, frozenset[str]]


@dataclass(slots=True)
class Named:
    """Whom each new entry is about: entry id -> persons; and which entries say that these are one."""

    people: dict[str, tuple[str, ...]]
    joining: frozenset[str]

    @property
    def persons(self) -> set[str]:
        """Everybody these entries name."""
        return {person for people in self.people.values() for person in people}

    @property
    def together(self) -> list[tuple[str, ...]]:
        """Persons one entry says belong together."""
        return [people for entry_id, people in self.people.items() if entry_id in self.joining]


def name_people(connection: Connection, entries: Sequence[Entry]) -> Named:
    """Who each of these new entries is about. A correction is about whom the entry it corrects is about."""
    people = {entry.id: KINDS[entry.kind].people_of(entry) for entry in entries}
    targets = {entry.corrects for entry in entries if entry.corrects and entry.corrects not in people}
    stored: dict[str, tuple[str, ...]] = {}
    for row in select_among(connection, _MENTIONED, _MENTION.c.entry_id, targets):
        stored[row.entry_id] = (*stored.get(row.entry_id, ()), row.person_id)
    for entry in entries:
        target = people.get(entry.corrects or "") or stored.get(entry.corrects or "")
        if target and len(target) > 1:
            people[entry.id] = tuple(sorted({*people[entry.id], *target}))
    return Named(people, frozenset(entry.id for entry in entries if KINDS[entry.kind].joins(entry)))


def early_corrections(
    connection: Connection, entries: Sequence[Entry], named: Named
) -> dict[str, list[tuple[str, bytes]]]:
    """Corrections that came before what they correct: the new entry's id -> their (id, digest).

    Asked once the streams are locked: whoever corrects an entry about a person locks that person's home.
    """
    subjects = {entry.id: entry.subject for entry in entries if KINDS[entry.kind].nature == "event"}
    early: dict[str, list[tuple[str, bytes]]] = {}
    for row in select_among(connection, _CORRECTORS, _ENTRY.c.corrects_id, subjects):
        if row.subject_id == subjects[row.corrects_id] and row.id not in named.people:
            early.setdefault(row.corrects_id, []).append((row.id, bytes(row.digest)))
    return early


def mentions(named: Named, early: Mapping[str, Sequence[tuple[str, bytes]]]) -> list[dict[str, str | bool]]:
    """Rows of `mention` for the entries that name several persons, and for the early corrections of these."""
    return [
        {"person_id": person, "entry_id": told, "joins": told in named.joining}
        for entry_id, people in named.people.items()
        if len(people) > 1
        for told in (entry_id, *(corrector for corrector, _ in early.get(entry_id, ())))
        for person in people
    ]


def groups_of(connection: Connection, persons: set[str], together: Iterable[Sequence[str]]) -> Groups:
    """Person -> everyone they belong together with, themselves included; only those who are not alone.

    `together` are persons that entries not stored yet name at once.
    """
    linked: dict[str, set[str]] = {}
    for people in together:
        for person in people:
            linked.setdefault(person, set()).update(people)
    asked: set[str] = set()
    while asking := (persons | linked.keys()) - asked:
        asked |= asking
        for row in select_among(connection, _TOGETHER, _MENTION.c.person_id, asking):
            linked.setdefault(row.person_id, set()).add(row.other_id)
            linked.setdefault(row.other_id, set()).add(row.person_id)
    return _components(linked)


def _components(linked: dict[str, set[str]]) -> Groups:
    found: Groups = {}
    for start in linked:
        if start in found:
            continue
        group, pending = {start}, [start]
        while pending:
            for other in linked[pending.pop()] - group:
                group.add(other)
                pending.append(other)
        found |= dict.fromkeys(group, frozenset(group))
    return found
