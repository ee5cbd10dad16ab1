"""The issue note and the receipt note of a transfer, to print and sign on both sides (R036)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.stock.transfer_lines import Document, Line
from server.stock.transfers import Standing, transfer_of
from server.web import blueprint
from server.web.area import area, connection
from server.web.transfers_frame import seen_transfer, words
from shared.faults import Refused, fault
from shared.identifiers import is_id

#: Documents that have a note.
NOTES = ("dispatch", "receipt")


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of a note: the lot and the figures of the document about it."""

    line: Line
    said: dict[str, Any]


@blueprint.get("/stock/transfers/notes/<document_id>")
@login_required
def transfer_note(document_id: str) -> ResponseReturnValue:
    """The note of one dispatch or receipt, with what the other side confirmed so far."""
    transfer_id = transfer_of(connection(), document_id) if is_id(document_id) else None
    if transfer_id is None:
        raise Refused(fault("scope.hidden"))
    one = seen_transfer(transfer_id)
    document = next(found for found in one.documents if found.id == document_id)
    if document.kind not in NOTES:
        raise Refused(fault("scope.hidden"))
    return render_template(
        "transfer_note.html",
        one=one,
        document=document,
        lines=_noted(one, document),
        dispatches=one.of_kind("dispatch"),
        receipts=[(receipt, _totals(receipt)) for receipt in one.of_kind("receipt")],
        province=_province(one),
        **words(),
    )


def _noted(one: Standing, document: Document) -> Sequence[Noted]:
    known = {(line.standing.lot, line.standing.state, line.standing.thawed_on): line for line in one.lines}
    found = []
    for said in document.detail["lines"]:
        thawed = said.get("thawed_on")
        line = known.get((said["lot"], said["state"], date.fromisoformat(thawed) if thawed else None))
        if line is not None:
            found.append(Noted(line, said))
    return found


def _totals(receipt: Document) -> tuple[int, int]:
    """(accepted, rejected) of a receipt."""
    lines = receipt.detail["lines"]
    return sum(line["accepted"] for line in lines), sum(line.get("rejected") or 0 for line in lines)


def _province(one: Standing) -> str:
    tree = area().tree
    node = tree.get(one.row.source_id) or tree.get(one.row.destination_id)
    return tree.name(node.province) if node else "–"
