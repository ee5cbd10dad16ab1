"""What a worker took back is taken back on the server and on the other phones, whether it had been sent or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobile.store import registers
from mobile.store.undoing import take_back
from tests.sync.test_sync import record_dose, record_family
from tests.sync.world import VILLAGES, World


@pytest.mark.parametrize("sent_first", [False, True], ids=["before sending", "after sending"])
def test_a_saving_taken_back_counts_nowhere(world: World, tmp_path: Path, sent_first: bool) -> None:
    store, client = world.phone(tmp_path / "station")
    worker, other = world.phone(tmp_path / "worker", "ban1")
    person = record_family(store)
    house = registers.person(store, person).row.household_id
    assert client.run().complete
    with store.together():
        outcomes = [{"person": person, "outcome": "moved"}]
        body = {"visit_type": "door_to_door", "outcomes": outcomes}
        visit = store.record("visit", place=VILLAGES[0], subject=house, body=body)
        edit = store.edit("person", person, {"residence": "moved", "residence_since": "2022-04-15"})
    dose = record_dose(store, person)
    if sent_first:
        assert client.run().complete
    assert edit is not None
    take_back(store, visit.id, edit.id, dose)
    result = client.run()
    assert (result.refused, result.complete) == (0, True)
    assert world.count("visit", "household_id = :house AND corrected_by IS NULL", house=house) == 1
    assert world.count("dose", "person_id = :person AND corrected_by IS NULL", person=person) == 0
    assert world.count("person", "id = :person AND residence = 'permanent'", person=person) == 1
    assert other.run().complete
    seen = registers.person(worker, person)
    assert seen is not None
    assert (seen.row.residence, seen.row.last_outcome) == ("permanent", "reviewed")
    assert all(given.voided for given in seen.doses)
    store.close()
    worker.close()
