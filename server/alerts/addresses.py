"""Where users are written to: the address and whether the daily alerts are wanted. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from server.accounts.models import User
from server.alerts.composing import Reader
from server.alerts.models import MailAddress
from server.database import insert_rows
from server.mail_settings import usable_address
from server.places.scope import assigned_places, visible_places
from server.places.tree import Tree
from shared.faults import Refused, fault
from shared.permissions import may_see

_ADDRESS: Table = MailAddress.__table__  # type: ignore[assignment]
_USER: Table = User.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Told:
    """A reader with the sites they hear of."""

    reader: Reader
    sites: frozenset[str]


def address_of(connection: Connection, user_id: str) -> tuple[str, bool]:
    """(address, whether alerts are wanted); ("", False) of a user without one."""
    query = select(_ADDRESS.c.address, _ADDRESS.c.wanted).where(_ADDRESS.c.user_id == user_id)
    row = connection.execute(query).first()
    return (row.address, row.wanted) if row else ("", False)


def keep_address(connection: Connection, user_id: str, address: str, *, wanted: bool) -> None:
    """Keep a user's address; an empty one is forgotten. Refused: `mail.address_invalid`, `mail.address_needed`."""
    address = address.strip()
    if address and not usable_address(address):
        raise Refused(fault("mail.address_invalid", "address"))
    if wanted and not address:
        raise Refused(fault("mail.address_needed", "address"))
    if not address:
        connection.execute(_ADDRESS.delete().where(_ADDRESS.c.user_id == user_id))
        return
    row = {"user_id": user_id, "address": address, "wanted": wanted}
    insert_rows(connection, _ADDRESS, [row], replace=("user_id",))


def readers(connection: Connection, tree: Tree) -> list[Told]:
    """Who wants alerts and may see stock, each with the sites of their own scope, by user name."""
    query = (
        select(_USER.c.id, _USER.c.full_name, _USER.c.role, _ADDRESS.c.address)
        .join(_ADDRESS, _ADDRESS.c.user_id == _USER.c.id)
        .where(_USER.c.active, _ADDRESS.c.wanted)
        .order_by(_USER.c.username)
    )
    found = []
    for row in connection.execute(query).all():
        seen = visible_places(connection, row.id, tree)
        sites = frozenset(p for p in seen if tree.nodes[p].level in ("station", "team", "store"))
        places = tuple(tree.name(p) for p in assigned_places(connection, row.id) if p in seen)
        if may_see(row.role, "stock") and sites:
            found.append(Told(Reader(row.id, row.full_name, row.address, places), sites))
    return found
