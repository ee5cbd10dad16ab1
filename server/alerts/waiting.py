"""People due at each station, with the vaccines that may be used for them, from the cells of their villages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection

from server.indicators.figures import figures_by
from server.places.tree import Tree
from server.plans.goals import goals_of
from server.registers.openings import openings_in
from shared.rules.need import Need, asked_once, fitting_vaccines

#: People still to be given a dose, and the vaccines that fit it.
Waiting = tuple[int, frozenset[str]]


def waiting(
    connection: Connection, tree: Tree, stations: Collection[str], vaccines: Collection[str], today: date
) -> dict[str, list[Waiting]]:
    """Station -> people due by dose, with what is open for it today; a dose that two plans ask for counts once.

    `vaccines`: codes of the catalogue.
    """
    villages: dict[str, str] = {}
    for station in sorted(stations):
        for village in tree.villages(station):
            villages.setdefault(village, station)
    figures = figures_by(connection, villages)
    found: dict[str, list[Waiting]] = {}
    for province in sorted({tree.nodes[station].province for station in stations}):
        openings = openings_in(connection, province)
        needs: list[Need] = []
        for goal in goals_of(connection, province, today):
            fits = fitting_vaccines(vaccines, goal.age_group, goal.dose_type, today, openings)
            for station in _of_province(tree, stations, province):
                counted = figures.get(station, {}).get(goal)
                if counted:
                    needs.append(
                        Need(
                            station,
                            goal.age_group,
                            goal.dose_type,
                            goal.due_on,
                            counted.due,
                            counted.covered,
                            fits,
                        )
                    )
        for need in asked_once(needs):
            if need.people:
                found.setdefault(need.place, []).append((need.people, need.fits))
    return found


def _of_province(tree: Tree, stations: Iterable[str], province: str) -> list[str]:
    return [station for station in stations if tree.nodes[station].province == province]
