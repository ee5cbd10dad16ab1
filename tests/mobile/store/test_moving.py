"""Moves and splits: everybody is in exactly one household, whatever the order, and nobody is lost."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.store import moving, registers, undoing
from mobile.store.project import project_everything
from mobile.store.store import Store
from shared.faults import Refused
from shared.identifiers import named_id
from tests.mobile.phones import (
    OTHER_VILLAGE,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    person_body,
    projections,
)


def filled(folder: Path) -> tuple[Store, list[str], list[str]]:
    """A phone with three households in two villages and six people in two of them."""
    store = make_phone(folder / "phone")
    streams = Streams()
    streams.deliver(basics())
    store.apply_page(streams.whole())
    houses = [
        store.record("household", place=place, body=household_body(head)).subject
        for head, place in (("Lò A", VILLAGE), ("Lò B", VILLAGE), ("Vàng C", OTHER_VILLAGE))
    ]
    people = [
        store.record(
            "person", place=VILLAGE, body=person_body(houses[number % 2], f"Lò Văn {number}", relation="Con")
        ).subject
        for number in range(6)
    ]
    return store, houses, people


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Store, list[str], list[str]]]:
    store, houses, people = filled(tmp_path)
    yield store, houses, people
    store.close()


def homes(store: Store) -> dict[str, tuple[str, str]]:
    """person -> (household, village)."""
    rows = store.database.rows("SELECT id, household_id, village_id FROM person")
    return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.proves("R013", "R068")
def test_a_family_moves_to_another_village_at_once_and_is_put_back(world) -> None:
    store, houses, people = world
    family = people[0::2]
    before = homes(store)
    store.edit("person", family[1], {"residence": "absent", "residence_since": "2022-04-01"})
    store.edit("person", family[2], {"residence": "moved"})
    store.save_draft("move:x", "person", {})
    written = moving.move(store, family, houses[2], residence="temporary", draft="move:x")
    assert [homes(store)[person] for person in family] == [(houses[2], OTHER_VILLAGE)] * 3
    rows = {m.id: m for m in registers.household(store, houses[2]).members}
    assert [rows[person].residence for person in family] == ["temporary", "absent", "temporary"]
    assert {m.relation for m in rows.values()} == {""}, "a relation is to the former head"
    assert store.draft("move:x") is None
    entry = store.entries_of(family[0])[0]
    assert (entry.place, entry.body["household"]) == (OTHER_VILLAGE, houses[2])
    undoing.take_back(store, *written)
    assert homes(store) == before
    back = registers.person(store, family[1]).values
    assert (back["residence"], back["residence_since"], back["relation"]) == ("absent", "2022-04-01", "Con")


@pytest.mark.proves("R013")
def test_a_household_is_split_in_one_transaction(world) -> None:
    store, _, people = world
    body = {"head_name": "Lò Văn 0", "lane": "Xóm Suối"}
    made, written = moving.move_to_new(store, people[0:1], VILLAGE, body)
    assert registers.household(store, made).row.head_name == "Lò Văn 0"
    assert homes(store)[people[0]] == (made, VILLAGE)
    assert len(written) == 1
    count = store.outbox_summary().total
    with pytest.raises(
        Refused
    ) as refused:  # the second of them is not there: nothing is written, no household either
        moving.move_to_new(store, [people[2], named_id("nobody")], VILLAGE, body)
    assert refused.value.faults[0].code == "phone.unknown_subject"
    assert store.outbox_summary().total == count
    assert registers.household_count(store) == 4


def test_a_move_of_nobody_or_to_nowhere_is_refused(world) -> None:
    store, houses, people = world
    for chosen, home, code in (
        ([], houses[0], "move.nobody"),
        (people[:1], named_id("none"), "move.nowhere"),
    ):
        with pytest.raises(Refused) as refused:
            moving.move(store, chosen, home)
        assert refused.value.faults[0].code == code
    with pytest.raises(Refused):
        moving.move_to_new(store, [], VILLAGE, {"head_name": "Lò"})
    with pytest.raises(Refused) as refused:
        moving.move_to_new(store, people[:1], VILLAGE, {"lane": "Xóm"})
    assert refused.value.faults[0].field == "head_name"


def test_who_is_there_already_is_left_alone(world) -> None:
    store, houses, people = world
    assert moving.move(store, people[0:1], houses[0]) == []
    assert registers.person(store, people[0]).row.relation == "Con"


STEPS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 5), min_size=1),
        st.integers(0, 3),  # 3: a new household
        st.sampled_from([None, "temporary", "permanent"]),
        st.booleans(),  # undone at once
    ),
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@pytest.mark.proves("R013", "R068")
def test_after_any_moves_and_splits_everybody_is_in_exactly_one_household(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, houses, people = filled(Path(folder))
        expected = {person: houses[number % 2] for number, person in enumerate(people)}
        known = list(houses)
        for chosen, where, residence, undone in steps:
            movers = [people[each] for each in sorted(chosen)]
            if where == 3:
                home, written = moving.move_to_new(
                    store, movers, OTHER_VILLAGE, {"head_name": "Mới"}, residence=residence
                )
                known.append(home)
            else:
                home = houses[where]
                written = moving.move(store, movers, home, residence=residence)
            if undone:
                undoing.take_back(store, *written)
            else:
                expected |= dict.fromkeys(movers, home)
        members = {home: [m.id for m in registers.household(store, home).members] for home in known}
        assert Counter(m for each in members.values() for m in each) == Counter(people)
        assert {m: home for home, each in members.items() for m in each} == expected
        villages = dict(store.database.rows("SELECT id, village_id FROM household"))
        assert all(village == villages[home] for home, village in homes(store).values())
        kept = projections(store)
        with store.database.transaction() as connection:
            project_everything(connection, store.clock.today())
        assert projections(store) == kept
        store.close()
