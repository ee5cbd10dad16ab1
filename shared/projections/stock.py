"""Rows of items, lots, sessions, movements, balances, counts, allocations, recalls, levels and equipment. Whole vials
or units, and doses of opened vials.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.entries import Entry
from shared.identifiers import holding_id, named_id
from shared.projections.corrections import standing
from shared.projections.days import day_of
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
    "open_vial_rule",
    "open_vial_days",
    "vvm_type",
    "pack_size",
    "least",
    "warn_days",
    "gtin",
    "source",
    "status",
)


#: States whose vials may be opened, and are counted in doses as well.
IN_DOSES = ("opened", "quarantined")

#: What tells a holding.
HOLDING = ("holding_id", "site_id", "lot_id", "state", "thawed_on", "opened_on")

#: What a movement row has besides what `_moved` says.
NO_MOVEMENT: Row = {
    "unit_id": None,
    "counterpart_id": None,
    "document": None,
    "session_id": None,
    "reverses_id": None,
    "transfer_id": None,
    "count_id": None,
    "vvm": None,
    "idle": False,
}

#: What of a piece of equipment stands in its row as the body has it.
EQUIPMENT_TEXTS = (
    "serial",
    "pieces",
    "funding",
    "condition",
    "solution",
    "plan_after",
    "decided",
    "document",
    "gone",
    "note",
)

#: What of a session stands in its `detail`, as the body has it.
SESSION_DETAIL = (
    "villages",
    "team",
    "vehicle",
    "cold_box",
    "lots",
    "waste_vials",
    "waste_boxes",
    "waste_to",
    "note",
)


def item_row(folded: Folded) -> Row | None:
    """The item, or None while its first entry has not arrived."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        **{name: values.get(name) for name in ITEM_FIELDS},
        "diluent_id": values.get("diluent"),
    }


def lot_row(folded: Folded) -> Row | None:
    """The lot, or None as above. An expiry printed to the month is the last day of that month."""
    if not folded.known:
        return None
    values = folded.values
    printed = day_of(values.get("label_expiry"))
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


def movement_rows(entry: Entry) -> list[Row]:
    """What a movement does to holdings of its lot: one row, or two when it changes a state.

    The first row has the entry's id. A reversal is `idle` until it is known what it takes back (`settled`).
    """
    body = entry.body
    moved = body["vials"], body.get("doses") or 0
    said = {
        "unit_id": entry.subject,
        "counterpart_id": body.get("counterpart"),
        "document": body.get("document"),
        "session_id": body.get("session"),
        "reverses_id": body.get("reverses"),
        "vvm": body.get("vvm"),
        "idle": bool(body.get("reverses")),
    }
    row = _moved(entry, entry.id, entry.subject, _holding_key(body), moved, body["reason"]) | said
    if body["state"] not in IN_DOSES:
        row["doses"] = 0
    if not body.get("to_state"):
        return [row]
    key = body["to_state"], body.get("to_thawed_on") or body.get("thawed_on"), body.get("to_opened_on")
    gained = -moved[0], -moved[1] if key[0] in IN_DOSES else 0
    into = _moved(entry, named_id("movement", entry.id, "to"), entry.subject, key, gained, body["reason"])
    return [row, into | said]


def settled(movements: Iterable[Row]) -> list[Row]:
    """Rows of movements with every reversal among them judged. One that mirrors a movement which is no reversal stands
    on that movement's day; of several mirrors the first (by id) counts, the others and what mirrors nothing are idle.

    Depends on the set of rows alone, also of rows that were settled before. All rows of the movements concerned and
    of their reversals must be there.
    """
    by_entry: dict[str, list[Row]] = {}
    for row in movements:
        by_entry.setdefault(row["entry_id"], []).append(row)
    first: dict[str, str] = {}
    result = []
    for entry_id, rows in sorted(by_entry.items()):
        of = rows[0]["reverses_id"]
        target = by_entry.get(of)
        if of is None:
            result += rows
        elif target and target[0]["reverses_id"] is None and _mirrors(rows, target):
            idle = first.setdefault(of, entry_id) != entry_id
            result += [row | {"idle": idle, "moved_on": target[0]["moved_on"]} for row in rows]
        else:
            result += [row | {"idle": True} for row in rows]
    return result


def _mirrors(rows: Iterable[Row], target: Iterable[Row]) -> bool:
    def amounts(found: Iterable[Row], sign: int) -> dict[str, tuple[int, int]]:
        return {row["holding_id"]: (sign * row["vials"], sign * row["doses"]) for row in found}

    return amounts(rows, -1) == amounts(target, 1)


def balance_row(movements: Iterable[Row]) -> Row:
    """The balance of one holding: the sum of its movements that are not idle. ValueError without any."""
    rows = list(movements)
    if not rows:
        raise ValueError("a balance needs at least one movement")
    kept = {name: rows[0][name] for name in HOLDING}
    counted = [row for row in rows if not row["idle"]]
    return {**kept, **{name: sum(row[name] for row in counted) for name in ("vials", "doses")}}


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
    lines = []
    for number, line in enumerate(entry.body["lines"], 1):
        state, thawed_on, opened_on = _holding_key(line)
        lines.append(
            {
                "count_id": entry.id,
                "line_no": number,
                "holding_id": holding_id(entry.place, line["lot"], state, thawed_on, opened_on),
                "lot_id": line["lot"],
                "state": state,
                "thawed_on": day_of(thawed_on),
                "opened_on": day_of(opened_on),
                **{
                    name: line.get(name)
                    for name in ("vials", "doses", "vvm", "condition", "solution", "note")
                },
            }
        )
    return count, lines


def explanation_rows(entries: Iterable[Entry], corrected_by: Mapping[str, str]) -> list[Row]:
    """The movements that explain a count, on the day each explanation is of, from all explanations of the count."""
    rows = []
    for entry in standing(entries, corrected_by):
        for number, line in enumerate(entry.body["lines"], 1):
            moved = line["vials"], line.get("doses") or 0
            movement = named_id("movement", entry.id, str(number))
            row = _moved(entry, movement, line["lot"], _holding_key(line), moved, line["reason"])
            said = {"unit_id": entry.subject, "count_id": entry.subject, "note": line.get("note")}
            rows.append(row | said)
    return rows


def _holding_key(line: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """(state, thawed on, opened on) of a line or a body."""
    return line["state"], line.get("thawed_on"), line.get("opened_on")


def _moved(
    entry: Entry,
    movement: str,
    lot: str,
    key: tuple[str, str | None, str | None],
    moved: tuple[int, int],
    reason: str,
) -> Row:
    """A movement row of one holding; `moved` are signed (vials, doses)."""
    state, thawed_on, opened_on = key
    return {
        **NO_MOVEMENT,
        "id": movement,
        "entry_id": entry.id,
        "site_id": entry.place,
        "lot_id": lot,
        "holding_id": holding_id(entry.place, lot, state, thawed_on, opened_on),
        "state": state,
        "thawed_on": day_of(thawed_on),
        "opened_on": day_of(opened_on),
        "vials": moved[0],
        "doses": moved[1],
        "reason": reason,
        "moved_on": entry.occurred_on,
        "author_id": entry.author,
        "note": entry.body.get("note"),
    }


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
        "lot_id": values.get("lot"),
        "use_by": day_of(values.get("use_by")),
        "weekly": values.get("weekly"),
    }


def level_row(folded: Folded) -> Row | None:
    """The stock level of an item at a site, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "item_id": values["item"],
        **{name: values.get(name) for name in ("least", "most", "document")},
    }


def recall_row(folded: Folded) -> Row | None:
    """The recall, or None as above. It stands at the site that gives the stock away."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "item_id": values["item"],
        "lot_id": values.get("lot"),
        "vials": values["vials"],
        "deadline": date.fromisoformat(values["deadline"]),
        "allocation_id": values.get("allocation"),
        "destination_id": values.get("destination"),
        **{name: values.get(name) for name in ("cause", "status", "document", "reason")},
    }


def equipment_row(folded: Folded) -> Row | None:
    """The piece of equipment, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "item_id": values["item"],
        "received_on": day_of(values.get("received_on")),
        "in_use": values.get("in_use"),
        **{name: values.get(name) for name in EQUIPMENT_TEXTS},
    }


def compact(value: Any) -> str:
    """JSON text, keys sorted, without spaces: the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
