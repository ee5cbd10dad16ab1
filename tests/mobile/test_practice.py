"""Practice data: whole, the same each time, and never to be sent (R083)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mobile.practice import sample
from mobile.practice.folder import PracticeFolder
from mobile.store import registers, sessions, stock
from mobile.syncing.client import SyncClient
from mobile.syncing.worker import SyncWorker
from shared import wire
from shared.clock import FixedClock
from shared.faults import Refused
from shared.reading import read
from tests.mobile.phones import TODAY


class Deaf:
    """A network that nobody may speak to."""

    def request(self, *_: object, **__: object) -> object:
        raise AssertionError("practice spoke to a server")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TODAY)


@pytest.mark.parametrize("role", sample.ROLES)
def test_every_entry_is_one_the_gate_reads(role: str, clock: FixedClock) -> None:
    for part in sample.page(role, clock)["streams"]:
        for raw in part["entries"]:
            assert read(raw).kind == raw["kind"]


def test_the_same_day_makes_the_same_entries(clock: FixedClock) -> None:
    assert wire.canonical(sample.page("station", clock)) == wire.canonical(
        sample.page("station", FixedClock(TODAY))
    )


@pytest.mark.proves("R083")
@pytest.mark.parametrize("role", sample.ROLES)
def test_there_is_something_to_practise_for_each_role(tmp_path: Path, role: str, clock: FixedClock) -> None:
    store = PracticeFolder(tmp_path / "practice").open(role, clock)
    villages = registers.villages(store)
    assert sum(village.people for village in villages) >= 9
    assert any(village.due for village in villages)
    assert store.identity is not None
    if store.identity.site:
        held = stock.holdings(store, store.identity.site)
        assert {holding.bucket for holding in held} >= {"within_30", "later"}
        assert [each.closed for each in sessions.sessions(store, store.identity.site)] == [False]
    store.close()


@pytest.mark.proves("R083")
def test_it_never_syncs_even_when_asked(tmp_path: Path, clock: FixedClock) -> None:
    store = PracticeFolder(tmp_path / "practice").open("village_health_worker", clock)
    person = registers.people(store, limit=1)[0]
    store.edit("person", person.id, {"phone": "+84912345678"})
    client = SyncClient(store, base_url="http://127.0.0.1:9", session=Deaf())  # type: ignore[arg-type]
    assert [found.code for found in client.run().faults] == ["phone.practice_never_syncs"]
    with pytest.raises(Refused) as refused:
        client.replay()
    assert refused.value.faults[0].code == "phone.practice_never_syncs"
    with pytest.raises(Refused) as refused:
        client.enrol("http://127.0.0.1:9", "K7QF3MXD", "tập")
    assert refused.value.faults[0].code == "phone.already_enrolled"
    results = []
    worker = SyncWorker(store, on_result=results.append, client=client)
    worker.request()
    while worker.running:
        time.sleep(0.01)
    worker.close()
    assert [found.code for found in results[0].faults] == ["phone.practice_never_syncs"]
    assert store.outbox_summary().unsent == 1
    store.close()


def test_it_is_made_anew_each_time(tmp_path: Path, clock: FixedClock) -> None:
    folder = PracticeFolder(tmp_path / "practice")
    store = folder.open("station", clock)
    person = registers.people(store, limit=1)[0]
    store.edit("person", person.id, {"phone": "+84912345678"})
    store.close()
    store = folder.open("station", clock)
    assert store.outbox_summary().total == 0
    store.close()
    folder.clear()
    assert not (tmp_path / "practice").exists()
