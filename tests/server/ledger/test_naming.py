"""Whom entries are about: withdrawals, and persons who turn out to be one, whatever comes first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.registers.models import Dose
from tests.server.ledger.hands import (
    SITES,
    VILLAGES,
    Hand,
    enrol,
    fault_codes,
    holds,
    place,
    push,
    rebuilds_alike,
    stream_of,
)

HERE, THERE, ELSEWHERE = VILLAGES[:3]


def sound(engine: Engine) -> None:
    with engine.begin() as connection:
        holds(connection)
        rebuilds_alike(connection)


def streams(engine: Engine, *ids: str) -> list[list[str]]:
    with engine.connect() as connection:
        return [stream_of(connection, each) for each in ids]


def standing_doses(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(Dose.id).where(Dose.corrected_by.is_(None))).scalars())


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_withdrawn_dose_does_not_count_whatever_comes_first(engine: Engine, order: tuple[int, ...]) -> None:
    station, team = enrol(engine, "station", "mobile_team")
    person, dose = station.person("a", HERE), station.dose("a", SITES[0])
    void = team.void(dose, SITES[1])
    for each in order:
        raw = (person, dose, void)[each]
        push(engine, team if raw is void else station, raw)
    assert standing_doses(engine) == []
    for stream in streams(engine, HERE, SITES[0]):
        assert void["id"] in stream, "whoever keeps the dose must hear that it is withdrawn"
    sound(engine)


def test_a_withdrawal_of_another_persons_dose_changes_nothing(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    dose = station.dose("a")
    void = station.void(dose) | {"subject": place("b")}
    push(engine, station, station.person("a", HERE), station.person("b", THERE), dose, void)
    assert standing_doses(engine) == [dose["id"]]


def test_a_withdrawal_names_what_it_withdraws(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    raw = station.void(station.dose("a"))
    del raw["corrects"]
    assert fault_codes(push(engine, station, raw)) == [["void.of_nothing"]]
    again = station.void(station.void(station.dose("a")))
    assert fault_codes(push(engine, station, again)) == [["void.of_void"]]


def test_a_withdrawn_visit_reaches_the_village_and_waits_for_nobodys_home(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    house = station.household("h", HERE)
    visit = station.entry(
        "visit", place("h"), HERE,
        {"visit_type": "door_to_door", "outcomes": [{"person": place("a"), "outcome": "reviewed"}]},
    )  # fmt: skip
    push(engine, station, house, visit, station.void(visit, ELSEWHERE))
    [here] = streams(engine, HERE)
    assert len(here) == 3
    sound(engine)


def _of_two(station: Hand) -> list[dict[str, Any]]:
    return [
        station.person("a", HERE),
        station.dose("a", SITES[0]),
        station.person("b", THERE),
        station.dose("b", SITES[1], "primary_2"),
        station.verdict("a", "b", ELSEWHERE),
    ]


@pytest.mark.proves("R095", "L18", "L9")
@pytest.mark.parametrize("first", range(5))
def test_what_is_written_about_either_is_heard_at_both_homes(engine: Engine, first: int) -> None:
    [station] = enrol(engine, "station")
    raws = _of_two(station)
    for raw in raws[first:] + raws[:first]:
        push(engine, station, raw)
    later = station.dose("b", SITES[1], "booster_1")
    push(engine, station, later)
    here, there = streams(engine, HERE, THERE)
    assert set(here) == set(there) == {raw["id"] for raw in (*raws, later)}
    sound(engine)


def test_a_move_takes_the_history_of_both_along(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    raws = _of_two(station)
    push(engine, station, *raws)
    moved = station.move("a", VILLAGES[3], raws[0])
    push(engine, station, moved)
    [there] = streams(engine, VILLAGES[3])
    assert set(there) == {raw["id"] for raw in (*raws, moved)}
    sound(engine)


def test_a_withdrawn_verdict_is_heard_at_both_homes_even_when_it_comes_first(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    raws = _of_two(station)
    void = station.void(raws[-1])
    push(engine, station, void)
    push(engine, station, *raws)
    for stream in streams(engine, HERE, THERE, ELSEWHERE):
        assert void["id"] in stream
    sound(engine)


def test_three_who_are_one_share_three_homes(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    push(
        engine,
        station,
        *(station.person(name, village) for name, village in zip("abc", VILLAGES, strict=False)),
    )
    push(engine, station, station.verdict("a", "b", ELSEWHERE))
    push(engine, station, station.verdict("b", "c", ELSEWHERE))
    dose = station.dose("c", SITES[0])
    push(engine, station, dose)
    assert all(dose["id"] in stream for stream in streams(engine, *VILLAGES[:3]))
    sound(engine)


def test_two_who_are_not_one_hear_of_the_verdict_and_of_nothing_else(engine: Engine) -> None:
    [station] = enrol(engine, "station")
    persons = [station.person("a", HERE), station.person("b", THERE)]
    verdict, dose = station.verdict("a", "b", ELSEWHERE, "different"), station.dose("b", SITES[0])
    moved = station.move("b", VILLAGES[3], persons[1])
    for raw in (*persons, verdict, dose, moved):
        push(engine, station, raw)
    here, there, new = streams(engine, HERE, THERE, VILLAGES[3])
    assert set(here) == {persons[0]["id"], verdict["id"]}
    assert set(there) == set(new) == {raw["id"] for raw in (persons[1], verdict, dose, moved)}
    sound(engine)
