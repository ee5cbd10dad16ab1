"""What a report's cells hold by the records: counted for many units at once, row by row (campaign, vaccine).

What the records do not say stays None (R001). Doses count where they were given; refusals where people live.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.plans.models import Campaign
from server.registers.models import Dose
from server.reports.indicators import NOT_OPENED
from server.reports.people import contacts, doses_given, vaccinated_people, visited_places
from server.reports.reactions import reactions_of
from server.reports.units import Unit
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from shared.records.dose import DOSE_TYPES
from shared.reference import reasons
from shared.rules.periods import Period
from shared.rules.report_cells import Value

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_MOVEMENT: Table = StockMovement.__table__  # type: ignore[assignment]

#: (campaign, vaccine) of a row; "" where the records name none.
RowKey = tuple[str, str]
Rows = dict[RowKey, dict[str, Value]]

#: Movements that destroy vaccine; what was recalled went back.
DISCARDS = frozenset(
    code for code, r in reasons("stock").items() if r.reason_class in ("open_vial", "closed_vial")
) - {"recalled"}

_DOSE_CELLS = (*(f"doses.{code}" for code in DOSE_TYPES), "doses.total", "doses.at_home")


@dataclass(slots=True)
class _Tally:
    """One unit's figures as they are gathered; `on` says which vaccines were used on a day."""

    rows: dict[RowKey, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    on: dict[date, set[RowKey]] = field(default_factory=lambda: defaultdict(set))
    doses: bool = False
    stock: bool = False
    screened: bool = False
    visited: bool = False
    reactions: bool = False
    unclear: set[str] = field(default_factory=set)

    def row_on(self, day: date) -> RowKey | None:
        """The row of something without a vaccine: the day's only vaccine, else the period's only one."""
        found = self.on.get(day) or set().union(*self.on.values())
        return next(iter(found)) if len(found) == 1 else None


class Campaigns:
    """Which campaign a day's doses belong to: of those that last on it, the one begun last."""

    def __init__(self, connection: Connection, provinces: Collection[str]) -> None:
        query = select(Campaign.id, Campaign.province_id, Campaign.starts_on, Campaign.ends_on)
        rows = connection.execute(query.where(Campaign.province_id.in_(list(provinces))))
        self._known: list[Any] = sorted(rows, key=lambda row: (row.starts_on, row.id), reverse=True)

    def on(self, province: str, day: date) -> str:
        """Its id; "" for a day outside every campaign."""
        for row in self._known:
            if row.province_id == province and row.starts_on <= day <= (row.ends_on or date.max):
                return str(row.id)
        return ""


def count(connection: Connection, units: Sequence[Unit], period: Period) -> dict[str, Rows]:
    """Unit id -> its rows with every count indicator. A unit without any record of the period has one empty row."""
    counting = _Counting(connection, units, period)
    counting.doses()
    counting.stock()
    counting.reactions()
    counting.people()
    return {unit.id: counting.rows(unit) for unit in units}


def stock_cell(reason: str) -> str | None:
    """The indicator a movement of this reason counts in; None for other movements."""
    if reason == "administered":
        return "stock_doses_used"
    return "stock_doses_discarded" if reason in DISCARDS else None


class _Counting:
    """The tallies of some units in a period. Doses come first: they say which vaccine a day was about."""

    def __init__(self, connection: Connection, units: Sequence[Unit], period: Period) -> None:
        self.connection, self.period = connection, period
        self.by_place = {place: unit for unit in units for place in unit.places}
        self.sites = sorted({site for unit in units for site in unit.sites})
        self.tallies = {unit.id: _Tally() for unit in units}
        self.campaigns = Campaigns(connection, {unit.province_id for unit in units})

    def row_of(self, unit: Unit, day: date, vaccine: str) -> RowKey | None:
        """The row of a day's vaccine; None for a day that belongs to another campaign than the period's."""
        campaign = self.campaigns.on(unit.province_id, day)
        if self.period.campaign is not None and campaign != self.period.campaign:
            return None
        return campaign, vaccine

    def doses(self) -> None:
        """Doses by site, day, vaccine and dose type."""
        columns = (_DOSE.c.site_id, _DOSE.c.given_on, _DOSE.c.vaccine, _DOSE.c.dose_type, _DOSE.c.at_home)
        query = select(*columns, func.count().label("doses")).where(doses_given(self.period))
        for row in select_among(self.connection, query.group_by(*columns), _DOSE.c.site_id, self.sites):
            unit = self.by_place[row.site_id]
            key = self.row_of(unit, row.given_on, row.vaccine)
            if key is None:
                continue
            tally = self.tallies[unit.id]
            tally.doses = True
            tally.on[row.given_on].add(key)
            at_home = ["doses.at_home"] if row.at_home else []
            for cell in (f"doses.{row.dose_type}", "doses.total", *at_home):
                tally.rows[key][cell] += row.doses

    def stock(self) -> None:
        """Doses that left the stock as used or discarded."""
        columns = (_MOVEMENT.c.site_id, _MOVEMENT.c.moved_on, _MOVEMENT.c.reason, Item.vaccine)
        query = (
            select(*columns, func.sum(moved_doses()).label("doses"))
            .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
            .join(Item, Item.id == Lot.item_id)
            .where(_MOVEMENT.c.moved_on.between(self.period.first, self.period.last), ~_MOVEMENT.c.idle)
            .group_by(*columns)
        )
        for row in select_among(self.connection, query, _MOVEMENT.c.site_id, self.sites):
            unit = self.by_place[row.site_id]
            tally, cell = self.tallies[unit.id], stock_cell(row.reason)
            tally.stock = True
            key = self.row_of(unit, row.moved_on, row.vaccine) if row.vaccine and cell else None
            if key is not None and cell is not None:
                tally.rows[key][cell] -= int(row.doses)

    def reactions(self) -> None:
        """Reactions, each in the row of the vaccine it came after."""
        for reaction in reactions_of(self.connection, self.by_place, self.period):
            unit = self.by_place[reaction.place_id]
            tally = self.tallies[unit.id]
            tally.reactions = True
            key = (
                self.row_of(unit, reaction.onset_on, reaction.vaccine)
                if reaction.vaccine
                else tally.row_on(reaction.onset_on)
            )
            if key is not None:
                tally.rows[key][reaction.indicator] += 1
            elif not reaction.vaccine:
                tally.unclear.add(reaction.indicator)

    def people(self) -> None:
        """People asked to come: those vaccinated, and those turned away or refusing, each once a row."""
        met: dict[tuple[str, RowKey, str], set[str]] = defaultdict(set)
        for place in visited_places(self.connection, self.by_place, self.period):
            self.tallies[self.by_place[place].id].visited = True
        for contact in contacts(self.connection, self.by_place, self.period):
            unit = self.by_place[contact.place_id]
            tally = self.tallies[unit.id]
            tally.screened |= contact.screened
            cells = contact.indicators
            key = tally.row_on(contact.day) or self._row_without_doses(unit, contact.day)
            if key is None:
                tally.unclear.update(cells)
                continue
            for cell in cells:
                met[unit.id, key, cell].add(contact.person_id)
        sites = [s for s in self.sites if "people_called" not in self.tallies[self.by_place[s].id].unclear]
        for (place, vaccine, person), days in vaccinated_people(self.connection, sites, self.period).items():
            unit = self.by_place[place]
            for key in {self.row_of(unit, day, vaccine) for day in days} - {None}:
                met[unit.id, key, "people_called"].add(person)  # type: ignore[index]
        for (unit_id, key, cell), persons in met.items():
            self.tallies[unit_id].rows[key][cell] = len(persons)

    def _row_without_doses(self, unit: Unit, day: date) -> RowKey | None:
        return None if self.tallies[unit.id].on else self.row_of(unit, day, "")

    def rows(self, unit: Unit) -> Rows:
        """The rows of a unit, every cell filled or None."""
        tally = self.tallies[unit.id]
        if not tally.rows:
            key = self.row_of(unit, self.period.last, "") or (self.period.campaign or "", "")
            return {key: _cells(tally, {})}
        return {key: _cells(tally, values) for key, values in sorted(tally.rows.items())}


def _cells(tally: _Tally, values: dict[str, int]) -> dict[str, Value]:
    """Every count indicator of a row; None where the records cannot tell it."""
    met = tally.screened or tally.visited
    known = dict.fromkeys((*_DOSE_CELLS, NOT_OPENED), tally.doses) | {
        "people_called": tally.doses or tally.screened,
        "people_referred": tally.screened,
        "people_refused": tally.visited,
        "people_deferred": met,
        "people_contraindicated": met,
        "stock_doses_used": tally.stock,
        "stock_doses_discarded": tally.stock,
        "reactions_common": tally.reactions,
        "reactions_severe": tally.reactions,
    }
    return {
        name: values.get(name, 0) if told and name not in tally.unclear else None
        for name, told in known.items()
    }
