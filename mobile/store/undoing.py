"""Taking back what was just recorded (hoàn tác): nothing is deleted, entries are written that say the contrary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mobile.store import movements
from mobile.store.project import shown_values
from shared.entries import Entry
from shared.faults import Refused, fault
from shared.kinds import KINDS, VOID
from shared.reading import read_payload

if TYPE_CHECKING:
    from mobile.store.store import Store

#: A draft as `Store.save_draft` takes it: key, kind, data.
Draft = tuple[str, str, Mapping[str, Any]]


def take_back(store: Store, *entry_ids: str, draft: Draft | None = None, reason: str = "other") -> None:
    """Take back this phone's entries of one saving, and put back the draft they came from: all durable at once.

    An event is withdrawn (`reason`: an option of `void`); one that corrected another is corrected in turn by what it
    replaced; a movement of stock is reversed. An edit of a register is edited back, field by field, where nobody has
    written the field since. What was taken back or corrected already is left alone, so a second call changes nothing.

    Raises Refused: phone.unknown_subject for an entry this phone did not write, stock.reverse_instead for the papers of
    a transfer, register.stays for the first entry of a register subject. Nothing is written then.
    """
    with store.together():
        edits: dict[tuple[str, str], list[Entry]] = {}
        for entry in (_own(store, entry_id) for entry_id in reversed(entry_ids)):
            if entry.is_edit:
                edits.setdefault((entry.kind, entry.subject), []).append(entry)
            else:
                _take_back(store, entry, reason)
        for (kind, subject), written in edits.items():
            _edit_back(store, kind, subject, written)
        if draft is not None:
            store.save_draft(*draft)


def _own(store: Store, entry_id: str) -> Entry:
    row = store.database.row("SELECT payload FROM entry WHERE id = ? AND origin = 'own'", (entry_id,))
    if row is None:
        raise Refused(fault("phone.unknown_subject"))
    return read_payload(bytes(row[0]))


def _take_back(store: Store, entry: Entry, reason: str) -> None:
    if KINDS[entry.kind].nature == "register":
        raise Refused(fault("register.stays"))
    if entry.kind == "stock_movement":
        _reverse(store, entry)
    elif not _replaced(store, entry):
        _withdraw(store, entry, reason)


def _edit_back(store: Store, kind: str, subject: str, written: Sequence[Entry]) -> None:
    with store.database.transaction() as connection:
        now = shown_values(connection, kind, subject)
        before = shown_values(connection, kind, subject, but_for=[entry.id for entry in written])
    if now is None or before is None:
        raise Refused(fault("phone.unknown_subject"))
    changes = {
        name: before.values.get(name)
        for entry in written
        for name, value in entry.body.items()
        if now.values.get(name) == value
    }
    place = before.place if "household" in changes else None  # a move is taken back at the former village
    store.edit(kind, subject, changes, place=place)


def _reverse(store: Store, entry: Entry) -> None:
    turned = "SELECT 1 FROM stock_movement WHERE reverses_id = ? AND idle = 0"
    if store.database.row(turned, (entry.id,)) is None:
        movements.reverse(store, entry.place, entry.id)


def _replaced(store: Store, entry: Entry) -> bool:
    statement = "SELECT 1 FROM entry WHERE corrects = ? AND kind IN (?, ?)"
    return store.database.row(statement, (entry.id, entry.kind, VOID)) is not None


def _withdraw(store: Store, entry: Entry, reason: str) -> None:
    former = store.database.row(
        "SELECT payload FROM entry WHERE id = ? AND kind = ?", (entry.corrects, entry.kind)
    )
    kind, body, day = VOID, {"of": entry.kind, "reason": reason}, None
    if former is not None:  # withdrawing a correction would leave neither: what it corrected stays corrected
        before = read_payload(bytes(former[0]))
        kind, body, day = entry.kind, before.body, before.occurred_on
    store.record(
        kind, subject=entry.subject, place=entry.place, body=body, occurred_on=day, corrects=entry.id
    )
