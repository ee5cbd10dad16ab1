"""Coverage cells: counted again from the projections, stale exactly when something arrived."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from server.database import open_engine
from server.indicators.figures import Figures, covered_days, figures, total
from server.indicators.models import CoverageCell
from server.indicators.refreshing import refresh, stale_villages
from server.plans.goals import Goal, every_goal, planned_people
from shared.reference import age_groups
from shared.rules.ages import in_group
from shared.rules.months import add_months
from tests.server.ledger.hands import CLOCK, PROVINCE, VILLAGES, Hand, enrol, place, push

DUE = date(2022, 4, 30)
CAMPAIGN = place("campaign")
GOALS = (("A18", "booster_1"), ("A18", "primary_1"), ("A12_17", "primary_2"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url, **({"pool_size": 10} if database_url.startswith("post") else {}))
    yield made
    made.dispose()


def plan(admin: Hand, goals: Any = GOALS) -> list[dict[str, Any]]:
    version = {"valid_from": "2020-01-01", "name": "Bản", "unit_type": "Bản"}
    made = [admin.entry("place", v, PROVINCE, {"level": "village", "versions": [version]}) for v in VILLAGES]
    campaign = {"name_vi": "x", "name_en": "x", "disease": "x", "document": "x", "starts_on": "2022-01-01"}
    made.append(admin.entry("campaign", CAMPAIGN, PROVINCE, campaign))
    for group, dose_type in goals:
        body = {
            "campaign": CAMPAIGN, "target_place": PROVINCE, "age_group": group, "dose_type": dose_type,
            "due_on": str(DUE), "planned_people": 10, "document": "x", "valid_from": "2022-01-01",
        }  # fmt: skip
        made.append(admin.entry("plan_target", place(f"{group} {dose_type}"), PROVINCE, body))
    return made


def cells(engine: Engine) -> dict[tuple[str, str, str], Figures]:
    """(village, age group, dose) -> figures, refreshed first."""
    with engine.begin() as connection:
        refresh(connection, stale_villages(connection), CLOCK)
        found = figures(connection, VILLAGES)
    return {(v, g.age_group, g.dose_type): f for v, goals in found.items() for g, f in goals.items()}


def test_cells_wait_for_a_refresh_exactly_when_something_arrived(engine: Engine) -> None:
    admin, station = enrol(engine, "administrator", "station")
    push(engine, admin, *plan(admin))
    with engine.begin() as connection:
        assert stale_villages(connection) == sorted(VILLAGES)
        assert refresh(connection, stale_villages(connection), CLOCK) == len(VILLAGES) * len(GOALS)
        assert stale_villages(connection) == []
    first = station.person("p", VILLAGES[0])
    for entry, stale in (
        (first, [VILLAGES[0]]),
        (station.dose("p"), [VILLAGES[0]]),
        (station.move("p", VILLAGES[1], first), [VILLAGES[0], VILLAGES[1]]),
        (station.dose("p", dose_type="primary_2"), [VILLAGES[1]]),
        (station.dose("nobody"), []),
    ):
        push(engine, station, entry)
        with engine.begin() as connection:
            assert stale_villages(connection) == sorted(stale)
            assert stale_villages(connection, [VILLAGES[3]]) == []
            refresh(connection, stale, CLOCK)
    assert cells(engine)[VILLAGES[1], "A18", "primary_1"].covered == 1
    assert cells(engine)[VILLAGES[0], "A18", "primary_1"].people == 0


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "born": st.dates(min_value=date(2001, 1, 1), max_value=date(2011, 12, 31))
            | st.sampled_from([date(2004, 4, 30), date(2004, 5, 1), date(2010, 4, 30)]),
            "residence": st.sampled_from(
                ["permanent", "temporary", "staying", "absent", "moved", "deceased"]
            ),
            "contraindication": st.sampled_from([None, None, "CD_DI_UNG"]),
            "second": st.none()
            | st.dates(min_value=date(2022, 1, 25), max_value=date(2022, 2, 5))
            | st.just(date(2022, 1, 31)),
            "booster": st.sampled_from([None, None, date(2022, 4, 1)]),
        }
    ),
    max_size=12,
)


@pytest.mark.proves("R013", "R076")
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE)
def test_every_cell_is_what_counting_by_hand_gives(engine: Engine, people: list[dict[str, Any]]) -> None:
    from tests.server.ledger.hands import enrol_hands

    names = [place(f"{id(people)} {n}") for n in range(2)]
    admin, station = Hand(names[0], names[0], "administrator"), Hand(names[1], names[1], "station")
    with engine.begin() as connection:
        for table in reversed(CoverageCell.metadata.sorted_tables):
            connection.execute(table.delete())
        enrol_hands(connection, [admin, station])
    push(engine, admin, *plan(admin))
    entries = []
    for n, one in enumerate(people):
        raw = station.person(f"p{n}", VILLAGES[n % 2])
        raw["body"] |= {"birth_date": str(one["born"]), "residence": one["residence"]}
        if one["contraindication"]:
            raw["body"]["contraindication"] = one["contraindication"]
        entries.append(raw)
        if one["second"]:
            entries.append(station.dose(f"p{n}", dose_type="primary_1", on=date(2021, 12, 1)))
            entries.append(station.dose(f"p{n}", dose_type="primary_2", on=one["second"]))
        if one["booster"]:
            entries.append(station.dose(f"p{n}", dose_type="booster_1", on=one["booster"]))
    push(engine, station, *entries)
    shown = cells(engine)
    for village in VILLAGES[:2]:
        for group, dose_type in GOALS:
            here = [
                p
                for n, p in enumerate(people)
                if VILLAGES[n % 2] == village and in_group(p["born"], age_groups()[group], DUE)
            ]
            figure = shown[village, group, dose_type]
            present = [p for p in here if p["residence"] in ("permanent", "temporary", "staying")]
            due = [p for p in present if _due(p, dose_type)]
            assert figure.people == len(present)
            assert figure.absent == sum(p["residence"] == "absent" for p in here)
            assert figure.due == len(due)
            assert figure.covered == sum(_has(p, dose_type) for p in due)
            with engine.connect() as connection:
                goal = next(
                    g
                    for g in every_goal(connection, PROVINCE)
                    if (g.age_group, g.dose_type) == (group, dose_type)
                )
                days = covered_days(connection, {village: village}).get(village, {}).get(goal, {})
            assert sum(days.values()) == figure.covered
            given = {day for p in here for day in (date(2021, 12, 1), p["second"], p["booster"])}
            assert set(days) <= given


def _has(person: dict[str, Any], dose_type: str) -> bool:
    return bool(person["booster"] if dose_type == "booster_1" else person["second"])


def _due(person: dict[str, Any], dose_type: str) -> bool:
    if _has(person, dose_type):
        return True
    if person["contraindication"]:
        return False
    if dose_type != "booster_1":
        return True
    return bool(person["second"]) and add_months(person["second"], 3) <= DUE


@pytest.mark.proves("L7")
def test_a_goal_of_an_unknown_age_group_counts_nobody_and_hurts_no_other(engine: Engine) -> None:
    admin, station = enrol(engine, "administrator", "station")
    push(engine, admin, *plan(admin, (*GOALS, ("A_GROUP_OF_TOMORROW", "primary_1"))))
    push(engine, station, station.person("p", VILLAGES[0]))
    shown = cells(engine)
    assert shown[VILLAGES[0], "A_GROUP_OF_TOMORROW", "primary_1"].people == 0
    assert shown[VILLAGES[0], "A18", "primary_1"].people == 1


def test_a_goal_that_is_withdrawn_leaves_no_cell(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    made = plan(admin)
    push(engine, admin, *made)
    assert len(cells(engine)) == len(VILLAGES) * 3
    target = made[-1]
    push(
        engine,
        admin,
        admin.entry(
            "plan_target", target["subject"], PROVINCE, {"dose_type": "primary_1"}, based_on=[target["id"]]
        ),
    )
    assert (VILLAGES[0], "A12_17", "primary_2") not in cells(engine)
    with engine.connect() as connection:
        assert (
            planned_people(connection, PROVINCE, DUE)[Goal(DUE, "A12_17", "primary_1", CAMPAIGN), PROVINCE]
            == 10
        )


@pytest.mark.postgresql
def test_two_refreshes_of_one_village_at_once(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    [admin] = enrol(engine, "administrator")
    push(engine, admin, *plan(admin))
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(8):
                with engine.begin() as connection:
                    refresh(connection, list(VILLAGES), CLOCK)
        except Exception as error:  # noqa: BLE001  told by the test itself
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with engine.connect() as connection:
        assert len(connection.execute(select(CoverageCell)).all()) == len(VILLAGES) * len(GOALS)
    engine.dispose()


def test_figures_add_up() -> None:
    one, goal = Figures(5, 1, 1, 3, 2, 1, CLOCK.now()), Goal(DUE, "A18", "primary_1", CAMPAIGN)
    later = Figures(1, 0, 0, 1, 1, 1, CLOCK.now() + timedelta(days=1))
    summed = total([{goal: one}, {goal: later}, {}])[goal]
    assert (summed.people, summed.covered, summed.villages, summed.oldest) == (6, 3, 2, CLOCK.now())
    assert goal.key == f"{CAMPAIGN}.A18.primary_1.2022-04-30"
