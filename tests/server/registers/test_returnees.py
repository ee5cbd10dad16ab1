"""Who came, from where, and who of them lacks a due dose, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from server.registers.returnees import Came, Returnee, came_by, origins_of, returnees
from shared.rules.openings import SHIPPED
from tests.server.ledger.hands import SITES, TODAY, VILLAGES, Hand, enrol, place, push

VILLAGE, OTHER = VILLAGES[:2]
SINCE = date(2022, 1, 15)


@pytest.fixture
def hand(engine: Engine) -> Hand:
    (made,) = enrol(engine, "station")
    return made


def came(hand: Hand, name: str, on: str | None, origin: str | None = None, **changed: Any) -> dict[str, Any]:
    body = {
        "household": place("house"), "full_name": f"Lò {name}", "birth_date": "1990-01-01",
        "birth_precision": "day", "sex": "male", "id_kind": "none", "residence": "permanent",
        "came_on": on, "came_from": origin,
    }  # fmt: skip
    told = {key: value for key, value in body.items() if value is not None}
    village = changed.pop("village", VILLAGE)
    return hand.entry("person", place(name), village, told | changed)


def found(engine: Engine, since: date = SINCE, until: date = TODAY, *villages: str) -> list[Returnee]:
    with engine.connect() as connection:
        return returnees(connection, villages or (VILLAGE, OTHER), since, until, SHIPPED, TODAY)


def names(people: list[Returnee]) -> list[str]:
    return [person.full_name for person in people]


@pytest.mark.proves("R041")
def test_people_present_who_came_in_the_period_the_latest_first(engine: Engine, hand: Hand) -> None:
    push(
        engine, hand,
        came(hand, "a", "2022-01-25", "Bắc Ninh"),
        came(hand, "b", "2022-02-20", "bac ninh", village=OTHER),
        came(hand, "before", "2022-01-14"),
        came(hand, "never", None),
        came(hand, "left", "2022-01-25", residence="moved"),
        came(hand, "away", "2022-01-25", residence="absent"),
    )  # fmt: skip
    assert names(found(engine)) == ["Lò b", "Lò a"]
    assert names(found(engine, date(2022, 1, 1), date(2022, 1, 31))) == ["Lò a", "Lò before"]
    assert names(found(engine, SINCE, TODAY, OTHER)) == ["Lò b"]


@pytest.mark.proves("R041")
def test_who_lacks_a_due_dose_and_from_where(engine: Engine, hand: Hand) -> None:
    push(
        engine, hand,
        came(hand, "a", "2022-01-25", "Bắc Ninh"),
        came(hand, "b", "2022-02-20", "BẮC NINH"),
        came(hand, "c", "2022-02-21", "Bắc Ninh"),
        came(hand, "d", "2022-02-22"),
        came(hand, "barred", "2022-02-22", contraindication="anaphylaxis_component"),
        hand.dose("a", SITES[0], "primary_1", on=date(2022, 4, 14)),
    )  # fmt: skip
    people = found(engine)
    lacking = {person.full_name for person in people if person.due}
    assert lacking == {"Lò b", "Lò c", "Lò d"}, "yesterday's first dose leaves nothing due, nor does a bar"
    assert [(o.name, o.came) for o in origins_of(people)] == [("Bắc Ninh", Came(3, 2)), ("", Came(2, 1))]
    assert origins_of(people, 4) == [], "few people of one place are not told apart"
    assert [o.key for o in origins_of(people, 3)] == ["bac ninh"]
    assert came_by(people, lambda person: person.village_id) == {VILLAGE: Came(5, 3)}
    assert came_by(people, lambda _: None) == {}


@pytest.mark.proves("R041")
def test_an_arrival_is_noted_later_and_taken_back(engine: Engine, hand: Hand) -> None:
    first = came(hand, "a", None)
    push(engine, hand, first)
    assert found(engine) == []
    noted = hand.edit("a", VILLAGE, {"came_on": "2022-02-01", "came_from": "Bình  Dương"}, first)
    push(engine, hand, noted)
    assert [(p.came_on, p.came_from) for p in found(engine)] == [(date(2022, 2, 1), "Bình Dương")]
    push(engine, hand, hand.edit("a", VILLAGE, {"came_on": None}, noted))
    assert found(engine) == []
