"""What is proposed for an instance, and why what was not proposed was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Move:
    """Whole vials of one holding from a site to another.

    `saved_doses` are those that would expire if only this move were left out, as a mean over the scenarios, `saved_low`
    and `saved_high` their 10th and 90th percentile. Moves that serve the same people share what they save, so the sum
    over moves is not the plan's. `due_there` are the doses still due at the destination (None: not known).
    """

    holding: str
    lot: str
    origin: str
    destination: str
    vials: int
    doses: int
    leaves_on: date
    arrives_on: date
    effective_expiry: date
    days_left: int
    km: float
    hours: float
    saved_doses: float
    saved_low: float
    saved_high: float
    due_there: int | None
    companions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NotMoved:
    """A holding of which at least half a vial is expected to expire under the plan, with the reason it stays.

    Reasons, and the numbers given with each, are listed in docs/redistribution.md.
    """

    holding: str
    site: str
    vials: int
    expected_expired: float
    reason: str
    numbers: dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Expected:
    """Means over the planning scenarios, in doses: expired by the end, and missed while a site had none."""

    expired: float
    missed: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`method` is ``scenario_lp``, ``mean_lp``, ``greedy`` (with `fallback` saying why) or ``nothing``.

    `scenarios` are those of the linear program (1: mean demand; fewer than asked for in a very large province).
    """

    item: str
    day: date
    moves: tuple[Move, ...]
    not_moved: tuple[NotMoved, ...]
    doses: int
    nothing: Expected
    greedy: Expected
    planned: Expected
    greedy_pairs: int
    method: str
    fallback: str | None
    scenarios: int
    seconds: float

    @property
    def pairs(self) -> int:
        """Donor→receiver pairs used."""
        return len({(move.origin, move.destination) for move in self.moves})
