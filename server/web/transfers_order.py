"""An order written by hand, and the decision about an order (R036, R038, R063)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.ledger.projecting import entries_of
from server.stock.sending import Sendable, flags_of, sendable
from server.stock.transfers import Standing
from server.web import blueprint
from server.web.area import connection, require
from server.web.record_forms import asked, given, said
from server.web.texts import t
from server.web.transfers_choose import Chosen, chosen, first_vials
from server.web.transfers_frame import (
    days_ahead,
    flag_words,
    line_body,
    need_step,
    seen_transfer,
    today,
    typed,
    typed_vials,
    words,
)
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.projections import corrections
from shared.records import may_author
from shared.rules.dispatching import checks

ORDER = ("purpose", "dispatch_by", "arrive_by", "document", "reason")
DECISION = ("decision", "dispatch_by", "document", "reason")

#: Days an order is given to leave and to arrive when the form opens. Starting values.
LEAVE_DAYS, ARRIVE_DAYS = 3, 5


@blueprint.route("/stock/transfers/new", methods=["GET", "POST"])
@login_required
def transfer_new() -> ResponseReturnValue:
    """An order by hand: from where to where, then how many of which lots; approved at once by who answers for both."""
    require("stock")
    if not may_author(reader().role, "transfer_order"):
        raise Refused(fault("permission.denied"))
    choice = chosen()
    if not choice.whole:
        return _order_form(choice, [], {}, {})
    held = sendable(connection(), choice.source, today())
    if request.method == "GET":
        body = {
            "purpose": choice.purpose, "dispatch_by": days_ahead(LEAVE_DAYS), "arrive_by": days_ahead(ARRIVE_DAYS),
            "document": choice.document,
        }  # fmt: skip
        return _order_form(choice, held, first_vials(choice, held), body)
    body, vials = given("transfer_order", ORDER, request.form), _raw_vials(held)
    try:
        sent = typed_vials(held)
        if not sent:
            raise Refused(fault("transfer.no_lines"))
        transfer_id = write(lambda author: _write_order(author, choice, held, sent, body))
    except Refused as refused:
        return _order_form(choice, held, vials, body, said(refused.faults, "transfer_order")), 422
    flash(t("transfers.ordered"), "good")
    return redirect(url_for("web.transfer_page", transfer_id=transfer_id))


@blueprint.route("/stock/transfers/<transfer_id>/decide", methods=["GET", "POST"])
@login_required
def transfer_decide(transfer_id: str) -> ResponseReturnValue:
    """Approve as proposed or with other quantities, refuse, cancel, or give a lapsed order another day."""
    one = seen_transfer(transfer_id)
    need_step(one, "decide")
    if request.method == "GET":
        by = one.row.dispatch_by
        late = by is None or by < today()
        body = {"dispatch_by": days_ahead(LEAVE_DAYS) if late else by.isoformat()}
        return _decision_form(one, {n: line.standing.ordered for n, line in enumerate(one.lines)}, body)
    body = given("transfer_decision", DECISION, request.form)
    vials = {n: typed(f"line-{n}-vials") for n in range(len(one.lines))}
    try:
        if body["decision"] in ("rejected", "cancelled") and not body["reason"]:
            raise Refused(fault("transfer.reason_missing", "reason"))
        lines = _approved_lines(one, vials) if body["decision"] == "approved" else None
        write(lambda author: _write_decision(author, one, {**body, "lines": lines}))
    except Refused as refused:
        return _decision_form(one, vials, body, said(refused.faults, "transfer_decision")), 422
    flash(t(f"transfers.decided.{body['decision']}"), "good")
    return redirect(url_for("web.transfer_page", transfer_id=one.id))


def _write_order(
    author: ServerAuthor,
    choice: Chosen,
    held: Sequence[Sendable],
    sent: Mapping[str, int],
    body: Mapping[str, Any],
) -> str:
    ends = {"source": choice.source, "destination": choice.destination}
    lines = [line_body(one, sent[one.name]) for one in held if one.name in sent]
    links = {"allocation": choice.allocation or None, "recall": choice.recall or None}
    made = author.write("transfer_order", place=choice.source, body={**ends, **body, **links, "lines": lines})
    if request.form.get("approve") and choice.decides:
        decision = {**ends, "decision": "approved", "document": body["document"]}
        author.write("transfer_decision", place=choice.source, subject=made, body=decision)
    return made


def _write_decision(author: ServerAuthor, one: Standing, body: Mapping[str, Any]) -> None:
    """A second decision corrects the one that stands, so that only one is left."""
    told = entries_of(author.connection, "transfer_decision", [one.id])
    standing = corrections.standing(told, corrections.correctors(told))
    author.write(
        "transfer_decision",
        place=one.row.source_id,
        subject=one.id,
        body={"source": one.row.source_id, "destination": one.row.destination_id, **body},
        corrects=max((entry.id for entry in standing), default=None),
    )


def _approved_lines(one: Standing, vials: Mapping[int, int | None]) -> list[dict[str, Any]] | None:
    """The lots as approved; None when they are as proposed."""
    if -1 in vials.values():
        raise Refused(fault("field.not_whole", t("transfers.column.vials")))
    if all(vials[n] == line.standing.ordered for n, line in enumerate(one.lines)):
        return None
    lines = []
    for number, line in enumerate(one.lines):
        told = line.standing
        if vials[number]:
            lines.append(
                {"lot": told.lot, "state": told.state, "vials": vials[number]}
                | ({"thawed_on": told.thawed_on.isoformat()} if told.thawed_on else {})
            )
    if not lines:
        raise Refused(fault("transfer.no_lines"))
    return lines


def _order_form(
    choice: Chosen,
    held: Sequence[Sendable],
    vials: Mapping[str, Any],
    body: Mapping[str, Any],
    faults: Sequence[Fault] = (),
) -> str:
    flags = [
        flag
        for one in held
        if isinstance(vials.get(one.name), int)
        for flag in checks(one.sending(vials[one.name]), today())
    ]
    return render_template(
        "transfer_order.html",
        chosen=choice,
        held=held,
        vials=vials,
        flags=flag_words(flags),
        fields=asked("transfer_order", ORDER, body, {}) if choice.whole else [],
        faults=faults,
        **words(),
    )


def _decision_form(
    one: Standing, vials: Mapping[int, int | None], body: Mapping[str, Any], faults: Sequence[Fault] = ()
) -> str:
    held = {h.key: h for h in sendable(connection(), one.row.source_id, today(), apart=one.id)}
    return render_template(
        "transfer_decide.html",
        one=one,
        held=held,
        vials=vials,
        flags=flag_words(flags_of(connection(), one, today(), book=True)),
        fields=asked("transfer_decision", DECISION, body, {}),
        faults=faults,
        **words(),
    )


def _raw_vials(held: Sequence[Sendable]) -> dict[str, Any]:
    return {one.name: request.form.get(f"vials.{one.name}", "") for one in held}
