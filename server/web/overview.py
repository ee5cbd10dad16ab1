"""The command pages: a place against its goals, the map, what needs attention, and the places below it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.owners import owners
from server.accounts.session import reader
from server.indicators.figures import covered_days
from server.indicators.standings import Standing
from server.indicators.trend import SPARK_DAYS, heights, lately
from server.places.order import place_key
from server.places.tree import Node
from server.stock.counts import newest_counts
from server.web import blueprint
from server.web.area import area, connection
from server.web.attention import attention
from server.web.choices import Choice, choice
from server.web.commune import commune_page, station_of
from server.web.kept import kept
from server.web.maps import area_node, mapped
from server.web.reported import Reported, reported
from server.web.standing import Stood, outreach_below, stand, words
from shared.permissions import may_see
from shared.records.place import DOSE_SITES

COUNT_LINES = 6

#: Height of a card's small bars, in its own units.
SPARK_HEIGHT = 24


@blueprint.get("/")
@login_required
def overview() -> ResponseReturnValue:
    """The reader's own area: the one place assigned to them, or all of them together."""
    roots = area().roots
    if len(roots) == 1:
        return _place(roots[0].id)
    chosen = choice()
    return _overview(chosen, area_node(), [root for root in roots if root.id in chosen.tree.nodes])


@blueprint.get("/places/<place_id>")
@login_required
def place(place_id: str) -> ResponseReturnValue:
    """A place: province and district with the places below, commune and village with people and stock."""
    return _place(place_id)


def _place(place_id: str) -> ResponseReturnValue:
    chosen = choice()
    node = station_of(chosen, chosen.node(place_id))
    if node.level in ("province", "district"):
        return _overview(chosen, node, below(chosen, node))
    return commune_page(chosen, node)


def below(chosen: Choice, node: Node) -> list[Node]:
    """The rows of a place's table: its districts, or its communes where it has no districts."""
    level = "district" if node.level == "province" else "commune"
    children = chosen.tree.children(node.id, level) or chosen.tree.children(node.id, "commune")
    return [child for child in children if chosen.villages(child.id)]


def _overview(chosen: Choice, node: Node, children: Sequence[Node]) -> str:
    communes = mapped(chosen, node)
    stood = stand(chosen, node, list({p.id: p for p in (*children, *communes)}.values()))
    shown = stood.table.only({p.id for p in children})
    inside = _inside(chosen, node, children)
    sites = _sites(chosen, inside)
    districts = [p.id for p in (node, *children) if p.level == "district"]
    return render_template(
        "overview.html",
        **words(stood, shown, outreach_below(chosen, children)),
        mapped=sorted(stood.table.only({p.id for p in communes}).rows, key=_least_covered(stood)),
        sparks=sparks(stood, children),
        owners=owners(connection(), districts),
        attention=attention(chosen, stood, communes, inside, sites),
        counts=newest_counts(connection(), sites, COUNT_LINES),
        stock_shown=may_see(reader().role, "stock"),
        reports=_queries(chosen, node),
    )


def _queries(chosen: Choice, node: Node) -> list[Reported] | None:
    """A district's reports that wait for someone: the district is the unit held to account (R086)."""
    if node.level != "district":
        return None
    inside = [p.id for p in chosen.seen.tree.below(node.id) if p.level in ("commune", "team")]
    return reported(chosen, [p for p in inside if p in chosen.seen.visible], waiting=True)


def sparks(stood: Stood, places: Sequence[Node]) -> list[list[tuple[int, int]]]:
    """For each goal, (people, height of its bar) of each of the last days."""
    chosen = stood.chosen

    def count() -> list[list[int]]:
        villages = {v: "all" for place in places for v in chosen.villages(place.id)}
        since = chosen.as_of - timedelta(days=SPARK_DAYS - 1)
        days = covered_days(connection(), villages, since, chosen.as_of).get("all", {})
        return [lately(days.get(goal, {}), chosen.as_of) for goal in stood.goals]

    values = kept(chosen, ("sparks", stood.node.id, tuple(p.id for p in places)), count)
    return [list(zip(each, heights(each, SPARK_HEIGHT), strict=True)) for each in values]


def _least_covered(stood: Stood) -> Callable[[Standing], tuple[float, str]]:
    """The order of the list beside the map: the least covered first, those without anybody due last."""

    def key(row: Standing) -> tuple[float, str]:
        progress = row.progress[stood.goal_index] if stood.goals else None
        if progress is None or not progress.due:
            return float("inf"), place_key(row.name)
        return progress.covered / progress.due, place_key(row.name)

    return key


def _inside(chosen: Choice, node: Node, children: Sequence[Node]) -> set[str]:
    """Every visible place at or under the place today (the area of several places has no id of its own)."""
    seen = chosen.seen
    above = [p for p in ([node] if node.id in seen.tree.nodes else children) if p.id in seen.tree.nodes]
    if {root.id for root in seen.roots} == {p.id for p in above}:
        return set(seen.visible)
    return {n.id for p in above for n in (p, *seen.tree.below(p.id))} & seen.visible


def _sites(chosen: Choice, inside: Collection[str]) -> list[str]:
    """The sites among these places, for readers who may see stock."""
    if not may_see(reader().role, "stock"):
        return []
    return sorted(p for p in inside if chosen.seen.tree.nodes[p].level in DOSE_SITES)
