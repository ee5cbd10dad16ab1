"""The catalogue of items, as forms offer it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.stock.models import Item, Lot


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An item by its names; vaccines come before the other classes."""

    id: str
    name_vi: str
    name_en: str


def items_of(connection: Connection, provinces: Collection[str]) -> list[CatalogueItem]:
    """The items of these provinces, vaccines first, then by name."""
    query = (
        select(Item.id, Item.name_vi, Item.name_en)
        .where(Item.province_id.in_(provinces))
        .order_by(Item.item_class != "vaccine", Item.name_vi, Item.id)
    )
    return [CatalogueItem(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class CatalogueLot:
    """A lot by its number, with the item it is of."""

    id: str
    lot_number: str
    item_id: str
    name_vi: str
    name_en: str


def lots_of(connection: Connection, provinces: Collection[str]) -> list[CatalogueLot]:
    """The lots of these provinces' items, by item and number."""
    query = (
        select(Lot.id, Lot.lot_number, Lot.item_id, Item.name_vi, Item.name_en)
        .join(Item, Item.id == Lot.item_id)
        .where(Item.province_id.in_(provinces))
        .order_by(Item.item_class != "vaccine", Item.name_vi, Lot.lot_number, Lot.id)
    )
    return [CatalogueLot(*row) for row in connection.execute(query)]
