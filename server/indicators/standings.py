"""Where places stand against their goals: cells of villages, added up to the places of a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from server.indicators.coverage import Figures, figures, total
from server.indicators.pace import covered_lately
from server.indicators.progress import Progress
from server.plans.goals import Goal

_GRAVEST = ("late", "behind", "on_track", "not_started", "done", "none")


@dataclass(frozen=True, slots=True)
class Standing:
    """A place against each goal, in the goals' order. `people` counts each age group once."""

    place_id: str
    name: str
    people: int
    figures: tuple[Figures, ...]
    progress: tuple[Progress, ...]

    @property
    def to_go(self) -> int:
        """Doses still to be given, all goals together."""
        return sum(p.to_go for p in self.progress)

    @property
    def state(self) -> str:
        """The gravest state among the goals."""
        return min((p.state for p in self.progress), key=_GRAVEST.index, default="none")


@dataclass(frozen=True, slots=True)
class Standings:
    """The rows of a table and their total, in which each village counts once."""

    rows: tuple[Standing, ...]
    total: Standing

    def only(self, places: Collection[str]) -> Standings:
        """The rows of some of the places; the total stays."""
        return Standings(tuple(row for row in self.rows if row.place_id in places), self.total)

    @property
    def computed_at(self) -> datetime | None:
        """Since when the oldest cell holds; None without cells."""
        return min((f.oldest for f in self.total.figures if f.oldest), default=None)


def standings(
    connection: Connection,
    goals: Sequence[Goal],
    places: Mapping[str, tuple[str, Sequence[str]]],
    today: date,
) -> Standings:
    """Standings of places given as id -> (name, its villages)."""
    villages = list(dict.fromkeys(village for _, inside in places.values() for village in inside))
    cells = figures(connection, villages)
    lately = covered_lately(connection, goals, set(villages), today)

    def stand(place_id: str, name: str, inside: Sequence[str]) -> Standing:
        summed = total(cells[village] for village in inside if village in cells)
        found = tuple(summed.get(goal, Figures()) for goal in goals)
        progress = tuple(
            Progress(
                found[g].due,
                found[g].covered,
                sum(lately[village][g] for village in inside if village in lately),
                (goal.due_on - today).days,
            )
            for g, goal in enumerate(goals)
        )
        groups = {goal.age_group: found[g].people for g, goal in enumerate(goals)}
        return Standing(place_id, name, sum(groups.values()), found, progress)

    rows = tuple(stand(place_id, name, inside) for place_id, (name, inside) in places.items())
    return Standings(rows, stand("", "", villages))
