"""Who is there to do the work: community teams of villages, and what the stations can do, stale ones flagged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.affairs.forces import Profile, Roster, profiles, rosters
from server.places.order import place_key
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_places import district_options
from server.web.area import area, connection, names_shown, person_name
from server.web.listing import Paging, Sorting
from shared.records import may_author
from shared.records.station_profile import STAFF_ROLES
from shared.rules.affairs import STALE_DAYS, is_stale


@dataclass(frozen=True, slots=True)
class StationLine:
    """A station with its profile and how its commune's teams stand. `state`: none, stale or current."""

    place_id: str
    name: str
    where: str
    profile: Profile | None
    state: str

    @property
    def staff(self) -> int | None:
        """People at work, all roles together."""
        return sum(self.profile.staff.values()) if self.profile else None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A village with its community team."""

    place_id: str
    name: str
    where: str
    roster: Roster | None
    state: str


#: The gravest first.
STATES = ("none", "stale", "current")

_STATION_KEYS: dict[str, Callable[[StationLine], Any]] = {
    "state": lambda line: (STATES.index(line.state), place_key(line.where), place_key(line.name)),
    "place": lambda line: (place_key(line.where), place_key(line.name)),
    "staff": lambda line: line.staff,
    "reviewed": lambda line: line.profile and line.profile.reviewed_on,
}
_TEAM_KEYS: dict[str, Callable[[TeamLine], Any]] = {
    "state": lambda line: (STATES.index(line.state), place_key(line.where), place_key(line.name)),
    "place": lambda line: (place_key(line.where), place_key(line.name)),
    "members": lambda line: line.roster and len(line.roster.members),
    "reviewed": lambda line: line.roster and line.roster.reviewed_on,
}


@blueprint.get("/affairs/forces")
@login_required
def forces() -> ResponseReturnValue:
    """Stations and their capacity, or (`list=teams`) villages and their community teams."""
    teams = request.args.get("list") == "teams"
    return _teams() if teams else _stations()


def _stations() -> str:
    nodes = _narrowed("station")
    found = profiles(connection(), [node.id for node in nodes])
    lines = [
        StationLine(node.id, node.name, area().where(node.id), one := found.get(node.id), _state(one))
        for node in nodes
    ]
    if request.args.get("risk"):
        lines = [line for line in lines if line.profile and line.profile.high_risk]
    return _rendered(
        "affairs_stations.html",
        lines,
        _STATION_KEYS,
        roles=STAFF_ROLES,
        may_edit=may_author(reader().role, "station_profile"),
    )


def _teams() -> str:
    nodes = _narrowed("village")
    found = rosters(connection(), [node.id for node in nodes])
    lines = [
        TeamLine(node.id, node.name, area().where(node.id), one := found.get(node.id), _state(one))
        for node in nodes
    ]
    return _rendered(
        "affairs_teams.html",
        lines,
        _TEAM_KEYS,
        may_edit=may_author(reader().role, "team_roster") and names_shown(),
    )


def _rendered(template: str, lines: list[Any], keys: dict[str, Callable[[Any], Any]], **words: Any) -> str:
    counts = {state: sum(line.state == state for line in lines) for state in STATES}
    state = request.args.get("state", "")
    shown = [line for line in lines if not state or line.state == state]
    sorting, paging = Sorting.from_address(keys, "state"), Paging.from_address(len(shown))
    return render_template(
        template,
        rows=paging.of(sorting.apply(shown, keys)),
        counts=counts,
        state=state,
        stale_days=STALE_DAYS,
        district=request.args.get("district", ""),
        districts=district_options(),
        risk=request.args.get("risk", ""),
        sorting=sorting,
        person_name=person_name,
        names_shown=names_shown(),
        **words,
        **paging.words(),
    )


def _narrowed(level: str) -> list[Any]:
    district, tree = request.args.get("district", ""), area().tree
    nodes = area().at_level(level)
    return [node for node in nodes if not district or any(up.id == district for up in tree.path(node.id))]


def _state(known: Profile | Roster | None) -> str:
    if known is None:
        return "none"
    return "stale" if is_stale(known.reviewed_on, current_settings().clock.today()) else "current"
