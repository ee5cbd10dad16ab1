"""Rows of a run: what was weighed, what is proposed and why, what is not, and what greedy would have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.database import delete_among
from server.redistribution.ground import Ground
from server.redistribution.instance import Instance, Parameters
from server.redistribution.models import (
    RedistributionGreedy,
    RedistributionProposal,
    RedistributionRefusal,
    RedistributionRun,
)
from server.redistribution.plan import Move, Plan
from server.redistribution.site_demand import SiteDemand
from server.stock.expiring import ExpiringStock
from server.stock.transfer_models import Transfer
from shared.clock import Clock
from shared.identifiers import named_id

RUN: Table = RedistributionRun.__table__  # type: ignore[assignment]
PROPOSAL: Table = RedistributionProposal.__table__  # type: ignore[assignment]
REFUSAL: Table = RedistributionRefusal.__table__  # type: ignore[assignment]
GREEDY: Table = RedistributionGreedy.__table__  # type: ignore[assignment]

#: Runs nobody acted on are kept this long.
KEEP = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One item: its instance, its plan, and the greedy moves as (holding, destination) -> (vials, arrives on)."""

    item_id: str
    instance: Instance
    plan: Plan
    greedy: dict[tuple[str, str], tuple[int, date]]


def supersede(connection: Connection, item_id: str, as_of: date) -> None:
    """Take the item's open proposals off the table; forget old runs that led to nothing."""
    mine = PROPOSAL.c.item_id == item_id
    connection.execute(PROPOSAL.update().where(mine, PROPOSAL.c.open).values(open=False))
    used = select(PROPOSAL.c.run_id).join(Transfer, Transfer.proposal_id == PROPOSAL.c.id)
    old = select(RUN.c.id).where(RUN.c.item_id == item_id, RUN.c.as_of < as_of - KEEP)
    runs = list(connection.scalars(old.where(RUN.c.id.not_in(used))))
    for table in (PROPOSAL, REFUSAL, GREEDY):
        delete_among(connection, table, table.c.run_id, runs)
    delete_among(connection, RUN, RUN.c.id, runs)


def run_row(ground: Ground, weighed: Weighed, run_id: str, clock: Clock, milliseconds: int) -> dict[str, Any]:
    """The run itself, with what is expected to expire under each way of doing."""
    plan = weighed.plan
    return {
        "id": run_id,
        "province_id": ground.province,
        "item_id": weighed.item_id,
        "as_of": ground.as_of,
        "made_at": clock.now(),
        "state": "done",
        "note": plan.fallback,
        "method": plan.method,
        "parameters": _json(
            {name: getattr(weighed.instance.parameters, name) for name in Parameters.__slots__}
        ),
        "sites": len(weighed.instance.sites),
        "holdings": len(weighed.instance.holdings),
        "doses": plan.doses,
        "expired_nothing": round(plan.nothing.expired),
        "expired_greedy": round(plan.greedy.expired),
        "expired_plan": round(plan.planned.expired),
        "missed_nothing": round(plan.nothing.missed),
        "missed_plan": round(plan.planned.missed),
        "greedy_pairs": plan.greedy_pairs,
        "plan_pairs": plan.pairs,
        "milliseconds": milliseconds,
    }


def failed_row(ground: Ground, item_id: str, run_id: str, code: str, clock: Clock) -> dict[str, Any]:
    """A run that a fault ended; `code` is the fault's."""
    named = {
        "id": run_id,
        "province_id": ground.province,
        "item_id": item_id,
        "as_of": ground.as_of,
        "made_at": clock.now(),
        "state": "failed",
        "note": code,
        "method": "nothing",
        "parameters": "{}",
    }
    return named | {column.name: 0 for column in RUN.columns if column.name not in named}


def proposal_row(ground: Ground, weighed: Weighed, run_id: str, move: Move) -> dict[str, Any]:
    """A move of the plan; what it saves is in whole doses, `why` has the figures of both ends."""
    item = ground.items[weighed.item_id]
    stock = next(s for s in ground.stock[weighed.item_id] if s.holding_id == move.holding)
    low, high = sorted((max(move.saved_low, 0.0), max(move.saved_high, 0.0)))
    return {
        "id": named_id("proposal", run_id, move.holding, move.destination),
        "run_id": run_id,
        "item_id": weighed.item_id,
        "lot_id": move.lot,
        "holding_id": move.holding,
        "state": stock.state,
        "thawed_on": stock.thawed_on,
        "source_id": move.origin,
        "destination_id": move.destination,
        "vials": move.vials,
        "doses": move.doses,
        "leaves_on": move.leaves_on,
        "arrives_on": move.arrives_on,
        "expires_on": move.effective_expiry,
        "days_left": move.days_left,
        "saves": max(round(move.saved_doses), 0),
        "saves_from": round(low),
        "saves_to": round(high),
        "metres": round(move.km * 1000),
        "minutes": round(move.hours * 60),
        "due_there": move.due_there,
        "diluent_id": item.diluent_id,
        "diluent_vials": move.vials if item.diluent_id else 0,
        "syringes": move.doses if item.vaccine else 0,
        "why": _json(
            {"from": _end(ground, weighed, move.origin), "to": _end(ground, weighed, move.destination)}
        ),
        "open": True,
    }


def _end(ground: Ground, weighed: Weighed, site: str) -> dict[str, Any]:
    """What a site has and uses: stock (doses, on the way included), daily use ×1000, what that was made from."""
    holdings = [h for h in weighed.instance.holdings if h.site == site]
    demand: SiteDemand | None = ground.demand.get((site, weighed.item_id))
    counted = ground.counted.get(site)
    return {
        "doses": sum(h.vials * h.doses_per_vial for h in holdings),
        "arriving": sum(h.vials * h.doses_per_vial for h in holdings if h.arrives_on),
        "mean_milli": round(demand.mean * 1000) if demand else 0,
        "used": demand.used.doses if demand else 0,
        "stocked_days": demand.used.days if demand else 0,
        "still_due": demand.still_due if demand else None,
        "weekdays": list(demand.weekdays) if demand else [],
        "counted_on": counted.isoformat() if counted else None,
    }


def refusal_rows(weighed: Weighed, run_id: str, ground: Ground) -> list[dict[str, Any]]:
    """Why holdings at risk stay; what is still on its way is left out, and so is what no site keeps."""
    stock: Mapping[str, ExpiringStock] = {s.holding_id: s for s in ground.stock[weighed.item_id]}
    return [
        {
            "run_id": run_id,
            "holding_id": each.holding,
            "site_id": each.site,
            "lot_id": stock[each.holding].lot_id,
            "vials": each.vials,
            "expires": round(each.expected_expired),
            "reason": each.reason,
            "numbers": _json(each.numbers),
        }
        for each in weighed.plan.not_moved
        if each.holding in stock
    ]


def greedy_rows(weighed: Weighed, run_id: str) -> list[dict[str, Any]]:
    """The moves of the greedy rule."""
    return [
        {
            "run_id": run_id,
            "holding_id": holding,
            "destination_id": site,
            "vials": vials,
            "doses": vials * weighed.instance.doses_per_vial,
            "arrives_on": arrives_on,
        }
        for (holding, site), (vials, arrives_on) in sorted(weighed.greedy.items())
    ]


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
