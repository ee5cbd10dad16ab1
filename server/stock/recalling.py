"""Who is told to give a lot back: the sites that hold some and have not been told yet."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.database import select_among
from server.stock.lots import LotInfo
from server.stock.models import StockBalance
from server.stock.transfer_models import Recall


def recalls_to_write(connection: Connection, lot: LotInfo, sites: Collection[str]) -> list[tuple[str, int]]:
    """(site, unopened vials) of every site among these that holds some of a lot, without a recall of the lot that
    stands; by site.
    """
    query = select(StockBalance.site_id, StockBalance.vials).where(
        StockBalance.lot_id == lot.id, StockBalance.vials > 0, StockBalance.state != "opened"
    )
    told = select(Recall.site_id).where(
        Recall.lot_id == lot.id, Recall.cause == "lot", Recall.status != "withdrawn"
    )
    known = set(connection.execute(told).scalars())
    held: dict[str, int] = {}
    for row in select_among(connection, query, StockBalance.__table__.c.site_id, sorted(sites)):
        if row.site_id not in known:
            held[row.site_id] = held.get(row.site_id, 0) + row.vials
    return sorted(held.items())
