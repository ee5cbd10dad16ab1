"""How far figures can be trusted: vulnerable groups, phones heard of, doses entered in time, people with an ID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.fleet import fleet
from server.indicators import timeliness
from server.indicators.figures import GroupFigures, group_figures
from server.indicators.outreach import Outreach, outreach_by
from server.indicators.timeliness import Entered, Heard
from server.places.tree import Node
from server.registers.papers import Share, matched_share
from server.settings import current_settings
from server.web import blueprint
from server.web.area import connection
from server.web.choices import Choice, choice
from server.web.overview import below
from server.web.standing import stand
from shared.records.person import VULNERABLE
from shared.records.place import DOSE_SITES


@dataclass(frozen=True, slots=True)
class Line:
    """One of the places below: its phones, and the doses of its sites."""

    place_id: str
    name: str
    heard: Heard
    entered: Entered


@blueprint.get("/places/<place_id>/quality")
@login_required
def place_quality(place_id: str) -> ResponseReturnValue:
    """The quality of a place's data; `#quality` of it stands on the place's page."""
    chosen = choice()
    node = chosen.node(place_id)
    stood = stand(chosen, node, [node])
    lines = _lines(chosen, node)
    areas = dict.fromkeys(chosen.villages(node.id), "all")
    goal = stood.goal
    groups = group_figures(connection(), areas).get("all", {}).get(goal, {}) if goal else {}
    return render_template(
        "quality.html",
        place=node,
        path=chosen.path(node.id),
        chosen=chosen,
        goal=goal,
        groups=[(code, groups.get(code, GroupFigures(0, 0, 0))) for code in VULNERABLE],
        lines=lines[1:],
        heard=lines[0].heard,
        entered=lines[0].entered,
        matched=sum(matched_share(connection(), list(areas)).values(), Share()),
        outreach=outreach_by(connection(), areas).get("all", Outreach()),
    )


def _lines(chosen: Choice, node: Node) -> list[Line]:
    """The place itself and the places below it; what stands at a place counts for every place above it."""
    seen = chosen.seen
    here = [node, *(place for place in below(chosen, node) if place.id != node.id)]
    inside = {place.id: {p for p in _with_below(chosen, place) if p in seen.visible} for place in here}
    every = inside[node.id]
    phones = timeliness.heard(fleet(connection(), every, current_settings().clock.now()))
    sites = [p for p in every if seen.tree.nodes[p].level in DOSE_SITES]
    since = chosen.as_of - timedelta(days=timeliness.DAYS - 1)
    doses = timeliness.entered(connection(), sites, since, chosen.as_of)
    return [
        Line(
            place.id,
            place.name,
            sum((phones[p] for p in inside[place.id] if p in phones), Heard()),
            sum((doses[p] for p in inside[place.id] if p in doses), Entered()),
        )
        for place in here
    ]


def _with_below(chosen: Choice, place: Node) -> list[str]:
    return [place.id, *(p.id for p in chosen.tree.below(place.id))]
