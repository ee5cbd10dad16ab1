"""Pages from the server: proven before they are stored, whole or resumed, never over unsent work."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mobile.store import registers
from mobile.store.store import DRAWN_S, Store
from shared.faults import Refused
from tests.mobile.phones import (
    OTHER_VILLAGE,
    PROVINCE,
    VILLAGE,
    Streams,
    answer,
    basics,
    household_body,
    make_phone,
    page,
    person_body,
    projections,
    raw_entry,
)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = make_phone(tmp_path / "phone")
    yield store
    store.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    """A phone before its first sync."""
    store = make_phone(tmp_path / "fresh", ready=False)
    yield store
    store.close()


def village(households: int = 3, members: int = 2) -> Streams:
    streams = Streams()
    streams.deliver(basics())
    for number in range(households):
        house = raw_entry("household", household_body(f"Lò Văn {chr(65 + number)}"))
        streams.deliver([house])
        streams.deliver(
            raw_entry("person", person_body(house["subject"], f"Lò Thị {chr(97 + member)}"))
            for member in range(members)
        )
    return streams


def refused_code(phone: Store, arriving: dict[str, Any]) -> str:
    with pytest.raises(Refused) as refusal:
        phone.apply_page(arriving)
    return refusal.value.faults[0].code


@pytest.mark.proves("L23")
def test_a_screen_that_is_being_made_goes_first(phone: Store) -> None:
    streams = village()
    phone.drawing()
    began = time.monotonic()
    phone.apply_page(streams.whole())
    assert time.monotonic() - began >= DRAWN_S, "the page waited"
    began = time.monotonic()
    phone.let_by()
    assert time.monotonic() - began < DRAWN_S, "it waits for no screen that is made"


def test_a_page_fills_the_registers(phone: Store) -> None:
    streams = village()
    assert phone.apply_page(streams.whole()) == len(basics()) + 9
    assert [row.head_name for row in registers.households(phone, VILLAGE)] == [
        "Lò Văn A",
        "Lò Văn B",
        "Lò Văn C",
    ]
    assert phone.apply_page(streams.whole()) == 0


@pytest.mark.parametrize("spoil", ["hash", "body", "left_out", "swapped", "gap"])
def test_a_page_that_does_not_join_is_not_stored(phone: Store, spoil: str) -> None:
    streams = village()
    part = copy.deepcopy(streams.part(VILLAGE))
    if spoil == "hash":
        part["hash"] = "ab" * 32
    elif spoil == "body":
        part["entries"][0]["body"]["head_name"] = "Người khác"
    elif spoil == "left_out":
        del part["entries"][4]
    elif spoil == "swapped":
        part["entries"][3], part["entries"][4] = part["entries"][4], part["entries"][3]
    else:
        part["from"], part["entries"] = 2, part["entries"][2:]
    # A sound stream on the same page is not stored either.
    assert refused_code(phone, page([streams.part(PROVINCE), part], cursor="next")) == "sync.stream_broken"
    assert phone.database.rows("SELECT * FROM entry") == []
    assert phone.cursor == "c"


@pytest.mark.parametrize(
    "broken", [None, {}, {"more": False, "cursor": "", "streams": [{}]}, {"streams": [], "more": 1}]
)
def test_a_page_of_another_shape_is_a_fault(phone: Store, broken: Any) -> None:
    assert refused_code(phone, broken) == "sync.bad_answer"


def test_overlapping_pages_are_joined(phone: Store) -> None:
    streams = village()
    phone.apply_page(page([streams.part(PROVINCE), streams.part(VILLAGE, 0, 5)], more=True))
    phone.apply_page(page([streams.part(VILLAGE, 2, 7)], more=True))
    phone.apply_page(page([streams.part(VILLAGE, 0, 6)], more=True))
    assert phone.apply_page(page([streams.part(VILLAGE, 3)])) == 2
    assert len(registers.people(phone)) == 6


@pytest.mark.proves("L12")
def test_a_first_sync_shows_only_when_whole_and_resumes(fresh: Store) -> None:
    streams = village()
    fresh.apply_page(page([streams.part(VILLAGE, 0, 4)], more=True, cursor="1"))
    fresh.apply_page(page([streams.part(PROVINCE)], more=True, cursor="2"))
    assert not fresh.ready
    assert registers.households(fresh) == []
    assert registers.villages(fresh) == []
    assert fresh.cursor == "2"
    fresh.apply_page(page([streams.part(VILLAGE, 4)], cursor="3"))
    assert fresh.ready
    assert len(registers.households(fresh)) == 3


@pytest.mark.proves("L12")
def test_a_stopped_page_resumes_where_it_stopped(fresh: Store, tmp_path: Path) -> None:
    streams = village(households=100, members=4)
    asked = iter([False, True])
    fresh.apply_page(streams.whole(), lambda: next(asked))
    held = fresh.database.rows("SELECT count(*) FROM entry")[0][0]
    assert 0 < held < 500
    assert not fresh.ready
    assert fresh.cursor == ""
    fresh.apply_page(streams.whole())
    at_once = make_phone(tmp_path / "at once", ready=False)
    at_once.apply_page(streams.whole())
    assert projections(fresh) == projections(at_once)
    at_once.close()


@pytest.mark.proves("L15", "L17")
def test_unsent_work_stays_on_top_of_what_is_pulled(phone: Store) -> None:
    streams = village()
    phone.apply_page(streams.whole())
    person = registers.people(phone)[0].id
    seen = [entry.id for entry in phone.entries_of(person)]
    phone.edit("person", person, {"phone": "+84911111111", "relation": "con"})
    for number in range(4):  # whichever digest is greater
        change = {"phone": f"+8492222222{number}"}
        streams.deliver([raw_entry("person", change, subject=person, based_on=seen)])
    phone.apply_page(page([streams.part(VILLAGE, 9)]))
    shown = registers.person(phone, person)
    assert shown is not None
    assert shown.values["phone"] == "+84911111111"
    assert shown.row.relation == "con"
    assert phone.outbox_summary().unsent == 1
    inbox = registers.conflicts(phone)
    assert {(found.field, found.shown) for found in inbox} == {("phone", "+84911111111")}
    assert {found.other for found in inbox} == {f"+8492222222{number}" for number in range(4)}
    # Once sent it is one write among the others, and every phone shows the same one.
    phone.apply_answer(answer(phone, [{"id": item.id, "outcome": "accepted"} for item in phone.outbox()]))
    winners = {found.shown for found in registers.conflicts(phone)}
    assert len(winners) == 1
    assert len(registers.conflicts(phone)) == 4


def test_an_own_entry_that_comes_back_is_known(phone: Store) -> None:
    phone.apply_page(village().whole())
    own = phone.record("household", place=OTHER_VILLAGE, body=household_body("Sùng A Tủa"))
    from shared import wire

    streams = Streams()
    streams.deliver([wire.decode(own.payload)])
    assert phone.apply_page(page([streams.part(OTHER_VILLAGE)])) == 0
    assert phone.outbox_summary().unsent == 1  # only a receipt makes it received
    assert len(registers.households(phone, OTHER_VILLAGE)) == 1


@pytest.mark.proves("L8")
def test_an_entry_of_a_newer_version_is_kept_and_read_after_an_upgrade(
    phone: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared import kinds
    from tests.mobile.phones import PIN

    streams = village()
    streams.deliver([raw_entry("household", household_body("Pờ A Mới"), version=2)])
    streams.deliver([raw_entry("poster", {"text": "…"}, version=1)])
    phone.apply_page(streams.whole())
    assert len(registers.households(phone)) == 3
    old = kinds.KINDS["household"]
    import dataclasses

    monkeypatch.setitem(kinds.KINDS, "household", dataclasses.replace(old, version=2))
    again = Store.open(tmp_path / "phone", PIN, clock=phone.clock)
    assert len(registers.households(again)) == 4
    again.close()


def test_a_dose_may_come_before_its_person(phone: Store) -> None:
    house = raw_entry("household", household_body())
    person = raw_entry("person", person_body(house["subject"]))
    body = {"vaccine": "AZ", "dose_type": "primary_1", "screening": "eligible", "lot_number": "X1"}
    dose = raw_entry("dose", body, subject=person["subject"])
    streams = Streams()
    streams.deliver([dose, person, house])
    phone.apply_page(streams.whole())
    found = registers.person(phone, person["subject"])
    assert found is not None
    assert found.row.next_dose == "primary_2"
    assert [row.vaccine for row in found.doses] == ["AZ"]


@pytest.mark.parametrize("first", ["dose", "void"])
def test_a_withdrawn_dose_is_not_had(phone: Store, first: str) -> None:
    streams = village(0)
    house = raw_entry("household", household_body())
    person = raw_entry("person", person_body(house["subject"]))
    streams.deliver([house, person])
    body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot_number": "X1"}
    dose = raw_entry("dose", body, subject=person["subject"], occurred_on="2022-04-01")
    about = {"of": "dose", "reason": "wrong_person"}
    void = raw_entry("void", about, subject=person["subject"], corrects=dose["id"])
    phone.apply_page(streams.whole())
    for raw in (dose, void) if first == "dose" else (void, dose):
        streams.deliver([raw])
        phone.apply_page(streams.whole())
    assert [row[0] for row in phone.database.rows("SELECT corrected_by FROM dose")] == [void["id"]]
    assert [row[0] for row in phone.database.rows("SELECT primary_1_on FROM immunisation")] == [None]
