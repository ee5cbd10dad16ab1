"""Writing this phone's own entries: gate, number, running hash, projection, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobile.store.identity import Identity
from mobile.store.packing import pack
from mobile.store.project import project, shown_values
from shared import wire
from shared.clock import stamp
from shared.entries import Entry
from shared.faults import Refused, fault
from shared.identifiers import new_id
from shared.kinds import KINDS
from shared.projections.affairs import MATTER_KINDS
from shared.reading import Held, Unreadable, read
from shared.records import may_author

if TYPE_CHECKING:
    from datetime import date

    from mobile.store.driver import Connection
    from mobile.store.store import Store

#: Kinds whose subject is the place they are written at.
ABOUT_THEIR_PLACE = frozenset({"stock_count", "population_return", *MATTER_KINDS})

#: Most entries an edit may name as seen (the reading gate's limit).
MOST_HEADS = 16


def write(
    store: Store,
    identity: Identity,
    kind: str,
    place: str,
    body: Mapping[str, Any],
    *,
    subject: str | None,
    occurred_on: date | None,
    corrects: str | None,
    draft: str | None,
) -> Entry:
    """One new entry, whole: the first of a register subject, or an event. Raises Refused."""
    _check_author(identity, kind)
    if subject is None:
        subject = _subject_of(kind, place)
    given = {name: value for name, value in body.items() if value is not None}
    with store.database.transaction() as connection:
        raw = _envelope(store, connection, identity, kind, subject, place, given, occurred_on)
        if corrects is not None:
            raw["corrects"] = corrects
        return _insert(store, connection, raw, draft)


def write_changes(
    store: Store,
    identity: Identity,
    kind: str,
    subject: str,
    changes: Mapping[str, Any],
    *,
    place: str | None,
    draft: str | None,
) -> Entry | None:
    """An edit with the fields that differ from what is shown, or None. Raises Refused."""
    _check_author(identity, kind)
    with store.database.transaction() as connection:
        shown = shown_values(connection, kind, subject)
        if shown is None:
            raise Refused(fault("phone.unknown_subject"))
        body = {name: value for name, value in changes.items() if shown.values.get(name) != value}
        if not body:
            return None
        raw = _envelope(store, connection, identity, kind, subject, place or shown.place, body, None)
        raw["based_on"] = sorted(shown.heads)[:MOST_HEADS]
        return _insert(store, connection, raw, draft)


def write_choice(
    store: Store, identity: Identity, kind: str, subject: str, field: str, value: Any, *, place: str | None
) -> Entry:
    """An edit that says which of the values in conflict holds, also when it is the one shown already (L17). Raises
    Refused.
    """
    _check_author(identity, kind)
    with store.database.transaction() as connection:
        shown = shown_values(connection, kind, subject)
        if shown is None:
            raise Refused(fault("phone.unknown_subject"))
        raw = _envelope(
            store, connection, identity, kind, subject, place or shown.place, {field: value}, None
        )
        raw["based_on"] = sorted(shown.heads)[:MOST_HEADS]
        return _insert(store, connection, raw, None)


def _check_author(identity: Identity, kind: str) -> None:
    if kind not in KINDS:
        raise Refused(fault("entry.bad_kind", "kind"))
    if not may_author(identity.role, kind):
        raise Refused(fault("entry.not_permitted", "kind", role=identity.role, kind=kind))


def _subject_of(kind: str, place: str) -> str:
    if kind in ABOUT_THEIR_PLACE:
        return place
    if KINDS[kind].nature == "register":
        return new_id()
    raise Refused(fault("entry.missing_key", "subject"))


def _envelope(
    store: Store,
    connection: Connection,
    identity: Identity,
    kind: str,
    subject: str,
    place: str,
    body: dict[str, Any],
    occurred_on: date | None,
) -> dict[str, Any]:
    last = connection.execute("SELECT max(device_seq) FROM entry WHERE origin = 'own'").fetchone()[0]
    raw: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "version": KINDS[kind].version,
        "subject": subject,
        "place": place,
        "author": identity.user_id,
        "device": identity.device,
        "device_seq": (last or 0) + 1,
        "occurred_on": (occurred_on or store.clock.today()).isoformat(),
        "recorded_at": stamp(store.clock.now()),
        "body": body,
    }
    if store.clock_offset_s is not None:
        raw["clock_offset_s"] = store.clock_offset_s
    return raw


def _insert(store: Store, connection: Connection, raw: dict[str, Any], draft: str | None) -> Entry:
    try:
        entry = read(raw)
    except Unreadable as error:
        raise Refused(error.faults) from error
    except Held as error:  # a program never writes what it cannot read
        raise Refused(fault("entry.bad_kind", "kind")) from error
    before = connection.execute(
        "SELECT chain FROM entry WHERE origin = 'own' AND device_seq = ?", (entry.device_seq - 1,)
    ).fetchone()
    chain = wire.chain(bytes(before[0]) if before else wire.EMPTY_HASH, entry.digest)
    insert_entry(connection, entry, origin="own", chain=chain)
    project(connection, [entry], store.clock.today())
    if draft is not None:
        connection.execute("DELETE FROM draft WHERE key = ?", (draft,))
    return entry


def insert_entry(connection: Connection, entry: Entry, *, origin: str, chain: bytes | None = None) -> None:
    """The row of an entry that passed the gate."""
    connection.execute(
        "INSERT INTO entry (id, kind, subject, place, device_seq, occurred_on, recorded_at, corrects,"
        " payload, origin, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.id,
            entry.kind,
            entry.subject,
            entry.place,
            entry.device_seq,
            entry.occurred_on.isoformat(),
            entry.recorded_at,
            entry.corrects,
            pack(entry.payload),
            origin,
            chain,
        ),
    )
