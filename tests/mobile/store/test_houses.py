"""How houses stand in the review: the counts of lanes and villages, whatever was recorded in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mobile.store import houses, registers
from mobile.store.store import Store
from shared.clock import FixedClock
from shared.rules.review import AT_THE_DOOR
from tests.mobile.phones import (
    OTHER_VILLAGE,
    TODAY,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    person_body,
)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = make_phone(tmp_path_factory.mktemp("phone"), clock=FixedClock(TODAY))
    streams = Streams()
    streams.deliver(basics())
    store.apply_page(streams.whole())
    yield store
    store.close()


class UndoneError(Exception):
    """Rolls an example back."""


@contextmanager
def tried(store: Store) -> Iterator[None]:
    """What is recorded inside is as if it had not been."""
    with suppress(UndoneError), store.together():
        yield
        raise UndoneError


@dataclass(frozen=True)
class Visited:
    """A visit as an example has it: days ago, its type, how many members have an outcome, the days until a revisit."""

    ago: int
    visit_type: str
    asked: int
    again: int | None
    withdrawn: bool


visits = some.builds(
    Visited,
    ago=some.integers(0, 9),
    visit_type=some.sampled_from(["door_to_door", "mop_up", "facility"]),
    asked=some.integers(1, 3),
    again=some.none() | some.integers(-3, 3),
    withdrawn=some.booleans(),
)
houses_of = some.tuples(
    some.sampled_from(["", "Xóm 1", "xóm 1", "Xóm 10", "Xóm 2", "Ngõ Đá"]),
    some.sampled_from([VILLAGE, OTHER_VILLAGE]),
    some.lists(some.sampled_from(["permanent", "absent", "moved", "deceased"]), min_size=3, max_size=3),
    some.lists(visits, max_size=3),
)


def build(
    store: Store, lane: str, village: str, residences: list[str], made: list[Visited]
) -> tuple[str, str, bool]:
    """Record a house and its visits; answers (id, the state it must be in, whether it is to be gone to)."""
    body = household_body("Lò Văn Sơn") | {"lane": lane or None}
    house = store.record("household", place=village, body=body).subject
    members = [
        store.record("person", place=village, body=person_body(house, f"Lò {n}", residence=residence)).subject
        for n, residence in enumerate(residences)
    ]
    standing: list[tuple[date, str, Visited]] = []
    for each in made:
        day = TODAY - timedelta(days=each.ago)
        outcomes = [{"person": member, "outcome": "reviewed"} for member in members[: each.asked]]
        body = {"visit_type": each.visit_type, "outcomes": outcomes}
        if each.again is not None:
            body["revisit_on"] = (TODAY + timedelta(days=each.again)).isoformat()
        entry = store.record("visit", place=village, subject=house, body=body, occurred_on=day)
        if each.withdrawn:
            void = {"of": "visit", "reason": "twice"}
            store.record("void", place=village, subject=house, body=void, corrects=entry.id)
        else:
            standing.append((day, entry.id, each))
    answered = {member for *_, each in standing for member in members[: each.asked]}
    asked = [
        m for m, residence in zip(members, residences, strict=True) if residence in ("permanent", "absent")
    ]
    newest = max(standing, key=lambda visit: visit[:2])[2] if standing else None
    if not any(each.visit_type in AT_THE_DOOR for *_, each in standing):
        return house, "never", True
    if newest is not None and newest.again is not None:
        return house, "revisit", newest.again <= 0
    unanswered = set(asked) - answered
    return house, "unanswered" if unanswered else "reviewed", bool(unanswered)


@pytest.mark.proves("R060")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(houses_of, min_size=1, max_size=5))
def test_every_house_of_my_villages_is_in_exactly_one_state(
    phone: Store, made: list[tuple[Any, ...]]
) -> None:
    with tried(phone):
        expected = {}
        for each in made:
            house, state, to_knock = build(phone, *each)
            expected[house] = (state, to_knock)
        found = houses.houses(phone)
        with patch.object(houses, "PIECE", 2):
            assert houses.houses(phone) == found, "looked at piece by piece"
        assert {house.id: (house.state, house.to_knock) for house in found} == expected
        assert len(found) == len(made)
        rows = registers.household_rows(phone, [house.id for house in found])
        assert {row.id: row.state for row in rows} == {house.id: house.state for house in found}
        by_lane = houses.lanes(found)
        assert [house for lane in by_lane for house in lane.houses] == found
        assert sum(lane.to_knock for lane in by_lane) == len(houses.to_knock(found))
        named = [(lane.village_id, lane.name.lower()) for lane in by_lane]
        assert len(set(named)) == len(named), "one row a lane, however it is written"


def test_lanes_stand_in_their_order_and_houses_without_one_come_last(phone: Store) -> None:
    with tried(phone):
        for lane in ("", "Xóm 10", "Xóm 2", "xóm 2", "Ngõ Đá"):
            build(phone, lane, VILLAGE, ["permanent"] * 3, [])
        lanes = houses.lanes(houses.houses(phone, VILLAGE))
        assert [(lane.name.capitalize(), len(lane.houses)) for lane in lanes] == [
            ("Ngõ đá", 1),
            ("Xóm 2", 2),
            ("Xóm 10", 1),
            ("", 1),
        ]


@pytest.mark.proves("R060")
def test_a_check_at_a_health_facility_answers_for_people_but_nobody_was_at_the_door(phone: Store) -> None:
    with tried(phone):
        at_facility = Visited(1, "facility", 3, None, withdrawn=False)
        house, *_ = build(phone, "", VILLAGE, ["permanent"] * 3, [at_facility])
        [row] = registers.household_rows(phone, [house])
        assert (row.state, row.unanswered) == ("never", 0)
