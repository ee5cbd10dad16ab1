"""Withdrawing what was recorded of the wrong person, twice, or though it did not happen; and recording it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.faults import Refused, fault
from shared.kinds import VOID
from shared.reading import read_payload

if TYPE_CHECKING:
    from mobile.store.store import Store
    from shared.entries import Entry

#: Kinds a worker may withdraw from the page that shows them.
WITHDRAWABLE = frozenset({"dose", "screening", "reaction", "observation", "visit", "same_person"})


def may_withdraw(store: Store, entry_id: str) -> bool:
    """Whether this phone's worker may withdraw an entry: they wrote it, or it was written at their site, and nobody
    has corrected it.
    """
    identity = store.identity
    row = store.database.row("SELECT payload FROM entry WHERE id = ? AND readable = 1", (entry_id,))
    if identity is None or row is None:
        return False
    entry = read_payload(bytes(row[0]))
    ours = entry.author == identity.user_id or (identity.site is not None and entry.place == identity.site)
    return entry.kind in WITHDRAWABLE and ours and not _corrected(store, entry_id)


def withdraw(
    store: Store, entry_id: str, reason: str | None, note: str | None = None, draft: str | None = None
) -> Entry:
    """Write the withdrawal of an event, with a reason of the kind `void`.

    Raises Refused: phone.unknown_subject when it is not there to be withdrawn (any more), field.missing without a
    reason.
    """
    if not may_withdraw(store, entry_id):
        raise Refused(fault("phone.unknown_subject"))
    wrong = _entry(store, entry_id)
    return store.record(
        VOID,
        subject=wrong.subject,
        place=wrong.place,
        body={"of": wrong.kind, "reason": reason, "note": note},
        corrects=wrong.id,
        draft=draft,
    )


def record_again(store: Store, entry_id: str) -> Entry:
    """Record a withdrawn event anew as it was: a withdrawal itself cannot be withdrawn. Raises Refused."""
    was = _entry(store, entry_id)
    return store.record(
        was.kind, subject=was.subject, place=was.place, body=was.body, occurred_on=was.occurred_on
    )


def _entry(store: Store, entry_id: str) -> Entry:
    row = store.database.row("SELECT payload FROM entry WHERE id = ? AND readable = 1", (entry_id,))
    if row is None:
        raise Refused(fault("phone.unknown_subject"))
    return read_payload(bytes(row[0]))


def _corrected(store: Store, entry_id: str) -> bool:
    statement = (
        "SELECT 1 FROM entry WHERE corrects = ? AND readable = 1 AND coalesce(outcome, '') <> 'refused'"
    )
    return store.database.row(statement, (entry_id,)) is not None
