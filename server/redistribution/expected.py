"""What sites are expected to use from a day on: the stored forecasts as demand of the FEFO identity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.redistribution.models import DemandForecast
from shared.rules.at_risk import Demand

_FORECAST: Table = DemandForecast.__table__  # type: ignore[assignment]

#: An older forecast says nothing of today: the job that makes them has not run for a week.
FRESH = timedelta(days=7)


def expected_demand(
    connection: Connection, sites: Collection[str], today: date
) -> dict[tuple[str, str], Demand]:
    """(site, item) -> its demand by the newest forecast of its province, where there is a fresh one."""
    newest = (
        select(_FORECAST.c.province_id, func.max(_FORECAST.c.made_on).label("made_on"))
        .where(_FORECAST.c.made_on <= today, _FORECAST.c.made_on >= today - FRESH)
        .group_by(_FORECAST.c.province_id)
        .subquery()
    )
    query = select(
        _FORECAST.c.site_id, _FORECAST.c.item_id, _FORECAST.c.mean_milli, _FORECAST.c.still_due
    ).join(
        newest,
        (newest.c.province_id == _FORECAST.c.province_id) & (newest.c.made_on == _FORECAST.c.made_on),
    )
    return {
        (row.site_id, row.item_id): steady_until_served(row.mean_milli, row.still_due, today)
        for row in select_among(connection, query, _FORECAST.c.site_id, sites)
    }


def steady_until_served(daily_milli: int, still_due: int | None, today: date) -> Demand:
    """So many thousandths of a dose a day from today on, until everybody still due is served (None: not known)."""

    def by(day: date) -> int:
        wanted = max(0, (day - today).days + 1) * daily_milli // 1000
        return wanted if still_due is None else min(wanted, still_due)

    return by
