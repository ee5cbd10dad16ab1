"""Delivery: which streams a new entry belongs to, and its numbered place in each.

A person's entries go to the person's home village. Two pushes about one person must not miss each other, so:
homes are read, streams locked in sorted order, homes read again; a home that changed in between, or would now
come out otherwise, means starting over. A person known to nobody yet gets a home row without a village, and
whoever writes about such a person waits on that row. Persons who belong together (`naming`) share their
homes' streams. An edit or a correction written at another place than the entries it is about goes to theirs
as well, which also makes the two wait for each other; one that came first follows when they arrive.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import at_once, insert_new, insert_rows, select_among
from server.ledger.models import Delivery, EntryRow, Home, Mention, Stream
from server.ledger.naming import Groups, early_corrections, groups_of, mentions, name_people
from server.ledger.projecting import entries_of
from shared import wire
from shared.entries import Entry
from shared.kinds import KINDS, VOID
from shared.projections.people import home_of
from shared.projections.register import fold_register

_STREAM: Table = Stream.__table__  # type: ignore[assignment]
_DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
_HOME: Table = Home.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_MENTION: Table = Mention.__table__  # type: ignore[assignment]


_HOMES = select(_HOME.c.person_id, _HOME.c.village_id)
_KNOWN_STREAMS = select(_STREAM.c.id)
_LOCKED_STREAMS = (
    select(_STREAM.c.id, _STREAM.c.head, _STREAM.c.hash)
    .order_by(_STREAM.c.id)
    .with_for_update(key_share=True)
)


class HomeMoved(Exception):
    """A person's home changed while this push waited for its locks: roll back and start over."""


@dataclass(slots=True)
class _Homes:
    """Homes as read before the locks; `fresh` persons had no entry about them before this push."""

    village: dict[str, str | None]
    fresh: set[str]


def deliver(connection: Connection, entries: Sequence[Entry]) -> None:
    """Give every new entry its place in every stream it belongs to. Raises HomeMoved."""
    named = name_people(connection, entries)
    groups = groups_of(connection, named.persons, named.together)
    written: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind == "person":
            written.setdefault(entry.subject, []).append(entry)
    before = _read_homes(connection, named.persons | groups.keys(), written)
    after = _new_homes(connection, written, before)
    moved = {p: home for p, home in after.items() if home is not None and home != before.village[p]}
    stands = _standing_places(connection, entries)
    homes = _shared_homes(groups, before, after)
    routes = {entry.id: _route(entry, named.people[entry.id], homes, stands) for entry in entries}
    heads = _lock_streams(connection, {*moved.values()}.union(*routes.values()))
    _check_homes(connection, written, before, after)
    if groups_of(connection, named.persons, named.together) != groups:
        raise HomeMoved(*sorted(groups))
    pending: dict[str, list[tuple[str, bytes]]] = {stream: [] for stream in heads}
    returning = {person: home for person, home in moved.items() if person not in before.fresh}
    wanted = {(member, home) for p, home in returning.items() for member in groups.get(p, (p,))}
    wanted |= {(p, home) for people in named.together for p in groups[people[0]] for home in homes(p)}
    _add_history(connection, wanted, routes.keys(), pending)
    early = early_corrections(connection, entries, named)
    _add_early(connection, early, routes, pending)
    for entry in entries:
        for stream in routes[entry.id]:
            pending[stream].append((entry.id, entry.digest))
    rows = [{"person_id": person, "village_id": home} for person, home in returning.items()]
    with at_once(connection):
        _append(connection, heads, pending)
        insert_rows(connection, _HOME, rows, replace=("person_id",))
        insert_rows(connection, _MENTION, mentions(named, early), keep=True)


def _shared_homes(
    groups: Groups, before: _Homes, after: dict[str, str | None]
) -> Callable[[str], frozenset[str]]:
    """Person -> the homes, old and new, of everyone they belong together with."""

    def homes(person: str) -> frozenset[str]:
        villages = {each[p] for p in groups.get(person, (person,)) for each in (before.village, after)}
        return frozenset(village for village in villages if village is not None)

    return homes


def _read_homes(connection: Connection, persons: set[str], written: dict[str, list[Entry]]) -> _Homes:
    """Homes as they stand. Who is known to nobody gets a row, at once with the home these entries give."""
    homes: dict[str, str | None] = _pairs(select_among(connection, _HOMES, _HOME.c.person_id, persons))
    unknown = [
        {"person_id": person, "village_id": _home(written.get(person))}
        for person in sorted(persons - homes.keys())
    ]
    fresh = insert_new(connection, _HOME, unknown, "person_id")
    homes |= dict.fromkeys(fresh)
    for person in sorted(persons):
        if homes.get(person) is None and person not in fresh:
            _wait_for(connection, person)
            homes[person] = None
    return _Homes(homes, fresh)


def _wait_for(connection: Connection, person: str) -> None:
    """Lock the row of a person without a home. One at a time: whoever holds the row of a person whose home got
    known meanwhile must not wait for anything, for the next move of that person holds streams and wants the row.
    """
    locked = select(_HOME.c.village_id).where(_HOME.c.person_id == person).with_for_update()
    if connection.execute(locked).scalar_one() is not None:
        raise HomeMoved(person)


def _new_homes(
    connection: Connection, written: dict[str, list[Entry]], homes: _Homes
) -> dict[str, str | None]:
    """Homes once the entries written about these persons count: the fold of all of a person's says so."""
    after = dict(homes.village)
    known_before = {person: list(said) for person, said in written.items() if person not in homes.fresh}
    for entry in entries_of(connection, "person", known_before):
        known_before[entry.subject].append(entry)
    for person in written:
        after[person] = _home(known_before.get(person, written[person]))
    return after


def _home(said: list[Entry] | None) -> str | None:
    """Where the entries about a person say that they live; None when nobody has said so."""
    if said is None:
        return None
    if len(said) == 1:
        return said[0].place if "household" in said[0].body else None
    return home_of(fold_register(said))


def _standing_places(connection: Connection, entries: Sequence[Entry]) -> dict[tuple[str, str], set[str]]:
    """Where entries about the same subjects stand already: an edit or a correction from elsewhere goes there too.

    (kind, subject) -> places; only for what is edited or corrected. A person's edits follow the home instead.
    """
    later = {_about(e) for e in entries if (e.is_edit or e.corrects) and e.kind != "person"}
    query = select(_ENTRY.c.kind, _ENTRY.c.subject_id, _ENTRY.c.place_id).distinct()
    found: dict[tuple[str, str], set[str]] = {}
    for row in select_among(
        connection, query, _ENTRY.c.subject_id, sorted({subject for _, subject in later})
    ):
        if (row.kind, row.subject_id) in later:
            found.setdefault((row.kind, row.subject_id), set()).add(row.place_id)
    return found


def _route(
    entry: Entry,
    people: tuple[str, ...],
    homes: Callable[[str], frozenset[str]],
    stands: dict[tuple[str, str], set[str]],
) -> list[str]:
    streams = KINDS[entry.kind].streams_of(entry).union(*map(homes, people))
    if entry.is_edit or entry.corrects:
        streams |= stands.get(_about(entry), set())
    return sorted(streams)


def _about(entry: Entry) -> tuple[str, str]:
    """(kind, subject) of what an edit or a correction is about."""
    return (str(entry.body["of"]) if entry.kind == VOID else entry.kind, entry.subject)


def _lock_streams(connection: Connection, streams: set[str]) -> dict[str, tuple[int, bytes]]:
    """Head and running hash of each stream, locked in sorted order; streams never used before are made first."""
    known = select_among(connection, _KNOWN_STREAMS, _STREAM.c.id, streams)
    missing = sorted(streams.difference(row.id for row in known))
    insert_new(connection, _STREAM, [{"id": s, "head": 0, "hash": wire.EMPTY_HASH} for s in missing], "id")
    rows = select_among(connection, _LOCKED_STREAMS, _STREAM.c.id, sorted(streams))
    return {row.id: (row.head, bytes(row.hash)) for row in rows}


def _check_homes(
    connection: Connection, written: dict[str, list[Entry]], before: _Homes, after: dict[str, str | None]
) -> None:
    """The second reading, now that the streams are locked: homes, and what the persons' entries make of them."""
    settled = [person for person in before.village if person not in before.fresh]
    for row in select_among(connection, _HOMES, _HOME.c.person_id, settled):
        if row.village_id != before.village[row.person_id]:
            raise HomeMoved(row.person_id)
    known = {person: said for person, said in written.items() if person not in before.fresh}
    for person, home in _new_homes(connection, known, before).items():
        if person not in before.fresh and home != after[person]:
            raise HomeMoved(person)


def _add_history(
    connection: Connection,
    wanted: set[tuple[str, str]],
    new: Collection[str],
    pending: dict[str, list[tuple[str, bytes]]],
) -> None:
    """What was written about these people before goes to these homes too: (person, home)."""
    if not wanted:
        return
    persons = {person for person, _ in wanted}
    about = [kind.name for kind in KINDS.values() if kind.about_person]
    query = select(_ENTRY.c.id, _ENTRY.c.subject_id.label("person_id"), _ENTRY.c.digest)
    rows = select_among(connection, query.where(_ENTRY.c.kind.in_(about)), _ENTRY.c.subject_id, persons)
    named = select(_ENTRY.c.id, _MENTION.c.person_id, _ENTRY.c.digest).join(
        _MENTION, _MENTION.c.entry_id == _ENTRY.c.id
    )
    rows += select_among(connection, named, _MENTION.c.person_id, persons)
    digests: dict[str, bytes] = {}
    told: dict[str, set[str]] = {}
    for row in rows:
        if row.id not in new:
            digests[row.id] = bytes(row.digest)
            told.setdefault(row.id, set()).add(row.person_id)
    there = _delivered(connection, digests)
    homes: dict[str, set[str]] = {}
    for person, home in wanted:
        homes.setdefault(person, set()).add(home)
    for entry_id in sorted(digests):
        for home in sorted({home for person in told[entry_id] for home in homes[person]}):
            if (entry_id, home) not in there:
                pending[home].append((entry_id, digests[entry_id]))


def _add_early(
    connection: Connection,
    early: Mapping[str, Sequence[tuple[str, bytes]]],
    routes: Mapping[str, Sequence[str]],
    pending: dict[str, list[tuple[str, bytes]]],
) -> None:
    """Corrections that came before what they correct go where that goes."""
    there = _delivered(connection, {corrector for found in early.values() for corrector, _ in found})
    for target, found in sorted(early.items()):
        for corrector, digest in sorted(found):
            for stream in routes[target]:
                delivery = (corrector, digest)
                if (corrector, stream) not in there and delivery not in pending[stream]:
                    pending[stream].append(delivery)


def _delivered(connection: Connection, entries: Collection[str]) -> set[tuple[str, str]]:
    delivered = select(_DELIVERY.c.entry_id, _DELIVERY.c.stream_id)
    rows = select_among(connection, delivered, _DELIVERY.c.entry_id, entries)
    return {(row.entry_id, row.stream_id) for row in rows}


def _append(
    connection: Connection,
    heads: dict[str, tuple[int, bytes]],
    pending: dict[str, list[tuple[str, bytes]]],
) -> None:
    deliveries, moved_heads = [], []
    for stream, (position, running) in heads.items():
        for entry_id, digest in pending[stream]:
            position += 1
            running = wire.chain(running, digest)
            deliveries.append(
                {"stream_id": stream, "position": position, "entry_id": entry_id, "hash": running}
            )
        if pending[stream]:
            moved_heads.append({"id": stream, "head": position, "hash": running})
    insert_rows(connection, _DELIVERY, deliveries)
    insert_rows(connection, _STREAM, moved_heads, replace=("id",))


def _pairs(rows: list[Any]) -> dict[str, str | None]:
    return {row.person_id: row.village_id for row in rows}
