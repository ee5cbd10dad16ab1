"""The state of a household, person, place … from the set of its entries.

Every edit names the entries its author had seen (`based_on`), so the entries of a subject form a graph like
a version history. A write of a field is superseded when a later write of that field descends from it. Writes
of one field that did not see each other are a conflict: both are kept and reported, and until someone
decides, every phone and the server show the same one (the greater digest; never the later clock, L11, L17).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from shared.entries import Entry


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """Two entries that wrote different values to `field` without having seen each other."""

    field: str
    winner: str
    loser: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A subject's state. `places` says at which place each shown value was written.

    `known` is False until the subject's first entry has arrived; edits may come before it. `origin` is the
    place of that first entry ("" while not known).
    `heads` are the entries no other is based on: what the next edit will name.
    """

    subject: str
    known: bool
    origin: str
    values: dict[str, Any]
    places: dict[str, str]
    conflicts: tuple[FieldConflict, ...]
    heads: tuple[str, ...]


def fold_register(entries: Iterable[Entry], prefer: Collection[str] = ()) -> Folded:
    """Fold the entries of one subject. Shown before others in a conflict: entries of `prefer` (a phone's unsent)."""
    by_id = dict(sorted({entry.id: entry for entry in entries}.items()))
    ordered = list(by_id.values())
    if not ordered:
        raise ValueError("a fold needs at least one entry")
    first = ordered[0]
    if len(ordered) == 1:
        return Folded(
            first.subject,
            not first.is_edit,
            "" if first.is_edit else first.place,
            _kept(first.body),
            dict.fromkeys(first.body, first.place),
            (),
            (first.id,),
        )
    ancestors = _ancestors(by_id)
    writes: dict[str, list[Entry]] = {}
    for entry in ordered:
        for name in entry.body:
            writes.setdefault(name, []).append(entry)
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    conflicts: list[FieldConflict] = []
    for name, writers in writes.items():
        superseded: set[str] = set().union(*(ancestors[entry.id] for entry in writers))
        standing = [entry for entry in writers if entry.id not in superseded]
        winner = max(standing, key=lambda entry: (entry.id in prefer, entry.digest))
        values[name], places[name] = winner.body[name], winner.place
        conflicts += [
            FieldConflict(name, winner.id, entry.id)
            for entry in standing
            if entry.body[name] != winner.body[name]
        ]
    parents = set().union(*(entry.based_on for entry in ordered))
    firsts = [entry for entry in ordered if not entry.is_edit]
    return Folded(
        first.subject,
        bool(firsts),
        firsts[0].place if firsts else "",
        _kept(values),
        places,
        tuple(conflicts),
        tuple(entry.id for entry in ordered if entry.id not in parents),
    )


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _ancestors(by_id: dict[str, Entry]) -> dict[str, set[str]]:
    """All entries each entry descends from. A first entry is an ancestor of every edit, even of one whose own
    parents have not arrived yet.
    """
    firsts = {entry.id for entry in by_id.values() if not entry.is_edit}
    found: dict[str, set[str]] = {first: set() for first in firsts}
    for start in by_id:
        path = [start]
        while path:
            entry = by_id[path[-1]]
            if entry.id in found:
                path.pop()
                continue
            waiting = [p for p in entry.based_on if p in by_id and p not in found and p not in path]
            if waiting:
                path.append(waiting[0])
                continue
            known = [p for p in entry.based_on if p in found]
            found[entry.id] = firsts.union(known, *(found[p] for p in known)) - {entry.id}
            path.pop()
    return found
