"""A plan judged on futures it was not made with, beside the simple ways and beside knowing the future."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.redistribution.arcs import arcs_of
from server.redistribution.board import Board, Moves
from server.redistribution.exposure import exposures
from server.redistribution.greedy import greedy
from server.redistribution.issuing import outcome
from server.redistribution.months_rule import months_rule
from server.redistribution.plan_json import percent
from server.redistribution.program import program_of, solve
from server.redistribution.scenarios import Paths, random_paths
from server.redistribution.solving import pairs_of
from server.redistribution.trimming import Vials

#: Perfect information takes a linear program a path; its mean is steady on few.
PERFECT_PATHS = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """Doses expired and missed by path under some moves (perfect information: under moves of each path's own)."""

    expired: NDArray[np.float64]
    missed: NDArray[np.float64]
    pairs: float
    vials: float

    def as_json(self, doses: int) -> dict[str, Any]:
        """Means, with the 10th and 90th percentile of the percentage between paths."""
        low, high = np.quantile(self.expired, [0.1, 0.9])
        return {
            "wasted_doses": round(float(self.expired.mean()), 1),
            "wasted_percent": percent(float(self.expired.mean()), doses),
            "interval": [percent(float(low), doses), percent(float(high), doses)],
            "shortage_doses": round(float(self.missed.mean()), 1),
            "pairs": round(self.pairs, 1),
            "vials_moved": round(self.vials, 1),
        }


def judged(board: Board, moves: Moves, paths: Paths) -> Judged:
    """What some moves come to on `paths`."""
    return Judged(*outcome(board, moves, paths), float(pairs_of(board, moves)), float(sum(moves.values())))


def perfect(board: Board, paths: Paths) -> Judged:
    """For every path the plan somebody would make who knew it, on any number of pairs that cost nothing to open."""
    each = [judged(board, _knowing(board, path[None]), path[None]) for path in paths]
    return Judged(
        np.array([one.expired[0] for one in each]),
        np.array([one.missed[0] for one in each]),
        float(np.mean([one.pairs for one in each])),
        float(np.mean([one.vials for one in each])),
    )


def evaluation(board: Board, moves: Moves, count: int, seed: int) -> dict[str, Any]:
    """A plan and its baselines on the same `count` random paths; perfect information on the first of them."""
    paths = random_paths(board, count, seed)
    known = paths[:PERFECT_PATHS]
    return {
        "item": board.instance.item,
        "day": board.instance.day.isoformat(),
        "doses": board.doses,
        "paths": count,
        "seed": seed,
        "plan": judged(board, moves, paths).as_json(board.doses),
        "do_nothing": judged(board, {}, paths).as_json(board.doses),
        "months_rule": judged(board, months_rule(board), paths).as_json(board.doses),
        "greedy": judged(board, greedy(board), paths).as_json(board.doses),
        "perfect": perfect(board, known).as_json(board.doses) | {"paths": len(known)},
    }


def _knowing(board: Board, path: Paths) -> dict[tuple[int, int], int]:
    arcs = arcs_of(board, path)
    if not len(arcs):
        return {}
    free = replace(arcs, cost=np.full(len(arcs), 1e-3))
    fractions = solve(program_of(board, free, exposures(board, free, path)), 60.0)
    vials = Vials(board, free, exposures(board, free, path))
    if fractions is not None:
        vials.load(fractions)
    vials.settle()
    return vials.moves()
