"""Moving people between households, and splitting a household: everybody at once, or nobody.

A move is an edit of the person that carries `household`, written at the new village, whose stream is then given
the person's history. A new household for those who move is part of the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mobile.store.project import shown_values
from shared.faults import Refused, fault
from shared.rules.residence import after_move, relation_after_move

if TYPE_CHECKING:
    from mobile.store.store import Store


def move(
    store: Store,
    people: Sequence[str],
    household: str,
    *,
    residence: str | None = None,
    draft: str | None = None,
) -> list[str]:
    """Move people to a household this phone holds; answers the ids of the edits written (`undoing.take_back` undoes
    them). `residence`: how those who are present live there, None to leave it.

    Raises Refused: move.nobody, move.nowhere; nobody is moved then.
    """
    if not people:
        raise Refused(fault("move.nobody"))
    with store.together():
        row = store.database.row("SELECT village_id, head_name FROM household WHERE id = ?", (household,))
        if row is None:
            raise Refused(fault("move.nowhere"))
        written = [
            _move(store, person, household, row["village_id"], row["head_name"], residence)
            for person in dict.fromkeys(people)
        ]
        if draft is not None:
            store.drop_draft(draft)
    return [entry for entry in written if entry]


def move_to_new(
    store: Store,
    people: Sequence[str],
    village: str,
    body: Mapping[str, Any],
    *,
    residence: str | None = None,
    draft: str | None = None,
) -> tuple[str, list[str]]:
    """Register a household and move people into it; answers its id and the ids of the edits.

    Raises Refused as `move`, and with the faults of the household; nothing is written then.
    """
    if not people:
        raise Refused(fault("move.nobody"))
    with store.together():
        household = store.record("household", place=village, body=body).subject
        return household, move(store, people, household, residence=residence, draft=draft)


def _move(
    store: Store, person: str, household: str, village: str, head: str, residence: str | None
) -> str | None:
    with store.database.transaction() as connection:
        shown = shown_values(connection, "person", person)
    if shown is None:
        raise Refused(fault("phone.unknown_subject"))
    now = shown.values
    left = store.database.row("SELECT head_name FROM household WHERE id = ?", (now["household"],))
    lives = after_move(now["residence"], residence)
    changes: dict[str, Any] = {
        "household": household,
        "residence": lives,
        "relation": relation_after_move(now.get("relation"), left["head_name"] if left else "", head),
    }
    if lives != now["residence"]:
        changes["residence_since"] = store.clock.today().isoformat()
    if now["household"] == household:
        changes.pop("relation")
    entry = store.edit("person", person, changes, place=village)
    return entry.id if entry else None
