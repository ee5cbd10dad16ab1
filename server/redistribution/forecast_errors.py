"""Forecasts kept and scored: what was expected against what was used while there was stock.

The error of an item (wMAPE) is shown, and says how wide the scenarios around its next forecasts are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from server.database import insert_rows
from server.redistribution.models import DemandForecast
from server.redistribution.site_demand import SiteDemand
from server.redistribution.usage import Key, Usage
from shared.rules.demand import Use, wmape

_FORECAST: Table = DemandForecast.__table__  # type: ignore[assignment]

#: Days a forecast is made for.
HORIZON_DAYS = 28

#: Forecasts and their scores are kept this long.
KEEP = timedelta(days=400)

#: Standard deviation of the logarithm of true mean ÷ forecast for a mean absolute error of 1: √(π/2).
_ERROR_OF_WMAPE = 1.2533
_LEAST_ERROR, _MOST_ERROR = 0.2, 1.0

#: Fewer doses than this say nothing about the error of an item.
_LEAST_SCORED = 50


def store_forecasts(
    connection: Connection, province: str, made_on: date, demands: Mapping[Key, SiteDemand]
) -> None:
    """Keep the forecasts of a day, replacing those of the same day."""
    old = _FORECAST.c.province_id == province
    connection.execute(_FORECAST.delete().where(old, _FORECAST.c.made_on == made_on))
    connection.execute(_FORECAST.delete().where(old, _FORECAST.c.made_on < made_on - KEEP))
    rows = [
        {
            "site_id": demand.site_id,
            "item_id": demand.item_id,
            "made_on": made_on,
            "province_id": province,
            "horizon_days": HORIZON_DAYS,
            "mean_milli": round(demand.mean * 1000),
            "dispersion_milli": round(demand.dispersion * 1000),
            "still_due": demand.still_due,
            "used_doses": demand.used.doses,
            "stocked_days": demand.used.days,
            "expected_doses": None,
            "actual_doses": None,
            "actual_days": None,
        }
        for _, demand in sorted(demands.items())
    ]
    insert_rows(connection, _FORECAST, rows)


def score_forecasts(
    connection: Connection, province: str, used_in: Callable[[date, int], Usage], today: date
) -> int:
    """Compare every forecast whose weeks are over with what was used; how many were scored.

    `used_in` gives the use of the province's sites in so many days from a day.
    """
    ours = _FORECAST.c.province_id == province
    query = select(_FORECAST.c.made_on, _FORECAST.c.horizon_days).where(
        ours, _FORECAST.c.actual_doses.is_(None)
    )
    scored = 0
    for made_on, horizon in connection.execute(query.distinct().order_by(_FORECAST.c.made_on)).all():
        if made_on + timedelta(days=horizon) > today:
            continue
        used = used_in(made_on, horizon)
        rows = connection.execute(select(_FORECAST).where(ours, _FORECAST.c.made_on == made_on)).all()
        told = [_score(row, used.of((row.site_id, row.item_id))) for row in rows]
        connection.execute(_SCORE, told)
        scored += len(told)
    return scored


def _score(row: Any, actual: Use) -> dict[str, Any]:
    return {
        "of_site": row.site_id,
        "of_item": row.item_id,
        "of_day": row.made_on,
        "expected_doses": round(row.mean_milli * actual.days / 1000),
        "actual_doses": actual.doses,
        "actual_days": actual.days,
    }


_SCORE = (
    _FORECAST.update()
    .where(
        _FORECAST.c.site_id == bindparam("of_site"),
        _FORECAST.c.item_id == bindparam("of_item"),
        _FORECAST.c.made_on == bindparam("of_day"),
    )
    .values({name: bindparam(name) for name in ("expected_doses", "actual_doses", "actual_days")})
)


@dataclass(frozen=True, slots=True)
class ForecastError:
    """Forecasts of an item that were scored: how many, doses used, and their weighted error (None: nothing used).

    `bias` is (expected − used) ÷ used: above 0 the forecast was too high.
    """

    item_id: str
    horizon_days: int
    forecasts: int
    expected: int
    used: int
    wmape: float | None

    @property
    def bias(self) -> float | None:
        """See above."""
        return (self.expected - self.used) / self.used if self.used else None


def forecast_errors(connection: Connection, sites: Collection[str], since: date) -> list[ForecastError]:
    """Errors by item and horizon of forecasts for these sites made since a day; those never in stock are left out."""
    wanted = frozenset(sites)
    pairs: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for row in connection.execute(_SCORED.where(_FORECAST.c.made_on >= since)):
        if row.site_id in wanted:
            pairs[row.item_id, row.horizon_days].append((row.expected_doses, row.actual_doses))
    return [
        ForecastError(
            item, horizon, len(found), sum(e for e, _ in found), sum(u for _, u in found), wmape(found)
        )
        for (item, horizon), found in sorted(pairs.items())
    ]


_SCORED = select(
    _FORECAST.c.site_id,
    _FORECAST.c.item_id,
    _FORECAST.c.horizon_days,
    _FORECAST.c.expected_doses,
    _FORECAST.c.actual_doses,
).where(_FORECAST.c.actual_days > 0)


def error_by_item(connection: Connection, province: str) -> dict[str, float]:
    """How wide scenarios around each item's forecasts should be: standard deviation of the logarithm of true mean ÷
    forecast, from the scored forecasts of a province, for items of which enough was used to tell.
    """
    pairs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in connection.execute(_SCORED.where(_FORECAST.c.province_id == province)):
        pairs[row.item_id].append((row.expected_doses, row.actual_doses))
    return {
        item: _width(error)
        for item, found in pairs.items()
        if sum(used for _, used in found) >= _LEAST_SCORED and (error := wmape(found)) is not None
    }


def _width(found: float) -> float:
    return min(max(found * _ERROR_OF_WMAPE, _LEAST_ERROR), _MOST_ERROR)
