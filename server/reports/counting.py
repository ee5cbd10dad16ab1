"""The counts of many units' periods at once: what the tables hold, told to `shared.reporting.counting`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.plans.models import Campaign
from server.registers.models import Dose
from server.reports.people import contacts, doses_given, vaccinated_people, visited_places
from server.reports.reactions import reactions_of
from server.reports.units import Unit
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from shared.reporting.counting import CampaignDays, Rows, UnitCount, campaign_on
from shared.rules.periods import Period

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_MOVEMENT: Table = StockMovement.__table__  # type: ignore[assignment]


class Campaigns:
    """The campaigns of some provinces."""

    def __init__(self, connection: Connection, provinces: Collection[str]) -> None:
        query = select(Campaign.id, Campaign.province_id, Campaign.starts_on, Campaign.ends_on)
        self._known: dict[str, list[CampaignDays]] = defaultdict(list)
        for row in connection.execute(query.where(Campaign.province_id.in_(list(provinces)))):
            self._known[row.province_id].append(CampaignDays(row.id, row.starts_on, row.ends_on))

    def on(self, province: str, day: date) -> str:
        """The campaign a day's doses belong to; "" for a day outside every campaign."""
        return campaign_on(self._known[province], day)


def count(connection: Connection, units: Sequence[Unit], period: Period) -> dict[str, Rows]:
    """Unit id -> its rows with every count indicator. A unit without any record of the period has one empty row."""
    counting = _Counting(connection, units, period)
    counting.doses()
    counting.stock()
    counting.reactions()
    counting.people()
    return {unit.id: counting.rows(unit) for unit in units}


class _Counting:
    """The counts of some units in a period. Doses come first: they say which vaccine a day was about."""

    def __init__(self, connection: Connection, units: Sequence[Unit], period: Period) -> None:
        self.connection, self.period = connection, period
        self.by_place = {place: unit for unit in units for place in unit.places}
        self.sites = sorted({site for unit in units for site in unit.sites})
        campaigns = Campaigns(connection, {unit.province_id for unit in units})
        self.counts = {unit.id: UnitCount(period, partial(campaigns.on, unit.province_id)) for unit in units}

    def doses(self) -> None:
        """Doses by site, day, vaccine and dose type."""
        columns = (_DOSE.c.site_id, _DOSE.c.given_on, _DOSE.c.vaccine, _DOSE.c.dose_type, _DOSE.c.at_home)
        query = select(*columns, func.count().label("doses")).where(doses_given(self.period))
        for row in select_among(self.connection, query.group_by(*columns), _DOSE.c.site_id, self.sites):
            self._of(row.site_id).doses(row.given_on, row.vaccine, row.dose_type, row.at_home, row.doses)

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
            self._of(row.site_id).moved(row.moved_on, row.reason, row.vaccine, int(row.doses))

    def reactions(self) -> None:
        """Reactions, each in the row of the vaccine it came after."""
        for reaction in reactions_of(self.connection, self.by_place, self.period):
            self._of(reaction.place_id).reaction(reaction.onset_on, reaction.vaccine, reaction.severity)

    def people(self) -> None:
        """People asked to come: those vaccinated, and those turned away or refusing, each once a row."""
        for place in visited_places(self.connection, self.by_place, self.period):
            self._of(place).visited()
        for contact in contacts(self.connection, self.by_place, self.period):
            self._of(contact.place_id).contact(
                contact.person_id, contact.day, contact.outcome, contact.reason, screened=contact.screened
            )
        for (place, vaccine, person), days in vaccinated_people(
            self.connection, self.sites, self.period
        ).items():
            self._of(place).vaccinated(person, vaccine, days)

    def rows(self, unit: Unit) -> Rows:
        """The rows of a unit."""
        return self.counts[unit.id].rows()

    def _of(self, place: str) -> UnitCount:
        return self.counts[self.by_place[place].id]
