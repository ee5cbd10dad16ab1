"""Stock by effective expiry: what stands where, how long it may be used, what was last counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.stock.expiry_models import StockExpiry
from server.stock.models import Item, Lot, StockBalance
from shared.rules.expiry import bucket, days_left

_EXPIRY: Table = StockExpiry.__table__  # type: ignore[assignment]

#: In the order of ExpiringStock, what depends on the day left out.
_HELD = (
    select(
        StockExpiry.site_id, StockExpiry.holding_id, StockExpiry.lot_id, Lot.lot_number, StockExpiry.item_id,
        Item.name_vi, Item.name_en, StockExpiry.state, StockBalance.thawed_on, StockBalance.opened_on,
        StockBalance.vvm, Lot.label_expiry, StockExpiry.expires_on, StockExpiry.vials, StockExpiry.doses, Lot.hold,
    )
    .join(StockBalance, StockBalance.holding_id == StockExpiry.holding_id)
    .join(Lot, Lot.id == StockExpiry.lot_id)
    .join(Item, Item.id == StockExpiry.item_id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExpiringStock:
    """One holding with something in it. `vials` and `doses` are book figures (doses None for other items).

    Of opened vials `doses` are those left in them. `days_left` is negative once expired; None when the expiry is not
    known.
    """

    site_id: str
    holding_id: str
    lot_id: str
    lot_number: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    state: str
    thawed_on: date | None
    opened_on: date | None
    vvm: int | None
    label_expiry: date | None
    expiry: date | None
    days_left: int | None
    bucket: str
    vials: int
    doses: int | None
    hold: str | None


def expiring_stock(
    connection: Connection, sites: Collection[str], today: date, within: int | None = None
) -> list[ExpiringStock]:
    """Every holding of these sites that is not empty, the soonest to expire first, then the most doses.

    `within` leaves out those that may be used for more than so many days.
    """
    query = _HELD
    if within is not None:
        query = query.where(StockExpiry.expires_on <= today + timedelta(days=within))
    found = []
    for row in select_among(connection, query, _EXPIRY.c.site_id, sites):
        left = days_left(row.expires_on, today)
        told = (*row[:13], left, bucket(left), *row[13:])
        found.append(ExpiringStock(*told))
    return sorted(found, key=_risk)


def _risk(stock: ExpiringStock) -> tuple[int, int, str]:
    left = 100_000 if stock.days_left is None else stock.days_left
    return left, -(stock.doses or stock.vials), stock.holding_id
