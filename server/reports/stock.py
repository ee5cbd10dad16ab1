"""Stock by effective expiry at every site of a province, the soonest to expire first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.places.tree import Node, Tree
from server.stock.expiring import expiring_stock

#: Levels of the places that hold stock.
SITE_LEVELS = ("station", "team", "store")


@dataclass(frozen=True, slots=True)
class StockRow:
    """One holding that is not empty. `vials` and `doses` are book figures (doses None for other items).

    `days_left` counts from the report's day to the effective expiry, negative once expired, None when the
    expiry is not known; `hold` names the document that stops the lot's use.
    """

    province: str
    district: str | None
    commune: str | None
    site: str
    site_id: str
    item_vi: str
    item_en: str
    lot_number: str
    state: str
    thawed_on: date | None
    label_expiry: date | None
    expiry: date | None
    days_left: int | None
    bucket: str
    vials: int
    doses: int | None
    hold: str | None


def stock_rows(
    connection: Connection, tree: Tree, provinces: Sequence[Node], today: date
) -> Iterator[StockRow]:
    """The rows of these provinces together, in the order of their risk."""
    sites = [
        node.id for province in provinces for level in SITE_LEVELS for node in tree.below(province.id, level)
    ]
    for found in expiring_stock(connection, sites, today):
        above = {node.level: node.name for node in tree.path(found.site_id)}
        yield StockRow(
            province=above["province"],
            district=above.get("district"),
            commune=above.get("commune"),
            site=tree.name(found.site_id),
            site_id=found.site_id,
            item_vi=found.item_name_vi,
            item_en=found.item_name_en,
            lot_number=found.lot_number,
            state=found.state,
            thawed_on=found.thawed_on,
            label_expiry=found.label_expiry,
            expiry=found.expiry,
            days_left=found.days_left,
            bucket=found.bucket,
            vials=found.vials,
            doses=found.doses,
            hold=found.hold,
        )
