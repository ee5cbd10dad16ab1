"""A proposal decided by a person: an order and its decision, one transfer a proposal however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, select

from server.ledger.author import ServerAuthor
from server.redistribution.proposals import Proposal, proposal_of
from server.stock.models import StockBalance
from shared.faults import Refused, fault
from shared.identifiers import named_id


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided: vials to send, the last day to leave, the document, and why (needed to reject)."""

    decision: Literal["approved", "rejected"]
    vials: int
    dispatch_by: date
    document: str | None = None
    reason: str | None = None


def transfer_of(proposal_id: str) -> str:
    """The transfer that carries out a proposal, whoever decides it."""
    return named_id("transfer", "proposal", proposal_id)


def held_vials(connection: Connection, holding_id: str) -> int:
    """Vials in a holding by the book; below zero counts as none."""
    found = connection.scalar(select(StockBalance.vials).where(StockBalance.holding_id == holding_id))
    return max(0, found or 0)


def decide(author: ServerAuthor, proposal_id: str, verdict: Verdict, why: str) -> str:
    """Write order and decision with `author`, at the giving site; the transfer's id. `why` goes into the order.

    A rejection is an order as well, so that it is known what was rejected. Raises Refused
    (`redistribution.decided`, `redistribution.vials`, `transfer.reason_missing`).
    """
    proposal = proposal_of(author.connection, proposal_id)
    if proposal is None or proposal.status != "open":
        raise Refused(fault("redistribution.decided"))
    if verdict.decision == "rejected" and not verdict.reason:
        raise Refused(fault("transfer.reason_missing", "reason"))
    held = held_vials(author.connection, proposal.holding_id)
    if verdict.decision == "approved" and not 1 <= verdict.vials <= held:
        raise Refused(fault("redistribution.vials", "vials", most=held))
    transfer = transfer_of(proposal.id)
    sites = {"source": proposal.source_id, "destination": proposal.destination_id}
    line = {"lot": proposal.lot_id, "state": proposal.state, "vials": verdict.vials}
    if proposal.thawed_on:
        line["thawed_on"] = proposal.thawed_on.isoformat()
    order = {
        **sites,
        "purpose": "redistribution",
        "lines": [line],
        "dispatch_by": verdict.dispatch_by.isoformat(),
        "arrive_by": max(proposal.arrives_on, verdict.dispatch_by).isoformat(),
        "document": verdict.document,
        "reason": why,
        "proposal": proposal.id,
        **_saves(proposal, verdict.vials),
    }
    author.write("transfer_order", place=proposal.source_id, subject=transfer, body=order)
    decision = {
        **sites,
        "decision": verdict.decision,
        "document": verdict.document,
        "reason": verdict.reason,
    }
    author.write("transfer_decision", place=proposal.source_id, subject=transfer, body=decision)
    return transfer


def _saves(proposal: Proposal, vials: int) -> dict[str, Any]:
    """What fewer vials save is taken in proportion; more are not counted on to save more."""
    part = min(vials, proposal.vials)
    names = ("saves", "saves_from", "saves_to")
    return {name: getattr(proposal, name) * part // proposal.vials for name in names}
