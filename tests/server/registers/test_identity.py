"""Merged records: whatever the order, nothing lost, nothing counted twice, and taken apart again exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from server.database import open_engine
from server.ledger.accept import accept
from server.registers.identity_models import DoseRepeat, IdMatch, PersonGroup, SamePerson
from server.registers.models import Dose, Immunisation, Person
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from shared.rules.pairs import pair_id
from tests.server.ledger.hands import (
    CLOCK,
    TODAY,
    VILLAGES,
    Hand,
    enrol,
    enrol_hands,
    fault_codes,
    holds,
    place,
    projected,
    push,
    rebuilds_alike,
)

NAMES = ("a", "b", "c", "d")
PROVES = pytest.mark.proves("R095", "L18")

Raw = dict[str, Any]


def verdict(
    hand: Hand, one: str, other: str, says: str = "same", keep: str | None = None, **changed: Any
) -> Raw:
    """That two of the people are one; `keep` names the record kept (the first when not said)."""
    first, second = sorted((place(one), place(other)))
    body = {"person_a": first, "person_b": second, "verdict": says}
    if says == "same":
        body["keep"] = place(keep or one)
    return hand.entry("same_person", pair_id(first, second), VILLAGES[0], body, **changed)


def withdraw(hand: Hand, raw: Raw) -> Raw:
    body = {"of": raw["kind"], "reason": "other"}
    return hand.entry("void", raw["subject"], VILLAGES[0], body, corrects=raw["id"])


def merged(connection: Connection) -> dict[str, str | None]:
    """Name -> name of the record it went into."""
    names = {place(name): name for name in NAMES}
    rows = connection.execute(select(Person.id, Person.merged_into))
    return {names[row.id]: names.get(row.merged_into) for row in rows}


def first_days(connection: Connection) -> dict[str, tuple[date | None, date | None]]:
    """Name -> first days of the first two primary doses, of those with an immunisation."""
    names = {place(name): name for name in NAMES}
    rows = connection.execute(
        select(Immunisation.person_id, Immunisation.primary_1_on, Immunisation.primary_2_on)
    )
    return {names[row.person_id]: (row.primary_1_on, row.primary_2_on) for row in rows}


@pytest.fixture
def hand(engine: Engine) -> Hand:
    return enrol(engine, "station")[0]


@PROVES
def test_two_records_become_one_and_two_again(engine: Engine, hand: Hand) -> None:
    push(engine, hand, hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[1]))
    push(engine, hand, hand.dose("a", on=date(2021, 9, 1)), hand.dose("b", on=date(2021, 9, 1)))
    push(engine, hand, hand.dose("b", dose_type="primary_2", on=date(2021, 10, 1)))
    with engine.connect() as connection:
        before = projected(connection)
    same = verdict(hand, "a", "b")
    push(engine, hand, same)
    with engine.connect() as connection:
        assert merged(connection) == {"a": None, "b": "a"}
        assert first_days(connection) == {"a": (date(2021, 9, 1), date(2021, 10, 1))}
        repeat = connection.execute(select(DoseRepeat.dose_id, DoseRepeat.of_id)).one()
        assert {repeat.dose_id, repeat.of_id} == {
            row.id for row in connection.execute(select(Dose.id).where(Dose.dose_type == "primary_1"))
        }
        assert connection.execute(select(Dose.id)).all().__len__() == 3
        rebuilds_alike(connection)
    push(engine, hand, withdraw(hand, same))
    with engine.connect() as connection:
        after = projected(connection)
        verdicts = after.pop("same_person")
        before.pop("same_person")
        assert [row[-1] is None for row in verdicts] == [False]
        assert after == before


@PROVES
def test_a_correction_says_which_record_is_kept_and_a_chain_keeps_its_end(engine: Engine, hand: Hand) -> None:
    push(engine, hand, *(hand.person(name, VILLAGES[0]) for name in NAMES))
    first = verdict(hand, "a", "b", keep="a")
    push(engine, hand, first, verdict(hand, "a", "b", keep="b", corrects=first["id"]))
    with engine.connect() as connection:
        assert merged(connection) == {"a": "b", "b": None, "c": None, "d": None}
    push(engine, hand, verdict(hand, "b", "c", keep="c"), verdict(hand, "c", "d", says="different"))
    with engine.connect() as connection:
        assert merged(connection) == {"a": "c", "b": "c", "c": None, "d": None}
        rebuilds_alike(connection)


def test_of_two_that_disagree_different_holds(engine: Engine, hand: Hand) -> None:
    push(engine, hand, hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[0]))
    other = verdict(hand, "b", "a", says="different")
    push(engine, hand, verdict(hand, "a", "b"), other)
    with engine.connect() as connection:
        assert merged(connection) == {"a": None, "b": None}
        assert len(connection.execute(select(SamePerson.id)).all()) == 2
    push(engine, hand, withdraw(hand, other))
    with engine.connect() as connection:
        assert merged(connection) == {"a": None, "b": "a"}


def test_a_dose_and_a_change_of_a_merged_record_count_at_the_one_kept(engine: Engine, hand: Hand) -> None:
    kept, gone = hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[1])
    push(engine, hand, verdict(hand, "a", "b"))
    push(engine, hand, gone, hand.dose("b", on=date(2021, 9, 1)))
    with engine.connect() as connection:
        assert merged(connection) == {"b": "a"}
    push(engine, hand, kept, hand.edit("b", VILLAGES[1], {"phone": "0912345678"}, gone))
    wrong = hand.dose("b", dose_type="primary_2", on=date(2021, 10, 1))
    push(engine, hand, wrong)
    push(engine, hand, withdraw(hand, wrong))
    with engine.connect() as connection:
        assert merged(connection) == {"a": None, "b": "a"}
        assert first_days(connection) == {"a": (date(2021, 9, 1), None)}
        rebuilds_alike(connection)


def test_a_verdict_must_name_the_pair_in_order(engine: Engine, hand: Hand) -> None:
    right = verdict(hand, "a", "b")
    turned = right["body"] | {"person_a": right["body"]["person_b"], "person_b": right["body"]["person_a"]}
    alone = {key: value for key, value in right["body"].items() if key != "keep"}
    answer = push(
        engine,
        hand,
        hand.entry("same_person", right["subject"], VILLAGES[0], turned),
        hand.entry("same_person", place("x"), VILLAGES[0], right["body"]),
        hand.entry("same_person", right["subject"], VILLAGES[0], alone),
        hand.entry("same_person", right["subject"], VILLAGES[0], alone | {"verdict": "different"}),
    )
    assert fault_codes(answer) == [
        ["identity.pair_wrong"], ["identity.pair_wrong"], ["identity.keep_missing"], [],
    ]  # fmt: skip


@pytest.mark.proves("R053")
def test_of_the_answers_about_a_person_the_latest_stands(engine: Engine) -> None:
    hand = enrol(engine, "provincial_manager")[0]

    def answer(says: str, days_ago: int, **changed: Any) -> Raw:
        body = {"answer": says, "id_number": "012080001234"}
        on = TODAY - timedelta(days=days_ago)
        return hand.entry("id_match", place("a"), VILLAGES[0], body, on=on, **changed)

    matched, differs = answer("matched", 3), answer("differs", 9)
    push(engine, hand, matched)
    push(engine, hand, differs)
    latest = select(IdMatch.answer).where(IdMatch.latest)
    with engine.connect() as connection:
        assert connection.execute(latest).scalars().all() == ["matched"]
        rebuilds_alike(connection)
    push(engine, hand, answer("not_found", 0, corrects=matched["id"]))
    with engine.connect() as connection:
        assert connection.execute(latest).scalars().all() == ["not_found"]


Step = tuple[int, int, int, int]
_step = st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3), st.integers(0, 999))


def history(steps: list[Step]) -> Hand:
    """People, doses, verdicts, their corrections and withdrawals, as the steps spell them."""
    hand, said = Hand(place("device"), place("user"), "station"), list[Raw]()
    for what, whom, other, how in steps:
        chance = random.Random(how)
        one, two = NAMES[whom], NAMES[other]
        if what == 0:
            hand.person(one, chance.choice(VILLAGES))
        elif what == 1:
            day = date(2021, 9, 1) + timedelta(days=chance.randint(0, 2))
            said.append(hand.dose(one, dose_type=chance.choice(("primary_1", "primary_2")), on=day))
        elif what == 2 and said:
            withdraw(hand, chance.choice(said))
        elif one != two:
            says = chance.choice(("same", "same", "same", "different"))
            pair = pair_id(place(one), place(two))
            earlier = [raw["id"] for raw in said if raw["subject"] == pair]
            corrects = {"corrects": chance.choice(earlier)} if earlier and how % 2 else {}
            said.append(verdict(hand, one, two, says, chance.choice((one, two)), **corrects))
    return hand


@contextmanager
def anew(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as transaction:
        enrol_hands(connection, [Hand(place("device"), place("user"), "station")])
        yield connection
        transaction.rollback()


def shown(engine: Engine, hand: Hand, raws: list[Raw], size: int) -> dict[str, Any]:
    """The tables after these arrived in pushes of a size."""
    with anew(engine) as connection:
        for start in range(0, len(raws), size):
            accept(connection, hand.sender(), raws[start : start + size], CLOCK, PROJECTORS)
        holds(connection)
        _counted_once(connection)
        found = projected(connection)
        rebuilds_alike(connection)
    return found


def _counted_once(connection: Connection) -> None:
    """By another way than the projector's: who is with whom, and what they had."""
    standing = connection.execute(select(SamePerson).where(SamePerson.corrected_by.is_(None))).all()
    apart = {frozenset((row.person_a, row.person_b)) for row in standing if row.verdict == "different"}
    group = {place(name): {place(name)} for name in NAMES}
    for row in standing:
        if row.verdict == "same" and frozenset((row.person_a, row.person_b)) not in apart:
            joined = group[row.person_a] | group[row.person_b]
            for record in joined:
                group[record] = joined
    kept = {row.person_id: row.kept_id for row in connection.execute(select(PersonGroup))}
    assert set(kept) == {record for record, members in group.items() if len(members) > 1}
    assert all(kept[record] in group[record] for record in kept)
    for row in connection.execute(select(Person.id, Person.merged_into)):
        assert row.merged_into == (None if kept.get(row.id, row.id) == row.id else kept[row.id])
    doses = connection.execute(select(Dose)).all()
    rows = {row.person_id: row for row in connection.execute(select(Immunisation))}
    assert set(rows) == {kept.get(dose.person_id, dose.person_id) for dose in doses}
    repeats = set(connection.execute(select(DoseRepeat.dose_id)).scalars())
    for person, row in rows.items():
        own = [d for d in doses if d.person_id in group[person] and d.corrected_by is None]
        for dose_type in ("primary_1", "primary_2"):
            days = [d.given_on for d in own if d.dose_type == dose_type]
            assert getattr(row, f"{dose_type}_on") == min(days, default=None)
        counted = [d for d in own if d.id not in repeats]
        assert {(d.dose_type, d.given_on) for d in counted} == {(d.dose_type, d.given_on) for d in own}
        for dose in counted:
            others = [d for d in counted if (d.dose_type, d.given_on) == (dose.dose_type, dose.given_on)]
            assert {d.person_id for d in others} == {dose.person_id}


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Engine]:
    made = open_engine("sqlite://")
    with made.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
    yield made
    made.dispose()


@PROVES
@settings(max_examples=80)
@given(st.lists(_step, max_size=30), st.randoms(use_true_random=False))
def test_neither_order_nor_splitting_matters(
    in_memory: Engine, steps: list[Step], chance: random.Random
) -> None:
    hand = history(steps)
    mixed = [*hand.written, *chance.choices(hand.written, k=len(hand.written) // 3)] if hand.written else []
    chance.shuffle(mixed)
    straight = shown(in_memory, hand, hand.written, 100)
    assert straight == shown(in_memory, hand, mixed, 3) == shown(in_memory, hand, mixed[::-1], 1)


@PROVES
@settings(max_examples=40)
@given(st.lists(_step, max_size=20), st.integers(0, 3), st.integers(0, 3))
def test_merging_and_taking_apart_gives_the_rows_of_before(
    in_memory: Engine, steps: list[Step], one: int, other: int
) -> None:
    hand = history([step for step in steps if step[0] < 2] + [(3, 2, 3, 1)])
    if one == other:
        other = (one + 1) % len(NAMES)
    before = shown(in_memory, hand, hand.written, 100)
    withdraw(hand, verdict(hand, NAMES[one], NAMES[other]))
    after = shown(in_memory, hand, hand.written, 100)
    before.pop("same_person")
    after.pop("same_person")
    assert after == before
