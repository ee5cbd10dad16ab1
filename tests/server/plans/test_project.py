"""Plan tables after pushes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from server.database import open_engine
from server.plans.goals import every_goal
from server.plans.models import Population
from tests.server.ledger.hands import PROVINCE, enrol, place, push, rebuilds_alike


@pytest.mark.proves("R004")
def test_population_returns_and_their_corrections(database_url: str) -> None:
    engine = open_engine(database_url)
    [station] = enrol(engine, "station")
    commune = place("commune")
    body = {
        "period": "2022",
        "source": "Niên giám",
        "lines": [{"age_group": "A18", "opening": 10}, {"age_group": "A12_17", "current": 0}],
    }
    first = station.entry("population_return", commune, commune, body)
    again = station.entry(
        "population_return",
        commune,
        commune,
        {**body, "lines": [{"age_group": "A18", "opening": 12, "current": 13}]},
        corrects=first["id"],
    )
    push(engine, station, again)
    push(engine, station, first)
    with engine.connect() as connection:
        standing = select(Population.age_group, Population.opening, Population.current).where(
            Population.corrected_by.is_(None)
        )
        assert [tuple(row) for row in connection.execute(standing)] == [("A18", 12, 13)]
        assert len(connection.execute(select(Population)).all()) == 3
        rebuilds_alike(connection)
    engine.dispose()


def test_goals_are_gathered_from_targets(database_url: str) -> None:
    engine = open_engine(database_url)
    [manager] = enrol(engine, "provincial_manager")
    campaign = {"name_vi": "x", "name_en": "x", "disease": "x", "document": "x", "starts_on": "2022-01-01"}
    target = {
        "campaign": place("c"), "age_group": "A18", "dose_type": "booster_1", "due_on": "2022-04-30",
        "planned_people": 5, "document": "x", "valid_from": "2022-01-01",
    }  # fmt: skip
    entries = [
        manager.entry("plan_target", place(f"t{n}"), PROVINCE, {**target, "target_place": place(f"p{n}")})
        for n in range(3)
    ]
    push(engine, manager, *entries)
    with engine.connect() as connection:
        assert every_goal(connection, PROVINCE) == [], "the campaign has not arrived"
    push(engine, manager, manager.entry("campaign", place("c"), PROVINCE, campaign))
    with engine.connect() as connection:
        [goal] = every_goal(connection, PROVINCE)
        assert (goal.due_on, goal.age_group, goal.dose_type) == (date(2022, 4, 30), "A18", "booster_1")
    engine.dispose()
