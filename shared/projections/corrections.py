"""Which events of one subject count when several were corrected, some of them twice."""

from collections.abc import Iterable, Mapping

from shared.entries import Entry


def correctors(entries: Iterable[Entry]) -> dict[str, str]:
    """Entry -> the least id of those of its kind that correct it, among the entries of one subject."""
    told = {entry.id: entry for entry in entries}
    found: dict[str, str] = {}
    for entry_id, entry in sorted(told.items()):
        target = told.get(entry.corrects or "")
        if target and target.kind == entry.kind:
            found.setdefault(target.id, entry_id)
    return found


def standing(entries: Iterable[Entry], corrected_by: Mapping[str, str]) -> list[Entry]:
    """The events that count, by id: not corrected, and where two correct the same one, only the one `corrected_by`
    names (and what corrects that one), so that a document corrected on two phones counts once.
    """
    known = {entry.id: entry for entry in entries}
    return [
        entry
        for entry_id, entry in sorted(known.items())
        if entry_id not in corrected_by and _in_line(entry, known, corrected_by)
    ]


def _in_line(entry: Entry, known: Mapping[str, Entry], corrected_by: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    while entry.corrects is not None and entry.id not in seen:
        seen.add(entry.id)
        if corrected_by.get(entry.corrects, entry.id) != entry.id:
            return False
        if entry.corrects not in known:
            return True
        entry = known[entry.corrects]
    return True
