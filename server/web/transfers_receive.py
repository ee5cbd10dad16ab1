"""Receipts and settlements written on a page, and their corrections (R036, R081)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.stock.catalogue import lots_of
from server.stock.sending import next_number
from server.stock.transfer_lines import Document, Line
from server.stock.transfers import Standing
from server.web import blueprint
from server.web.area import connection
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.texts import in_language, t
from server.web.transfers_frame import (
    asked_day,
    need_step,
    seen_transfer,
    today,
    typed,
    words,
)
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records.stock_movement import STATES
from shared.text.folding import normalise

RECEIPT = ("document", "celsius", "more", "note")
SETTLEMENT = ("cause", "reason", "document")

#: Rows offered for lots that were not announced.
SPARE = 2

#: Numbers of a line by what is written: receipt, settlement.
_NUMBERS = {"receipt": ("accepted", "rejected", "vvm"), "settlement": ("lost", "back")}

#: States something may arrive in.
_ARRIVING = ("frozen", "chilled", "thawed")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the form: the lot, and what is typed (or proposed) for each number; `left` is still in transit."""

    line: Line
    left: int
    values: Mapping[str, Any]


@blueprint.route("/stock/transfers/<transfer_id>/receive", methods=["GET", "POST"])
@login_required
def transfer_receive(transfer_id: str) -> ResponseReturnValue:
    """What arrived, in part or whole; what is not accepted stays in quarantine. With `corrects`, a receipt anew."""
    one = seen_transfer(transfer_id)
    correcting = need_step(one, "receive")
    if request.method == "GET":
        number = next_number(connection(), "receipt", one.row.destination_id, today())
        usual = {"document": f"PN {number}/{today().year}", "more": "no"}
        body = {**correcting.detail, "document": correcting.number} if correcting else usual
        return _receipt_form(one, correcting, _offered(one, correcting, "receipt"), body)
    body = given("receipt", RECEIPT, request.form)
    rows = _typed(one, correcting, "receipt")
    try:
        lines = [*_lines(rows, "receipt"), *_unannounced(one)]
        if not lines and not correcting:
            raise Refused(fault("transfer.no_lines"))
        _write(one, "receipt", one.row.destination_id, {**body, "lines": lines}, correcting)
    except Refused as refused:
        return _receipt_form(one, correcting, rows, body, said(refused.faults, "receipt")), 422
    flash(t("transfers.received"), "good")
    return redirect(url_for("web.transfer_page", transfer_id=one.id))


@blueprint.route("/stock/transfers/<transfer_id>/settle", methods=["GET", "POST"])
@login_required
def transfer_settle(transfer_id: str) -> ResponseReturnValue:
    """What became of what did not arrive: lost, or found back at the source. With `corrects`, a settlement anew."""
    one = seen_transfer(transfer_id)
    correcting = need_step(one, "settle")
    if request.method == "GET":
        body = {**correcting.detail, "document": correcting.number} if correcting else {}
        return _settlement_form(one, correcting, _offered(one, correcting, "settlement"), body)
    body = given("settlement", SETTLEMENT, request.form)
    rows = _typed(one, correcting, "settlement")
    try:
        lines = _lines(rows, "settlement")
        if not lines and not correcting:
            raise Refused(fault("transfer.no_lines"))
        more = [row for row in rows if sum(row.values.get(n) or 0 for n in ("lost", "back")) > row.left]
        if more:
            raise Refused(
                [fault("transfer.settled_more", lot=row.line.lot_number, vials=row.left) for row in more]
            )
        _write(one, "settlement", one.row.source_id, {**body, "lines": lines}, correcting)
    except Refused as refused:
        return _settlement_form(one, correcting, rows, body, said(refused.faults, "settlement")), 422
    flash(t("transfers.settled"), "good")
    return redirect(url_for("web.transfer_page", transfer_id=one.id))


def _write(
    one: Standing, kind: str, place: str, body: Mapping[str, Any], correcting: Document | None
) -> None:
    day = asked_day("written_on", correcting.written_on if correcting else today())
    ends = {"source": one.row.source_id, "destination": one.row.destination_id}
    write(
        lambda author: author.write(
            kind,
            place=place,
            subject=one.id,
            body={**ends, **body},
            occurred_on=min(day, today()),
            recorded_on=today(),
            corrects=correcting.id if correcting else None,
        )
    )


def _offered(one: Standing, correcting: Document | None, kind: str) -> list[Told]:
    """The lines with what is proposed: as said before, or all that is in transit accepted."""
    said_before = _said(correcting)
    rows = []
    for line, left in _open(one, correcting):
        if correcting:
            values: Mapping[str, Any] = said_before.get(_key(line), {})
        elif kind == "receipt":
            values = {"accepted": left if line.standing.dispatched else line.standing.ordered}
        else:
            values = {"lost": None, "back": None}
        rows.append(Told(line, left, values))
    return rows


def _typed(one: Standing, correcting: Document | None, kind: str) -> list[Told]:
    """The lines as the form says them."""
    rows = []
    for number, (line, left) in enumerate(_open(one, correcting)):
        values: dict[str, Any] = {name: typed(f"line-{number}-{name}") for name in _NUMBERS[kind]}
        values["why"] = normalise(request.form.get(f"line-{number}-why", "")) or None
        rows.append(Told(line, left, values))
    return rows


def _open(one: Standing, correcting: Document | None) -> list[tuple[Line, int]]:
    """Lines with what is in transit of them, a corrected document left out of the sum; settled lines are left out."""
    before = _said(correcting)
    found = []
    for line in one.lines:
        told = before.get(_key(line), {})
        own = sum(told.get(name) or 0 for name in ("accepted", "rejected", "lost", "back"))
        left = line.standing.in_transit + own
        waits = one.row.dispatched_on is None and line.standing.ordered
        if left > 0 or waits or told:
            found.append((line, left))
    return found


def _lines(rows: Sequence[Told], kind: str) -> list[dict[str, Any]]:
    """Bodies of the lines somebody filled in; 0 accepted is said, blank is not."""
    lines = []
    for row in rows:
        values = {name: row.values.get(name) for name in _NUMBERS[kind]}
        if -1 in values.values():
            raise Refused(fault("field.not_whole", t("transfers.column.vials")))
        filled = {name: value for name, value in values.items() if value is not None}
        if kind == "receipt" and not {"accepted", "rejected"} & filled.keys():
            continue
        if kind == "settlement" and not any(filled.values()):
            continue
        body = _line_key(row.line) | filled
        if kind == "receipt":
            body |= {"accepted": filled.get("accepted", 0)} | (
                {"why": row.values["why"]} if row.values["why"] else {}
            )
        lines.append(body)
    return lines


def _unannounced(one: Standing) -> list[dict[str, Any]]:
    """Lots that came although nobody announced them."""
    known = {lot_id for lot_id, _ in _lots(one)}
    lines = []
    for number in range(SPARE):
        lot, state = (request.form.get(f"spare-{number}-{name}", "") for name in ("lot", "state"))
        accepted = typed(f"spare-{number}-accepted")
        if lot in known and accepted:
            if accepted < 0:
                raise Refused(fault("field.not_whole", t("transfers.column.accepted")))
            thawed = request.form.get(f"spare-{number}-thawed_on", "")
            day = {"thawed_on": thawed} if thawed and state == "thawed" else {}
            lines.append({"lot": lot, "state": state, "accepted": accepted} | day)
    return lines


def _receipt_form(
    one: Standing,
    correcting: Document | None,
    rows: Sequence[Told],
    body: Mapping[str, Any],
    faults: Sequence[Fault] = (),
) -> str:
    return render_template(
        "transfer_receive.html",
        one=one,
        correcting=correcting,
        rows=rows,
        lots=_lots(one),
        states=[state for state in STATES if state in _ARRIVING],
        spare=SPARE,
        written_on=correcting.written_on if correcting else today(),
        fields=asked("receipt", RECEIPT, body, {}),
        faults=faults,
        **words(),
    )


def _settlement_form(
    one: Standing,
    correcting: Document | None,
    rows: Sequence[Told],
    body: Mapping[str, Any],
    faults: Sequence[Fault] = (),
) -> str:
    return render_template(
        "transfer_settle.html",
        one=one,
        correcting=correcting,
        rows=rows,
        too_many=[line for line in one.lines if line.standing.in_transit < 0],
        written_on=correcting.written_on if correcting else today(),
        fields=asked("settlement", SETTLEMENT, body, {}),
        faults=faults,
        **words(),
    )


def _lots(one: Standing) -> list[tuple[str, str]]:
    """(id, “item, lot number”) of the lots that may have come instead: those of the items announced."""
    items = {line.item_id for line in one.lines}
    return [
        (lot.id, f"{in_language(lot, 'name')}, {lot.lot_number}")
        for lot in lots_of(connection(), provinces())
        if lot.item_id in items
    ]


def _said(document: Document | None) -> dict[tuple[str, str, str | None], Mapping[str, Any]]:
    lines = document.detail["lines"] if document else ()
    return {(line["lot"], line["state"], line.get("thawed_on")): line for line in lines}


def _key(line: Line) -> tuple[str, str, str | None]:
    told = line.standing
    return told.lot, told.state, told.thawed_on.isoformat() if told.thawed_on else None


def _line_key(line: Line) -> dict[str, Any]:
    lot, state, thawed = _key(line)
    return {"lot": lot, "state": state} | ({"thawed_on": thawed} if thawed else {})
