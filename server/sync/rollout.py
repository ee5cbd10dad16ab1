"""Which field users a bulk issue of enrolment codes is for."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.accounts.models import User, UserPlace
from server.places.scope import visible_places
from server.places.tree import Tree
from shared.faults import Refused, fault
from shared.permissions import FIELD_ROLES

#: Codes one request may issue.
MOST = 1_000


def field_users(
    connection: Connection, issuer: str, *, roles: Any, place: Any, limit: Any, today: date
) -> list[dict[str, Any]]:
    """Active field users inside the issuer's scope, by user name: id, username, full_name, role, places.

    `roles` (None: all field roles), `place` (None: the whole scope) and `limit` come from the request.
    Raises Refused: `request.malformed`, `scope.hidden`.
    """
    wanted = FIELD_ROLES if roles is None else frozenset(roles) if _texts(roles) else None
    most = MOST if limit is None else limit
    if wanted is None or not wanted <= FIELD_ROLES or type(most) is not int or not 1 <= most <= MOST:
        raise Refused(fault("request.malformed"))
    tree = Tree.load(connection, today)
    scope = visible_places(connection, issuer, tree)
    if place is not None:
        if place not in scope:
            raise Refused(fault("scope.hidden"))
        scope &= {place, *(node.id for node in tree.below(place))}
    query = (
        select(User.id, User.username, User.full_name, User.role, UserPlace.place_id)
        .join(UserPlace, UserPlace.user_id == User.id)
        .where(User.active, User.role.in_(wanted))
        .order_by(User.username, UserPlace.place_id)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query):
        if row.place_id not in scope:
            continue
        user = {"id": row.id, "username": row.username, "full_name": row.full_name, "role": row.role}
        known = found.setdefault(row.id, {**user, "places": []})
        known["places"].append(row.place_id)
    return list(found.values())[:most]


def _texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
