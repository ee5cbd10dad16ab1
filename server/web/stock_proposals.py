"""Proposals to move stock before it expires: by item beside the greedy rule, on a map, one by one, and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.database import db
from server.places.order import place_key
from server.redistribution.proposals import (
    STATUSES,
    Proposal,
    Run,
    Status,
    latest_runs,
    proposals_in,
    refusals_in,
)
from server.settings import current_settings
from server.stock.catalogue import items_of
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.stock_board import kinds
from server.web.stock_deciding import approve
from server.web.stock_map import degrees, map_answer
from server.web.stock_proposal_rows import Row, rows_of, stays_of
from server.web.stock_what_if import weighs_province
from server.web.texts import in_language, number, t
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.text.folding import sort_key

#: Proposals drawn on the map, and reasons to stay listed: those that weigh most.
_MAPPED, _REFUSED = 200, 50

_KEYS: dict[str, Callable[[Row], Any]] = {
    "saves": lambda row: row.proposal.saves,
    "item": lambda row: (sort_key(row.proposal.item_name_vi), row.proposal.lot_number),
    "from": lambda row: (place_key(row.source), place_key(row.destination)),
    "vials": lambda row: row.proposal.vials,
    "arrives": lambda row: row.proposal.arrives_on,
    "km": lambda row: row.proposal.metres,
    "due": lambda row: row.proposal.due_there if row.sees_destination else None,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    item: str
    district: str
    status: Status


@blueprint.get("/stock/proposals")
@login_required
def stock_proposals() -> ResponseReturnValue:
    """The newest run of every item, and the proposals from or to a site of the reader."""
    require("stock")
    return _page(())


@blueprint.post("/stock/proposals/approve")
@login_required
def stock_proposals_approve() -> ResponseReturnValue:
    """Approve the ticked proposals as they stand, each by itself: one that cannot be approved stops no other."""
    require("stock")
    done, faults = 0, list[Fault]()
    for proposal_id in dict.fromkeys(request.form.getlist("proposal")):
        try:
            approve(proposal_id)
            done += 1
        except Refused as refused:
            faults += [each for each in refused.faults if each not in faults]
    if done:
        flash(t("moves.approved_many", count=number(done)), "good")
    if faults:
        return _page(faults), 422
    return redirect(url_for("web.stock_proposals"))


@blueprint.get("/stock/proposals/map.json")
@login_required
def stock_proposals_map() -> Response:
    """The map of open proposals: givers and receivers as circles, what moves as arrows (`maps.place_map`)."""
    require("stock")
    rows = _mapped(_wanted(_asked(), _rows(_asked().status)))
    ends = _ends(rows)
    tree = area().tree
    places = [
        {
            "id": site,
            "name": tree.name(site),
            "words": t("moves.gives_doses", doses=number(gives))
            if gives >= takes
            else t("moves.takes_doses", doses=number(takes)),
            "shade": "gives" if gives >= takes else "takes",
            "size": max(gives, takes),
            "at": degrees(tree, site),
            "shape": None,
            "url": url_for("web.stock_proposals"),
        }
        for site, (gives, takes) in ends.items()
    ]
    flows = [flow for row in rows if (flow := _flow(row))]
    return map_answer([place for place in places if place["at"]], ends, flows)


def _page(faults: Iterable[Fault]) -> str:
    wanted, waiting = _asked(), _rows("open")
    shown = _wanted(wanted, waiting if wanted.status == "open" else _rows(wanted.status))
    sorting = Sorting.from_address(_KEYS, "saves", descending=True)
    paging = Paging.from_address(len(shown))
    every = _runs()
    runs = [run for run in every if not wanted.item or run.item_id == wanted.item]
    done = [run for run in runs if run.state == "done"]
    dosed = kinds().dosed
    refused = refusals_in(connection(), _sites(wanted), wanted.item or None)
    return render_template(
        "stock_proposals.html",
        faults=faults,
        asked=wanted,
        statuses=STATUSES,
        rows=paging.of(sorting.apply(shown, _KEYS)),
        vials=sum(row.proposal.vials for row in shown),
        doses=sum(row.proposal.doses for row in shown),
        waiting=_wanted(replace(wanted, status="open"), waiting),
        mapped=_mapped(shown),
        runs=done,
        dosed=[run for run in done if run.item_id in dosed],
        failed=[run for run in runs if run.state != "done"],
        refusals=stays_of(refused[:_REFUSED]),
        refused_total=len(refused),
        items=sorted(
            {(run.item_id, in_language(run, "item_name")) for run in every}
            | {(row.proposal.item_id, in_language(row.proposal, "item_name")) for row in waiting},
            key=lambda pair: sort_key(pair[1]),
        ),
        districts=[(node.id, node.name) for node in area().at_level("district")],
        computes=computes() is not None,
        sorting=sorting,
        **paging.words(),
    )


def _runs() -> list[Run]:
    """The newest run of every item, for readers of a whole province: its figures are the province's."""
    return latest_runs(connection(), [id_ for id_ in provinces() if id_ in area().visible])


def computes() -> str | None:
    """The province whose proposals the reader may have worked out again; None for who decides nothing there."""
    return weighs_province() if may_author(reader().role, "transfer_decision") else None


@blueprint.post("/stock/proposals/recompute")
@login_required
def stock_recompute() -> ResponseReturnValue:
    """Weigh one item of the province again, now; the proposals there were are replaced."""
    from server.redistribution.running import run_province  # numpy and scipy take a second to load

    require("stock")
    province, item = computes(), request.form.get("item", "")
    if province is None:
        raise Refused(fault("permission.denied"))
    if item not in {known.id for known in items_of(connection(), [province])}:
        raise Refused(fault("scope.hidden"))
    clock = current_settings().clock
    db.session.rollback()  # the run writes in transactions of its own
    found = run_province(db.engine, clock, province, clock.today(), items=[item])
    flash(t("moves.recomputed", proposals=number(found["proposals"])), "good")
    return redirect(url_for("web.stock_proposals", item=item))


def _asked() -> Asked:
    status: Status = next((known for known in STATUSES if known == request.args.get("status")), "open")
    return Asked(request.args.get("item", ""), request.args.get("district", ""), status)


def _rows(status: Status) -> list[Row]:
    return rows_of(proposals_in(connection(), area().sites(), statuses=(status,)))


def _sites(wanted: Asked) -> list[str]:
    return [site for site in area().sites() if not wanted.district or _in(site, wanted.district)]


def _in(site: str, district: str) -> bool:
    above = area().tree.up(site, "district")
    return above is not None and above.id == district


def _wanted(wanted: Asked, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if _fits(wanted, row.proposal)]


def _fits(wanted: Asked, proposal: Proposal) -> bool:
    return (
        proposal.status == wanted.status
        and (not wanted.item or proposal.item_id == wanted.item)
        and (
            not wanted.district
            or _in(proposal.source_id, wanted.district)
            or _in(proposal.destination_id, wanted.district)
        )
    )


def _mapped(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.proposal.doses, row.proposal.id))[:_MAPPED]


def _ends(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Site -> doses (given, taken)."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        p = row.proposal
        gives, takes = found.get(p.source_id, (0, 0))
        found[p.source_id] = gives + p.doses, takes
        gives, takes = found.get(p.destination_id, (0, 0))
        found[p.destination_id] = gives, takes + p.doses
    return found


def _flow(row: Row) -> dict[str, Any] | None:
    p, tree = row.proposal, area().tree
    start, end = degrees(tree, p.source_id), degrees(tree, p.destination_id)
    if not start or not end or start == end:
        return None
    return {
        "id": p.id,
        "name": f"{row.source} → {row.destination}",
        "words": t("moves.flow", vials=number(p.vials), doses=number(p.doses), saves=number(p.saves)),
        "size": p.doses,
        "from": start,
        "to": end,
        "url": url_for("web.stock_proposal", proposal_id=p.id),
    }
