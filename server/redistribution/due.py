"""People still due by site and item: villages' figures shared among the sites that serve them. Only aggregates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.indicators.figures import figures
from server.indicators.models import DoseTally
from server.places.tree import Tree
from server.plans.goals import goals_of
from server.registers.openings import openings_in
from shared.rules.demand import share_of_people
from shared.rules.need import fitting_vaccines

_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]

#: Levels of sites that vaccinate; stores only pass stock on.
SERVING = ("station", "team")


@dataclass(frozen=True, slots=True)
class Due:
    """By (site, vaccine): people still due whom the vaccine fits; by site doses given in the window, everyone due.

    `planned` are the vaccines some goal of the plan asks for: of others nobody knows how many are due.
    """

    planned: frozenset[str]
    people: dict[tuple[str, str], int]
    given: dict[str, int]
    everyone: dict[str, int]


def due_by_site(
    connection: Connection,
    province: str,
    tree: Tree,
    codes: Collection[str],
    first: date,
    days: int,
    as_of: date,
) -> Due:
    """Who is still due at each site for each of these vaccines, and doses given there in the window.

    A village that several sites serve is shared among them by the doses they gave there; where several vaccines fit
    the same people, they are shared by what was given with each in the province. `everyone` counts nobody twice.
    """
    serving = _serving(tree, province)
    weights, by_vaccine, given = _given(connection, serving, first, first + timedelta(days=days - 1))
    openings = openings_in(connection, province)
    goals = goals_of(connection, province, as_of)
    fits = {
        goal: fitting_vaccines(codes, goal.age_group, goal.dose_type, max(as_of, goal.due_on), openings)
        for goal in goals
    }
    people: Counter[tuple[str, str]] = Counter()
    everyone: Counter[str] = Counter()
    for village, found in figures(connection, list(serving)).items():
        asked: dict[tuple[str, str], tuple[int, frozenset[str]]] = {}
        for goal, figure in found.items():  # goals of several plans ask for the same people once
            if goal in fits:
                key = goal.age_group, goal.dose_type
                asked[key] = max(
                    asked.get(key, (0, frozenset())), (figure.due - figure.covered, fits[goal]), key=_many
                )
        for left, fitting in asked.values():
            chosen = {code: by_vaccine[code] + 1 for code in sorted(fitting)}
            sites = {site: weights[village, site] + 1 for site in serving[village]}
            for site, share in share_of_people(max(left, 0), sites).items():
                everyone[site] += share
                for code, part in share_of_people(share, chosen).items():
                    people[site, code] += part
    return Due(frozenset().union(*fits.values()), dict(people), dict(given), dict(everyone))


def _many(asked: tuple[int, frozenset[str]]) -> int:
    return asked[0]


def _serving(tree: Tree, province: str) -> dict[str, list[str]]:
    """Village -> sites that serve it, in the order of their ids."""
    found: dict[str, list[str]] = defaultdict(list)
    for level in SERVING:
        for site in tree.below(province, level):
            for village in tree.villages(site.id):
                found[village].append(site.id)
    return {village: sorted(sites) for village, sites in found.items()}


def _given(
    connection: Connection, serving: Mapping[str, Iterable[str]], first: date, last: date
) -> tuple[Counter[tuple[str, str]], Counter[str], Counter[str]]:
    """Doses by (village, site), by vaccine, and by site."""
    query = (
        select(
            _TALLY.c.village_id, _TALLY.c.site_id, _TALLY.c.vaccine, func.sum(_TALLY.c.doses).label("doses")
        )
        .where(_TALLY.c.given_on.between(first, last))
        .group_by(_TALLY.c.village_id, _TALLY.c.site_id, _TALLY.c.vaccine)
    )
    weights: Counter[tuple[str, str]] = Counter()
    vaccines: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    for row in select_among(connection, query, _TALLY.c.village_id, sorted(serving)):
        weights[row.village_id, row.site_id] += int(row.doses)
        vaccines[row.vaccine] += int(row.doses)
        sites[row.site_id] += int(row.doses)
    return weights, vaccines, sites
