"""Settling a conflict: the worker says which of two values holds, by an edit that has seen both (L17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobile.store.writing import write_choice
from shared.faults import Refused, fault

if TYPE_CHECKING:
    from mobile.store.store import Store
    from mobile.store.views import ConflictRow


def settle(store: Store, conflict: ConflictRow, value: Any) -> str:
    """Write the value that holds (None: nothing is recorded); answers the id of the edit.

    Where two people were moved to two homes, the edit is written at the village of the home chosen. Raises Refused:
    phone.unknown_subject when this phone does not hold the subject or that home.
    """
    identity = store.identity
    if identity is None:
        raise Refused(fault("phone.not_enrolled"))
    place = None
    if conflict.field == "household":
        row = store.database.row("SELECT village_id FROM household WHERE id = ?", (value,))
        if row is None:
            raise Refused(fault("phone.unknown_subject"))
        place = row[0]
    entry = write_choice(store, identity, conflict.kind, conflict.subject, conflict.field, value, place=place)
    return entry.id
