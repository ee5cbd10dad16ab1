"""What the map of a place is drawn from: the places below with figures, and outlines where there are some."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_login import login_required

from server.indicators.standings import Standing
from server.places.boundaries import Outline, outlines
from server.places.tree import Node
from server.web import blueprint
from server.web.area import area, connection
from server.web.choices import Choice, choice
from server.web.standing import Stood, shade, stand
from server.web.texts import dose_type, number, percent_of, t

#: Degrees in one unit of a place's coordinates.
E5 = 100_000


@blueprint.get("/places/<place_id>/map.json")
@login_required
def place_map(place_id: str) -> Response:
    """The map of a place.

    {places: [{id, name, words, shade, size (people due), at: [lat, lon] | null, shape: polygons | null, url}],
    frames: [polygons], attributions: [text]}; polygons as in `PlaceBoundary.shape`. 404 outside one's scope.
    """
    chosen = choice()
    return _answer(chosen, chosen.node(place_id))


@blueprint.get("/map.json")
@login_required
def area_map() -> Response:
    """The map of a reader's whole area, when it is more than one place."""
    return _answer(choice(), area_node())


def area_node() -> Node:
    """All places assigned to the reader together, as one place without an id."""
    roots = area().roots
    return Node(
        "", "area", t("overview.my_area"), "", None, None, roots[0].province if roots else "", None, None
    )


def mapped(chosen: Choice, node: Node) -> list[Node]:
    """The places a map shows: communes of whatever is above them, villages of a commune; of these the visible."""
    roots = [node] if node.id else [root for root in chosen.seen.roots if root.id in chosen.tree.nodes]
    if node.level == "commune":
        below = chosen.tree.children(node.id, "village")
        return [place for place in below if place.id in chosen.seen.visible]
    found: dict[str, Node] = {}
    for root in roots:
        inside = [root] if root.level in ("commune", "village") else chosen.tree.below(root.id, "commune")
        found |= {place.id: place for place in inside if chosen.villages(place.id)}
    return list(found.values())


def _answer(chosen: Choice, node: Node) -> Response:
    places = mapped(chosen, node)
    stood = stand(chosen, node, places)
    frames = [p.id for p in _framing(chosen, node)]
    drawn = outlines(connection(), [*(place.id for place in places), *frames])
    rows = {row.place_id: row for row in stood.table.rows}
    owed = {drawn[id_].attribution for id_ in [*(place.id for place in places), *frames] if id_ in drawn}
    document = {
        "places": [_place(stood, place, rows[place.id], drawn.get(place.id)) for place in places],
        "frames": [orjson.Fragment(drawn[id_].shape) for id_ in frames if id_ in drawn],
        "attributions": sorted(owed),
    }
    return Response(orjson.dumps(document), content_type="application/json")


def _framing(chosen: Choice, node: Node) -> list[Node]:
    """The places whose outlines lie around what is shown: districts, or the commune itself."""
    if node.level == "commune":
        return [node]
    above = [node] if node.id else [root for root in chosen.seen.roots if root.id in chosen.tree.nodes]
    found = [
        d
        for root in above
        for d in ([root] if root.level == "district" else chosen.tree.below(root.id, "district"))
    ]
    return [place for place in found if chosen.holds(place.id)]


def _place(stood: Stood, place: Node, row: Standing, outline: Outline | None) -> dict[str, Any]:
    progress = row.progress[stood.goal_index] if stood.goals else None
    at = None if place.lat_e5 is None or place.lon_e5 is None else [place.lat_e5 / E5, place.lon_e5 / E5]
    said = t("coverage.none")
    if progress and progress.due and stood.goal:
        said = t(
            "map.words",
            dose=dose_type(stood.goal.dose_type),
            percent=percent_of(progress.covered, progress.due),
            covered=number(progress.covered),
            due=number(progress.due),
        )
    return {
        "id": place.id,
        "name": place.name,
        "words": said,
        "shade": shade(progress) if progress else "none",
        "size": progress.due if progress else 0,
        "at": at,
        "shape": orjson.Fragment(outline.shape) if outline else None,
        "url": stood.chosen.place_url(place.id),
    }
