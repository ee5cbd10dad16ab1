"""Recording: the gate, numbers without gaps, the running hash, drafts, permissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from mobile.store import registers, stock
from mobile.store.store import Store
from shared import wire
from shared.faults import Refused
from tests.mobile.phones import (
    LOT,
    OTHER_VILLAGE,
    PIN,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    answer,
    basics,
    household_body,
    make_phone,
    person_body,
)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = make_phone(tmp_path / "phone")
    streams = Streams()
    streams.deliver(basics())
    store.apply_page(streams.whole())
    yield store
    store.close()


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [found.code for found in refusal.value.faults]


def family(phone: Store) -> tuple[str, str]:
    house = phone.record("household", place=VILLAGE, body=household_body())
    person = phone.record("person", place=VILLAGE, body=person_body(house.subject))
    return house.subject, person.subject


def test_records_written_together_are_all_there_or_none(phone: Store) -> None:
    def one_good_one_bad() -> None:
        with phone.together():
            phone.record("household", place=VILLAGE, body=household_body())
            phone.record("household", place=VILLAGE, body={})

    with pytest.raises(Refused):
        one_good_one_bad()
    assert phone.outbox_summary().total == 0
    with phone.together():
        family(phone)
    assert [item.device_seq for item in phone.outbox()] == [2, 1]


def test_a_record_is_in_the_outbox_and_on_the_screens_at_once(phone: Store) -> None:
    house, person = family(phone)
    assert [item.kind for item in phone.outbox()] == ["person", "household"]
    assert phone.outbox()[0].title == "Lò Thị Mai"
    assert phone.outbox_summary().unsent == 2
    page = registers.household(phone, house)
    assert page is not None
    assert [member.id for member in page.members] == [person]


def test_numbers_and_running_hash_have_no_gap(phone: Store) -> None:
    for _ in range(5):
        family(phone)
    with pytest.raises(Refused):
        phone.record("person", place=VILLAGE, body={"full_name": "?"})
    family(phone)
    rows = phone.database.rows(
        "SELECT device_seq, payload, chain FROM entry WHERE origin = 'own' ORDER BY device_seq"
    )
    assert [row[0] for row in rows] == list(range(1, 13))
    assert bytes(rows[-1][2]) == wire.chain_all(wire.EMPTY_HASH, [wire.digest(row[1]) for row in rows])


def test_many_threads_share_the_numbers(phone: Store) -> None:
    threads = [Thread(target=lambda: [family(phone) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = phone.database.rows("SELECT device_seq FROM entry WHERE origin = 'own' ORDER BY device_seq")
    assert [row[0] for row in rows] == list(range(1, 81))


def test_a_refused_record_writes_nothing(phone: Store) -> None:
    house, _ = family(phone)
    with pytest.raises(Refused) as refusal:
        phone.record("person", place=VILLAGE, body=person_body(house, born="1800-01-01", id_kind="none"))
    assert codes(refusal)
    with pytest.raises(Refused) as refusal:
        phone.record(
            "visit", place=VILLAGE, subject=house, body={"visit_type": "door_to_door", "outcomes": []}
        )
    assert codes(refusal) == ["field.too_few"]
    assert phone.outbox_summary().total == 2


@pytest.mark.proves("R069")
def test_a_role_records_only_its_kinds(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "worker", role="village_health_worker")
    _, person = family(store)
    body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot": LOT}
    with pytest.raises(Refused) as refusal:
        store.record("dose", place=STATION, subject=person, body=body)
    assert codes(refusal) == ["entry.not_permitted"]
    store.close()


def test_an_unenrolled_phone_records_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "new", PIN)
    with pytest.raises(Refused) as refusal:
        store.record("household", place=VILLAGE, body=household_body())
    assert codes(refusal) == ["phone.not_enrolled"]
    store.close()


def test_an_edit_carries_changed_fields_and_what_was_seen(phone: Store) -> None:
    _, person = family(phone)
    first = phone.entries_of(person)[0]
    edit = phone.edit("person", person, {"full_name": "Lò Thị Mai", "phone": "0912345678", "relation": "con"})
    assert edit is not None
    assert edit.body == {"phone": "0912345678", "relation": "con"}
    assert edit.based_on == (first.id,)
    cleared = phone.edit("person", person, {"relation": None})
    assert cleared is not None
    assert cleared.body == {"relation": None}
    assert cleared.based_on == (edit.id,)
    assert phone.edit("person", person, {"relation": None, "phone": "0912345678"}) is None
    page = registers.person(phone, person)
    assert page is not None
    assert "relation" not in page.values
    assert page.row.relation == ""


def test_a_move_is_an_edit_at_the_new_village(phone: Store) -> None:
    _, person = family(phone)
    new_house = phone.record("household", place=OTHER_VILLAGE, body=household_body("Giàng A Páo"))
    phone.edit("person", person, {"household": new_house.subject}, place=OTHER_VILLAGE)
    assert [row.id for row in registers.people(phone, OTHER_VILLAGE)] == [person]
    assert registers.people(phone, VILLAGE) == []


def test_an_unknown_subject_cannot_be_edited(phone: Store) -> None:
    with pytest.raises(Refused) as refusal:
        phone.edit("person", VILLAGE, {"phone": "0912345678"})
    assert codes(refusal) == ["phone.unknown_subject"]


def test_a_correction_voids_what_it_names(phone: Store) -> None:
    house, person = family(phone)
    visits = []
    for outcome in ("absent", "reviewed"):
        body = {"visit_type": "door_to_door", "outcomes": [{"person": person, "outcome": outcome}]}
        corrects = visits[0] if visits else None
        visits.append(phone.record("visit", place=VILLAGE, subject=house, body=body, corrects=corrects).id)
    page = registers.household(phone, house)
    assert page is not None
    assert [visit.id for visit in page.visits] == [visits[1]]
    assert page.members[0].last_outcome == "reviewed"


def test_a_count_changes_no_balance(phone: Store) -> None:
    phone.record(
        "stock_movement",
        place=STATION,
        subject=LOT,
        body={"state": "thawed", "thawed_on": "2022-04-10", "vials": 10, "reason": "received"},
    )
    line = {"lot": LOT, "state": "thawed", "thawed_on": "2022-04-10", "vials": 7}
    count = phone.record("stock_count", place=STATION, body={"lines": [line]})
    assert count.subject == STATION
    [holding] = stock.holdings(phone, STATION)
    assert (holding.vials, holding.doses) == (10, 60)
    assert holding.expires_on == date(2022, 5, 11)  # 31 days after the thaw, not the label's 31/08
    assert holding.bucket == "within_30"
    [row] = stock.counts(phone, STATION)
    assert (row.lines, row.of) == (1, 1)


@pytest.mark.proves("L13")
def test_a_draft_outlives_the_app_and_ends_with_its_record(phone: Store, tmp_path: Path) -> None:
    phone.save_draft("household:new", "household", {"head_name": "Lò"})
    phone.save_draft("household:new", "household", {"head_name": "Lò Văn"})
    again = Store.open(tmp_path / "phone", PIN)
    assert again.draft("household:new") == {"head_name": "Lò Văn"}
    assert [(key, kind) for key, kind, _ in again.drafts()] == [("household:new", "household")]
    again.close()
    phone.record("household", place=VILLAGE, body=household_body(), draft="household:new")
    assert phone.drafts() == []


@pytest.mark.proves("L11")
def test_the_measured_clock_offset_goes_into_every_entry(phone: Store) -> None:
    phone.set_clock_offset(-94_608_000)
    entry = phone.record("household", place=VILLAGE, body=household_body())
    assert entry.clock_offset_s == -94_608_000
    assert entry.occurred_on == TODAY


@pytest.mark.proves("L2", "L6")
def test_an_answer_sets_outcomes_of_its_ids_only(phone: Store) -> None:
    family(phone)
    second, first = phone.outbox()
    said = answer(phone, [{"id": first.id, "outcome": "accepted"}], through=1)
    phone.apply_answer(said)
    state = phone.outbox_summary()
    assert (state.received, state.unsent, state.complete) == (1, 1, False)
    assert [seq for seq, _ in phone.next_batch(10)] == [2]
    phone.apply_answer(answer(phone, [{"id": second.id, "outcome": "duplicate"}]))
    assert phone.outbox_summary().complete


@pytest.mark.proves("L2")
def test_a_receipt_that_does_not_match_changes_nothing(phone: Store) -> None:
    family(phone)
    said = answer(phone, [{"id": item.id, "outcome": "accepted"} for item in phone.outbox()])
    said["receipt"]["hash"] = "00" * 32
    with pytest.raises(Refused) as refusal:
        phone.apply_answer(said)
    assert codes(refusal) == ["sync.receipt_mismatch"]
    state = phone.outbox_summary()
    assert (state.unsent, state.receipt_matches, state.complete) == (2, False, False)


@pytest.mark.proves("L2", "L5")
def test_a_server_restored_from_a_backup_gets_everything_again(phone: Store) -> None:
    family(phone)
    outcomes = [{"id": item.id, "outcome": "accepted"} for item in phone.outbox()]
    phone.apply_answer(answer(phone, outcomes))
    assert phone.outbox_summary().complete
    again = phone.apply_answer(answer(phone, [], through=1))
    assert again.again == 1
    assert [seq for seq, _ in phone.next_batch(10)] == [2]


def test_a_refused_entry_leaves_the_registers_and_keeps_its_faults(phone: Store) -> None:
    family(phone)
    refused = {"code": "entry.not_permitted", "field": "kind", "params": {"role": "x", "kind": "person"}}
    newer = {"code": "person.of_tomorrow", "vi": "Lỗi mới", "en": "A new fault"}
    person, house = phone.outbox()
    phone.apply_answer(
        answer(
            phone,
            [
                {"id": house.id, "outcome": "accepted"},
                {"id": person.id, "outcome": "refused", "faults": [refused, newer]},
            ],
        )
    )
    assert registers.people(phone) == []
    [item] = phone.outbox(state="refused")
    assert [found.code for found in item.faults] == ["entry.not_permitted", "sync.other"]
    assert item.faults[1].message("vi") == "Lỗi mới"


@pytest.mark.proves("L19")
def test_a_full_storage_is_said_and_loses_nothing(phone: Store) -> None:
    family(phone)
    phone.database.connection.execute(
        f"PRAGMA max_page_count = {phone.database.row('PRAGMA page_count')[0] + 2}"  # type: ignore[index]
    )

    def fill() -> None:
        for _ in range(200):
            family(phone)

    with pytest.raises(Refused) as refusal:
        fill()
    assert codes(refusal) == ["phone.storage_full"]
    assert "an toàn" in refusal.value.faults[0].message("vi")
    held = phone.outbox_summary().total
    assert held >= 2
    phone.database.connection.execute("PRAGMA max_page_count = 1000000")
    family(phone)
    assert phone.outbox_summary().total == held + 2


def test_a_batch_keeps_within_what_the_server_takes(phone: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        family(phone)
    sizes = [len(payload) for _, payload in phone.next_batch(10)]
    monkeypatch.setattr("mobile.store.answers.BATCH_BYTES", sizes[0] + sizes[1])
    assert [seq for seq, _ in phone.next_batch(10)] == [1, 2]
    monkeypatch.setattr("mobile.store.answers.BATCH_BYTES", 1)
    assert [seq for seq, _ in phone.next_batch(10)] == [1]


@pytest.mark.proves("L20")
def test_a_long_history_is_shown_in_a_window(phone: Store) -> None:
    house, person = family(phone)
    body = {"visit_type": "door_to_door", "outcomes": [{"person": person, "outcome": "reviewed"}]}
    for day in range(1, 29):
        phone.record("visit", place=VILLAGE, subject=house, body=body, occurred_on=date(2022, 3, day))
    page = registers.household(phone, house)
    assert page is not None
    assert [visit.visited_on.day for visit in page.visits] == list(range(28, 8, -1))
    assert len(phone.entries_of(house, limit=5)) == 5


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"outcomes": [], "receipt": None},
        {"outcomes": [{"id": 1, "outcome": "lost"}], "receipt": {}},
    ],
)
def test_an_answer_of_another_shape_is_a_fault(phone: Store, said: object) -> None:
    with pytest.raises(Refused) as refusal:
        phone.apply_answer(said)
    assert codes(refusal) == ["sync.bad_answer"]
