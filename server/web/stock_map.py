"""Where stock will be lost: the sites of the board as circles on the map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, request, url_for
from flask_login import login_required

from server.places.boundaries import outlines
from server.places.positions import position
from server.places.tree import Tree
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.maps import E5
from server.web.stock_board import Asked, Line, asked, board
from server.web.texts import number, t

#: How pressing a site is, the most first, by the first bucket in which something is lost.
_PRESSING = {"within_7": "late", "within_30": "warn", "within_60": "some", "later": "some"}
SHADES = ("late", "warn", "some", "calm")


@dataclass(frozen=True, slots=True)
class Spot:
    """A site: doses that may be used there, doses of them lost, and how pressing it is (one of SHADES)."""

    site: str
    name: str
    where: str
    usable: int
    losing: int
    shade: str


def spots(wanted: Asked) -> list[Spot]:
    """The sites of what the board shows, what is lost most first; kept until stock moves."""
    return kept_stock(("spots", wanted), lambda: _spots(board(wanted).shown, wanted.horizon))


def _spots(lines: Iterable[Line], horizon: int) -> list[Spot]:
    """Items without doses are left out."""
    shelves: dict[str, list[Line]] = {}
    for line in lines:
        if line.dosed:
            shelves.setdefault(line.held.stock.site_id, []).append(line)
    found = [_spot(site, held, horizon) for site, held in shelves.items()]
    return sorted(found, key=lambda spot: (-spot.losing, spot.name, spot.site))


def _spot(site: str, lines: list[Line], horizon: int) -> Spot:
    lost = [(line.losing(horizon), line.held.stock.bucket) for line in lines]
    shades = {_PRESSING.get(bucket, "some") for losing, bucket in lost if losing}
    shade = next((shade for shade in SHADES if shade in shades), "calm")
    usable = sum(line.held.usable for line in lines)
    return Spot(site, lines[0].site_name, lines[0].where, usable, sum(n for n, _ in lost), shade)


@blueprint.get("/stock/expiring/map.json")
@login_required
def stock_expiring_map() -> Response:
    """The map of what the board shows: {places, frames, attributions} as in `maps.place_map`."""
    require("stock")
    wanted = asked()
    found = spots(wanted)
    places = [_place(spot) for spot in found]
    return map_answer([place for place in places if place["at"]], {spot.site for spot in found}, [])


def map_answer(places: list[dict[str, Any]], sites: Iterable[str], flows: list[dict[str, Any]]) -> Response:
    """A map of these places and flows, with the outlines of the districts around the sites."""
    tree = area().tree
    around = {node.id for site in sites if (node := tree.up(site, "district"))}
    drawn = outlines(connection(), sorted(around))
    document = {
        "places": places,
        "flows": flows,
        "frames": [orjson.Fragment(drawn[id_].shape) for id_ in sorted(drawn)],
        "attributions": sorted({outline.attribution for outline in drawn.values()}),
    }
    return Response(orjson.dumps(document), content_type="application/json")


def _place(spot: Spot) -> dict[str, Any]:
    query: dict[str, Any] = {**request.args.to_dict(), "site": spot.site}
    query.pop("page", None)
    return {
        "id": spot.site,
        "name": spot.name,
        "words": t("board.spot", losing=number(spot.losing), usable=number(spot.usable)),
        "shade": spot.shade,
        "size": spot.losing,
        "at": degrees(area().tree, spot.site),
        "shape": None,
        "url": url_for("web.stock_expiring", **query),
    }


def degrees(tree: Tree, site: str) -> list[float] | None:
    """[lat, lon] of a site as maps draw it; None when nothing around it has a position."""
    at = position(tree, site)
    return [at[0] / E5, at[1] / E5] if at else None
