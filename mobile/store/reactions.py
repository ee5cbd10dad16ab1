"""Reactions after doses: one with what was learnt since, and those of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.kinds import VOID
from shared.reading import read_payload

if TYPE_CHECKING:
    from mobile.store.store import Store
    from shared.entries import Entry

#: A report and what corrected it since: more would be a loop that somebody forged.
MOST_NEWS = 50


@dataclass(frozen=True, slots=True)
class ReactionRow:
    """A reaction as last told. `body` are its fields as recorded; `sent` tells how it stands with the server: True
    once it is in the ledger, False while it is not, None when another device wrote it. `withdrawn`: nothing of
    it stands any more.
    """

    id: str
    person: str
    place: str
    reported_on: date
    body: dict[str, Any]
    sent: bool | None
    withdrawn: bool

    @property
    def serious(self) -> bool:
        """Whether it is a serious event."""
        return bool(self.body["severity"] == "serious")


def reaction(store: Store, entry_id: str) -> ReactionRow | None:
    """The reaction that an entry reported, as the last entry that corrects it tells; None when it is not here."""
    found = _entry(store, entry_id)
    if found is None or found[0].kind != "reaction":
        return None
    for _ in range(MOST_NEWS):
        later = store.database.row(
            "SELECT corrected_by FROM reaction WHERE id = ? AND corrected_by IS NOT NULL", (found[0].id,)
        )
        news = _entry(store, later[0]) if later else None
        if news is None:
            break
        if news[0].kind == VOID:
            return _row(*found, withdrawn=True)
        found = news
    return _row(*found, withdrawn=False)


def _entry(store: Store, entry_id: str) -> tuple[Entry, bool | None] | None:
    row = store.database.row(
        "SELECT payload, origin, outcome FROM entry WHERE id = ? AND readable = 1", (entry_id,)
    )
    if row is None:
        return None
    sent = row["outcome"] in ("accepted", "duplicate") if row["origin"] == "own" else None
    return read_payload(bytes(row["payload"])), sent


def _row(entry: Entry, sent: bool | None, withdrawn: bool) -> ReactionRow:
    return ReactionRow(entry.id, entry.subject, entry.place, entry.occurred_on, entry.body, sent, withdrawn)
