"""What was just recorded is taken back whole, and the draft it came from stands again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.store import registers, stock
from mobile.store.store import Store
from mobile.store.undoing import take_back
from shared import wire
from shared.entries import Entry
from shared.faults import Refused
from tests.mobile.phones import (
    LOT,
    OTHER_VILLAGE,
    STATION,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    page,
    person_body,
    projections,
    raw_entry,
)

DRAFT = {"outcomes": {"x": {"outcome": "reviewed"}}, "more": {"visit_type": "door_to_door"}}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A phone with the test's places, one lot and one family."""
    made = make_phone(tmp_path / "phone", ready=False)
    streams = Streams()
    streams.deliver(basics())
    made.apply_page(streams.whole())
    return made


def family(store: Store) -> tuple[str, str]:
    house = store.record("household", place=VILLAGE, body=household_body()).subject
    return house, store.record("person", place=VILLAGE, body=person_body(house)).subject


def visit(store: Store, house: str, person: str, outcome: str = "reviewed", **more: Any) -> Entry:
    body = {"visit_type": "door_to_door", "outcomes": [{"person": person, "outcome": outcome}]}
    return store.record("visit", subject=house, place=VILLAGE, body=body, **more)


def assert_chained(store: Store) -> None:
    sent = store.next_batch(1000)
    assert [number for number, _ in sent] == list(range(1, len(sent) + 1))
    [chain] = store.database.row("SELECT chain FROM entry WHERE origin = 'own' ORDER BY device_seq DESC")
    assert bytes(chain) == wire.chain_all(wire.EMPTY_HASH, [wire.digest(payload) for _, payload in sent])


def test_a_visit_taken_back_is_a_draft_again(store: Store) -> None:
    house, person = family(store)
    before = projections(store)
    store.save_draft(f"visit:{house}", "visit", DRAFT)
    entry = visit(store, house, person, draft=f"visit:{house}")
    assert store.draft(f"visit:{house}") is None
    take_back(store, entry.id, draft=(f"visit:{house}", "visit", DRAFT))
    assert store.draft(f"visit:{house}") == DRAFT
    assert registers.household(store, house).visits == []
    person_now, person_then = projections(store)["person"], before["person"]
    assert person_now == person_then, "nothing of the visit is left with the person"
    assert [e.kind for e in store.entries_of(house)] == ["void", "visit", "household"]
    assert store.outbox_summary().unsent == 4
    assert_chained(store)


def test_a_second_call_changes_nothing(store: Store) -> None:
    house, person = family(store)
    entry = visit(store, house, person)
    edit = store.edit("person", person, {"phone": "+84912345678"})
    take_back(store, entry.id, edit.id)
    number = store.outbox_summary().total
    take_back(store, entry.id, edit.id)
    assert store.outbox_summary().total == number


def test_a_correction_taken_back_leaves_what_it_corrected(store: Store) -> None:
    house, person = family(store)
    first = visit(store, house, person, "absent")
    second = visit(store, house, person, "reviewed", corrects=first.id)
    take_back(store, second.id)
    [shown] = registers.household(store, house).visits
    assert shown.outcomes == ({"person": person, "outcome": "absent"},)


def test_a_visit_and_the_edit_saved_with_it_go_together(store: Store) -> None:
    house, person = family(store)
    with store.together():
        entry = visit(store, house, person, "moved")
        edit = store.edit("person", person, {"residence": "moved", "residence_since": "2022-04-15"})
    take_back(store, entry.id, edit.id)
    found = registers.person(store, person)
    assert (found.row.residence, found.values.get("residence_since")) == ("permanent", None)
    assert registers.household(store, house).visits == []


def test_what_somebody_wrote_since_is_not_undone(store: Store) -> None:
    _, person = family(store)
    edit = store.edit("person", person, {"phone": "+84912345678", "relation": "Con"})
    store.edit("person", person, {"phone": "+84987654321"})
    take_back(store, edit.id)
    values = registers.person(store, person).values
    assert values["phone"] == "+84987654321"
    assert "relation" not in values


def test_a_move_taken_back_brings_the_person_home(store: Store) -> None:
    house, person = family(store)
    there = store.record("household", place=OTHER_VILLAGE, body=household_body("Vàng A Sử")).subject
    move = store.edit("person", person, {"household": there}, place=OTHER_VILLAGE)
    assert registers.person(store, person).row.village_id == OTHER_VILLAGE
    take_back(store, move.id)
    row = registers.person(store, person).row
    assert (row.village_id, row.household_id) == (VILLAGE, house)


def test_a_movement_is_reversed_once(store: Store) -> None:
    body = {"state": "chilled", "vials": 5, "reason": "received"}
    entry = store.record("stock_movement", subject=LOT, place=STATION, body=body)
    take_back(store, entry.id)
    take_back(store, entry.id)
    assert [h.vials for h in stock.holdings(store, STATION)] in ([], [0])
    assert len(store.entries_of(LOT)) == 3, "the lot, the movement and its mirror"


def test_what_cannot_be_taken_back_says_so_and_writes_nothing(store: Store) -> None:
    house, person = family(store)
    theirs = raw_entry("household", household_body("Sùng A Páo"))
    streams = Streams()
    streams.deliver([theirs])
    store.apply_page(page([streams.part(VILLAGE)]))
    mine = visit(store, house, person)
    first = store.entries_of(person)[0]
    number = store.outbox_summary().total
    for wrong, code in ((first.id, "register.stays"), (theirs["id"], "phone.unknown_subject")):
        with pytest.raises(Refused) as refused:
            take_back(store, wrong, mine.id, draft=("visit:x", "visit", DRAFT))
        assert refused.value.faults[0].code == code
    assert store.outbox_summary().total == number
    assert store.draft("visit:x") is None


EDITS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"phone": st.sampled_from(["+84912345678", None]), "relation": st.sampled_from("AB")}
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_edits_taken_back_together_leave_the_register_as_it_was(
    store: Store, edits: list[dict[str, Any]]
) -> None:
    """Law: whatever was edited in one saving, taking it back shows the register as before."""
    _, person = family(store)
    before = registers.person(store, person).values
    with store.together():
        written = [store.edit("person", person, changes) for changes in edits]
    take_back(store, *(entry.id for entry in written if entry is not None))
    assert registers.person(store, person).values == before
