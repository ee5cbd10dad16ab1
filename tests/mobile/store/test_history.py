"""What happened to a person: everything, newest first, in a window; withdrawing, and settling what two people wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mobile.store import history, registers, settling, undoing, withdrawing
from mobile.store.store import Store
from shared.faults import Refused
from tests.mobile.phones import (
    LOT,
    OTHER_VILLAGE,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    page,
    person_body,
    raw_entry,
)


class Village:
    """A phone, a household on it, and one person with a life."""

    def __init__(self, folder: Path, role: str = "station") -> None:
        self.store = make_phone(folder / "phone", role)
        streams = Streams()
        streams.deliver(basics())
        self.house, self.other_house = (
            raw_entry("household", household_body(head), place=place)
            for head, place in (("Lò A", VILLAGE), ("Vàng B", OTHER_VILLAGE))
        )
        self.person = raw_entry("person", person_body(self.house["subject"]))
        streams.deliver([self.house, self.other_house, self.person])
        self.streams = streams
        self.at = {stream: len(entries) for stream, entries in streams.entries.items()}
        self.store.apply_page(streams.whole())

    def arrive(self, *raws: dict) -> None:
        """Entries of others come."""
        self.streams.deliver(raws)
        parts = [self.streams.part(stream, self.at.get(stream, 0)) for stream in self.streams.entries]
        self.store.apply_page(page(parts))
        self.at = {stream: len(entries) for stream, entries in self.streams.entries.items()}

    def edit(self, body: dict, place: str = VILLAGE, seen: dict | None = None) -> dict:
        """An edit of the person by somebody else who had seen only the first entry."""
        based = [(seen or self.person)["id"]]
        return raw_entry("person", body, subject=self.person["subject"], place=place, based_on=based)


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    made = Village(tmp_path)
    yield made
    made.store.close()


def give(store: Store, person: str, dose_type: str = "primary_1", days: int = 0) -> str:
    body = {"vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
    day = TODAY - timedelta(days=days)
    return store.record("dose", place=STATION, subject=person, body=body, occurred_on=day).id


@pytest.mark.proves("L20")
def test_a_history_tells_everything_in_a_window(village) -> None:
    store, person = village.store, village.person["subject"]
    first = give(store, person, days=60)
    screening = {"outcome": "deferred", "deferred_until": "2022-04-20", "reason": "acute_illness"}
    store.record("screening", place=STATION, subject=person, body=screening)
    reaction = {"onset_on": "2022-03-01", "severity": "ordinary", "dose": first}
    store.record("reaction", place=VILLAGE, subject=person, body=reaction)
    store.record(
        "observation", place=STATION, subject=person, body={"dose": first, "result": "well", "minutes": 30}
    )
    outcome = {"person": person, "outcome": "refused", "reason": "fear"}
    visit = {"visit_type": "door_to_door", "outcomes": [outcome]}
    seen = store.record("visit", place=VILLAGE, subject=village.house["subject"], body=visit)
    store.edit("person", person, {"phone": "+84912345678"})
    found = history.history(store, person)
    assert {each.kind for each in found} == {
        "person",
        "dose",
        "screening",
        "reaction",
        "observation",
        "visit",
    }
    assert [each.day for each in found] == sorted((each.day for each in found), reverse=True)
    assert found[-1].id == first, "given longest ago"
    [told] = [each for each in found if each.kind == "visit"]
    assert told.body == {"outcome": "refused", "reason": "fear"}
    assert history.happening(store, seen.id).body["outcomes"] == [outcome]
    edits = {each.edit: each.by.mine for each in found if each.kind == "person"}
    assert edits == {True: True, False: False}
    assert {each.by.place for each in found if each.kind == "dose"} == {"Trạm y tế Nậm Thử"}
    assert [each.id for each in history.history(store, person, 2)] == [each.id for each in found[:2]]


@pytest.mark.proves("L20")
def test_a_window_is_read_no_further_than_it_is_long(village) -> None:
    store, person = village.store, village.person["subject"]
    village.arrive(*(village.edit({"relation": f"Con {n}"}) for n in range(200)))
    assert len(history.history(store, person, 20)) == 20
    assert len(registers.person(store, person).doses) <= 20


def test_a_dose_of_the_wrong_person_is_withdrawn_and_recorded_again(village) -> None:
    store, person = village.store, village.person["subject"]
    dose = give(store, person)
    assert withdrawing.may_withdraw(store, dose)
    with pytest.raises(Refused) as refused:
        withdrawing.withdraw(store, dose, None)
    assert refused.value.faults[0].field == "reason"
    store.save_draft("withdraw:x", "void", {})
    void = withdrawing.withdraw(store, dose, "wrong_person", draft="withdraw:x")
    assert (void.corrects, void.body) == (dose, {"of": "dose", "reason": "wrong_person"})
    assert store.draft("withdraw:x") is None
    found = registers.person(store, person)
    assert [each.voided for each in found.doses] == [True]
    assert found.immunisation is None or found.immunisation["primary_1_on"] is None
    assert history.happening(store, dose).withdrawn
    assert not withdrawing.may_withdraw(store, dose)
    with pytest.raises(Refused):
        withdrawing.withdraw(store, dose, "twice")
    again = withdrawing.record_again(store, dose)
    assert again.body == history.happening(store, dose).body
    assert registers.person(store, person).immunisation["primary_1_on"] == TODAY


def test_only_what_my_site_wrote_is_withdrawn(tmp_path) -> None:
    village = Village(tmp_path, "village_health_worker")
    store, person = village.store, village.person["subject"]
    body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot": LOT}
    elsewhere = raw_entry("dose", body, subject=person, place=OTHER_VILLAGE)
    village.arrive(elsewhere)
    assert not withdrawing.may_withdraw(store, elsewhere["id"])
    assert not withdrawing.may_withdraw(store, village.person["id"]), "who is registered stays so"
    store.close()


@pytest.mark.proves("L17")
@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_conflict_is_settled_by_one_choice(village, keep) -> None:
    store, person = village.store, village.person["subject"]
    store.edit("person", person, {"phone": "+84912345678"})
    village.arrive(village.edit({"phone": "+84987654321"}))
    [conflict] = registers.person(store, person).conflicts
    assert (conflict.shown_by.mine, conflict.other_by.mine) == (True, False)
    assert conflict.other_by.place == "Bản Nà Thử"
    value = conflict.shown if keep == "mine" else conflict.other
    settling.settle(store, conflict, value)
    settled = registers.person(store, person)
    assert settled.conflicts == []
    assert settled.values["phone"] == value
    entry = store.entries_of(person)[0]
    assert (entry.body, len(entry.based_on)) == ({"phone": value}, 2)


@pytest.mark.proves("L17", "R068")
def test_two_moves_are_settled_at_the_village_that_is_chosen(village) -> None:
    store, person = village.store, village.person["subject"]
    third = store.record("household", place=VILLAGE, body=household_body("Lý C")).subject
    store.edit("person", person, {"household": third}, place=VILLAGE)
    village.arrive(village.edit({"household": village.other_house["subject"]}, OTHER_VILLAGE))
    [conflict] = registers.person(store, person).conflicts
    edit = settling.settle(store, conflict, village.other_house["subject"])
    row = registers.person(store, person).row
    assert (row.household_id, row.village_id) == (village.other_house["subject"], OTHER_VILLAGE)
    undoing.take_back(store, edit)
    row = registers.person(store, person).row
    assert (row.household_id, row.village_id) == (third, VILLAGE)


@pytest.mark.proves("R013")
def test_who_comes_back_lives_as_before(village) -> None:
    store, person = village.store, village.person["subject"]
    assert history.former_residence(store, person) == "permanent"
    store.edit("person", person, {"residence": "temporary"})
    store.edit("person", person, {"residence": "absent"})
    assert history.former_residence(store, person) == "temporary"


def test_a_house_stands_where_it_was_last_found(village) -> None:
    store, house = village.store, village.house["subject"]
    assert history.last_position(store, house) is None
    store.edit("household", house, {"lat_e6": 22_000_000, "lon_e6": 103_000_000})
    assert history.last_position(store, house) == {"lat_e6": 22_000_000, "lon_e6": 103_000_000}
    outcome = {"person": village.person["subject"], "outcome": "absent"}
    visit = {"visit_type": "door_to_door", "outcomes": [outcome], "lat_e6": 22_000_100, "lon_e6": 103_000_100}
    store.record("visit", place=VILLAGE, subject=house, body=visit)
    assert history.last_position(store, house) == {"lat_e6": 22_000_100, "lon_e6": 103_000_100}
