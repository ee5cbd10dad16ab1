"""Proposals, refusals and runs as pages and commands read them. What was decided comes from transfers that name one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Select, Subquery, Table, func, select

from server.database import select_among
from server.redistribution.models import (
    RedistributionGreedy,
    RedistributionProposal,
    RedistributionRefusal,
    RedistributionRun,
)
from server.stock.models import Item, Lot
from server.stock.transfer_models import Transfer

_RUN: Table = RedistributionRun.__table__  # type: ignore[assignment]
_PROPOSAL: Table = RedistributionProposal.__table__  # type: ignore[assignment]
_REFUSAL: Table = RedistributionRefusal.__table__  # type: ignore[assignment]
_GREEDY: Table = RedistributionGreedy.__table__  # type: ignore[assignment]
_TRANSFER: Table = Transfer.__table__  # type: ignore[assignment]

Status = Literal["open", "ordered", "approved", "rejected", "cancelled", "superseded"]

#: Statuses of what stands in lists; a proposal that a later run replaced before anybody decided is superseded.
STATUSES: tuple[Status, ...] = ("open", "ordered", "approved", "rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class Run:
    """One item weighed: expected doses that expire doing nothing, by greedy, by the plan. `made_at` in UTC.

    `state` failed: `note` is the code of the fault; done: `note` says why greedy was taken, if it was.
    """

    id: str
    province_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    as_of: date
    made_at: datetime
    state: str
    note: str | None
    method: str
    sites: int
    holdings: int
    doses: int
    expired_nothing: int
    expired_greedy: int
    expired_plan: int
    missed_nothing: int
    missed_plan: int
    greedy_pairs: int
    plan_pairs: int
    milliseconds: int
    parameters: dict[str, Any]

    @property
    def saves(self) -> int:
        """Doses the plan is expected to save."""
        return max(self.expired_nothing - self.expired_plan, 0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Vials of one holding proposed for another site, doses expected to be saved (10th to 90th percentile of futures).

    `why` has `from` and `to`: doses there, arriving, mean_milli (thousandths of a dose a day), used in stocked_days
    of eight weeks, still_due, weekdays of sessions, counted_on. `transfer_id`: the order somebody made of it.
    """

    id: str
    run_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    lot_id: str
    lot_number: str
    holding_id: str
    state: str
    thawed_on: date | None
    source_id: str
    destination_id: str
    vials: int
    doses: int
    leaves_on: date
    arrives_on: date
    expires_on: date
    days_left: int
    saves: int
    saves_from: int
    saves_to: int
    metres: int
    minutes: int
    due_there: int | None
    diluent_id: str | None
    diluent_vials: int
    syringes: int
    why: dict[str, Any]
    status: Status
    transfer_id: str | None
    decided_on: date | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A holding that expires in part (`expires` doses expected) and is not proposed; `numbers` belong to the reason."""

    run_id: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    holding_id: str
    site_id: str
    lot_id: str
    lot_number: str
    vials: int
    expires: int
    reason: str
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GreedyMove:
    """What the greedy rule would have moved."""

    run_id: str
    holding_id: str
    destination_id: str
    vials: int
    doses: int
    arrives_on: date


def latest_runs(connection: Connection, provinces: Collection[str], items: Collection[str] = ()) -> list[Run]:
    """The newest run of every item (or these) of the provinces, what saves most first."""
    newest = _newest()
    query = _runs().join(newest, newest.c.id == _RUN.c.id).where(_RUN.c.province_id.in_(sorted(provinces)))
    if items:
        query = query.where(_RUN.c.item_id.in_(sorted(items)))
    found = [_run(row) for row in connection.execute(query)]
    return sorted(found, key=lambda run: (-run.saves, run.item_name_vi, run.id))


def runs_state(connection: Connection) -> tuple[int, datetime | None]:
    """Something that is another as soon as anything was weighed, and so forecast, again."""
    row = connection.execute(select(func.count(), func.max(_RUN.c.made_at))).one()
    return int(row[0]), row[1]


def proposals_in(
    connection: Connection,
    sites: Collection[str],
    *,
    items: Collection[str] = (),
    statuses: Collection[Status] = STATUSES,
) -> list[Proposal]:
    """Proposals from or to one of these sites, those that save most first. Who decides has to see both ends."""
    query = _proposals()
    if items:
        query = query.where(_PROPOSAL.c.item_id.in_(sorted(items)))
    if "superseded" not in statuses:
        query = query.where(_PROPOSAL.c.open | _TRANSFER.c.id.is_not(None))
    rows = {
        (row.id, row.transfer_id): row
        for end in (_PROPOSAL.c.source_id, _PROPOSAL.c.destination_id)
        for row in select_among(connection, query, end, sorted(sites))
    }
    wanted = (row for row in _latest(rows.values()) if _status(row) in statuses)
    return sorted((_proposal(row) for row in wanted), key=_most_saved)


def proposal_of(connection: Connection, proposal_id: str) -> Proposal | None:
    """One proposal, or None. The caller has to look whether its reader sees one of the two sites."""
    rows = connection.execute(_proposals().where(_PROPOSAL.c.id == proposal_id)).all()
    return next((_proposal(row) for row in _latest(rows)), None)


def refusals_in(connection: Connection, sites: Collection[str], item: str | None = None) -> list[Refusal]:
    """Holdings of these sites that the newest runs (of one item) left where they are, what loses most first."""
    newest = _newest()
    runs = select(newest.c.id)
    if item:
        runs = runs.where(newest.c.item_id == item)
    query = (
        select(_REFUSAL, _RUN.c.item_id, Item.name_vi, Item.name_en, Lot.lot_number)
        .join(_RUN, _RUN.c.id == _REFUSAL.c.run_id)
        .outerjoin(Item, Item.id == _RUN.c.item_id)
        .outerjoin(Lot, Lot.id == _REFUSAL.c.lot_id)
        .where(_REFUSAL.c.run_id.in_(runs))
    )
    rows = select_among(connection, query, _REFUSAL.c.site_id, sorted(sites))
    rows.sort(key=lambda row: (-row.expires, str(row.holding_id)))
    return [
        Refusal(
            row.run_id, row.item_id, row.name_vi or "–", row.name_en or "–", row.holding_id, row.site_id,
            row.lot_id, row.lot_number or "–", row.vials, row.expires, row.reason, orjson.loads(row.numbers),
        )
        for row in rows
    ]  # fmt: skip


def greedy_in(connection: Connection, runs: Collection[str]) -> list[GreedyMove]:
    """What greedy would have moved in these runs."""
    query = select(_GREEDY).order_by(_GREEDY.c.run_id, _GREEDY.c.doses.desc(), _GREEDY.c.holding_id)
    return [GreedyMove(*row) for row in connection.execute(query.where(_GREEDY.c.run_id.in_(sorted(runs))))]


def _newest() -> Subquery:
    """Ids of the newest run of every item."""
    order = func.row_number().over(
        partition_by=_RUN.c.item_id, order_by=(_RUN.c.made_at.desc(), _RUN.c.as_of.desc(), _RUN.c.id.desc())
    )
    ranked = select(_RUN.c.id, _RUN.c.item_id, order.label("place")).subquery()
    return select(ranked.c.id, ranked.c.item_id).where(ranked.c.place == 1).subquery()


def _runs() -> Select[Any]:
    return select(_RUN, Item.name_vi, Item.name_en).outerjoin(Item, Item.id == _RUN.c.item_id)


def _run(row: Any) -> Run:
    told = {name: getattr(row, name) for name in Run.__dataclass_fields__ if hasattr(row, name)}
    told |= {"item_name_vi": row.name_vi or "–", "item_name_en": row.name_en or "–"}
    return Run(**told | {"parameters": orjson.loads(row.parameters)})


def _proposals() -> Select[Any]:
    return (
        select(
            _PROPOSAL, Item.name_vi, Item.name_en, Lot.lot_number, _TRANSFER.c.id.label("transfer_id"),
            _TRANSFER.c.decision, _TRANSFER.c.decided_on, _TRANSFER.c.decision_reason,
        )
        .outerjoin(Item, Item.id == _PROPOSAL.c.item_id)
        .outerjoin(Lot, Lot.id == _PROPOSAL.c.lot_id)
        .outerjoin(_TRANSFER, _TRANSFER.c.proposal_id == _PROPOSAL.c.id)
    )  # fmt: skip


def _latest(rows: Iterable[Any]) -> list[Any]:
    """One row a proposal: of several transfers that name it, the one that was not refused, then the least id."""
    best: dict[str, Any] = {}
    for row in sorted(
        rows, key=lambda r: (r.decision in ("rejected", "cancelled"), str(r.transfer_id or ""))
    ):
        best.setdefault(row.id, row)
    return list(best.values())


def _proposal(row: Any) -> Proposal:
    told = {name: getattr(row, name) for name in Proposal.__dataclass_fields__ if hasattr(row, name)}
    told |= {
        "item_name_vi": row.name_vi or "–",
        "item_name_en": row.name_en or "–",
        "lot_number": row.lot_number or "–",
        "why": orjson.loads(row.why),
        "status": _status(row),
    }
    return Proposal(**told)


def _status(row: Any) -> Status:
    if row.transfer_id is None:
        return "open" if row.open else "superseded"
    decided: Status = row.decision or "ordered"
    return decided


def _most_saved(proposal: Proposal) -> tuple[int, date, str]:
    return -proposal.saves, proposal.expires_on, proposal.id
