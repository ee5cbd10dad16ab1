"""Người trở về: who came to the area since a day, from where, and who of them still lacks a due dose (R041)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.places.tree import Node
from server.registers.openings import openings_in
from server.registers.returnees import Came, Returnee, came_by, origins_of, returnees
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_communication import national
from server.web.area import area, connection, names_shown, person_name, require
from server.web.downloads import send_file
from server.web.listing import Paging, Sorting
from server.web.outreach_area import Reached, asked_place, pickable, villages_of
from server.web.person import birth
from server.web.texts import day, dose_type, option, t
from shared.faults import Refused, fault
from shared.fields import is_day
from shared.rules.disclosure import SMALLEST

#: Days looked back when the address names none: since before Tết, in spring.
DAYS_BACK = 90

FORMATS = ("xlsx", "csv")

COLUMNS = ("commune", "village", "lane", "address", "head", "person", "birth", "phone")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The place, the period, one origin (None: all, "": not noted), and whether only those who lack a dose."""

    place: Reached
    since: date
    until: date
    origin: str | None
    lacking: bool

    def wants(self, person: Returnee) -> bool:
        """Whether a person is on the list."""
        return (self.origin is None or person.origin == self.origin) and (
            not self.lacking or bool(person.due)
        )


@blueprint.get("/outreach/returnees", endpoint="returnees")
@login_required
def returnees_page() -> ResponseReturnValue:
    """Counts by place, month and origin; of a district and below also the people."""
    asked = _asked()
    everybody = _people(asked)
    wanted = [person for person in everybody if asked.wants(person)]
    listed = wanted if asked.place.listed else []
    sorting = Sorting.from_address(_KEYS, "came", descending=True)
    paging = Paging.from_address(len(listed))
    return render_template(
        "returnees.html",
        people=paging.of(sorting.apply(listed, _KEYS)),
        listed=asked.place.listed,
        total_came=_sum(wanted),
        places=_places(asked.place, wanted),
        months=sorted(came_by(wanted, lambda person: f"{person.came_on:%Y-%m}").items()),
        origins=origins_of(everybody, 1 if names_shown() else SMALLEST),
        asked=asked,
        formats=FORMATS,
        sorting=sorting,
        place=asked.place.node,
        path=area().path(asked.place.node.id) if asked.place.node.id else [],
        pickable=pickable(),
        place_name=area().tree.name,
        person_name=person_name,
        names_shown=names_shown(),
        national=national,
        birth=birth,
        **paging.words(),
    )


@blueprint.post("/outreach/returnees/<sort>")
@login_required
def returnees_file(sort: str) -> Response:
    """The list as a file with names: for roles that see them, and written down (R078)."""
    require("names")
    asked = _asked()
    if sort not in FORMATS or not asked.place.listed:
        raise Refused(fault("scope.hidden"))
    told = [t(f"route.column.{name}") for name in COLUMNS]
    more = [t(f"returnees.column.{name}") for name in ("came_on", "came_from", "residence", "due")]
    lines = [_line(person) for person in _people(asked) if asked.wants(person)]
    return send_file("returnees", asked.place.node, [*told, *more], lines, sort)


def _asked() -> _Asked:
    today = current_settings().clock.today()
    until = _day("until") or today
    since = _day("since") or until - timedelta(days=DAYS_BACK)
    return _Asked(asked_place(), since, until, request.values.get("origin"), "lacking" in request.values)


def _day(name: str) -> date | None:
    text = request.values.get(name, "")
    return date.fromisoformat(text) if is_day(text) else None


def _people(asked: _Asked) -> list[Returnee]:
    openings = openings_in(connection(), asked.place.node.province)
    today = current_settings().clock.today()
    return returnees(connection(), asked.place.villages, asked.since, asked.until, openings, today)


def _sum(people: list[Returnee]) -> Came:
    return came_by(people, lambda _: "").get("", Came())


def _places(place: Reached, people: list[Returnee]) -> list[tuple[Node, Came]]:
    """The places below with who came there; of a village, which has none below, nothing."""
    if place.node.level == "village":
        return []
    below = place.below()
    part = {village: one.id for one in below for village in villages_of(one)}
    counted = came_by(people, lambda person: part.get(person.village_id))
    return [(one, counted.get(one.id, Came())) for one in below]


def _line(person: Returnee) -> list[Any]:
    tree = area().tree
    commune = tree.up(person.village_id, "commune")
    return [
        commune.name if commune else "",
        tree.name(person.village_id),
        person.lane,
        person.address,
        person.head_name,
        person.full_name,
        birth(person),
        national(person.phone or person.guardian_phone or ""),
        day(person.came_on),
        person.came_from,
        option("person", "residence", person.residence),
        ", ".join(dose_type(dose.dose_type) for dose in person.due),
    ]


_KEYS = {
    "came": lambda person: person.came_on,
    "village": lambda person: place_key(area().tree.name(person.village_id)),
    "origin": lambda person: person.origin or None,
    "due": lambda person: len(person.due),
}
