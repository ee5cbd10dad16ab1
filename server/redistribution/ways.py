"""The ways between sites: kilometres, hours, and the day stock that leaves by them arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.redistribution.instance import Instance

#: Mean radius of the earth (IUGG), kilometres.
EARTH_KM = 6371.0

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ways:
    """Square arrays over the sites of a sorted instance, [from, to].

    `arrival` is the day's index on which stock is there and used; `open` says whether the pair may be used at all
    (sender, receiver, cooldown, legs listed), whatever the hours.
    """

    km: Matrix
    hours: Matrix
    arrival: NDArray[np.int64]
    open: NDArray[np.bool_]


def ways_of(instance: Instance) -> Ways:
    """Every pair of the instance's sites. Without listed legs: great-circle km × road factor at the speed given."""
    number = {site.id: n for n, site in enumerate(instance.sites)}
    size = len(number)
    parameters = instance.parameters
    if instance.legs is None:
        km = great_circle_km(instance) * parameters.road_factor
        hours = km / parameters.speed_kmh
        allowed = np.ones((size, size), dtype=bool)
    else:
        km, hours = np.zeros((size, size)), np.zeros((size, size))
        allowed = np.zeros((size, size), dtype=bool)
        for leg in instance.legs:
            pair = number[leg.origin], number[leg.destination]
            km[pair], hours[pair], allowed[pair] = leg.km, leg.hours, leg.allowed
    allowed &= np.array([site.may_send for site in instance.sites], dtype=bool).reshape(size, 1)
    allowed &= np.array([site.may_receive for site in instance.sites], dtype=bool).reshape(1, size)
    for origin, destination in instance.cooldowns:
        allowed[number[origin], number[destination]] = False
    np.fill_diagonal(allowed, False)
    nights = np.maximum(np.ceil(hours / parameters.hours_per_day - 1e-9), 1).astype(np.int64) - 1
    return Ways(km, hours, parameters.dispatch_days + nights, allowed)


def great_circle_km(instance: Instance) -> Matrix:
    """Kilometres between every two sites along the surface of the earth (haversine)."""
    lat = np.radians(np.array([site.lat_e6 for site in instance.sites], dtype=float) / 1e6)
    lon = np.radians(np.array([site.lon_e6 for site in instance.sites], dtype=float) / 1e6)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
