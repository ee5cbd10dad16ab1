"""Who answers for a place: the desk users assigned to it (R086)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.accounts.models import User, UserPlace
from server.database import select_among
from shared.permissions import DISTRICT_REVIEWER


def owners(connection: Connection, districts: Collection[str]) -> dict[str, list[str]]:
    """District id -> names of the active reviewers assigned to it, in the order of their user names."""
    query = (
        select(UserPlace.place_id, User.full_name, User.username)
        .join(User, User.id == UserPlace.user_id)
        .where(User.active, User.role == DISTRICT_REVIEWER)
    )
    found: dict[str, list[str]] = {}
    for row in sorted(
        select_among(connection, query, UserPlace.place_id, sorted(districts)),
        key=lambda row: str(row.username),
    ):
        found.setdefault(row.place_id, []).append(row.full_name)
    return found
