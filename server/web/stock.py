"""The expiring stock board as a page: what will be lost where, on a map and lot by lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.redistribution.proposals import Status, proposals_in
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.stock_board import (
    BUCKETS,
    HORIZON,
    USES,
    Asked,
    Line,
    asked,
    board,
    items_in_stock,
    kinds,
    whole,
)
from server.web.stock_map import Spot, spots
from server.web.stock_what_if import TRUCK, asked_to_try, item_names, tried_in, weighs_province
from shared.records.stock_movement import STATES
from shared.text.folding import sort_key

#: Sites named beside the map; the map itself shows all.
_SITES_NAMED = 30

_OPEN: tuple[Status, ...] = ("open",)


def _keys(horizon: int) -> dict[str, Callable[[Line], Any]]:
    return {
        "item": lambda line: (sort_key(line.held.stock.item_name_vi), line.held.stock.lot_number),
        "place": lambda line: (place_key(line.where), place_key(line.site_name)),
        "expiry": lambda line: line.held.stock.expiry,
        "vials": lambda line: line.held.stock.vials,
        "doses": lambda line: line.held.stock.doses,
        "losing": lambda line: line.losing(horizon),
        "used": lambda line: line.held.used,
        "counted": lambda line: line.counted and line.counted.as_of,
    }


def sorted_lines(wanted: Asked, lines: Sequence[Line]) -> tuple[Sequence[Line], Sorting]:
    """The lines in the order the address asks for; by risk, as they come, unless it does."""
    keys = _keys(wanted.horizon)
    sorting = Sorting.from_address(keys, "risk")
    return (lines if sorting.key == "risk" else sorting.apply(lines, keys)), sorting


def _moves() -> dict[str, list[tuple[str, str, int]]]:
    """Holding -> (proposal, destination, vials) of what is proposed of it and not decided."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for each in proposals_in(connection(), area().sites(), statuses=_OPEN):
        found.setdefault(each.holding_id, []).append(
            (each.id, area().tree.name(each.destination_id), each.vials)
        )
    return found


@blueprint.get("/stock/expiring")
@login_required
def stock_expiring() -> ResponseReturnValue:
    """A page of the list, narrowed by the address; sums and the map are over the whole list."""
    require("stock")
    wanted = asked()
    found = board(wanted)
    ordered, sorting = sorted_lines(wanted, found.shown)
    paging = Paging.from_address(found.total.rows)
    province = weighs_province()
    return render_template(
        "stock_expiring.html",
        asked=wanted,
        rows=paging.of(ordered),
        shown=found.total,
        board=found,
        moves=kept_stock("open moves", _moves),
        buckets=BUCKETS,
        uses=USES,
        states=[state for state in STATES if state in kinds().states],
        horizon_limits=HORIZON,
        truck_limits=TRUCK,
        truck=whole("truck", TRUCK),
        tries=province is not None,
        tried=tried_in(province) if province and asked_to_try() else (),
        names=item_names(),
        spots=_named(spots(wanted)),
        districts=kinds().districts,
        items=items_in_stock(),
        sorting=sorting,
        **paging.words(),
    )


def _named(found: list[Spot]) -> list[Spot]:
    return [spot for spot in found if spot.losing][:_SITES_NAMED]
