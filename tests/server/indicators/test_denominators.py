"""Coverage divided by the register, by population returns and by the plan: one definition each (R012, R017)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from server.accounts.models import User
from server.database import db
from server.indicators.denominators import DENOMINATORS, divided_by
from server.indicators.past import as_of
from server.indicators.refreshing import refresh, stale_count, stale_villages
from server.indicators.standings import Standings, standings
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.plans.goals import Goal, goals_of
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.world import TODAY, World


def author(world: World, username: str = "quantri") -> ServerAuthor:
    user = db.session.get_one(User, world.users[username])
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def population(world: World, commune: str, day: date, **adults: int) -> None:
    lines = [{"age_group": "A18", **adults}]
    body = {"period": "2022", "source": "Công an xã", "lines": lines}
    writer = author(world)
    writer.write("population_return", subject=commune, place=commune, body=body, occurred_on=day)
    writer.flush()


def stood(
    world: World, which: str, day: date = TODAY, tree: Tree | None = None
) -> tuple[list[Goal], Standings]:
    connection = db.session.connection()
    own = Tree.load(connection, TODAY)
    tree = tree or own
    goals = goals_of(connection, world.province, TODAY)
    places = {d: (tree.name(d), tree.villages(d)) for d in [*world.districts[:2], *world.communes[:2]]}
    found = standings(connection, goals, places, TODAY)
    return goals, divided_by(
        connection, found, goals, which,
        tree=tree, own_tree=own, province=world.province, place="", as_of=day,
    )  # fmt: skip


def due(found: tuple[list[Goal], Standings], place: str) -> dict[str, int]:
    goals, table = found
    row = next(row for row in table.rows if row.place_id == place)
    return {goal.age_group: progress.due for goal, progress in zip(goals, row.progress, strict=True)}


@pytest.mark.proves("R004", "R017", "R058")
def test_each_denominator_says_its_own_figure(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        commune, other = world.communes[:2]
        population(world, commune, date(2022, 1, 1), opening=90, current=95)
        population(world, commune, date(2022, 3, 1), opening=100)
        goals, enumerated = stood(world, "enumerated")
        barred = next(row for row in enumerated.rows if row.place_id == commune).figures
        adults = next(f for goal, f in zip(goals, barred, strict=True) if goal.age_group == "A18")
        left_out = adults.contraindicated + adults.not_due
        assert due(stood(world, "plan"), commune) == {"A12_17": 40, "A18": 40}
        opening = due(stood(world, "opening"), commune)
        assert opening == {"A12_17": 0, "A18": 100 - left_out}
        # A return that leaves a figure blank does not take the figure before it away.
        assert due(stood(world, "current"), commune)["A18"] == 95 - left_out
        assert due(stood(world, "opening", date(2022, 2, 1)), commune)["A18"] == 90 - left_out
        assert due(stood(world, "opening"), other) == {"A12_17": 0, "A18": 0}
        # Covered people are the same whatever they are divided by.
        covered = {
            which: [[p.covered for p in row.progress] for row in stood(world, which)[1].rows]
            for which in DENOMINATORS
        }
        assert all(numbers == covered["enumerated"] for numbers in covered.values())


def test_a_district_is_known_when_every_commune_is(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
        district = world.districts[0]
        inside = [c for c in world.communes if tree.nodes[c].parent == district]
        assert due(stood(world, "plan"), district) == {"A12_17": 40 * len(inside), "A18": 40 * len(inside)}
        assert due(stood(world, "opening"), district)["A18"] == 0
        for commune in inside:
            population(world, commune, date(2022, 1, 1), opening=1_000)
        assert due(stood(world, "opening"), district)["A18"] > 990 * len(inside)


def test_a_past_day_is_counted_from_the_register_of_that_day(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        connection = db.session.connection()
        tree = Tree.load(connection, TODAY)
        goals = goals_of(connection, world.province, TODAY)
        places = {world.province: ("Lai Châu", tree.villages(world.province))}
        now = standings(connection, goals, places, TODAY)
        today = standings(connection, goals, places, TODAY, as_of(TODAY, goals))
        assert [(f.people, f.due, f.covered) for f in today.total.figures] == [
            (f.people, f.due, f.covered) for f in now.total.figures
        ]
        before = standings(connection, goals, places, TODAY, as_of(date(2022, 3, 31), goals))
        booster = next(g for g, goal in enumerate(goals) if goal.dose_type == "booster_1")
        assert now.total.figures[booster].covered > 0
        # Everybody was registered today: nobody was on the register of that day.
        assert (before.total.people, before.total.figures[booster].covered) == (0, 0)


def test_stale_villages_are_counted_without_naming_them(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        connection, clock = db.session.connection(), current_settings().clock
        villages = Tree.load(connection, TODAY).villages(world.province)
        station = next(name for name in world.users if name.startswith("tram."))
        assert stale_count(connection, world.province, villages) == 0
        writer = author(world, station)
        writer.write("household", place=villages[0], body={"head_name": "Lò Văn Ân"})
        writer.flush()
        assert (
            stale_count(connection, world.province, villages)
            == len(stale_villages(connection, villages))
            == 1
        )
        assert stale_count(connection, world.province, villages[1:]) == 0
        refresh(connection, villages[:1], clock)
        assert stale_count(connection, world.province, villages) == 0
