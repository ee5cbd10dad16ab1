"""What expires soon and how much, added up by the database; and how far the streams of stock have come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, select

from server.database import select_among
from server.ledger.models import Stream
from server.stock.expiry_models import StockExpiry
from server.stock.models import Item, Lot
from shared.rules.expiry import BUCKETS

_HELD: Table = StockExpiry.__table__  # type: ignore[assignment]
_STREAM: Table = Stream.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Soon:
    """Doses that expire within some days (or have), and of them the holding with the most."""

    doses: int
    site_id: str
    lot_number: str
    item_name_vi: str
    item_name_en: str
    days_left: int


def soonest(connection: Connection, sites: Collection[str], today: date, within: int) -> Soon | None:
    """Doses of these sites that may be used for `within` days at most; None when there are none."""
    due = (
        select(
            _HELD.c.site_id,
            _HELD.c.holding_id,
            _HELD.c.doses,
            _HELD.c.expires_on,
            Lot.lot_number,
            Item.name_vi,
            Item.name_en,
        )
        .join(Lot, Lot.id == _HELD.c.lot_id)
        .join(Item, Item.id == _HELD.c.item_id)
        .where(_HELD.c.expires_on <= today + timedelta(days=within), _HELD.c.doses > 0)
    )
    rows = select_among(connection, due, _HELD.c.site_id, sites)
    if not rows:
        return None
    most = min(rows, key=lambda row: (-row.doses, row.expires_on, str(row.holding_id)))
    left = (most.expires_on - today).days
    doses = sum(int(row.doses) for row in rows)
    return Soon(doses, most.site_id, most.lot_number, most.name_vi, most.name_en, left)


def bucket_sums(connection: Connection, today: date) -> dict[str, tuple[int, int]]:
    """Bucket of days left -> (holdings, doses), over every site there is."""
    named = _bucket(today).label("bucket")
    doses = func.coalesce(func.sum(_HELD.c.doses), 0)
    query: Select[tuple[str, int, int]] = select(named, func.count(), doses).group_by(named)
    return {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query)}


def heads_of(connection: Connection, streams: Collection[str]) -> dict[str, int]:
    """How many entries arrived in each of these streams; heads only grow, and a stream without any is left out."""
    rows = select_among(connection, select(_STREAM.c.id, _STREAM.c.head), _STREAM.c.id, streams)
    return {row.id: int(row.head) for row in rows}


def _bucket(today: date) -> ColumnElement[str]:
    """`shared.rules.expiry.bucket` for SQL."""
    day = _HELD.c.expires_on
    steps = [(day <= today + timedelta(days=most), name) for name, most in BUCKETS]
    return case((day.is_(None), "unknown"), *steps, else_="later")
