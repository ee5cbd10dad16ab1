"""The system's own hand: what a job writes by itself stands under a name of its own, never under a person's.

The account is closed and its password hash is none that argon2 could give, so nobody can sign in with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from server.accounts.models import User
from server.database import insert_rows
from shared.identifiers import named_id
from shared.permissions import ADMINISTRATOR

_USER: Table = User.__table__  # type: ignore[assignment]

SYSTEM_USER = named_id("user", "system")


def system_user(connection: Connection) -> Any:
    """The row of the account, made at its first use. The caller commits."""
    row = {
        "id": SYSTEM_USER,
        "username": "he-thong",
        "password_hash": "!",
        "full_name": "Hệ thống Từng Nhà (máy tự ghi)",
        "role": ADMINISTRATOR,
        "language": "vi",
        "active": False,
        "failed_count": 0,
        "locked_until": None,
        "created_at": datetime.now(UTC),
    }
    insert_rows(connection, _USER, [row], keep=True)
    return connection.execute(select(_USER).where(_USER.c.id == SYSTEM_USER)).one()
