"""Weighing a province: forecast, instance, plan, and what is kept of each, item by item."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from server.database import insert_rows
from server.places.tree import Tree
from server.redistribution.board import Board, board_of
from server.redistribution.building import instance_of
from server.redistribution.forecast import forecast, used_in
from server.redistribution.forecast_errors import score_forecasts, store_forecasts
from server.redistribution.greedy import greedy
from server.redistribution.ground import Ground, ground_of
from server.redistribution.instance import Parameters
from server.redistribution.recording import (
    GREEDY,
    PROPOSAL,
    REFUSAL,
    RUN,
    Weighed,
    failed_row,
    greedy_rows,
    proposal_row,
    refusal_rows,
    run_row,
    supersede,
)
from server.redistribution.solving import plan_of
from shared.clock import Clock
from shared.faults import Refused
from shared.identifiers import new_id

#: How a run is made unless told otherwise.
STANDARD = Parameters()

Between = Callable[[int, int], None]


def weigh(ground: Ground, parameters: Parameters, items: Collection[str] | None = None) -> Iterator[Weighed]:
    """Plan every item of a province (or these), one after another; items with nothing to plan are left out."""
    for item_id in ground.items if items is None else items:
        instance = instance_of(ground, item_id, parameters)
        if instance is not None:
            yield Weighed(item_id, instance, plan_of(instance), _greedy_moves(board_of(instance)))


def preview(
    connection: Connection,
    province: str,
    tree: Tree,
    as_of: date,
    *,
    horizon_days: int | None = None,
    truck_capacity_vials: int | None = None,
    items: Collection[str] | None = None,
) -> list[Weighed]:
    """What if: plans at mean demand, quickly and without storing anything."""
    demand = forecast(connection, province, tree, as_of)
    ground = ground_of(connection, province, tree, as_of, demand)
    parameters = replace(
        STANDARD, scenarios=0, horizon_days=horizon_days, truck_capacity_vials=truck_capacity_vials
    )
    return list(weigh(ground, parameters, items))


def run_province(
    engine: Engine,
    clock: Clock,
    province: str,
    as_of: date,
    *,
    parameters: Parameters = STANDARD,
    items: Collection[str] | None = None,
    between: Between = lambda done, total: None,
) -> dict[str, Any]:
    """Score old forecasts, forecast, and weigh every item; each step in a transaction of its own.

    {items, failed, proposals, expired_nothing, expired_greedy, expired_plan (doses), seconds}.
    """
    started = time.perf_counter()
    with engine.begin() as connection:
        tree = Tree.load(connection, as_of)
        score_forecasts(connection, province, used_in(connection, province, tree), as_of)
        demand = forecast(connection, province, tree, as_of)
        store_forecasts(connection, province, as_of, demand)
    with engine.connect().execution_options(readonly=True) as connection:
        ground = ground_of(connection, province, tree, as_of, demand)
    found: dict[str, Any] = {"items": 0, "failed": 0, "proposals": 0}
    found |= dict.fromkeys(("expired_nothing", "expired_greedy", "expired_plan"), 0)
    wanted = sorted(ground.items if items is None else items)
    for done, item_id in enumerate(wanted, 1):
        row = _run_item(engine, clock, ground, item_id, parameters)
        if row is not None:
            found["items"] += 1
            found["failed"] += row["state"] == "failed"
            for name in ("proposals", "expired_nothing", "expired_greedy", "expired_plan"):
                found[name] += row[name]
        between(done, len(wanted))
    return found | {"seconds": round(time.perf_counter() - started, 2)}


def _run_item(
    engine: Engine, clock: Clock, ground: Ground, item_id: str, parameters: Parameters
) -> dict[str, Any] | None:
    """Weigh one item and keep the result; without stock only the old proposals are taken off the table."""
    run_id = new_id()
    started = time.perf_counter()
    try:
        weighed = next(weigh(ground, parameters, [item_id]), None)
    except Refused as refused:
        row = failed_row(ground, item_id, run_id, refused.faults[0].code, clock)
        with engine.begin() as connection:
            insert_rows(connection, RUN, [row])
        return row | {"proposals": 0}
    if weighed is None:
        with engine.begin() as connection:
            supersede(connection, item_id, ground.as_of)
        return None
    milliseconds = round((time.perf_counter() - started) * 1000)
    row = run_row(ground, weighed, run_id, clock, milliseconds)
    proposals = [proposal_row(ground, weighed, run_id, move) for move in weighed.plan.moves]
    with engine.begin() as connection:
        supersede(connection, item_id, ground.as_of)
        insert_rows(connection, RUN, [row])
        insert_rows(connection, PROPOSAL, proposals)
        insert_rows(connection, REFUSAL, refusal_rows(weighed, run_id, ground))
        insert_rows(connection, GREEDY, greedy_rows(weighed, run_id))
    return row | {"proposals": len(proposals)}


def _greedy_moves(board: Board) -> dict[tuple[str, str], tuple[int, date]]:
    instance = board.instance
    found = {}
    for (holding, site), vials in greedy(board).items():
        arrives = instance.day + timedelta(days=int(board.ways.arrival[board.site[holding], site]))
        found[instance.holdings[holding].id, instance.sites[site].id] = (vials, arrives)
    return found
