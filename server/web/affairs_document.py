"""The document of difficulties and proposals to the Department of Health, ready to print and sign (R089, R020)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.affairs.matters import Told, matters
from server.indicators.standings import standings
from server.places.order import place_key
from server.plans.goals import goals_of
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs import matter_words
from server.web.area import area, connection, seen_place
from shared.faults import Refused, fault
from shared.records.proposal import PROPOSAL_TOPICS


@blueprint.get("/affairs/proposals/document")
@login_required
def proposal_document() -> ResponseReturnValue:
    """The state of the area, its open difficulties and proposals by topic, and the shortages not yet met."""
    seen, today = area(), current_settings().clock.today()
    if request.args.get("district"):
        place = seen_place(request.args["district"])
    elif seen.roots:
        place = seen.roots[0]
    else:
        raise Refused(fault("scope.hidden"))
    inside = {place.id, *(node.id for node in seen.tree.below(place.id))} & seen.visible
    goals = goals_of(connection(), place.province, today)
    villages = [v for v in seen.tree.villages(place.id) if v in seen.visible]
    table = standings(connection(), goals, {place.id: (place.name, villages)}, today)
    told = [one for one in matters(connection(), "proposal", inside) if not one.closed]
    return render_template(
        "affairs_document.html",
        place=place,
        province=seen.tree.name(place.province),
        path=area().path(place.id),
        goals=goals,
        total=table.total,
        by_topic=[(topic, _of_topic(told, topic)) for topic in PROPOSAL_TOPICS if _of_topic(told, topic)],
        shortages=[one for one in matters(connection(), "staff_shortage", inside) if not one.closed],
        author=reader().full_name,
        **matter_words(),
    )


def _of_topic(told: list[Told], topic: str) -> list[Told]:
    names = area().tree.name
    return sorted(
        (one for one in told if one.topic == topic),
        key=lambda one: (place_key(names(one.place_id)), one.told_at),
    )
