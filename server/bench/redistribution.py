"""How much a plan saves on provinces it was not tuned on, beside the simple ways, and how long it takes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from server.redistribution.arcs import arcs_of
from server.redistribution.board import Board, board_of
from server.redistribution.evaluating import PERFECT_PATHS, Judged, judged, perfect
from server.redistribution.exposure import exposures
from server.redistribution.greedy import greedy
from server.redistribution.instance import Instance
from server.redistribution.months_rule import months_rule
from server.redistribution.program import program_of, solve
from server.redistribution.scenarios import planning_paths, random_paths
from server.redistribution.solving import choose, plan_of, settling_paths
from server.redistribution.synthetic import province

INSTANCES, PATHS, PAIRS = 8, 60, 200
#: Items of a province's plan: the time is told for so many.
ITEMS = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """By way: percent of the stock wasted on each instance, and pairs used; by step: seconds on each instance."""

    seed: int
    waste: dict[str, list[float]] = field(default_factory=dict)
    missed: dict[str, list[float]] = field(default_factory=dict)
    pairs: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, found: Judged, doses: int) -> None:
        """What one way came to on one instance."""
        self.waste.setdefault(name, []).append(100 * float(found.expired.mean()) / doses)
        self.missed.setdefault(name, []).append(100 * float(found.missed.mean()) / doses)
        self.pairs.setdefault(name, []).append(found.pairs)

    def as_json(self) -> dict[str, float | int | list[float]]:
        """Means over the instances; processor seconds for an item and a province's items; peak memory."""
        found: dict[str, float | int | list[float]] = {
            "seed": self.seed,
            "instances": len(self.waste["do_nothing"]),
            "paths": PATHS,
            "paths_perfect": PERFECT_PATHS,
        }
        for prefix, values in (("waste", self.waste), ("shortage", self.missed), ("pairs", self.pairs)):
            found |= {f"{prefix}_{name}": round(float(np.mean(each)), 2) for name, each in values.items()}
        for name in ("plan_200_pairs", "plan_unlimited"):
            found[f"waste_{name}_each"] = [round(each, 2) for each in self.waste[name]]
        for name, each in self.seconds.items():
            found[f"seconds_{name}"] = round(float(np.mean(each)), 3)
        for name in ("plan", "plan_mean_demand"):
            found[f"seconds_{name}_{ITEMS}_items"] = round(ITEMS * float(np.mean(self.seconds[name])), 1)
        found["ratio_plan_to_linprog"] = round(
            float(np.sum(self.seconds["plan"]) / np.sum(self.seconds["linprog"])), 2
        )
        found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return found


def measure(seed: int, tell: Callable[[str], None], instances: int = INSTANCES) -> Measured:
    """Every way on `instances` provinces drawn from the seed, each judged on PATHS futures of its own."""
    found = Measured(seed)
    for number, drawn in enumerate(_seeds(seed, instances), 1):
        tell(f"{number}/{instances}")
        _measure(province(drawn), drawn, found)
    return found


def _measure(instance: Instance, seed: int, found: Measured) -> None:
    board = board_of(instance)
    paths = random_paths(board, PATHS, seed)
    found.note("do_nothing", judged(board, {}, paths), board.doses)
    found.note("mos_rule", judged(board, months_rule(board), paths), board.doses)
    found.note("greedy", judged(board, greedy(board), paths), board.doses)
    for name, most in (("plan_200_pairs", PAIRS), ("plan_unlimited", None)):
        limited = board_of(_with(instance, max_pairs=most))
        moves = choose(limited, settling_paths(limited), 600.0).moves
        found.note(name, judged(board, moves, paths), board.doses)
    found.note("perfect", perfect(board, paths[:PERFECT_PATHS]), board.doses)
    _time(instance, board, found)


def _time(instance: Instance, board: Board, found: Measured) -> None:
    """The plan as the command makes it, at both kinds of demand, and its linear program alone; seconds of one core."""
    for name, scenarios in (("plan", instance.parameters.scenarios), ("plan_mean_demand", 0)):
        changed = _with(instance, scenarios=scenarios)
        started = time.process_time()
        plan_of(changed)
        found.seconds.setdefault(name, []).append(time.process_time() - started)
    paths = planning_paths(board, instance.parameters.scenarios, instance.parameters.seed)
    arcs = arcs_of(board, paths)
    program = program_of(board, arcs, exposures(board, arcs, paths))
    started = time.process_time()
    solve(program, 600.0)
    found.seconds.setdefault("linprog", []).append(time.process_time() - started)


def _with(instance: Instance, **changes: int | None) -> Instance:
    return replace(instance, parameters=replace(instance.parameters, **changes))  # type: ignore[arg-type]


def _seeds(seed: int, count: int) -> Iterable[int]:
    """Seeds of instances: above all those that were used in choosing the generator's figures."""
    drawn = np.random.SeedSequence(seed).generate_state(count)
    return (10_000 + int(number) for number in drawn)
