"""What a scanned code is matched with: the items and lots of the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import orjson
from sqlalchemy import Connection, select

from server.stock.models import Item, Lot
from shared.scanning import KnownLot, Match, Scanned, match


def matched(connection: Connection, scanned: Scanned, provinces: Collection[str]) -> Match:
    """The lots and items of these provinces that a code names."""
    items = select(Item.id, Item.gtin).where(Item.province_id.in_(provinces)).order_by(Item.name_vi, Item.id)
    lots = (
        select(Lot.id, Lot.item_id, Lot.lot_number, Lot.label_expiry, Lot.revisions, Item.gtin)
        .join(Item, Item.id == Lot.item_id)
        .where(Item.province_id.in_(provinces))
        .order_by(Item.name_vi, Lot.lot_number, Lot.id)
    )
    known = [
        KnownLot(
            row.id,
            row.item_id,
            row.lot_number,
            row.label_expiry,
            row.gtin,
            tuple(
                date.fromisoformat(revision["expiry"])
                for revision in orjson.loads(row.revisions)
                if revision.get("expiry")
            ),
        )
        for row in connection.execute(lots)
    ]
    return match(scanned, [(row.id, row.gtin) for row in connection.execute(items)], known)
