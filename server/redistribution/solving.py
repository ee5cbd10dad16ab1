"""From an instance to a plan: scenarios, linear program, whole vials, few legs, reasons."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.redistribution.arcs import Arcs, arcs_of
from server.redistribution.board import Board, Moves, board_of
from server.redistribution.explaining import explained_moves, reasons_to_stay
from server.redistribution.exposure import exposures
from server.redistribution.greedy import greedy
from server.redistribution.instance import Instance
from server.redistribution.issuing import outcome
from server.redistribution.plan import Expected, Plan
from server.redistribution.program import program_of, solve
from server.redistribution.scenarios import Paths, planning_paths
from server.redistribution.trimming import Vials

#: Whole vials are settled on this many scenarios for each of the linear program's: a plan fitted to 25 futures alone
#: loses 0.1 percentage points on others, and settling is cheap.
SETTLING = 2
#: The solver's time grows faster than the program: a larger one is given fewer scenarios, but never fewer than these.
#: (460 sites with 40 expiry days: 60 s at 25 scenarios. Settling sees all scenarios in any case.)
MOST_ROWS, FEWEST = 80_000, 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """Moves with how they were found: `method`, `fallback` and `scenarios` as in Plan."""

    moves: dict[tuple[int, int], int]
    method: str
    fallback: str | None
    scenarios: int


def plan_of(instance: Instance, *, seconds: float = 60.0) -> Plan:
    """The plan for an instance. When the linear program takes longer than `seconds`, greedy is settled instead.

    The same instance gives the same plan, whatever the order of its lists.
    """
    started = time.perf_counter()
    board = board_of(instance)
    paths = settling_paths(board)
    chosen = choose(board, paths, seconds)
    rule = greedy(board)
    return Plan(
        board.instance.item,
        board.instance.day,
        explained_moves(board, chosen.moves, paths),
        reasons_to_stay(board, chosen.moves, paths),
        board.doses,
        _expected(board, {}, paths),
        _expected(board, rule, paths),
        _expected(board, chosen.moves, paths),
        pairs_of(board, rule),
        chosen.method,
        chosen.fallback,
        chosen.scenarios,
        time.perf_counter() - started,
    )


def choose(board: Board, paths: Paths, seconds: float) -> Chosen:
    """The moves of a plan, settled on `paths`; none when doing nothing is expected to lose no more."""
    parameters = board.instance.parameters
    planned = planning_paths(board, parameters.scenarios, parameters.seed)
    arcs = arcs_of(board, planned)
    if not len(arcs):
        return Chosen({}, "nothing", None, 0)
    sites = exposures(board, arcs, planned)
    rows = sum(len(sites[site].days) for site in {*arcs.donor.tolist(), *arcs.receiver.tolist()})
    if rows * len(planned) > MOST_ROWS:
        planned = planning_paths(board, max(MOST_ROWS // rows, FEWEST), parameters.seed)
        sites = exposures(board, arcs, planned)
    fractions = solve(program_of(board, arcs, sites), seconds)
    method, fallback = ("mean_lp" if len(planned) == 1 else "scenario_lp"), None
    if fractions is None:
        method, fallback, fractions = "greedy", "no_optimum_in_time", _greedy_on(board, arcs)
    moves = _whole(board, arcs, fractions, paths)
    if _weighed(board, moves, paths) >= _weighed(board, {}, paths):
        return Chosen({}, "nothing", fallback, len(planned))
    return Chosen(moves, method, fallback, len(planned))


def settling_paths(board: Board) -> Paths:
    """The scenarios a plan is settled, judged and explained on."""
    parameters = board.instance.parameters
    count = parameters.scenarios * SETTLING if parameters.scenarios > 1 else parameters.scenarios
    return planning_paths(board, count, parameters.seed)


def pairs_of(board: Board, moves: Moves) -> int:
    """Donor→receiver pairs of some moves."""
    return len({(int(board.site[holding]), site) for holding, site in moves})


def _whole(
    board: Board, arcs: Arcs, fractions: NDArray[np.float64], paths: Paths
) -> dict[tuple[int, int], int]:
    """Settled with every pair at hand, then on fewer and fewer of those that were used."""
    parameters = board.instance.parameters
    every = Vials(board, arcs, exposures(board, arcs, paths))
    every.load(fractions)
    every.settle()
    used = every.of_pair[arcs.pair] > 0
    if not used.any():
        return {}
    fewer = arcs.only(used)
    vials = Vials(board, fewer, exposures(board, fewer, paths))
    vials.load(every.vials[used].astype(float))
    most = fewer.pairs if parameters.max_pairs is None else parameters.max_pairs
    vials.few_pairs(most, parameters.min_leg_vials, parameters.leg_cost)
    return vials.moves()


def _greedy_on(board: Board, arcs: Arcs) -> NDArray[np.float64]:
    rule = greedy(board)
    pairs = zip(arcs.holding.tolist(), arcs.receiver.tolist(), strict=True)
    return np.array([rule.get(pair, 0) for pair in pairs], dtype=float)


def _expected(board: Board, moves: Moves, paths: Paths) -> Expected:
    expired, missed = outcome(board, moves, paths)
    return Expected(float(expired.mean()), float(missed.mean()))


def _weighed(board: Board, moves: Moves, paths: Paths) -> float:
    """Expected doses expired, with what the moves cost."""
    parameters = board.instance.parameters
    km = sum(v * float(board.ways.km[board.site[h], d]) for (h, d), v in moves.items())
    cost = parameters.cost_vial_km * km + parameters.handling_cost * sum(moves.values())
    return _expected(board, moves, paths).expired + cost + parameters.leg_cost * pairs_of(board, moves)
