"""Rows of a run as the nightly job leaves them: one proposal, what greedy would do, one holding that stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from server.database import insert_rows
from server.redistribution.models import (
    RedistributionGreedy,
    RedistributionOutcome,
    RedistributionProposal,
    RedistributionRefusal,
    RedistributionRun,
)
from server.stock.models import StockBalance
from shared.identifiers import named_id
from tests.server.world import TODAY, World

#: What the run says of losses: doing nothing, greedy, plan.
EXPIRED = (120, 70, 31)


def propose(connection: Connection, world: World, source: str, destination: str, vials: int = 2) -> str:
    """A run with a proposal of `vials` from a station to another, and its id. The lot lasts until the end of May."""
    lot, run = world.lots[2], named_id("run", source, destination)
    balance = select(StockBalance).where(StockBalance.site_id == source, StockBalance.lot_id == lot)
    held = connection.execute(balance).one()
    proposal = named_id("proposal", run)
    nothing, greedy, plan = EXPIRED
    _insert(
        connection, RedistributionRun, id=run, province_id=world.province, item_id=world.item, as_of=TODAY,
        made_at=datetime(2022, 4, 14, 19, tzinfo=UTC), state="done", note=None, method="scenario_lp", parameters="{}",
        sites=16, holdings=40, doses=2_000, expired_nothing=nothing, expired_greedy=greedy, expired_plan=plan,
        missed_nothing=0, missed_plan=0, greedy_pairs=3, plan_pairs=5, milliseconds=900,
    )  # fmt: skip
    _insert(
        connection, RedistributionProposal, id=proposal, run_id=run, item_id=world.item, lot_id=lot,
        holding_id=held.holding_id, state=held.state, thawed_on=held.thawed_on, source_id=source,
        destination_id=destination, vials=vials, doses=vials * 6, leaves_on=TODAY + timedelta(days=2),
        arrives_on=TODAY + timedelta(days=3), expires_on=TODAY + timedelta(days=46), days_left=43, saves=vials * 5,
        saves_from=vials * 3, saves_to=vials * 6, metres=27_400, minutes=55, due_there=321, diluent_id=None,
        diluent_vials=vials, syringes=vials * 6, open=True,
        why='{"from": {"mean_milli": 100, "still_due": 4}, "to": {"mean_milli": 9000, "still_due": 321}}',
    )  # fmt: skip
    _insert(
        connection, RedistributionGreedy, run_id=run, holding_id=held.holding_id, destination_id=destination,
        vials=1, doses=6, arrives_on=TODAY + timedelta(days=3),
    )  # fmt: skip
    _insert(
        connection, RedistributionRefusal, run_id=run, holding_id=named_id("stays", source), site_id=source,
        lot_id=world.lots[1], vials=7, expires=42, reason="arrives_too_late",
        numbers='{"days_left_at_arrival": 2, "days_needed": 7}',
    )  # fmt: skip
    return proposal


def became(connection: Connection, world: World, proposal: str, source: str, destination: str) -> None:
    """What became of it: of 12 doses received 10 given, 2 expired; had they stayed 3 would have been given."""
    _insert(
        connection, RedistributionOutcome, transfer_id=named_id("moved", proposal), line_no=0, proposal_id=proposal,
        province_id=world.province, item_id=world.item, lot_id=world.lots[2], source_id=source,
        destination_id=destination, dispatched_on=TODAY - timedelta(days=60),
        received_on=TODAY - timedelta(days=58), expires_on=TODAY - timedelta(days=1), saves=10, sent=12, received=12,
        used=10, expired=2, onward=0, left=0, displaced=1, nothing_used=3, greedy_used=7, settled=True,
        scored_on=TODAY,
    )  # fmt: skip


def _insert(connection: Connection, model: Any, **row: Any) -> None:
    insert_rows(connection, model.__table__, [row], keep=True)
