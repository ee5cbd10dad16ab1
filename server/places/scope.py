"""Scope: the only door to what a user may see (L24). Reports and feeds ask here and filter nowhere else."""

from typing import Protocol

from sqlalchemy import Connection, select

from server.accounts.models import User, UserPlace
from server.places.tree import Tree
from shared.permissions import MOBILE_TEAM, STATION, VILLAGE_HEALTH_WORKER


def assigned_places(connection: Connection, user_id: str) -> list[str]:
    """The places a user answers for, as assigned."""
    query = select(UserPlace.place_id).where(UserPlace.user_id == user_id).order_by(UserPlace.place_id)
    return list(connection.execute(query).scalars())


def visible_places(connection: Connection, user_id: str, tree: Tree) -> frozenset[str]:
    """Ids of every place a user may see on the tree's day: the assigned ones, all under them, villages served."""
    seen: set[str] = set()
    for place in assigned_places(connection, user_id):
        if place not in tree.nodes:
            continue
        seen.add(place)
        seen.update(node.id for node in tree.below(place))
        seen.update(tree.serves.get(place, ()))
    return frozenset(seen)


class HasRole(Protocol):
    """A user, or what the sync path knows of one."""

    @property
    def id(self) -> str:
        """The user's id."""
        ...

    @property
    def role(self) -> str:
        """The user's role."""
        ...


def followed_streams(connection: Connection, user: HasRole, tree: Tree) -> list[str]:
    """Streams the user's phone keeps: the province's (reference), and in the field those of the scope."""
    assigned = [tree.nodes[p] for p in assigned_places(connection, user.id) if p in tree.nodes]
    streams = {node.province for node in assigned}
    if user.role in (VILLAGE_HEALTH_WORKER, STATION, MOBILE_TEAM):
        streams |= visible_places(connection, user.id, tree)
    return sorted(streams)


def site_of(connection: Connection, user: User, tree: Tree) -> str | None:
    """The site whose stock and sessions the user keeps: the team itself, or the station of the commune."""
    for place in assigned_places(connection, user.id):
        node = tree.get(place)
        if node is None:
            continue
        if node.level in ("station", "team", "store"):
            return place
        if user.role == STATION:
            stations = tree.children(place, "station")
            if stations:
                return stations[0].id
    return None
