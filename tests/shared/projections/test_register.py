"""The fold of a subject's entries: the set alone decides."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.entries import Entry
from shared.projections.people import home_of, household_row, person_row
from shared.projections.register import FieldConflict, fold_register
from tests.shared.projections.making import PERSON, VILLAGES, entry_id, histories, make


@pytest.mark.proves("L9")
@settings(max_examples=200)
@given(histories, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(entries: list[Entry], chance: random.Random) -> None:
    expected = fold_register(entries)
    arriving = entries + chance.choices(entries, k=len(entries))
    chance.shuffle(arriving)
    assert fold_register(arriving) == expected
    assert person_row(fold_register(arriving)) == person_row(expected)


@pytest.mark.proves("L9")
@settings(max_examples=100)
@given(histories, st.randoms(use_true_random=False))
def test_whatever_came_first_all_copies_agree_in_the_end(entries: list[Entry], chance: random.Random) -> None:
    """Each prefix folds without fault, edits before their parents and before the person included."""
    arriving = list(entries)
    chance.shuffle(arriving)
    for count in range(1, len(arriving) + 1):
        folded = fold_register(arriving[:count])
        assert folded.known == any(not entry.is_edit for entry in arriving[:count])
        assert folded.heads
        assert (person_row(folded) is None) != folded.known
    assert fold_register(arriving) == fold_register(entries)


@settings(max_examples=100)
@given(histories)
def test_every_value_shown_was_written_where_it_says(entries: list[Entry]) -> None:
    folded = fold_register(entries)
    for name, value in folded.values.items():
        assert any(e.body.get(name) == value and e.place == folded.places[name] for e in entries)
    for conflict in folded.conflicts:
        by_id = {e.id: e for e in entries}
        winner, loser = by_id[conflict.winner], by_id[conflict.loser]
        assert winner.digest > loser.digest
        assert winner.body[conflict.field] != loser.body[conflict.field]
        assert winner.id not in _ancestors(loser, by_id)
        assert loser.id not in _ancestors(winner, by_id)


@settings(max_examples=100)
@given(histories)
def test_an_edit_on_top_of_all_heads_settles_everything(entries: list[Entry]) -> None:
    heads = [int(head[-12:], 16) for head in fold_register(entries).heads]
    last = make("person", 90, {"phone": "0911111111", "residence": "staying"}, based_on=heads)
    folded = fold_register([*entries, last])
    assert (folded.values["phone"], folded.values["residence"]) == ("0911111111", "staying")
    assert folded.heads == (last.id,)
    assert not {c.field for c in folded.conflicts} & {"phone", "residence"}


def test_edits_chain() -> None:
    entries = [
        make("person", 1, PERSON),
        make("person", 2, {"phone": "0912345678"}, based_on=[1]),
        make("person", 3, {"phone": None, "relation": "Con"}, based_on=[2]),
    ]
    for order in permutations(entries):
        folded = fold_register(order)
        assert "phone" not in folded.values
        assert folded.values["relation"] == "Con"
        assert folded.conflicts == ()
        assert folded.heads == (entry_id(3),)


@pytest.mark.proves("L17", "L11")
def test_edits_that_did_not_see_each_other_are_a_conflict_with_one_winner() -> None:
    """Neither the later clock nor the later number wins: every copy shows the same."""
    first = make("person", 1, PERSON)
    early = make("person", 2, {"phone": "0912345678"}, based_on=[1], recorded_at="2022-04-01T00:00:00.000Z")
    late = make("person", 3, {"phone": "0987654321"}, based_on=[1], recorded_at="2029-04-01T00:00:00.000Z")
    winner, loser = sorted((early, late), key=lambda e: e.digest, reverse=True)
    for order in permutations((first, early, late)):
        folded = fold_register(order)
        assert folded.values["phone"] == winner.body["phone"]
        assert folded.conflicts == (FieldConflict("phone", winner.id, loser.id),)
        assert folded.heads == (early.id, late.id)
    settled = make("person", 4, {"phone": loser.body["phone"]}, based_on=[2, 3])
    assert fold_register((first, early, late, settled)).conflicts == ()


@pytest.mark.proves("L17")
def test_different_fields_merge_and_equal_values_agree() -> None:
    first = make("person", 1, PERSON)
    phone = make("person", 2, {"phone": "0912345678", "sex": "male"}, based_on=[1])
    relation = make("person", 3, {"relation": "Con", "sex": "male"}, based_on=[1])
    folded = fold_register((first, phone, relation))
    assert (folded.values["phone"], folded.values["relation"]) == ("0912345678", "Con")
    assert folded.conflicts == ()


@pytest.mark.proves("L15")
def test_a_phone_shows_its_own_unsent_edit_on_top() -> None:
    first = make("person", 1, PERSON)
    one = make("person", 2, {"phone": "0912345678"}, based_on=[1])
    other = make("person", 3, {"phone": "0987654321"}, based_on=[1])
    for mine in (one, other):
        assert fold_register((first, one, other), prefer={mine.id}).values["phone"] == mine.body["phone"]


def test_an_edit_waits_for_the_person() -> None:
    edit = make("person", 2, {"household": PERSON["household"]}, based_on=[1], place=VILLAGES[1])
    folded = fold_register([edit])
    assert not folded.known
    assert person_row(folded) is None
    assert home_of(folded) == VILLAGES[1]
    assert household_row(fold_register([make("household", 2, {"note": "x"}, based_on=[1])])) is None


def test_a_move_takes_the_person_to_where_it_was_written() -> None:
    first = make("person", 1, PERSON, place=VILLAGES[0])
    phone = make("person", 2, {"phone": "0912345678"}, based_on=[1], place=VILLAGES[2])
    move = make("person", 3, {"household": PERSON["household"]}, based_on=[1], place=VILLAGES[1])
    row = person_row(fold_register((first, phone, move)))
    assert row is not None
    assert row["village_id"] == VILLAGES[1]


@pytest.mark.parametrize(
    "parents", [{2: [3], 3: [2]}, {2: [3], 3: [4], 4: [2]}, {2: [2]}, {2: [2, 3], 3: [3, 2]}]
)
def test_parents_in_a_ring_are_nonsense_and_still_fold_alike(parents: dict[int, list[int]]) -> None:
    entries = [make("person", 1, PERSON)]
    entries += [make("person", n, {"phone": f"091234567{n}"}, based_on=p) for n, p in parents.items()]
    seen: list[Any] = [fold_register(order) for order in permutations(entries)]
    assert all(folded == seen[0] for folded in seen)


def test_two_first_entries_of_one_subject_are_a_conflict_like_any_other() -> None:
    one, other = make("person", 1, PERSON), make("person", 2, {**PERSON, "full_name": "Lò Thị B"})
    folded = fold_register((other, one))
    assert [c.field for c in folded.conflicts] == ["full_name"]
    after = make("person", 3, {"full_name": "Lò Thị C"}, based_on=[1])
    assert fold_register((one, other, after)).values["full_name"] == "Lò Thị C"


def test_nothing_folds_to_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fold_register([])


def test_a_long_chain_folds_in_good_time() -> None:
    entries = [make("person", 1, PERSON)]
    entries += [make("person", n, {"phone": f"09{n:08d}"}, based_on=[n - 1]) for n in range(2, 400)]
    random.Random(1).shuffle(entries)
    assert fold_register(entries).heads == (entry_id(399),)


def _ancestors(entry: Entry, by_id: dict[str, Entry]) -> set[str]:
    found: set[str] = set()
    waiting = list(entry.based_on)
    while waiting:
        parent = waiting.pop()
        if parent not in found and parent in by_id:
            found.add(parent)
            waiting += by_id[parent].based_on
    return found
