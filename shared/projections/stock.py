"""Rows of items, lots, sessions, movements, balances, counts and allocations. Whole vials or units."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.entries import Entry
from shared.identifiers import holding_id
from shared.projections.register import Folded
from shared.rules.months import month_end

Row = dict[str, Any]

ITEM_FIELDS = (
    "code",
    "name_vi",
    "name_en",
    "item_class",
    "unit_vi",
    "unit_en",
    "vaccine",
    "doses_per_vial",
    "thaw_days",
    "open_vial_hours",
    "source",
    "status",
)


#: What of a session stands in its `detail`, as the body has it.
SESSION_DETAIL = ("villages", "team", "lots", "waste_vials", "waste_boxes", "waste_to", "note")


def item_row(folded: Folded) -> Row | None:
    """The item, or None while its first entry has not arrived."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        **{name: values.get(name) for name in ITEM_FIELDS},
    }


def lot_row(folded: Folded) -> Row | None:
    """The lot, or None as above. An expiry printed to the month is the last day of that month."""
    if not folded.known:
        return None
    values = folded.values
    printed = _day(values.get("label_expiry"))
    if printed and values.get("expiry_precision") == "month":
        printed = month_end(printed)
    return {
        "id": folded.subject,
        "item_id": values["item"],
        "lot_number": values["lot_number"],
        "maker": values.get("maker"),
        "label_expiry": printed,
        "expiry_precision": values.get("expiry_precision"),
        "revisions": compact(values.get("revisions", [])),
        "hold": values.get("hold"),
    }


def session_row(folded: Folded, held_on: date) -> Row | None:
    """The session, held on the day of its first entry; `detail` carries SESSION_DETAIL."""
    if not folded.known:
        return None
    values = folded.values
    detail = {name: values[name] for name in SESSION_DETAIL if name in values}
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "held_on": held_on,
        "session_type": values["session_type"],
        "point_name": values.get("point_name"),
        "closed": bool(values.get("closed")),
        "detail": compact(detail),
    }


def movement_row(entry: Entry) -> Row:
    """The movement of one holding; the lot is the entry's subject."""
    body = entry.body
    thawed_on = body.get("thawed_on")
    return {
        "id": entry.id,
        "site_id": entry.place,
        "lot_id": entry.subject,
        "holding_id": holding_id(entry.place, entry.subject, body["state"], thawed_on),
        "state": body["state"],
        "thawed_on": _day(thawed_on),
        "vials": body["vials"],
        "reason": body["reason"],
        "moved_on": entry.occurred_on,
        "counterpart_id": body.get("counterpart"),
        "document": body.get("document"),
        "session_id": body.get("session"),
        "reverses_id": body.get("reverses"),
        "author_id": entry.author,
    }


def balance_row(movements: Iterable[Row]) -> Row:
    """The balance of one holding: the sum of all its movements. ValueError without any."""
    rows = list(movements)
    if not rows:
        raise ValueError("a balance needs at least one movement")
    kept = {name: rows[0][name] for name in ("holding_id", "site_id", "lot_id", "state", "thawed_on")}
    return {**kept, "vials": sum(row["vials"] for row in rows)}


def count_rows(entry: Entry, corrected_by: str | None) -> tuple[Row, list[Row]]:
    """The count and its lines; null vials were not counted."""
    count = {
        "id": entry.id,
        "site_id": entry.place,
        "as_of": entry.occurred_on,
        "note": entry.body.get("note"),
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }
    lines = [
        {
            "count_id": entry.id,
            "line_no": number,
            "holding_id": holding_id(entry.place, line["lot"], line["state"], line.get("thawed_on")),
            "lot_id": line["lot"],
            "state": line["state"],
            "thawed_on": _day(line.get("thawed_on")),
            "vials": line.get("vials"),
            "vvm": line.get("vvm"),
        }
        for number, line in enumerate(entry.body["lines"], 1)
    ]
    return count, lines


def allocation_row(folded: Folded) -> Row | None:
    """The allocation, or None while its first entry has not arrived. It stands at the site that is to receive it."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "source_id": values.get("source"),
        "item_id": values["item"],
        "vials": values["vials"],
        "by_on": date.fromisoformat(values["by_on"]),
        "document": values["document"],
        "campaign_id": values.get("campaign"),
        "reason": values.get("reason"),
        "withdrawn": values.get("withdrawn"),
    }


def compact(value: Any) -> str:
    """JSON text, keys sorted, without spaces: the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
