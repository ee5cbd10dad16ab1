"""What a site promised to use (R037), what it is told to give back, its reserves (R074) and its equipment (R052)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.rules.allocation import document_key, share_received
from shared.rules.commitments import LOOK_BACK_DAYS, STATES, Out, Received, Share, Use, shares
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL
from shared.text.folding import search_key

if TYPE_CHECKING:
    from mobile.store.store import Store

#: How the catalogue's cold boxes and carriers are called, without accents: phích, hòm lạnh, thùng lạnh.
COLD_BOXES = ("phich", "hom lanh", "thung lanh")

#: Reason -> how it takes stock away from a commitment.
_WAY = {
    "administered": "used",
    "issued": "moved",
    "returned": "moved",
    **dict.fromkeys(OPEN_VIAL | CLOSED_VIAL, "discarded"),
}


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """An allocation with a day by which it is used up; amounts of `use` are doses (units of what has no doses)."""

    id: str
    item: str
    item_vi: str
    item_en: str
    unit_vi: str
    unit_en: str
    doses_per_vial: int | None
    vials: int
    document: str
    lot: str | None
    use: Use
    state: str
    surplus: int


@dataclass(frozen=True, slots=True)
class RecallRow:
    """Stock this site is told to pass on by a day."""

    id: str
    item_vi: str
    item_en: str
    unit_vi: str
    unit_en: str
    vials: int
    deadline: date
    destination: str | None
    cause: str
    document: str | None


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """A piece of equipment of a site."""

    id: str
    item_vi: str
    item_en: str
    serial: str | None
    pieces: int
    condition: str
    in_use: bool | None
    solution: str | None
    decided: str | None


def commitments(store: Store, site: str) -> list[CommitmentRow]:
    """The commitments of a site, the most pressing first."""
    rows = store.database.rows(
        "SELECT a.*, i.name_vi, i.name_en, i.unit_vi, i.unit_en, i.doses_per_vial,"
        " EXISTS (SELECT 1 FROM recall r WHERE r.allocation_id = a.id AND r.status = 'approved') AS recalled"
        " FROM allocation a JOIN item i ON i.id = a.item_id WHERE a.site_id = ? ORDER BY a.by_on, a.id",
        (site,),
    )
    promised = [row for row in rows if row["use_by"]]
    came = _came(store, site, rows)
    parts: dict[str, list[Share]] = {}
    for item in sorted({row["item_id"] for row in promised}):
        received = [
            Received(
                row["id"],
                row["lot_id"],
                on,
                vials * (row["doses_per_vial"] or 1),
                date.fromisoformat(row["use_by"]),
            )
            for row in promised
            if row["item_id"] == item
            and (of := came.get(row["id"]))
            and (vials := of[0]) > 0
            and (on := of[1])
        ]
        for share in shares(received, _outs(store, site, item)):
            parts.setdefault(share.commitment, []).append(share)
    today = store.clock.today()
    found = [_commitment(row, came.get(row["id"]), parts.get(row["id"], ()), today) for row in promised]
    return sorted(found, key=lambda each: (STATES.index(each.state), -each.surplus, each.use.use_by, each.id))


def recalls(store: Store, site: str) -> list[RecallRow]:
    """Approved recalls of a site's stock that no transfer carried out yet, the first due first."""
    rows = store.database.rows(
        "SELECT r.*, i.name_vi, i.name_en, i.unit_vi, i.unit_en FROM recall r"
        " JOIN item i ON i.id = r.item_id WHERE r.site_id = ?"
        " AND r.status = 'approved' AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.recall_id = r.id"
        " AND t.dispatched_on IS NOT NULL) ORDER BY r.deadline, r.id",
        (site,),
    )
    return [
        RecallRow(
            row["id"], row["name_vi"], row["name_en"], row["unit_vi"], row["unit_en"],
            row["vials"], date.fromisoformat(row["deadline"]),
            row["destination_id"], row["cause"], row["document"],
        )
        for row in rows
    ]  # fmt: skip


def least_of(store: Store, site: str) -> dict[str, int]:
    """Item -> the reserve a site is to keep, in vials or units: its own level, or the item's where the site ever kept
    that item.
    """
    rows = store.database.rows(
        "SELECT i.id, coalesce(l.least, i.least) AS least FROM item i"
        " LEFT JOIN stock_level l ON l.item_id = i.id AND l.site_id = :site WHERE coalesce(l.least, i.least) > 0"
        " AND (l.least IS NOT NULL OR EXISTS (SELECT 1 FROM stock_movement m JOIN lot t ON t.id = m.lot_id"
        " WHERE m.site_id = :site AND t.item_id = i.id))",
        {"site": site},
    )
    return {row["id"]: row["least"] for row in rows}


def equipment(store: Store, site: str) -> list[EquipmentRow]:
    """The equipment that is still at a site, by name."""
    rows = store.database.rows(
        "SELECT e.*, i.name_vi, i.name_en FROM equipment e JOIN item i ON i.id = e.item_id"
        " WHERE e.site_id = ? AND e.gone IS NULL ORDER BY i.name_vi, e.serial, e.id",
        (site,),
    )
    return [
        EquipmentRow(
            row["id"], row["name_vi"], row["name_en"], row["serial"], row["pieces"] or 1, row["condition"],
            None if row["in_use"] is None else bool(row["in_use"]), row["solution"], row["decided"],
        )
        for row in rows
    ]  # fmt: skip


def cold_boxes(store: Store, site: str) -> list[EquipmentRow]:
    """The cold boxes and carriers of a site that can be used; the catalogue knows them by their name alone."""
    return [
        piece
        for piece in equipment(store, site)
        if piece.in_use is not False
        and piece.condition in ("good", "unused")
        and search_key(piece.item_vi).startswith(COLD_BOXES)
    ]


def equipment_items(store: Store) -> list[tuple[str, str, str]]:
    """(id, Vietnamese name, English name) of the catalogue's equipment."""
    rows = store.database.rows(
        "SELECT id, name_vi, name_en FROM item WHERE item_class = 'equipment' ORDER BY name_vi, id"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _commitment(
    row: Any, came: tuple[int, date | None] | None, parts: Iterable[Share], today: date
) -> CommitmentRow:
    per_vial = row["doses_per_vial"] or 1
    ways = {"used": 0, "discarded": 0, "moved": 0}
    lately = 0
    for part in parts:
        ways[part.way] += part.amount
        if part.way == "used" and part.on > today - timedelta(days=LOOK_BACK_DAYS):
            lately += part.amount
    vials, on = came or (0, None)
    weekly = None if row["weekly"] is None else row["weekly"] * per_vial
    use = Use(
        max(0, vials) * per_vial, on if vials > 0 else None, date.fromisoformat(row["use_by"]), weekly,
        **ways, used_lately=lately,
    )  # fmt: skip
    state = use.state(today, withdrawn=row["withdrawn"] is not None, recalled=bool(row["recalled"]))
    surplus = use.surplus(today) if state in ("behind", "broken", "recalled") else 0
    return CommitmentRow(
        row["id"], row["item_id"], row["name_vi"], row["name_en"], row["unit_vi"], row["unit_en"],
        row["doses_per_vial"], row["vials"], row["document"], row["lot_id"], use, state, surplus,
    )  # fmt: skip


def _came(store: Store, site: str, rows: Iterable[Any]) -> dict[str, tuple[int, date | None]]:
    """Allocation -> (vials received under its document, the last day some came)."""
    received: dict[tuple[str, str], tuple[int, date]] = {}
    for row in store.database.rows(
        "SELECT l.item_id, m.document, m.vials, m.moved_on FROM stock_movement m JOIN lot l ON l.id = m.lot_id"
        " WHERE m.site_id = ? AND m.reason = 'received' AND m.document IS NOT NULL AND m.idle = 0",
        (site,),
    ):
        key, on = (row["item_id"], document_key(row["document"])), date.fromisoformat(row["moved_on"])
        vials, last = received.get(key, (0, on))
        received[key] = vials + row["vials"], max(last, on)
    planned: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in rows:
        if row["withdrawn"] is None:
            planned.setdefault((row["item_id"], document_key(row["document"])), []).append(
                (row["id"], row["vials"])
            )
    found: dict[str, tuple[int, date | None]] = {}
    for key, lines in planned.items():
        total, on_day = received.get(key, (0, None))
        found |= {line: (vials, on_day) for line, vials in share_received(lines, total).items()}
    return found


def _outs(store: Store, site: str, item: str) -> list[Out]:
    """Net doses (units) of an item that left a site, by day, lot and way."""
    marks = ",".join("?" * len(_WAY))
    sums: dict[tuple[date, str, str], int] = {}
    for row in store.database.rows(
        "SELECT m.moved_on, m.lot_id, m.reason, -sum(CASE WHEN i.doses_per_vial IS NULL THEN m.vials"
        " WHEN m.state = 'opened' THEN m.doses ELSE m.vials * i.doses_per_vial END) AS amount"
        " FROM stock_movement m JOIN lot l ON l.id = m.lot_id JOIN item i ON i.id = l.item_id"
        f" WHERE m.site_id = ? AND l.item_id = ? AND m.idle = 0 AND m.reason IN ({marks})"
        " GROUP BY m.moved_on, m.lot_id, m.reason",
        (site, item, *_WAY),
    ):
        key = date.fromisoformat(row["moved_on"]), row["lot_id"], _WAY[row["reason"]]
        sums[key] = sums.get(key, 0) + row["amount"]
    return [Out(*key, amount) for key, amount in sums.items() if amount]
