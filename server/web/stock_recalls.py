"""Recalling what a commitment leaves over: keep or change the draft, approve it, withdraw it, order it moved."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.stock.expiring import ExpiringStock
from server.web import blueprint
from server.web.area import area, require, seen_place
from server.web.record_forms import given, said
from server.web.stock_commitments import Chain, chain_of, commitment_page
from server.web.texts import day, number, t
from server.web.writing import write
from shared.faults import Refused, fault
from shared.identifiers import new_id
from shared.records import may_author

#: Button -> the status it gives a recall.
STATUSES = {"draft": "drafted", "approve": "approved", "withdraw": "withdrawn"}

_ASKED = ("vials", "deadline", "document", "reason")


@blueprint.post("/stock/commitments/<allocation_id>/recall")
@login_required
def commitment_recall(allocation_id: str) -> ResponseReturnValue:
    """Write the recall of a commitment as the form says it. Refused: `permission.denied`, `scope.hidden`."""
    chain = _writer(allocation_id)
    status = STATUSES.get(request.form.get("do", ""))
    try:
        if status is None:
            raise Refused(fault("field.missing", t("commitments.recall")))
        write(lambda author: _recall(author, chain, status))
    except Refused as refused:
        return commitment_page(allocation_id, said(refused.faults, "recall")), 422
    flash(t(f"commitments.done.{status}"), "good")
    return redirect(url_for("web.commitment", allocation_id=allocation_id))


@blueprint.post("/stock/commitments/<allocation_id>/order")
@login_required
def commitment_order(allocation_id: str) -> ResponseReturnValue:
    """Order what an approved recall takes away moved to one destination in the reader's area, approved by who orders.

    Refused: `permission.denied`, `scope.hidden`.
    """
    chain = _writer(allocation_id)
    try:
        destination = request.form.get("destination", "")
        if not destination:
            raise Refused(fault("field.missing", t("commitments.destination")))
        if seen_place(destination).id not in area().sites():
            raise Refused(fault("scope.hidden"))
        if not chain.to_order:
            raise Refused(fault("recall.nothing_to_order"))
        lines = _lines(chain)
        write(lambda author: _order(author, chain, destination, lines))
    except Refused as refused:
        return commitment_page(allocation_id, said(refused.faults, "transfer_order")), 422
    moved = sum(line["vials"] for line in lines)
    flash(t("commitments.ordered", vials=number(moved), place=area().tree.name(destination)), "good")
    return redirect(url_for("web.commitment", allocation_id=allocation_id))


def _writer(allocation_id: str) -> Chain:
    require("stock")
    if not may_author(reader().role, "recall"):
        raise Refused(fault("permission.denied"))
    return chain_of(allocation_id)


def _recall(author: ServerAuthor, chain: Chain, status: str) -> None:
    line, standing = chain.commitment.planned, chain.recall
    body = given("recall", _ASKED, request.form)
    if status == "withdrawn":
        body = {"reason": body["reason"]} if body["reason"] else {}
    body |= {"status": status}
    if standing is None:
        whole = {"item": line.item_id, "lot": line.lot_id, "allocation": line.id, "cause": "commitment"}
        author.write("recall", place=line.site_id, body=whole | body)
        return
    changed = {name: value for name, value in body.items() if value != _now(getattr(standing, name))}
    if not changed:
        return
    heads = author.heads("recall", standing.id)
    author.write("recall", place=standing.site_id, subject=standing.id, body=changed, based_on=heads)


def _now(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(chain: Chain) -> list[dict[str, Any]]:
    """The lots the form sends: vials of each holding by its id, no more than stand in it or the recall has left."""
    found, left = [], chain.to_order
    for held in chain.holdings:
        vials = _whole(request.form.get(f"vials-{held.holding_id}", ""), held, left)
        if vials:
            found.append({"lot": held.lot_id, "state": held.state, "vials": vials})
            if held.thawed_on:
                found[-1]["thawed_on"] = held.thawed_on.isoformat()
            left -= vials
    if not found:
        raise Refused(fault("field.missing", t("commitments.vials")))
    return found


def _whole(text: str, held: ExpiringStock, left: int) -> int:
    plain = text.strip().replace(".", "")
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdigit() and len(plain) < 8) or int(plain) > min(held.vials, left):
        raise Refused(fault("field.out_of_range", t("commitments.vials_of", lot=held.lot_number)))
    return int(plain)


def _order(author: ServerAuthor, chain: Chain, destination: str, lines: list[dict[str, Any]]) -> None:
    """The order, and the decision of the same hand: who may recall and sees both sites may decide."""
    recall, line = chain.recall, chain.commitment.planned
    if recall is None:
        raise Refused(fault("recall.nothing_to_order"))
    asked = given("transfer_order", ("dispatch_by", "document", "reason"), request.form)
    ends = {"source": line.site_id, "destination": destination}
    reason = asked["reason"] or t(
        "commitments.why",
        site=area().tree.name(line.site_id),
        document=line.document,
        day=day(chain.commitment.use.use_by),
    )
    body = {
        **ends, **asked, "reason": reason[:500], "purpose": "recall", "lines": lines, "allocation": line.id,
        "recall": recall.id,
    }  # fmt: skip
    transfer = new_id()
    author.write("transfer_order", place=line.site_id, subject=transfer, body=body)
    author.write(
        "transfer_decision", place=line.site_id, subject=transfer, body={**ends, "decision": "approved"}
    )
