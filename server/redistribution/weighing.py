"""Keeps `stock_loss`: what every holding loses where it stands, counted again when its site's stream has moved on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.database import delete_among, insert_rows, select_among
from server.ledger.models import Stream
from server.places.models import Place
from server.redistribution.losing import exposed_stock
from server.stock.expiry_models import StockLoss, StockWeighed

_LOSS: Table = StockLoss.__table__  # type: ignore[assignment]
_WEIGHED: Table = StockWeighed.__table__  # type: ignore[assignment]

#: Sites weighed in one transaction.
TOGETHER = 200

_LEVELS = ("station", "team", "store")


def stale_sites(connection: Connection, today: date) -> list[str]:
    """Sites weighed on another day, or before the newest entry of their own or their province's stream."""
    wanted = _states(connection, None)
    rows = connection.execute(select(_WEIGHED))
    known = {row.site_id: (row.site_head, row.province_head, row.weighed_on) for row in rows}
    return sorted(site for site, heads in wanted.items() if known.get(site) != (*heads, today))


def weigh_sites(connection: Connection, sites: Sequence[str], today: date) -> int:
    """Weigh these sites again, as of the heads read first; how many holdings."""
    states = _states(connection, sites)
    query = select(Place.id).where(Place.level == "store")
    stores = [row.id for row in select_among(connection, query, Place.id, sites)]
    found = exposed_stock(connection, sites, stores, today)
    delete_among(connection, _LOSS, _LOSS.c.site_id, sites)
    rows: list[dict[str, Any]] = [
        {
            "holding_id": each.stock.holding_id,
            "site_id": each.stock.site_id,
            "used": each.used,
            "losing": each.losing,
            "warned": each.warned,
        }
        for each in found
    ]
    insert_rows(connection, _LOSS, rows)
    weighed = [
        {"site_id": site, "site_head": own, "province_head": province, "weighed_on": today}
        for site, (own, province) in states.items()
    ]
    insert_rows(connection, _WEIGHED, weighed, replace=("site_id",))
    return len(rows)


def _states(connection: Connection, sites: Collection[str] | None) -> dict[str, tuple[int, int]]:
    """Site -> heads of its stream and its province's."""
    own, province = Stream.__table__.alias("own"), Stream.__table__.alias("province")
    query = (
        select(
            Place.id,
            func.coalesce(own.c.head, 0).label("own"),
            func.coalesce(province.c.head, 0).label("province"),
        )
        .outerjoin(own, own.c.id == Place.id)
        .outerjoin(province, province.c.id == Place.province_id)
        .where(Place.level.in_(_LEVELS))
    )
    rows = connection.execute(query) if sites is None else select_among(connection, query, Place.id, sites)
    return {row.id: (int(row.own), int(row.province)) for row in rows}
