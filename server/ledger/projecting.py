"""How projections hear of new entries, in a push and in a rebuild alike.

A projector is a function of the rooms above (registers, stock, plans, places): it gets the entries that
arrived and brings its tables to what the pure folds of `shared.projections` say about *all* entries of the
subjects concerned.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, cast, func, select

from server.database import in_parts, insert_rows, select_among
from server.ledger.models import Conflict, EntryRow
from shared.entries import Entry
from shared.kinds import KINDS, VOID
from shared.projections.register import Folded, fold_register
from shared.reading import read_payload

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_CONFLICT: Table = Conflict.__table__  # type: ignore[assignment]


_OF_KIND = _ENTRY.c.kind == bindparam("kind", type_=_ENTRY.c.kind.type)
_PAYLOADS = select(_ENTRY.c.payload).where(_OF_KIND)
_SUBJECTS_WITH_MORE = (
    select(_ENTRY.c.subject_id).group_by(_ENTRY.c.subject_id, _ENTRY.c.kind).having(func.count() > 1)
)
_CORRECTORS = (
    select(
        _ENTRY.c.corrects_id,
        _ENTRY.c.kind,
        _ENTRY.c.subject_id,
        func.min(cast(_ENTRY.c.id, Text)).label("by"),
    )
    .where(_ENTRY.c.corrects_id.is_not(None))
    .group_by(_ENTRY.c.corrects_id, _ENTRY.c.kind, _ENTRY.c.subject_id)
)


class Arrived:
    """New entries of one transaction, and what is needed to project them.

    `whole` is given by a rebuild: the entries are all there are of their subjects, so nothing earlier is
    looked up, and it is the connection to the ledger they come from.
    """

    def __init__(
        self, connection: Connection, entries: Sequence[Entry], *, whole: Connection | None = None
    ) -> None:
        self.connection = connection
        self._whole = whole is not None
        self._ledger = whole or connection
        self._by_kind: dict[str, list[Entry]] = {}
        self._histories: dict[str, list[tuple[Folded, list[Entry]]]] = {}
        for entry in entries:
            self._by_kind.setdefault(entry.kind, []).append(entry)

    def of(self, kind: str) -> list[Entry]:
        """The new entries of a kind."""
        return self._by_kind.get(kind, [])

    def folded(self, kind: str) -> list[Folded]:
        """Every subject of a register kind that something new was said about, folded over all its entries.

        Conflicts between edits are written down on the way.
        """
        return [state for state, _ in self.histories(kind)]

    def histories(self, kind: str) -> list[tuple[Folded, list[Entry]]]:
        """The same, each state with the entries it is folded from; folded once, whoever asks."""
        if kind not in self._histories:
            self._histories[kind] = self._fold(kind)
        return self._histories[kind]

    def _fold(self, kind: str) -> list[tuple[Folded, list[Entry]]]:
        by_subject: dict[str, list[Entry]] = {}
        for entry in self.of(kind):
            by_subject.setdefault(entry.subject, []).append(entry)
        if not by_subject:
            return []
        if not self._whole:
            for entry in entries_of(self.connection, kind, self._with_more.intersection(by_subject)):
                if all(entry.id != new.id for new in by_subject[entry.subject]):
                    by_subject[entry.subject].append(entry)
        states = [fold_register(by_subject[subject]) for subject in sorted(by_subject)]
        _note_conflicts(self.connection, kind, [s for s in states if len(by_subject[s.subject]) > 1])
        return [(state, by_subject[state.subject]) for state in states]

    @cached_property
    def _with_more(self) -> set[str]:
        """Subjects of the new register entries that have more than one."""
        new = [entry for entries in self._by_kind.values() for entry in entries]
        subjects = {entry.subject for entry in new if KINDS[entry.kind].nature == "register"}
        found = select_among(self.connection, _SUBJECTS_WITH_MORE, _ENTRY.c.subject_id, subjects)
        return {row.subject_id for row in found}

    def everything(self, kinds: Iterable[str], subjects: Collection[str]) -> dict[str, list[Entry]]:
        """Subject -> every entry about it of these kinds, the new ones among them."""
        found: dict[str, list[Entry]] = {subject: [] for subject in subjects}
        for kind in kinds:
            for entry in entries_of(self._ledger, kind, subjects):
                found[entry.subject].append(entry)
        return found

    def first_days(self, kind: str, subjects: Iterable[str]) -> dict[str, Any]:
        """The day of each subject's first entry (the earliest day among its first entries)."""
        days: dict[str, Any] = {}
        known = list(self.of(kind))
        if not self._whole:
            known += entries_of(self.connection, kind, list(subjects))
        for entry in known:
            if not entry.is_edit:
                days[entry.subject] = min(days.get(entry.subject, entry.occurred_on), entry.occurred_on)
        return days

    def events(self, kind: str) -> list[tuple[Entry, str | None]]:
        """Event entries to project, each with the id of the entry that corrects it (None when none does).

        These are the new ones and, when a correction or a withdrawal arrived, the ones it is of. A correction is about
        the same subject as what it corrects; naming an entry about another subject has no effect, so that
        what is said of a subject depends on that subject's entries alone.
        """
        new, voids = self.of(kind), self.of(VOID)
        known = {entry.id: entry for entry in new}
        if not self._whole:
            later = (entry for entry in (*new, *voids) if entry.corrects and entry.corrects not in known)
            wanted = {(entry.corrects, entry.subject) for entry in later}
            query = select(_ENTRY.c.payload).where(_ENTRY.c.kind == kind)
            for row in select_among(self.connection, query, _ENTRY.c.id, {target for target, _ in wanted}):
                entry = read_payload(row.payload.encode())
                if (entry.id, entry.subject) in wanted:
                    known[entry.id] = entry
        return [(entry, self._corrector(entry)) for entry in known.values()]

    def _corrector(self, entry: Entry) -> str | None:
        found = (self._correctors.get((entry.id, kind, entry.subject)) for kind in (entry.kind, VOID))
        return min((by for by in found if by is not None), default=None)

    @cached_property
    def _correctors(self) -> dict[tuple[str, str, str], str]:
        """(id, kind, subject) of the events concerned -> the least id of the entries that correct them."""
        new = [entry for entries in self._by_kind.values() for entry in entries]
        events = [entry for entry in new if KINDS[entry.kind].nature == "event"]
        concerned = {entry.id for entry in events} | {entry.corrects for entry in events if entry.corrects}
        rows = select_among(self._ledger, _CORRECTORS, _ENTRY.c.corrects_id, concerned)
        return {(row.corrects_id, row.kind, row.subject_id): row.by for row in rows}


Projector = Callable[[Connection, Arrived], None]


def entries_of(connection: Connection, kind: str, subjects: Iterable[str]) -> list[Entry]:
    """Every stored entry of a kind about these subjects."""
    rows = select_among(connection, _PAYLOADS, _ENTRY.c.subject_id, list(subjects), kind=kind)
    return [read_payload(row.payload.encode()) for row in rows]


def _note_conflicts(connection: Connection, kind: str, states: list[Folded]) -> None:
    rows = [
        {
            "subject_id": state.subject,
            "field": conflict.field,
            "loser_id": conflict.loser,
            "winner_id": conflict.winner,
            "kind": kind,
        }
        for state in states
        for conflict in state.conflicts
    ]
    for part in in_parts([state.subject for state in states]):
        told = (_CONFLICT.c.kind == kind) & _CONFLICT.c.subject_id.in_(part)
        connection.execute(_CONFLICT.delete().where(told))
    insert_rows(connection, _CONFLICT, rows)
