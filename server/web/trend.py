"""A place day by day: people covered against an even pace, for one goal."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.indicators.figures import covered_days
from server.indicators.trend import LONGEST, trend
from server.places.tree import Node
from server.plans.goals import Goal
from server.plans.models import Campaign
from server.web import blueprint
from server.web.area import connection
from server.web.choices import Choice, choice
from server.web.kept import kept
from server.web.standing import pace_words, stand


@blueprint.get("/places/<place_id>/trend")
@login_required
def place_trend(place_id: str) -> ResponseReturnValue:
    """The chart of a goal with its table; `#trend` of it stands on the place's page."""
    chosen = choice()
    node = chosen.node(place_id)
    stood = stand(chosen, node, [node])
    goal, points = stood.goal, []
    progress = stood.table.total.progress[stood.goal_index] if goal else None
    if goal and progress:
        since = connection().scalar(select(Campaign.starts_on).where(Campaign.id == goal.campaign_id))
        first = max(since or chosen.as_of, chosen.as_of - timedelta(days=LONGEST))
        points = trend(progress, goal.due_on, _days(chosen, node, goal, first), first, chosen.as_of)
    return render_template(
        "trend.html",
        place=node,
        path=chosen.path(node.id),
        chosen=chosen,
        goal=goal,
        progress=progress,
        points=points,
        pace=pace_words,
    )


def _days(chosen: Choice, node: Node, goal: Goal, since: date) -> dict[date, int]:
    """People covered on each day from `since` to the chosen one."""

    def count() -> dict[date, int]:
        areas = dict.fromkeys(chosen.villages(node.id), "all")
        return covered_days(connection(), areas, since, chosen.as_of, goal).get("all", {}).get(goal, {})

    return kept(chosen, ("days", node.id, goal, since), count)
