"""Vaccine need of the parts of an area, from coverage cells and usable stock, and what could be sent (R029, R063)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from server.indicators.figures import Figures, figures_by
from server.plans.goals import Goal, goals_of
from server.registers.openings import openings_in
from server.stock.allocations import Planned, allocations
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.models import Item
from shared.rules.allocation import Shipment, suggest
from shared.rules.need import (
    UNUSABLE,
    Covered,
    Need,
    Promise,
    Supply,
    asked_once,
    cover,
    fitting_vaccines,
    set_aside,
    why_unusable,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the area: its villages, the sites with its stock, and the site that receives for it (None: none)."""

    id: str
    villages: tuple[str, ...]
    sites: tuple[str, ...]
    receives: str | None


@dataclass(frozen=True, slots=True)
class VaccineItem:
    """A vaccine of the catalogue as it is kept in stock."""

    id: str
    name_vi: str
    name_en: str
    vaccine: str
    doses_per_vial: int


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Doses of an item in the area: usable ones in its parts and in its stores, and where they go.

    `coming` to the stores are those allocated and not received yet, not shared out before they are there.
    in_parts + in_stores = for_goals + promised + left; `suggested` is of what is left, in whole vials. `unusable`
    are doses by reason and not part of any of these.
    """

    item: VaccineItem
    in_parts: int
    in_stores: int
    coming: int
    for_goals: int
    promised: int
    left: int
    suggested: int
    unusable: dict[str, int]


@dataclass(frozen=True, slots=True)
class NeedTable:
    """Needs of every part with what serves them, lines of items, suggested shipments; cells as of `computed_at`.

    `goals` says of a need's key which goal its figure is of, so that the people behind it can be listed.
    """

    rows: tuple[Covered, ...]
    goals: dict[tuple[str, str, str], Goal]
    items: tuple[ItemLine, ...]
    shipments: tuple[Shipment, ...]
    computed_at: datetime | None

    def sent_to(self, place: str, age_group: str, dose_type: str) -> int:
        """Doses that suggested shipments bring to a need."""
        return sum(
            doses
            for shipment in self.shipments
            if shipment.place == place
            for group, dose, doses in shipment.wanted
            if (group, dose) == (age_group, dose_type)
        )


def need_table(
    connection: Connection,
    province: str,
    parts: Sequence[Part],
    stores: Collection[str],
    inside: Mapping[str, Collection[str]],
    today: date,
) -> NeedTable:
    """Need and supply of `parts`; `stores` are the area's sites in none of them.

    `inside`: the sites of every place that may be the source of an allocation.
    """
    items = _items(connection, province)
    needs, goals, oldest = _needs(connection, province, parts, {i.vaccine for i in items.values()}, today)
    home = {site: part.id for part in parts for site in part.sites} | {store: store for store in stores}
    usable, unusable = _supplies(expiring_stock(connection, list(home), today), items, home)
    planned = allocations(connection, list(home), inside, sources={*home, *(part.id for part in parts)})
    promises = _promises(planned, items, home)
    free = set_aside(usable, promises)
    covered, left = cover(asked_once(needs), free, promises)
    shipments = suggest(covered, left, frozenset(stores))
    lines = [
        _line(item, stores, (usable, free, left), promises, shipments, unusable.get(item.id, {}))
        for item in items.values()
    ]
    shown = [line for line in lines if line.in_parts or line.in_stores or line.coming or line.unusable]
    return NeedTable(tuple(covered), goals, tuple(shown), tuple(shipments), oldest)


def _items(connection: Connection, province: str) -> dict[str, VaccineItem]:
    query = (
        select(Item.id, Item.name_vi, Item.name_en, Item.vaccine, Item.doses_per_vial)
        .where(Item.province_id == province, Item.vaccine.is_not(None), Item.doses_per_vial.is_not(None))
        .order_by(Item.name_vi, Item.id)
    )
    return {row.id: VaccineItem(*row) for row in connection.execute(query)}


def _needs(
    connection: Connection, province: str, parts: Sequence[Part], codes: Collection[str], today: date
) -> tuple[list[Need], dict[tuple[str, str, str], Goal], datetime | None]:
    """Needs by goal, which goal each dose's greatest need is of, and since when the oldest cell holds."""
    openings = openings_in(connection, province)
    figures = figures_by(connection, {village: part.id for part in parts for village in part.villages})
    needs: list[Need] = []
    goals: dict[tuple[str, str, str], Goal] = {}
    greatest: dict[tuple[str, str, str], tuple[int, int, date]] = {}
    moments = []
    for goal in goals_of(connection, province, today):
        # A dose is given by its day at the latest, with what is opened by then.
        fits = fitting_vaccines(codes, goal.age_group, goal.dose_type, max(today, goal.due_on), openings)
        for part in parts:
            found = figures.get(part.id, {}).get(goal, Figures())
            need = Need(part.id, goal.age_group, goal.dose_type, goal.due_on, found.due, found.covered, fits)
            needs.append(need)
            weight = need.people, need.due, goal.due_on
            if weight > greatest.get(need.key, (-1, 0, date.min)):
                greatest[need.key], goals[need.key] = weight, goal
            if found.oldest:
                moments.append(found.oldest)
    return needs, goals, min(moments, default=None)


def _supplies(
    stocks: Iterable[ExpiringStock], items: Mapping[str, VaccineItem], home: Mapping[str, str]
) -> tuple[list[Supply], dict[str, dict[str, int]]]:
    """Usable stock, and of each item the doses that are not, by reason. What is below zero in the book is nothing."""
    usable: list[Supply] = []
    unusable: dict[str, dict[str, int]] = {}
    for stock in stocks:
        item = items.get(stock.item_id)
        if item is None or stock.vials <= 0:
            continue
        doses = stock.vials * item.doses_per_vial
        reason = why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm)
        if reason is None and stock.expiry is not None:
            place = home[stock.site_id]
            usable.append(Supply(place, item.id, item.vaccine, item.doses_per_vial, stock.expiry, doses))
        elif reason:
            found = unusable.setdefault(item.id, {})
            found[reason] = found.get(reason, 0) + doses
    return usable, unusable


def _promises(
    planned: Iterable[Planned], items: Mapping[str, VaccineItem], home: Mapping[str, str]
) -> list[Promise]:
    """What was allocated and has not come. A place that allocates inside itself neither gains nor loses by it."""
    found = []
    for line in planned:
        item = items.get(line.item_id)
        if item is None or not line.outstanding:
            continue
        place = home.get(line.site_id, line.site_id)
        source = home.get(line.source_id or "", line.source_id)
        if source != place:
            doses = line.outstanding * item.doses_per_vial
            found.append(Promise(source, place, item.id, item.vaccine, item.doses_per_vial, doses))
    return found


def _line(
    item: VaccineItem,
    stores: Collection[str],
    supplies: tuple[Iterable[Supply], Iterable[Supply], Iterable[Supply]],
    promises: Iterable[Promise],
    shipments: Iterable[Shipment],
    unusable: Mapping[str, int],
) -> ItemLine:
    usable, free, left = ([s for s in found if s.item == item.id] for found in supplies)
    total, freed, remains = (sum(s.doses for s in found) for found in (usable, free, left))
    in_stores = sum(s.doses for s in usable if s.place in stores)
    return ItemLine(
        item,
        total - in_stores,
        in_stores,
        sum(p.doses for p in promises if p.item == item.id and p.place in stores),
        freed - remains,
        total - freed,
        remains,
        sum(s.doses for s in shipments if s.item == item.id),
        {reason: unusable[reason] for reason in UNUSABLE if reason in unusable},
    )
