"""Taking in pulled pages: checked against each stream's running hash before anything is written.

A page is checked whole, then written in short transactions, each of which moves its stream's position with
it, so the worker can go on recording (L23) and an interrupted page resumes where it stopped. During the
first sync entries are kept but not projected; when the last page has come everything is projected in one
transaction (L12).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store.database import get_meta, set_meta
from mobile.store.driver import Connection
from mobile.store.packing import pack
from mobile.store.project import project, project_everything, project_subjects
from mobile.store.writing import insert_entry
from shared import wire
from shared.faults import Refused, fault
from shared.reading import Held, Unreadable, envelope_faults, read

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Entries a transaction: some tens of milliseconds, so that a record never waits long.
CHUNK = 50
PAUSE_S = 0.002


@dataclass(frozen=True, slots=True)
class Arriving:
    """A part of one stream that joins what this phone holds: (running hash after it, raw) of each entry."""

    stream: str
    position: int
    entries: list[tuple[bytes, dict[str, Any]]]


def apply_page(store: Store, page: Any, stop: Callable[[], bool] = lambda: False) -> int:
    """Take in one pulled page; answers how many entries were new.

    Raises Refused: sync.bad_answer (its shape), sync.stream_broken (a gap or a wrong running hash). In both
    cases nothing of the page is stored.
    """
    parts = [_checked(store, part) for part in _parts(page)]
    new, ready, today = 0, store.ready, store.clock.today()
    for part in parts:
        for start in range(0, len(part.entries), CHUNK):
            if stop():
                return new
            store.let_by()
            with store.database.transaction() as connection:
                new += _take(connection, part, start, today if ready else None)
            time.sleep(PAUSE_S)
    with store.database.transaction() as connection:
        if "follow" in page:
            set_meta(connection, "follow", json.dumps([str(stream) for stream in page["follow"]]))
        set_meta(connection, "cursor", str(page["cursor"]))
        if not page["more"] and get_meta(connection, "ready") != "1":
            project_everything(connection, today)
            set_meta(connection, "judged_on", today.isoformat())
            set_meta(connection, "ready", "1")
    return new


def _parts(page: Any) -> list[Mapping[str, Any]]:
    if not isinstance(page, Mapping) or type(page.get("more")) is not bool or "cursor" not in page:
        raise Refused(fault("sync.bad_answer", "page"))
    parts = page.get("streams")
    if not isinstance(parts, list):
        raise Refused(fault("sync.bad_answer", "streams"))
    for part in parts:
        well = (
            isinstance(part, Mapping)
            and isinstance(part.get("entries"), list)
            and type(part.get("hash")) is str
        )
        if not well or type(part.get("from")) is not int or type(part.get("to")) is not int:
            raise Refused(fault("sync.bad_answer", "streams"))
        if part["to"] - part["from"] != len(part["entries"]):
            raise Refused(fault("sync.stream_broken", stream=part.get("id")))
    return parts


def _checked(store: Store, part: Mapping[str, Any]) -> Arriving:
    stream = str(part["id"])
    row = store.database.row("SELECT position, hash FROM stream WHERE id = ?", (stream,))
    position, running = (row[0], bytes(row[1])) if row else (0, wire.EMPTY_HASH)
    if part["from"] > position:
        raise Refused(fault("sync.stream_broken", stream=stream))
    if part["to"] <= position:
        return Arriving(stream, position, [])
    entries: list[tuple[bytes, dict[str, Any]]] = []
    for raw in part["entries"][position - part["from"] :]:
        store.let_by()
        try:
            digest = wire.digest(wire.canonical(raw))
        except (TypeError, ValueError) as error:
            raise Refused(fault("sync.stream_broken", stream=stream)) from error
        running = wire.chain(running, digest)
        entries.append((running, raw))
    if running.hex() != part["hash"]:
        raise Refused(fault("sync.stream_broken", stream=stream))
    return Arriving(stream, position, entries)


def _take(connection: Connection, part: Arriving, start: int, today: date | None) -> int:
    """Keep a chunk of a stream; `today` None leaves projecting for later. Answers how many entries were
    new.
    """
    chunk = part.entries[start : start + CHUNK]
    known = _known(connection, [str(raw.get("id")) for _, raw in chunk])
    changed: set[tuple[str, str]] = set()
    new = 0
    for _, raw in chunk:
        before = known.get(str(raw.get("id")))
        if before is not None:
            if before in ("held", "refused"):  # an own entry the server could judge after all
                connection.execute("UPDATE entry SET outcome = 'accepted' WHERE id = ?", (raw["id"],))
                changed.add((raw["kind"], raw["subject"]))
            continue
        known[str(raw.get("id"))] = ""
        new += 1
        changed |= _keep(connection, raw)
    connection.execute(
        "INSERT INTO stream (id, position, hash) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash",
        (part.stream, part.position + start + len(chunk), chunk[-1][0]),
    )
    if today is not None:
        project_subjects(connection, changed, today)
    return new


def _keep(connection: Connection, raw: dict[str, Any]) -> set[tuple[str, str]]:
    """Store one pulled entry; answers its subject, nothing when only a newer program can read it."""
    try:
        entry = read(raw)
    except (Held, Unreadable):
        _keep_unread(connection, raw)
        return set()
    insert_entry(connection, entry, origin="pulled")
    return {(entry.kind, entry.subject)}


def _keep_unread(connection: Connection, raw: dict[str, Any]) -> None:
    if envelope_faults(raw):
        return  # its digest is in the running hash; a row needs an envelope
    connection.execute(
        "INSERT INTO entry (id, kind, subject, place, device_seq, occurred_on, recorded_at, corrects,"
        " payload, origin, readable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pulled', 0)",
        (
            raw["id"],
            raw["kind"],
            raw["subject"],
            raw["place"],
            raw["device_seq"],
            raw["occurred_on"],
            raw["recorded_at"],
            raw.get("corrects"),
            pack(wire.canonical(raw)),
        ),
    )


def _known(connection: Connection, ids: list[str]) -> dict[str, str]:
    marks = ",".join("?" * len(ids))
    rows = connection.execute(f"SELECT id, coalesce(outcome, '') FROM entry WHERE id IN ({marks})", ids)
    return {row[0]: row[1] for row in rows}


def read_again(store: Store) -> None:
    """After an upgrade: entries this program could not read before are read, and projected; everything is projected
    again when the tables were changed.
    """
    if get_meta(store.database.connection, "project_again") == "1":
        with store.database.transaction() as connection:
            project_everything(connection, store.clock.today())
            set_meta(connection, "project_again", "")
    rows = store.database.rows("SELECT id, payload FROM entry WHERE readable = 0")
    if not rows:
        return
    entries = []
    for row in rows:
        try:
            entries.append(read(wire.decode(bytes(row[1]))))
        except (Held, Unreadable):
            continue
    with store.database.transaction() as connection:
        for entry in entries:
            connection.execute("UPDATE entry SET readable = 1 WHERE id = ?", (entry.id,))
        if store.ready:
            project(connection, entries, store.clock.today())
