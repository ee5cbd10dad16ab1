"""A transfer from the set of its entries: order, decision, documents, lines, and the movements at both ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shared.entries import Entry
from shared.identifiers import holding_id, named_id
from shared.projections import corrections
from shared.projections.days import day_of
from shared.projections.stock import NO_MOVEMENT, Row, compact

#: Decisions, the weightiest first: who says no after another said yes is heard, whatever came first.
WEIGHT = ("cancelled", "rejected", "approved")

#: Documents that move goods.
DOCUMENTS = ("dispatch", "receipt", "settlement")

_Key = tuple[str, str, str | None]

#: Tables of a transfer, with the column that names it.
TABLES = (
    ("transfer", "id"),
    ("transfer_line", "transfer_id"),
    ("transfer_document", "transfer_id"),
    ("stock_movement", "transfer_id"),
)


def transfer_rows(entries: Iterable[Entry], corrected_by: Mapping[str, str]) -> dict[str, list[Row]]:
    """Rows by table of one transfer. `corrected_by`: entry -> the entry that corrects it.

    Of several orders, or approvals, that nobody corrected the one with the greater digest counts, on every phone and
    on the server alike; of several corrections of one document the one that `corrected_by` names.
    """
    ordered = sorted({entry.id: entry for entry in entries}.values(), key=lambda entry: entry.id)
    standing = corrections.standing(ordered, corrected_by)
    order = max((e for e in standing if e.kind == "transfer_order"), key=_digest, default=None)
    decision = _decision(standing)
    documents = [entry for entry in ordered if entry.kind in DOCUMENTS]
    lines = _lines(ordered[0].subject, order, decision, [e for e in standing if e.kind in DOCUMENTS])
    movements = [row for entry in standing for row in _movements(entry, order, standing)]
    return {
        "transfer": [_transfer(ordered, order, decision, standing)],
        "transfer_line": lines,
        "transfer_document": [_document(e, corrected_by.get(e.id), e in standing) for e in documents],
        "stock_movement": movements,
    }


def _digest(entry: Entry) -> bytes:
    return entry.digest


def _decision(standing: Sequence[Entry]) -> Entry | None:
    found = [entry for entry in standing if entry.kind == "transfer_decision"]
    return min(found, key=lambda e: (WEIGHT.index(e.body["decision"]), e.digest), default=None)


def _transfer(
    ordered: Sequence[Entry], order: Entry | None, decision: Entry | None, standing: Sequence[Entry]
) -> Row:
    said = order.body if order else {}
    decided = decision.body if decision else {}
    first = order or ordered[0]
    # A dispatch corrected to no lines says that nothing left.
    dispatches = [entry for entry in standing if entry.kind == "dispatch" and entry.body["lines"]]
    receipts = [entry for entry in standing if entry.kind == "receipt"]
    return {
        "id": first.subject,
        "source_id": first.body["source"],
        "destination_id": first.body["destination"],
        "ordered_id": order.id if order else None,
        "ordered_on": order.occurred_on if order else None,
        "ordered_by": order.author if order else None,
        "purpose": said.get("purpose", "supply"),
        "dispatch_by": day_of(decided.get("dispatch_by") or said.get("dispatch_by")),
        "arrive_by": day_of(said.get("arrive_by")),
        "document": decided.get("document") or said.get("document"),
        "reason": said.get("reason"),
        "saves": said.get("saves"),
        "saves_from": said.get("saves_from"),
        "saves_to": said.get("saves_to"),
        "allocation_id": said.get("allocation"),
        "recall_id": said.get("recall"),
        "proposal_id": said.get("proposal"),
        "decision": decided.get("decision"),
        "decided_on": decision.occurred_on if decision else None,
        "decided_by": decision.author if decision else None,
        "decision_reason": decided.get("reason"),
        "dispatched_on": min((entry.occurred_on for entry in dispatches), default=None),
        "received_on": max((entry.occurred_on for entry in receipts), default=None),
        "all_here": any(entry.body["more"] == "no" for entry in receipts),
    }


def _lines(
    subject: str, order: Entry | None, decision: Entry | None, documents: Sequence[Entry]
) -> list[Row]:
    found: dict[_Key, Row] = {}

    def line(told: Mapping[str, Any]) -> Row:
        key = told["lot"], told["state"], told.get("thawed_on")
        return found.setdefault(
            key,
            {
                "transfer_id": subject,
                "lot_id": key[0],
                "state": key[1],
                "thawed_on": day_of(key[2]),
                **dict.fromkeys(("ordered", "dispatched", "accepted", "rejected", "lost", "back"), 0),
            },
        )

    approved = decision and decision.body["decision"] == "approved" and decision.body.get("lines")
    for told in approved or (order.body["lines"] if order else ()):
        line(told)["ordered"] += told["vials"]
    for entry in documents:
        for told in entry.body["lines"]:
            row = line(told)
            if entry.kind == "dispatch":
                row["dispatched"] += told["vials"]
            for name in ("accepted", "rejected", "lost", "back"):
                row[name] += told.get(name) or 0
    ordered = sorted(found.items(), key=lambda pair: tuple(part or "" for part in pair[0]))
    return [row | {"line_no": number} for number, (_, row) in enumerate(ordered, 1)]


def _document(entry: Entry, corrected_by: str | None, stands: bool) -> Row:
    body = entry.body
    detail = {name: body[name] for name in body if name not in ("source", "destination", "document")}
    return {
        "id": entry.id,
        "transfer_id": entry.subject,
        "kind": entry.kind,
        "written_on": entry.occurred_on,
        "document": body.get("document"),
        "author_id": entry.author,
        "detail": compact(detail),
        "corrected_by": corrected_by,
        "idle": not stands,
    }


def _movements(entry: Entry, order: Entry | None, standing: Sequence[Entry]) -> Iterator[Row]:
    """Stock leaves at a dispatch, comes at a receipt (the rejected into quarantine), is found back by a settlement."""
    body = entry.body
    if entry.kind not in DOCUMENTS:
        return
    document = body.get("document") or _known_document(order, standing)
    for number, line in enumerate(body["lines"], 1):
        for part, site, state, vials, reason in _parts(entry.kind, body, line):
            if vials:
                yield {
                    **NO_MOVEMENT,
                    "id": named_id("movement", entry.id, str(number), part),
                    "entry_id": entry.id,
                    "unit_id": entry.subject,
                    "transfer_id": entry.subject,
                    "site_id": site,
                    "counterpart_id": body["destination"] if site == body["source"] else body["source"],
                    "lot_id": line["lot"],
                    "holding_id": holding_id(site, line["lot"], state, line.get("thawed_on")),
                    "state": state,
                    "thawed_on": day_of(line.get("thawed_on")),
                    "opened_on": None,
                    "vials": vials,
                    "doses": 0,
                    "reason": reason,
                    "moved_on": entry.occurred_on,
                    "document": document,
                    "vvm": line.get("vvm"),
                    "author_id": entry.author,
                    "note": line.get("why"),
                }


def _parts(
    kind: str, body: Mapping[str, Any], line: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, int, str]]:
    """(part, site, state, signed vials, reason)."""
    if kind == "dispatch":
        yield "sent", body["source"], line["state"], -line["vials"], "issued"
    elif kind == "receipt":
        yield "accepted", body["destination"], line["state"], line["accepted"], "received"
        yield "rejected", body["destination"], "quarantined", line.get("rejected") or 0, "received"
    else:
        yield "back", body["source"], line["state"], line.get("back") or 0, "returned"


def _known_document(order: Entry | None, standing: Sequence[Entry]) -> str | None:
    """The number the sender gave, or that of the order."""
    sent = (entry.body.get("document") for entry in standing if entry.kind == "dispatch")
    return next((found for found in sent if found), order.body.get("document") if order else None)
