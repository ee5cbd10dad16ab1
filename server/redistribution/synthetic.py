"""Provinces that do not exist, drawn from a seed, to measure plans on.

Their figures were chosen so that the simple ways waste what they wasted on the provinces the method was designed on:
do nothing 31.6 % of the stock, months-of-stock rule 21.9, greedy 15.7, linear program at mean demand 13.4, perfect
information 2.1. They were chosen by these baselines alone, on seeds 1000–1015 (docs/redistribution.md tells how).
"""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from server.redistribution.instance import Demand, Holding, Instance, Parameters, Site

DAY = date(2022, 3, 1)
SITES = 150
LOTS_AT_A_SITE = 3

#: Kilometres east and north, from 22°N 103°E; kilometres of a degree of longitude and of latitude there; the longest
#: leg in hours, which keeps vials among neighbours.
_EXTENT_KM, _DEGREE_KM, _LEG_HOURS = 100.0, (103.1, 110.7), 1.1
#: Doses a day of a site: mean and logarithmic spread between sites; variance ÷ mean of a day; forecast error.
_MEAN, _MEAN_SPREAD, _DISPERSION, _ERROR = 4.0, 0.44, 2.5, 0.36
#: Stock ÷ mean demand until a site's last lot expires: of the province, logarithmic spread between its sites, and the
#: part of that variance which whole districts share.
_COVER, _COVER_SPREAD, _SHARED = 0.82, 0.82, 0.2
_DISTRICTS = 8
#: Lots of the province, the days they have left, and how evenly a site's stock divides among its lots (Dirichlet).
_LOTS, _LEAST_DAYS, _MOST_DAYS, _EVENNESS = 12, 15, 80, 1.5
_DOSES_PER_VIAL = 10
#: People still due at a site, in days of its mean demand: rarely the limit before the last lot expires.
_DUE_DAYS = 120


def province(seed: int, parameters: Parameters | None = None) -> Instance:
    """One item of one province: 150 sites, 450 holdings. The same seed gives the same instance."""
    rng = np.random.default_rng([seed, SITES])
    days_left = np.linspace(_LEAST_DAYS, _MOST_DAYS + 1, _LOTS, endpoint=False)
    days_left = (days_left + rng.random(_LOTS) * (days_left[1] - days_left[0])).astype(int)
    spots = rng.random((SITES, 2))
    means = _MEAN * np.exp(_MEAN_SPREAD * rng.standard_normal(SITES) - _MEAN_SPREAD**2 / 2)
    covers = _covers(rng, spots, means)
    sites, holdings = [], []
    for number, (east, north) in enumerate(spots.tolist()):
        lots = np.sort(rng.choice(_LOTS, LOTS_AT_A_SITE, replace=False))
        vials = covers[number] * means[number] * days_left[lots[-1]] / _DOSES_PER_VIAL
        site = f"s{number:03}"
        sites.append(
            Site(
                site,
                round((22 + north * _EXTENT_KM / _DEGREE_KM[1]) * 1_000_000),
                round((103 + east * _EXTENT_KM / _DEGREE_KM[0]) * 1_000_000),
                Demand(round(float(means[number]), 3), _DISPERSION, math.ceil(means[number] * _DUE_DAYS)),
                f"Trạm {number + 1}",
            )
        )
        holdings += [
            Holding(
                f"{site}.{lot:02}",
                site,
                f"L{lot:02}",
                max(round(float(vials * share)), 1),
                _DOSES_PER_VIAL,
                DAY + timedelta(days=int(days_left[lot])),
            )
            for lot, share in zip(lots.tolist(), rng.dirichlet([_EVENNESS] * LOTS_AT_A_SITE), strict=True)
        ]
    chosen = parameters or Parameters(max_leg_hours=_LEG_HOURS, forecast_error=_ERROR, seed=seed)
    return Instance("vaccine", _DOSES_PER_VIAL, DAY, tuple(sites), tuple(holdings), parameters=chosen)


def _covers(
    rng: np.random.Generator, spots: NDArray[np.float64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Stock ÷ demand of every site; the province's is the same in every instance, so that few do to judge on."""
    centres, shared = rng.random((_DISTRICTS, 2)), rng.standard_normal(_DISTRICTS)
    shared = (shared - shared.mean()) / shared.std()
    district = ((spots[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    own = rng.standard_normal(len(spots))
    found = np.exp(_COVER_SPREAD * (math.sqrt(_SHARED) * shared[district] + math.sqrt(1 - _SHARED) * own))
    return np.asarray(_COVER * found * means.sum() / (found * means).sum())
