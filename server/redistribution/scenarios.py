"""Demand paths: negative-binomial counts around a forecast that is itself uncertain, capped by who is still due.

A path is one possible future: for every site the doses asked for before each mark of the board. Counts of a stretch
of days are drawn at once; with a fixed variance ÷ mean the sum of negative-binomial days is negative binomial, so
this is the same as drawing day by day. Each site draws from a stream of its own, named by the seed and its id, so a
path does not change with the order of sites, nor with the plan that is tried on it (common random numbers).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from server.redistribution.board import Board
from server.redistribution.instance import Demand, Instance

#: Cumulative doses asked for, [path, site, mark]: before the day of the mark.
Paths = NDArray[np.float64]

_PLANNED, _HELD_OUT = 1, 2
_Factors = Callable[[float, np.random.Generator], NDArray[np.float64]]


def planning_paths(board: Board, count: int, seed: int) -> Paths:
    """`count` paths to plan with; 0 or 1 gives the forecast's mean alone.

    The error of a site's forecast is taken once from each of `count` equally likely ranges, as that range's mean, in
    an order of its own: 25 such paths stand for the distribution far better than 25 drawn blindly.
    """
    if count <= 1:
        return mean_path(board)
    edges = ndtri(np.linspace(0, 1, count + 1))

    def factors(error: float, rng: np.random.Generator) -> NDArray[np.float64]:
        means = count * np.diff(ndtr(edges - error))
        return np.asarray(rng.permutation(means))

    return _paths(board, count, (seed, _PLANNED), factors)


def random_paths(board: Board, count: int, seed: int) -> Paths:
    """`count` paths drawn independently, to judge plans on; never those a plan was made with."""

    def factors(error: float, rng: np.random.Generator) -> NDArray[np.float64]:
        return np.exp(error * rng.standard_normal(count) - error * error / 2)

    return _paths(board, count, (seed, _HELD_OUT), factors)


def mean_path(board: Board) -> Paths:
    """The forecast itself, as one path."""
    sites = board.instance.sites
    return np.stack([_capped(np.cumsum(_means(board, site.demand)), site.demand) for site in sites])[None]


def _paths(board: Board, count: int, seed: tuple[int, int], factors: _Factors) -> Paths:
    found = np.zeros((count, len(board.instance.sites), len(board.marks)))
    for number, site in enumerate(board.instance.sites):
        rng = np.random.default_rng([*seed, zlib.crc32(site.id.encode())])
        demand = site.demand
        error = demand.forecast_error
        error = board.instance.parameters.forecast_error if error is None else error
        means = _means(board, demand) * factors(error, rng)[:, None]
        spread = demand.dispersion - 1
        rates = rng.gamma(means / spread) * spread if spread > 1e-9 else means
        found[:, number] = _capped(np.cumsum(rng.poisson(rates), axis=1), demand)
    return found


def _means(board: Board, demand: Demand) -> NDArray[np.float64]:
    """Mean doses from each mark to the next, the first (before day 0) none."""
    days = session_days(board.instance, demand, board.end)
    return np.diff(days[board.marks], prepend=0.0) * demand.mean_per_day


def session_days(instance: Instance, demand: Demand, end: int) -> NDArray[np.float64]:
    """For each day index 0 … end: how many average days' demand comes before it, given the weekdays of sessions."""
    if not demand.weekdays:
        return np.arange(end + 1, dtype=float)
    first = instance.day.isoweekday() - 1
    weight = np.array([7 / len(demand.weekdays) if (d + 1) in demand.weekdays else 0.0 for d in range(7)])
    return np.concatenate([[0.0], np.cumsum(weight[(first + np.arange(end)) % 7])])


def _capped(cumulative: NDArray[np.float64], demand: Demand) -> NDArray[np.float64]:
    return np.minimum(cumulative, math.inf if demand.still_due is None else demand.still_due)
