"""What the reader of this request may see: the tree of today and the places of their scope."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request
from sqlalchemy import Connection

from server.accounts.session import reader
from server.database import db
from server.places.scope import assigned_places, visible_places
from server.places.tree import Node, Tree
from server.settings import current_settings
from server.web import blueprint
from shared.faults import Refused, fault
from shared.permissions import may_see


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path; `open` tells that the reader may go there."""

    id: str
    name: str
    open: bool


@dataclass(frozen=True, slots=True)
class Area:
    """The tree, every place the reader may see, and the ones assigned to them."""

    tree: Tree
    visible: frozenset[str]
    roots: tuple[Node, ...]

    def sites(self) -> list[str]:
        """Visible places that hold stock."""
        return [p for p in self.visible if self.tree.nodes[p].level in ("station", "team", "store")]

    def at_level(self, level: str) -> list[Node]:
        """Visible places of a level, in the order of the tree."""
        return [node for node in self.tree.nodes.values() if node.level == level and node.id in self.visible]

    def path(self, place_id: str) -> list[Crumb]:
        """From the province to a place."""
        return [Crumb(n.id, n.name, n.id in self.visible) for n in self.tree.path(place_id)]

    def where(self, place_id: str) -> str:
        """The places above a place, from the nearest: “Xã Hua Bum, Huyện Nậm Nhùn”."""
        above = [n.name for n in self.tree.path(place_id)[:-1] if n.level != "province"]
        return ", ".join(reversed(above))


@blueprint.before_request
def open_reading() -> None:
    """Pages that only read take no write lock (SQLite); whatever is written comes by POST."""
    if request.method in ("GET", "HEAD"):
        db.session.connection(execution_options={"readonly": True})


def connection() -> Connection:
    """The connection of this request."""
    return db.session.connection()


def area() -> Area:
    """The reader's area, read once a request."""
    if "area" not in g:
        tree = Tree.load(connection(), current_settings().clock.today())
        user = reader()
        visible = visible_places(connection(), user.id, tree)
        assigned = (tree.get(place) for place in assigned_places(connection(), user.id))
        roots = sorted((n for n in assigned if n is not None), key=lambda n: (n.level, n.name))
        g.area = Area(tree, visible, tuple(roots))
    found: Area = g.area
    return found


def seen_place(place_id: str) -> Node:
    """The place, when the reader may see it; otherwise it does not exist for them (404)."""
    if place_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    return area().tree.nodes[place_id]


def require(what: str) -> None:
    """Refuse readers whose role may not see (or do) this."""
    if not may_see(reader().role, what):
        raise Refused(fault("permission.denied"))


def names_shown() -> bool:
    """Whether the reader sees people's names."""
    return may_see(reader().role, "names")


def person_name(full_name: str) -> str:
    """A person's name, or for readers who may not see names its first letters: “N. T. H.”."""
    if names_shown():
        return full_name
    return " ".join(f"{word[0]}." for word in full_name.split())
