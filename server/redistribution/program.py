"""The scenario linear program: how many vials on every arc, so that the least is lost over all paths together.

min Σ_i mean_ω B_iω + Σ_a cost_a·x_a + π·Σ_i mean_ω U_iω
S_ik = doses kept at or sent to site i that expire by e_k        (one equation each)
B_iω ≥ S_ik − D_iω(e_k), B ≥ 0                                   (the FEFO identity)
U_iω ≥ early demand − all stock there, U ≥ 0
Σ x of a holding ≤ its movable vials; of a donor ≤ what it can spare; into a receiver ≤ its room; on a leg ≤ a truck
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from server.redistribution.arcs import Arcs
from server.redistribution.board import Board
from server.redistribution.exposure import SiteExposure


@dataclass(frozen=True, slots=True)
class Program:
    """The matrices of the program, columns: arcs, S, B, U."""

    cost: NDArray[np.float64]
    below: coo_array
    limits: NDArray[np.float64]
    equal: coo_array
    levels: NDArray[np.float64]
    free: tuple[int, int]


def program_of(board: Board, arcs: Arcs, sites: Sequence[SiteExposure]) -> Program:
    """The program over `arcs`; sites no arc touches have no part in it."""
    touched = sorted({*arcs.donor.tolist(), *arcs.receiver.tolist()})
    first, column = {}, len(arcs)
    for site in touched:
        first[site] = column
        column += len(sites[site].days)
    begin = column
    paths = len(sites[0].wanted)
    equal, levels = _balances(board, arcs, sites, first)
    below = _Rows()
    for site in touched:
        here = sites[site]
        for place in range(len(here.days)):
            below.block({first[site] + place: 1.0}, column, -1.0, here.wanted[:, place])
        column += paths
    waste = column
    for site in touched:
        here = sites[site]
        if here.penalty and bool((here.early > here.lasting).any()):
            below.block({first[site] + len(here.days) - 1: -1.0}, column, -1.0, here.lasting - here.early)
            column += paths
    _limits(board, arcs, below)
    cost = np.zeros(column)
    cost[: len(arcs)] = arcs.cost
    cost[begin:waste] = 1 / paths
    cost[waste:] = board.instance.parameters.shortage_penalty / paths
    width = column
    return Program(
        cost,
        below.matrix(width),
        np.array(below.right),
        equal.matrix(width),
        levels,
        (len(arcs), begin),
    )


def solve(program: Program, seconds: float) -> NDArray[np.float64] | None:
    """Vials on every arc, in fractions; None when no optimum was found within `seconds`."""
    start, stop = program.free
    bounds = np.zeros((len(program.cost), 2))
    bounds[:, 1] = np.inf
    bounds[start:stop, 0] = -np.inf
    found = linprog(
        program.cost,
        A_ub=program.below.tocsc(),
        b_ub=program.limits,
        A_eq=program.equal.tocsc(),
        b_eq=program.levels,
        bounds=bounds,
        method="highs-ipm",
        # Presolving takes as long as it saves, and a limit that passes in it is not held.
        options={"time_limit": seconds, "presolve": False},
    )
    return np.asarray(np.maximum(found.x[:start], 0.0)) if found.status == 0 else None


class _Rows:
    """Rows of a sparse matrix as they are gathered, with their right-hand sides."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.int64]] = []
        self.columns: list[NDArray[np.int64]] = []
        self.values: list[NDArray[np.float64]] = []
        self.right: list[float] = []

    def row(self, columns: NDArray[np.int64], values: NDArray[np.float64], right: float) -> None:
        """One row."""
        self.rows.append(np.full(len(columns), len(self.right)))
        self.columns.append(columns)
        self.values.append(values)
        self.right.append(right)

    def block(self, shared: dict[int, float], own: int, value: float, right: NDArray[np.float64]) -> None:
        """One row for each right-hand side: the shared columns, and `value` in a column of its own from `own` on."""
        numbers = np.arange(len(right))
        for column, weight in shared.items():
            self.rows.append(len(self.right) + numbers)
            self.columns.append(np.full(len(right), column))
            self.values.append(np.full(len(right), weight))
        self.rows.append(len(self.right) + numbers)
        self.columns.append(own + numbers)
        self.values.append(np.full(len(right), value))
        self.right.extend(right.tolist())

    def matrix(self, width: int) -> coo_array:
        """All rows, `width` columns."""
        parts = (self.rows, self.columns, self.values)
        rows, columns, values = (np.concatenate(part) if part else np.zeros(0) for part in parts)
        places = rows.astype(np.int64), columns.astype(np.int64)
        return coo_array((values, places), shape=(len(self.right), width))


def _balances(
    board: Board, arcs: Arcs, sites: Sequence[SiteExposure], first: dict[int, int]
) -> tuple[_Rows, NDArray[np.float64]]:
    """S_k − S_(k−1) + sent − received = what the site has of that expiry."""
    rows = _Rows()
    number = {}
    for site, column in first.items():
        fixed = np.diff(sites[site].stock, prepend=0.0)
        for place in range(len(fixed)):
            number[site, place] = len(rows.right)
            columns = [column + place, column + place - 1][: 2 if place else 1]
            rows.row(np.array(columns), np.array([1.0, -1.0])[: len(columns)], float(fixed[place]))
    day = board.expiry[arcs.holding]
    doses = board.per_vial[arcs.holding].astype(float)
    for ends, sign in ((arcs.donor, 1.0), (arcs.receiver, -1.0)):
        places = [number[s, sites[s].place[int(d)]] for s, d in zip(ends.tolist(), day, strict=True)]
        rows.rows.append(np.array(places, dtype=np.int64))
        rows.columns.append(np.arange(len(arcs)))
        rows.values.append(sign * doses)
    return rows, np.array(rows.right)


def _limits(board: Board, arcs: Arcs, below: _Rows) -> None:
    """Vials of a holding, a donor, a receiver and a leg."""
    truck = board.instance.parameters.truck_capacity_vials
    for ends, most in (
        (arcs.holding, lambda n: int(board.movable[n])),
        (arcs.donor, board.spare_vials),
        (arcs.receiver, board.room_vials),
        (arcs.pair, lambda _: truck),
    ):
        for number in np.unique(ends).tolist():
            limit = most(number)
            if limit is not None:
                here = np.flatnonzero(ends == number)
                below.row(here, np.ones(len(here)), float(limit))
