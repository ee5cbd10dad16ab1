"""What every page of a place shows: its goals, how it and the places below stand, sorted, and how fresh that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from server.indicators.denominators import DENOMINATORS, divided_by
from server.indicators.figures import figures_by
from server.indicators.outreach import Outreach, outreach_by
from server.indicators.past import as_of
from server.indicators.progress import Progress
from server.indicators.refreshing import stale_count
from server.indicators.standings import Standing, Standings, standings
from server.places.hierarchies import HIERARCHIES
from server.places.order import place_key
from server.places.tree import Node
from server.plans.goals import Goal, goals_of
from server.web.area import connection
from server.web.choices import Choice
from server.web.kept import kept
from server.web.listing import Sorting
from server.web.texts import day, moment, number, percent_of, t, tenths

#: From these percentages on, a place on the map takes the next of five shades.
SHADES = (50, 70, 85, 95)


@dataclass(frozen=True, slots=True)
class Stood:
    """A place, its goals on the chosen day, and the standings of the place (their total) and of those below it."""

    chosen: Choice
    node: Node
    goals: list[Goal]
    table: Standings

    @property
    def goal(self) -> Goal | None:
        """The goal that map and trend show."""
        return self.chosen.goal(self.goals)

    @property
    def goal_index(self) -> int:
        """Its place among the goals."""
        return self.goals.index(self.goal) if self.goal else 0


def stand(chosen: Choice, node: Node, places: Sequence[Node]) -> Stood:
    """How these places stand against the goals of the chosen day, divided as chosen; only visible villages count."""
    province = own_province(chosen, node)

    def count() -> tuple[list[Goal], Standings]:
        goals = goals_of(connection(), province, chosen.as_of)
        named = {p.id: (p.name, chosen.villages(p.id)) for p in places}
        counted = as_of(chosen.as_of, goals) if chosen.past else figures_by
        return goals, standings(connection(), goals, named, chosen.as_of, counted)

    goals, found = kept(chosen, ("standings", province, tuple(p.id for p in places)), count)
    found = divided_by(
        connection(),
        found,
        goals,
        chosen.denominator,
        tree=chosen.tree,
        own_tree=chosen.seen.tree,
        province=province,
        place=node.id,
        as_of=chosen.as_of,
    )
    return Stood(chosen, node, goals, found)


def outreach_below(chosen: Choice, places: Sequence[Node]) -> dict[str, Outreach]:
    """Place id -> how far outreach has come in the villages of it that the reader may see."""

    def count() -> dict[str, Outreach]:
        areas = {village: p.id for p in places for village in chosen.villages(p.id)}
        return outreach_by(connection(), areas)

    return kept(chosen, ("outreach", tuple(p.id for p in places)), count)


def own_province(chosen: Choice, node: Node) -> str:
    """The province whose plan applies: that of the place today, also when another day's tree groups the villages."""
    if node.id in chosen.seen.tree.nodes or not node.id:
        return node.province
    village = next(iter(chosen.villages(node.id)), None)
    return chosen.seen.tree.nodes[village].province if village else node.province


def chosen_figure_url(chosen: Choice) -> Callable[[str, Goal, str], str]:
    """Gives the address of the people behind a figure, on the chosen tree."""
    query = {name: value for name, value in chosen.address().items() if name == "hierarchy"}

    def address(place_id: str, goal: Goal, measure: str) -> str:
        return url_for("web.figure", place_id=place_id, goal_key=goal.key, measure=measure, **query)

    return address


def pace_words(last_7_days: int) -> str:
    """Doses a day over the last 7 days: whole from ten on, one decimal below."""
    return number(last_7_days // 7) if last_7_days >= 70 else tenths(last_7_days, 7)


def shade(progress: Progress) -> str:
    """The shade of a place on the map: 1 (least covered) to 5, or none when nobody is due."""
    if not progress.due:
        return "none"
    return str(1 + sum(100 * progress.covered >= limit * progress.due for limit in SHADES))


def words(stood: Stood, rows: Standings, outreach: Mapping[str, Outreach] | None = None) -> dict[str, object]:
    """What the templates say of a place: path, goals, the rows in the order asked for, choices, freshness."""
    chosen, node = stood.chosen, stood.node
    keys = _sort_keys(len(stood.goals), outreach or {})
    sorting = Sorting.from_address(keys, "name")
    villages = {v for row in rows.rows for v in chosen.villages(row.place_id)}
    stale = 0 if chosen.past else stale_count(connection(), own_province(chosen, node), villages)
    said: dict[str, object] = {
        "place": node,
        "path": chosen.path(node.id) if node.id else [],
        "goals": stood.goals,
        "goal": stood.goal,
        "goal_index": stood.goal_index,
        "rows": sorting.apply(rows.rows, keys),
        "total": rows.total,
        "sorting": sorting,
        "stale": stale,
        "chosen": chosen,
        "denominators": DENOMINATORS,
        "hierarchies": HIERARCHIES,
        "figure_url": chosen_figure_url(chosen),
        "pace": pace_words,
        "place_name": chosen.tree.name,
        "here_path": request.path,
        "map_url": _map_url(chosen, node),
        "formula": formula(chosen, stood.table),
        "shade": shade,
        "shades": SHADES,
        "outreach": outreach,
    }
    if stale and rows.computed_at:
        said["as_of"] = rows.computed_at
    return said


def _map_url(chosen: Choice, node: Node) -> str:
    if node.id:
        return url_for("web.place_map", place_id=node.id, **chosen.address())
    return url_for("web.area_map", **chosen.address())


def formula(chosen: Choice, table: Standings) -> Callable[[Progress], str]:
    """What stands behind a percentage: formula, numerator, denominator, and through when it is complete."""
    through = t("coverage.through", moment=day(chosen.as_of) if chosen.past else moment(table.computed_at))

    def told(progress: Progress) -> str:
        counted = t(
            "coverage.by." + chosen.denominator,
            covered=number(progress.covered),
            due=number(progress.due),
            percent=percent_of(progress.covered, progress.due),
        )
        return f"{counted} {through}"

    return told


def _sort_keys(goals_count: int, outreach: Mapping[str, Outreach]) -> dict[str, Callable[[Standing], Any]]:
    keys: dict[str, Callable[[Standing], Any]] = {
        "name": lambda row: place_key(row.name),
        "people": lambda row: row.people,
        "to_go": lambda row: row.to_go,
    }
    for g in range(goals_count):
        keys[f"goal{g + 1}"] = _share(g)
    if outreach:
        keys["never"] = lambda row: outreach[row.place_id].never_knocked if row.place_id in outreach else None
    return keys


def _share(g: int) -> Callable[[Standing], float | None]:
    def share(row: Standing) -> float | None:
        progress = row.progress[g]
        return progress.covered / progress.due if progress.due else None

    return share
