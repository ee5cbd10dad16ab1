"""Finding the records that may be of one person."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from server.database import open_engine
from server.ledger.accept import accept
from server.registers import duplicates
from server.registers.identity_models import DuplicateCandidate
from server.registers.models import Person
from server.scheduler.work import find_duplicates
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from shared.rules.matching import compare
from tests.server.ledger.hands import CLOCK, TODAY, Hand, enrol, enrol_hands, place, push

PROVINCES = (place("province"), place("another province"))
HOMES = (*(place(f"village {n}") for n in range(4)), place("village elsewhere"))
ADMIN = Hand(place("admin device"), place("admin"), "administrator")
PROVES = pytest.mark.proves("R095", "L18")


def villages(hand: Hand) -> list[dict[str, Any]]:
    version = {"valid_from": "2020-01-01", "name": "Bản", "unit_type": "Bản"}
    body = {"level": "village", "versions": [version]}
    return [
        hand.entry("place", village, PROVINCES[number == len(HOMES) - 1], body)
        for number, village in enumerate(HOMES)
    ]


def person(hand: Hand, name: str, home: int, **changed: Any) -> dict[str, Any]:
    """Somebody in a house of their own."""
    body = {
        "household": place(f"house of {name}"), "full_name": "Giàng A Páo", "birth_date": "1980-05-17",
        "birth_precision": "day", "sex": "male", "id_kind": "none", "residence": "permanent", **changed,
    }  # fmt: skip
    return hand.entry("person", place(name), HOMES[home], body)


def look(engine: Engine, today: date = TODAY) -> duplicates.Scanned:
    with engine.begin() as connection:
        return duplicates.scan(connection, duplicates.unscanned_villages(connection), today)


def found(connection: Connection) -> dict[frozenset[str], Any]:
    rows = connection.execute(select(DuplicateCandidate)).all()
    assert all(row.person_a < row.person_b for row in rows)
    return {frozenset((row.person_a, row.person_b)): row for row in rows}


def pair(*names: str) -> frozenset[str]:
    return frozenset(map(place, names))


@pytest.fixture
def hand(engine: Engine) -> Hand:
    admin, station = enrol(engine, "administrator", "station")
    push(engine, admin, *villages(admin))
    return station


@PROVES
def test_one_person_registered_in_two_communes_is_found_with_the_reasons(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        person(hand, "first", 0, phone="0912345678"),
        person(hand, "second", 3, full_name="GIANG A PAO", phone="0912345678"),
        person(hand, "of another year", 1, birth_date="1981-05-17", phone="0987654321"),
        person(hand, "of another province", 4),
        person(hand, "somebody else", 2, full_name="Lò Thị Ân", sex="female", birth_date="1990-02-03"),
    )
    assert look(engine).candidates == 1
    with engine.connect() as connection:
        (row,) = found(connection).values()
    assert frozenset((row.person_a, row.person_b)) == pair("first", "second")
    assert (row.level, row.score, row.found_on) == ("likely", 68, TODAY)
    assert json.loads(row.reasons) == [
        ["name_unmarked", 28], ["birth_same", 25], ["phone_same", 10], ["sex_same", 5],
    ]  # fmt: skip


def test_a_number_given_twice_is_found_whatever_else_is_written(engine: Engine, hand: Hand) -> None:
    number = {"id_kind": "cccd", "id_number": "012080001234"}
    push(
        engine,
        hand,
        person(hand, "first", 0, **number),
        person(hand, "second", 3, **number, full_name="Lò Thị Ân", sex="female", birth_date="1990-02-03"),
    )
    look(engine)
    with engine.connect() as connection:
        assert found(connection)[pair("first", "second")].level == "possible"


def test_only_what_moved_on_is_looked_through_again(engine: Engine, hand: Hand) -> None:
    first, second = person(hand, "first", 0), person(hand, "second", 1)
    push(engine, hand, first, second)
    assert look(engine) == duplicates.Scanned(1, 1, 0)
    assert look(engine, TODAY + timedelta(days=1)) == duplicates.Scanned(0, 0, 0)
    push(engine, hand, person(hand, "third", 2))
    with engine.connect() as connection:
        assert duplicates.unscanned_villages(connection) == [HOMES[2]]
    look(engine, TODAY + timedelta(days=1))
    with engine.connect() as connection:
        days = {key: row.found_on for key, row in found(connection).items()}
    assert days == {
        pair("first", "second"): TODAY,
        pair("first", "third"): TODAY + timedelta(days=1),
        pair("second", "third"): TODAY + timedelta(days=1),
    }
    # Put right: the pair is no longer one.
    other = {"full_name": "Lò Văn Sơn", "birth_date": "1991-01-02"}
    push(engine, hand, hand.entry("person", place("second"), HOMES[1], other, based_on=[second["id"]]))
    look(engine, TODAY + timedelta(days=2))
    with engine.connect() as connection:
        assert found(connection).keys() == {pair("first", "third")}
        assert found(connection)[pair("first", "third")].found_on == TODAY + timedelta(days=1)


def test_a_phone_that_everybody_gave_is_passed_over(
    engine: Engine, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(duplicates._SHARED, "phone", 3)
    names = [f"Người {word}" for word in ("Ân", "Bình", "Chung", "Dương")]
    people = [
        person(hand, name, n % 4, full_name=name, phone="0900000000", birth_date="1980-05-17")
        for n, name in enumerate(names)
    ]
    push(engine, hand, *people[:3])
    assert look(engine).compared == 3
    push(engine, hand, people[3])
    assert look(engine) == duplicates.Scanned(0, 0, 1)


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Engine]:
    made = open_engine("sqlite://")
    with made.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
    yield made
    made.dispose()


_who = st.tuples(
    st.sampled_from(("Giàng A Páo", "Giàng Páo A", "Giang A Pao", "Lò Thị Ân", "Lò Ân")),
    st.sampled_from(("1980-05-17", "1980-01-01", "1980-05-01", "1985-05-17")),
    st.sampled_from(("day", "year")),
    st.sampled_from((None, "0912345678", "0987654321")),
    st.sampled_from((None, "012080001234", "012080001243")),
    st.integers(0, 3),
)


@PROVES
@settings(max_examples=60)
@given(st.lists(_who, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_in_pieces_as_at_once_and_nothing_that_is_kept_is_unlikely(
    in_memory: Engine, people: list[Any], chance: random.Random
) -> None:
    hand = Hand(place("device"), place("user"), "station")
    for n, (name, born, precision, phone, number, home) in enumerate(people):
        body = {"full_name": name, "birth_date": born, "birth_precision": precision}
        body |= {"phone": phone} if phone else {}
        body |= {"id_kind": "cccd", "id_number": number} if number else {}
        person(hand, f"p{n}", home, **body)
    shown = []
    for size in (len(hand.written), 1, 3):
        raws = list(hand.written)
        if size != len(raws):
            chance.shuffle(raws)
        with in_memory.connect() as connection, connection.begin() as transaction:
            ADMIN.seq = 1
            enrol_hands(connection, [hand, ADMIN])
            accept(connection, ADMIN.sender(), villages(ADMIN), CLOCK, PROJECTORS)
            for start in range(0, len(raws), size):
                accept(connection, hand.sender(), raws[start : start + size], CLOCK, PROJECTORS)
                duplicates.scan(connection, duplicates.unscanned_villages(connection), TODAY)
            shown.append({key: (row.score, row.reasons) for key, row in found(connection).items()})
            described = duplicates.described(connection, list(connection.scalars(select(Person.id))))
            transaction.rollback()
    assert shown[0] == shown[1] == shown[2]
    for key in shown[0]:
        one, other = key
        assert compare(described[one], described[other]).level != "no"
    numbered = [p for p in described if described[p].id_number]
    for one in numbered:
        for other in numbered:
            if one < other and described[one].id_number == described[other].id_number:
                assert frozenset((one, other)) in shown[0], "one number, two people, and nobody is told"


def test_the_job_tells_what_it_did(engine: Engine, hand: Hand) -> None:
    push(engine, hand, person(hand, "first", 0), person(hand, "second", 3))
    told = find_duplicates(engine, CLOCK)
    assert (told["compared"], told["found"], told["crowded"]) == (1, 1, 0)
    assert find_duplicates(engine, CLOCK) == {"villages": 0, "compared": 0, "found": 0, "crowded": 0}
