"""Stock by effective expiry: what stands where, how long it may be used, what was last counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, or_

from server.database import select_among
from server.stock.expiries import HELD, doses_of, expiry_of
from server.stock.models import Lot, StockBalance
from shared.rules.expiry import bucket, days_left

_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]


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
    query = HELD
    if within is not None:  # a thawed or revised lot may be limited otherwise than by its label
        by_label = Lot.label_expiry <= today + timedelta(days=within)
        otherwise = (StockBalance.thawed_on, StockBalance.opened_on, StockBalance.vvm)
        given = [column.is_not(None) for column in otherwise]
        query = query.where(or_(by_label, *given, Lot.revisions != "[]"))
    found = []
    for row in select_among(connection, query, _BALANCE.c.site_id, sites):
        expiry = expiry_of(row)
        left = days_left(expiry, today)
        if within is not None and (left is None or left > within):
            continue
        found.append(
            ExpiringStock(
                row.site_id, row.holding_id, row.lot_id, row.lot_number, row.item_id, row.name_vi, row.name_en,
                row.state, row.thawed_on, row.opened_on, row.vvm, row.label_expiry, expiry, left, bucket(left),
                row.vials, doses_of(row), row.hold,
            )
        )  # fmt: skip
    return sorted(found, key=_risk)


def _risk(stock: ExpiringStock) -> tuple[int, int, str]:
    left = 100_000 if stock.days_left is None else stock.days_left
    return left, -(stock.doses or stock.vials), stock.holding_id
