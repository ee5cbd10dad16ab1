"""A plan as a table: places × goals, as it stands on a day."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from server.places.tree import Tree
from server.plans.goals import Goal, Target, planned_at
from server.plans.versions import VersionKey
from shared.rules.plans import version_of


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A place with its targets, in the order of the table's goals; None where it has none."""

    place_id: str
    targets: tuple[Target | None, ...]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """`totals`: people planned by goal over all places but schools and other institutions, whose people are residents
    of communes too. `base`: the version most targets come from; the others are amendments of it.
    """

    goals: tuple[Goal, ...]
    rows: tuple[PlanRow, ...]
    totals: tuple[int | None, ...]
    base: VersionKey | None


def plan_table(
    tree: Tree, applying: Iterable[Target], visible: Collection[str], roots: Sequence[str]
) -> PlanTable:
    """The targets at visible places. `roots`: the places the totals are added up from."""
    shown = [t for t in applying if t.target_place_id in visible and t.target_place_id in tree.nodes]
    goals = tuple(sorted({target.goal for target in shown}))
    cells = {(target.target_place_id, target.goal): target for target in shown}
    places = sorted({target.target_place_id for target in shown})
    planned = {(target.goal, target.target_place_id): target.planned_people for target in shown}
    versions = [version_of(target) for target in shown]
    return PlanTable(
        goals,
        tuple(PlanRow(place, tuple(cells.get((place, goal)) for goal in goals)) for place in places),
        tuple(_total(tree, planned, goal, roots) for goal in goals),
        max(sorted(set(versions)), key=versions.count, default=None),
    )


def _total(tree: Tree, planned: dict[tuple[Goal, str], int], goal: Goal, roots: Sequence[str]) -> int | None:
    found = [planned_at(planned, tree, goal, root) for root in roots]
    known = [people for people in found if people is not None]
    return sum(known) if known else None
