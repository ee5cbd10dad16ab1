"""Where places stand against their goals: cells of villages, added up to the places of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from server.indicators.figures import Figures, covered_between, figures_by, total
from server.indicators.progress import PACE_DAYS, Progress
from server.plans.goals import Goal

#: Gives area -> goal -> figures, of villages told to which area they belong.
Counted = Callable[[Connection, Mapping[str, str]], dict[str, dict[Goal, Figures]]]

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
    counted: Counted = figures_by,
) -> Standings:
    """Standings of places given as id -> (name, its villages). Places may contain each other: the database adds
    cells up to the smallest parts the places have in common, and these are added up here. `counted` gives the
    figures, from the cells or of a past day.
    """
    containing: dict[str, list[str]] = {}
    for place_id, (_, inside) in places.items():
        for village in inside:
            containing.setdefault(village, []).append(place_id)
    parts: dict[tuple[str, ...], str] = {}
    areas = {v: parts.setdefault(tuple(found), str(len(parts))) for v, found in containing.items()}
    cells = counted(connection, areas)
    lately = covered_between(connection, areas, today - timedelta(days=PACE_DAYS - 1), today)
    inside_of: dict[str, list[str]] = {place_id: [] for place_id in places}
    for found, part in parts.items():
        for place_id in found:
            inside_of[place_id].append(part)

    def stand(place_id: str, name: str, inside: Collection[str]) -> Standing:
        summed = total(cells[part] for part in inside if part in cells)
        figures = tuple(summed.get(goal, Figures()) for goal in goals)
        progress = tuple(
            Progress(
                figure.due,
                figure.covered,
                sum(lately[part].get(goal, 0) for part in inside if part in lately),
                (goal.due_on - today).days,
            )
            for goal, figure in zip(goals, figures, strict=True)
        )
        groups = {goal.age_group: figure.people for goal, figure in zip(goals, figures, strict=True)}
        return Standing(place_id, name, sum(groups.values()), figures, progress)

    rows = tuple(stand(place_id, name, inside_of[place_id]) for place_id, (name, _) in places.items())
    return Standings(rows, stand("", "", parts.values()))
