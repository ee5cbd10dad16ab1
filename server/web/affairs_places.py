"""Places as pages of affairs ask for them: where one may write, who stands above whom, which areas are at risk."""

from __future__ import annotations

from server.accounts.session import reader
from server.affairs.forces import profiles
from server.places.order import place_key
from server.web.area import area, connection
from shared.permissions import STATION
from shared.records.authors import FIELD, OVERSIGHT
from shared.records.place import GROUP_LEVELS

#: Levels of the units that district and province write to.
_UNITS = ("district", "commune", "team")

_LEVELS = {
    "reminder": _UNITS,
    "inspection_remark": (*_UNITS, *GROUP_LEVELS),
    "communication_log": ("province", "district", "commune"),
}


def place_options(kind: str) -> list[tuple[str, str]]:
    """(id, name with the places above) of the places a reader may write a kind at.

    What is told upward is told of the unit one answers for.
    """
    seen = area()
    nodes = [node for level in _LEVELS.get(kind, ()) for node in seen.at_level(level)]
    if kind not in _LEVELS or not nodes:
        nodes = [node for node in seen.roots if node.id in seen.visible]
    named = [(node.id, ", ".join(filter(None, (node.name, seen.where(node.id))))) for node in nodes]
    return sorted(named, key=lambda pair: place_key(pair[1])) if len(named) > 1 else named


def above(place_id: str) -> bool:
    """Whether the reader answers for the unit at a place, rather than being that unit."""
    seen, role = area(), reader().role
    if any(root.id == place_id for root in seen.roots):
        return False
    if role in OVERSIGHT:
        return True
    village = seen.tree.nodes[place_id].level == "village"
    return role == STATION and village if role in FIELD else False


def commune_of(place_id: str) -> str | None:
    """The commune a place lies in, itself included."""
    node = area().tree.up(place_id, "commune")
    return node.id if node else None


def district_options() -> list[tuple[str, str]]:
    """(id, name) of the districts in sight, when there are several to choose from."""
    found = sorted(
        ((node.id, node.name) for node in area().at_level("district")), key=lambda p: place_key(p[1])
    )
    return found if len(found) > 1 else []


def risky_communes() -> set[str]:
    """Communes whose station calls its area one of high risk (R046)."""
    stations = [node.id for node in area().at_level("station")]
    found = profiles(connection(), stations)
    return {commune for id_, one in found.items() if one.high_risk and (commune := commune_of(id_))}
