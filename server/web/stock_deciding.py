"""One proposal: why it is made, and the decision of a person who answers for both its sites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.ledger.author import ServerAuthor
from server.redistribution.both_ends import End, both_ends
from server.redistribution.deciding import Verdict, decide, held_vials
from server.redistribution.proposals import Proposal, greedy_in, proposal_of
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.stock_proposal_rows import Row, rows_of
from server.web.texts import day, number, t, tenths
from server.web.writing import write
from shared.faults import Fault, Refused, fault


@blueprint.route("/stock/proposals/<proposal_id>", methods=["GET", "POST"])
@login_required
def stock_proposal(proposal_id: str) -> ResponseReturnValue:
    """A proposal from or to a site of the reader; what is sent decides it."""
    require("stock")
    if request.method == "GET":
        row = _seen(proposal_id)
        return _page(row, _as_proposed(row.proposal), ())
    row = _to_decide(proposal_id)
    form = {
        name: request.form.get(name, "").strip() for name in ("vials", "dispatch_by", "document", "reason")
    }
    try:
        _decide(row, _verdict(request.form.get("decision", ""), form, row.proposal))
    except Refused as refused:
        return _page(row, form, tuple(refused.faults)), 422
    flash(t("moves.done", source=row.source, destination=row.destination), "good")
    return redirect(url_for("web.stock_proposal", proposal_id=proposal_id))


def approve(proposal_id: str) -> None:
    """Approve a proposal as it stands. Raises Refused."""
    row = _to_decide(proposal_id)
    _decide(row, _verdict("approved", _as_proposed(row.proposal), row.proposal))


def _seen(proposal_id: str) -> Row:
    found = proposal_of(connection(), proposal_id)
    seen = area().visible
    if found is None or not {found.source_id, found.destination_id} & seen:
        raise Refused(fault("scope.hidden"))
    return rows_of([found])[0]


def _to_decide(proposal_id: str) -> Row:
    """A proposal that is open, for a reader who answers for both its sites."""
    row = _seen(proposal_id)
    if row.proposal.status != "open":
        raise Refused(fault("redistribution.decided"))
    if not row.decidable:
        raise Refused(fault("transfer.not_yours_to_decide"))
    return row


def _decide(row: Row, verdict: Verdict) -> None:
    proposal = row.proposal
    why = t("moves.order_reason", saves=number(proposal.saves), expiry=day(proposal.expires_on))
    if with_it := _companions(proposal):
        why = f"{why} {t('moves.companions', what=with_it)}"

    def work(author: ServerAuthor) -> None:
        decide(author, proposal.id, verdict, why)

    write(work)


def _verdict(decision: str, form: Mapping[str, Any], proposal: Proposal) -> Verdict:
    if decision not in ("approved", "rejected"):
        raise Refused(fault("field.missing", t("moves.decision")))
    rejected = decision == "rejected"
    vials = str(form["vials"])
    if not rejected and not (vials.isascii() and vials.isdigit() and len(vials) < 8):
        raise Refused(fault("field.not_whole", t("column.vials")))
    try:
        by = proposal.leaves_on if rejected else date.fromisoformat(str(form["dispatch_by"]))
    except ValueError:
        raise Refused(fault("field.not_day", t("moves.dispatch_by"))) from None
    return Verdict(
        "rejected" if rejected else "approved",
        proposal.vials if rejected else int(vials),
        by,
        form["document"] or None,
        form["reason"] or None,
    )


def _as_proposed(proposal: Proposal) -> dict[str, Any]:
    by = max(proposal.leaves_on, current_settings().clock.today())
    return {"vials": proposal.vials, "dispatch_by": by.isoformat(), "document": "", "reason": ""}


def _page(row: Row, values: Mapping[str, Any], faults: tuple[Fault, ...]) -> str:
    proposal, today = row.proposal, current_settings().clock.today()
    return render_template(
        "stock_proposal.html",
        row=row,
        values=values,
        faults=faults,
        held=held_vials(connection(), proposal.holding_id) if row.sees_source else proposal.vials,
        today=today.isoformat(),
        ends=_ends(row, today),
        companions=_companions(proposal),
        greedy=_greedy(row),
        transfer_href=proposal.transfer_id and url_for("web.transfer_page", transfer_id=proposal.transfer_id),
    )


def _companions(proposal: Proposal) -> str:
    """What travels with the vials, in words; empty when nothing does."""
    told = (
        proposal.diluent_vials and t("moves.diluent", count=number(proposal.diluent_vials)),
        proposal.syringes and t("moves.syringes", count=number(proposal.syringes)),
    )
    return ", ".join(words for words in told if words)


def _ends(row: Row, today: date) -> list[tuple[str, bool, End, str]]:
    """(name, whether it gives, figures, forecast use a week) of both ends, as far as the reader sees them."""
    giving, receiving = both_ends(connection(), row.proposal, today)
    seen = ((giving, row.sees_source, True), (receiving, row.sees_destination, False))
    return [
        (area().tree.name(end.site_id), gives, end, tenths(end.daily_milli * 7, 1000))
        for end, sees, gives in seen
        if sees
    ]


def _greedy(row: Row) -> list[tuple[str, int]]:
    """(site, vials): where the simple rule would have sent vials of the same holding."""
    if not row.sees_source:
        return []
    moves = greedy_in(connection(), [row.proposal.run_id])
    return [
        (area().tree.name(move.destination_id), move.vials)
        for move in moves
        if move.holding_id == row.proposal.holding_id
    ]
