"""Drafts: what stands on a form that is not recorded yet, kept at every change (L13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mobile.store.database import Database


def save(database: Database, key: str, kind: str, data: Mapping[str, Any], saved_at: str) -> None:
    """Keep a form's data under a key, in place of what was there."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO draft (key, kind, data, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET kind = excluded.kind, data = excluded.data, saved_at = excluded.saved_at",
            (key, kind, json.dumps(data, ensure_ascii=False), saved_at),
        )


def find(database: Database, key: str) -> dict[str, Any] | None:
    """What was kept under a key, or None."""
    row = database.row("SELECT data FROM draft WHERE key = ?", (key,))
    return json.loads(row[0]) if row else None


def all_drafts(database: Database) -> list[tuple[str, str, str]]:
    """(key, kind, saved_at), newest first."""
    return [
        tuple(row)
        for row in database.rows("SELECT key, kind, saved_at FROM draft ORDER BY saved_at DESC, key")
    ]


def drop(database: Database, key: str) -> None:
    """Forget what was kept under a key."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM draft WHERE key = ?", (key,))


def about(database: Database, thing: str) -> str:
    """What the thing a draft's key names is: household, person, place, equipment, transfer or document, or ""."""
    row = database.row(_ABOUT, {"thing": thing})
    return row[0] if row else ""


def transfer_of(database: Database, document: str) -> str:
    """The transfer a dispatch or receipt belongs to, or "" when this phone does not hold it."""
    row = database.row("SELECT transfer_id FROM transfer_document WHERE id = ?", (document,))
    return row[0] if row else ""


_ABOUT = " UNION ALL ".join(
    f"SELECT '{word}' FROM {table} WHERE id = :thing"
    for word, table in (
        ("household", "household"),
        ("person", "person"),
        ("place", "place"),
        ("equipment", "equipment"),
        ("transfer", "transfer"),
        ("document", "transfer_document"),
    )
)
