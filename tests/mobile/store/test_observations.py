"""Observation on the phone: who is under it, by which clock, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.store import observations
from mobile.store.observations import Watched
from mobile.store.store import Store
from mobile.store.undoing import take_back
from shared.clock import FixedClock
from shared.identifiers import new_id
from tests.mobile.phones import (
    OTHER_DEVICE,
    PIN,
    STATION,
    TODAY,
    Streams,
    make_phone,
    page,
    person_body,
    projections,
    raw_entry,
)

HOUSE, PERSON, OTHER, SESSION = (new_id() for _ in range(4))
DOSE = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot_number": "x"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TODAY)


@pytest.fixture
def phone(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    store = make_phone(tmp_path, clock=clock)
    yield store
    store.close()


def give(phone: Store, person: str = PERSON, **more: Any) -> str:
    body = DOSE | {"session": SESSION} | more.pop("body", {})
    return phone.record("dose", subject=person, place=STATION, body=body, **more).id


def only(phone: Store) -> Watched:
    (seen,) = observations.watched(phone, SESSION)
    return seen


def left(phone: Store) -> int:
    seen = only(phone)
    return round((seen.until - phone.clock.now()) / timedelta(minutes=1))


@pytest.mark.proves("R039")
def test_a_dose_is_watched_for_thirty_minutes_and_then_until_somebody_ends_it(
    phone: Store, clock: FixedClock
) -> None:
    dose = give(phone)
    clock.advance(minutes=29)
    seen = only(phone)
    assert (seen.dose, seen.person, seen.still, left(phone)) == (dose, PERSON, True, 1)
    clock.advance(minutes=1)
    assert not only(phone).still
    observations.end(phone, only(phone), "well")
    assert observations.watched(phone, SESSION) == []
    (ended,) = observations.ended(phone, SESSION)
    assert (ended.result, ended.minutes, ended.mine) == ("well", 30, True)


@pytest.mark.proves("R039", "L13")
def test_the_time_goes_on_while_the_app_is_closed(tmp_path: Path, clock: FixedClock) -> None:
    store = make_phone(tmp_path, clock=clock)
    give(store)
    clock.advance(minutes=10)
    store.close()
    clock.advance(minutes=10)
    again = Store.open(tmp_path, PIN, clock=clock)
    assert left(again) == 10
    again.close()


def test_nobody_goes_early_or_late_because_the_hour_was_set(phone: Store, clock: FixedClock) -> None:
    give(phone)
    clock.advance(minutes=5)
    assert not only(phone).hour_set
    clock.set_by(hours=2)
    assert (left(phone), only(phone).hour_set) == (25, True)
    clock.set_by(days=-1)
    assert (left(phone), only(phone).hour_set) == (25, True)
    clock.advance(minutes=25)
    assert not only(phone).still


HANDS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 12)), st.tuples(st.just("set_by"), st.integers(-90, 90))
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(hands=st.lists(HANDS, max_size=8))
def test_only_time_that_passed_frees_somebody(phone: Store, clock: FixedClock, hands: list[Any]) -> None:
    person = new_id()
    give(phone, person)
    passed = 0

    def seen() -> Watched:
        return next(each for each in observations.watched(phone, SESSION) if each.person == person)

    assert seen().still
    for hand, minutes in hands:
        getattr(clock, hand)(minutes=minutes)
        passed += minutes if hand == "advance" else 0
        assert seen().still == (passed < 30)


def test_after_a_restart_of_the_device_the_hour_counts(phone: Store, clock: FixedClock) -> None:
    give(phone)
    only(phone)
    phone.database.connection.execute(
        "UPDATE watch SET given_s = given_s + 1e9"
    )  # seconds of before the restart
    clock.advance(minutes=12)
    assert (left(phone), only(phone).hour_set) == (18, False)


def test_an_hour_that_ran_back_keeps_nobody_longer_than_the_whole_time(
    phone: Store, clock: FixedClock
) -> None:
    give(phone)
    clock.set_by(hours=-5)  # before anybody looked
    assert left(phone) == 30
    clock.advance(minutes=30)
    assert not only(phone).still


def test_two_phones_count_by_the_server_s_time(phone: Store, clock: FixedClock) -> None:
    phone.set_clock_offset(-3600)  # this phone goes an hour fast, the other a quarter of an hour slow
    given_at = clock.now() - timedelta(hours=1, minutes=20 + 15)
    dose = raw_entry(
        "dose",
        DOSE | {"session": SESSION},
        subject=PERSON,
        place=STATION,
        device=OTHER_DEVICE,
        recorded_at=f"{given_at:%Y-%m-%dT%H:%M:%S}.000Z",
        clock_offset_s=15 * 60,
    )
    streams = Streams()
    streams.deliver([dose])
    phone.apply_page(streams.whole())
    assert left(phone) == 10


def test_a_corrected_dose_goes_on_from_its_first_record(phone: Store, clock: FixedClock) -> None:
    first = give(phone)
    clock.advance(minutes=20)
    second = give(phone, corrects=first, body={"lot_number": "y"})
    clock.advance(minutes=5)
    assert (only(phone).dose, left(phone)) == (second, 5)
    observations.end(phone, only(phone), "left")
    give(phone, corrects=second, body={"lot_number": "z"})
    assert observations.watched(phone, SESSION) == []


def test_a_dose_taken_back_or_copied_from_a_certificate_is_not_watched(phone: Store) -> None:
    taken = give(phone)
    give(phone, OTHER, body={"from_certificate": True})
    take_back(phone, taken)
    assert observations.watched(phone, SESSION) == []
    assert observations.under_observation(phone) == []


def test_a_dose_written_down_on_another_day_has_no_time_of_its_own(phone: Store, clock: FixedClock) -> None:
    yesterday = TODAY - timedelta(days=1)
    give(phone, occurred_on=yesterday)
    assert (only(phone).by_clock, only(phone).still) == (False, False)
    (entry,) = observations.end_all(phone, SESSION)
    (ended,) = observations.ended(phone, SESSION)
    assert (ended.id, ended.result, ended.minutes) == (entry, "on_paper", None)
    row = phone.database.row("SELECT ended_on FROM observation")
    assert row is not None
    assert row[0] == yesterday.isoformat()


@pytest.mark.proves("R039")
def test_all_whose_time_is_over_go_at_once_but_for_those_who_had_a_reaction(
    phone: Store, clock: FixedClock
) -> None:
    people = [new_id() for _ in range(4)]
    doses = [give(phone, person) for person in people[:3]]
    clock.advance(minutes=25)
    give(phone, people[3])
    clock.advance(minutes=6)
    told = {"dose": doses[2], "onset_on": TODAY.isoformat(), "severity": "ordinary", "symptoms": ["fever"]}
    reaction = phone.record("reaction", subject=people[2], place=STATION, body=told)
    observations.end_all(phone, SESSION)
    assert {each.person for each in observations.ended(phone, SESSION)} == set(people[:2])
    waiting = {each.person: (each.still, each.reaction) for each in observations.watched(phone, SESSION)}
    assert waiting == {people[2]: (False, reaction.id), people[3]: (True, None)}


def test_an_end_taken_back_leaves_the_time_as_it_was(phone: Store, clock: FixedClock) -> None:
    give(phone)
    clock.advance(minutes=31)
    take_back(phone, *observations.end_all(phone, SESSION))
    assert not only(phone).still
    assert observations.ended(phone, SESSION) == []


def test_the_station_sees_its_own_of_today_and_yesterday(phone: Store, clock: FixedClock) -> None:
    give(phone)
    assert len(observations.under_observation(phone, STATION)) == 1
    assert observations.under_observation(phone, new_id()) == []
    clock.advance(days=1)
    (seen,) = observations.under_observation(phone)
    assert not seen.still
    observations.end(phone, seen, "well")
    assert observations.ended(phone, SESSION)[0].minutes is None, "nobody is watched overnight"
    give(phone, OTHER)
    clock.advance(days=2)
    assert observations.under_observation(phone) == []
    assert len(observations.watched(phone, SESSION)) == 1


@pytest.mark.proves("L9")
def test_what_was_ended_does_not_depend_on_the_order_it_arrives_in(tmp_path: Path) -> None:
    person = raw_entry("person", person_body(HOUSE), subject=PERSON, place=STATION)
    dose = raw_entry("dose", DOSE | {"session": SESSION}, subject=PERSON, place=STATION)
    ended = raw_entry("observation", {"dose": dose["id"], "result": "well"}, subject=PERSON, place=STATION)
    twice = raw_entry("observation", {"dose": dose["id"], "result": "left"}, subject=PERSON, place=STATION)
    void = raw_entry(
        "void", {"of": "observation", "reason": "twice"}, subject=PERSON, place=STATION, corrects=twice["id"]
    )
    found = []
    for number, order in enumerate(
        (
            [person, dose, ended, twice, void],
            [void, ended, twice, dose, person],
            [twice, void, person, ended, dose],
        )
    ):
        store = make_phone(tmp_path / str(number))
        streams = Streams()
        streams.deliver(order)
        for position in range(len(order)):
            store.apply_page(page([streams.part(STATION, position, position + 1)]))
        found.append(projections(store))
        assert observations.watched(store, SESSION) == []
        store.close()
    assert found[0] == found[1] == found[2]
    assert len(found[0]["observation"]) == 2
