"""A phone killed at random moments of a sync of hundreds of entries both ways ends whole, with nothing twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mobile.store.project import project_everything
from mobile.store.store import Store
from mobile.syncing.client import SyncClient
from shared import wire
from shared.clock import FixedClock
from tests.mobile.phones import projections
from tests.sync.world import PIN, TODAY, VILLAGES, World

FAMILIES = 180
KILLS = 7

#: The phone's process: a sync in small batches, so that there are many moments to be killed at. It tells each step and
#: waits to be sent on, so however fast the machine is, it is killed in the step meant and not after the end.
SYNCING = """
import sys
from pathlib import Path
from mobile.store.store import Store
from mobile.syncing import client
from shared.clock import FixedClock
from tests.sync.world import PIN, TODAY

def tell(step):
    print(step.stage, flush=True)
    sys.stdin.readline()

client.BATCH = 10
store = Store.open(Path(sys.argv[1]), PIN, clock=FixedClock(TODAY))
result = client.SyncClient(store, retries=0).run(tell)
assert not result.faults, result.faults
print("complete" if result.complete else "incomplete", flush=True)
"""


def record_families(store: Store, village: str, word: str) -> None:
    """A household, a person and a visit for each family, as one day's work."""
    for number in range(FAMILIES):
        name = f"Giàng A {word} {number}"
        with store.together():
            house = store.record("household", place=village, body={"head_name": name}).subject
            person = {
                "household": house,
                "full_name": name,
                "birth_date": "1980-02-03",
                "birth_precision": "day",
                "sex": "male",
                "id_kind": "none",
                "residence": "permanent",
            }
            who = store.record("person", place=village, body=person).subject
            outcomes = [{"person": who, "outcome": "reviewed"}]
            body = {"visit_type": "door_to_door", "outcomes": outcomes}
            store.record("visit", place=village, subject=house, body=body)


def sync_and_kill(home: Path, steps: int, stage: str = "", wait_s: float = 0) -> list[str]:
    """What the phone's process told: the stage of each step, "complete" at the end. It is killed a little after so many
    steps (of one stage, where it is named).
    """
    process = subprocess.Popen(
        [sys.executable, "-c", SYNCING, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    told: list[str] = []
    while sum(word.startswith(stage) for word in told) < steps and (word := process.stdout.readline()):
        told.append(word)
        if not word.startswith("complete"):
            process.stdin.write("on\n")
            process.stdin.flush()
    time.sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    return [word.strip() for word in told if word.strip()]


@pytest.mark.slow
@pytest.mark.proves("L3", "L6", "L9", "L12", "L15")
def test_a_sync_killed_at_random_moments_ends_whole(world: World, tmp_path: Path) -> None:
    store, _ = world.phone(tmp_path / "station")
    before = world.count("entry")
    record_families(store, VILLAGES[0], "Páo")
    own = [payload for _, payload in store.next_batch(10_000)]
    store.close()
    worker, client = world.phone(tmp_path / "worker", "ban2")
    record_families(worker, VILLAGES[1], "Sử")
    assert client.run().complete
    chance = random.Random(5)
    for _ in range(KILLS):
        told = sync_and_kill(tmp_path / "station", chance.randint(1, 5), wait_s=chance.uniform(0, 0.1))
        assert "complete" not in told, "it was to be killed while it synced"
        assert_whole(tmp_path / "station", world)
    for wait_s in (0, chance.uniform(0, 0.2), chance.uniform(0, 0.2)):
        sync_and_kill(tmp_path / "station", 1, "receiving", wait_s)
        assert_whole(tmp_path / "station", world)
    assert sync_and_kill(tmp_path / "station", 10_000)[-1] == "complete"
    assert world.count("entry") == before + 6 * FAMILIES, "nothing is twice, nothing is missing"
    store = Store.open(tmp_path / "station", PIN, clock=FixedClock(TODAY))
    state = store.outbox_summary()
    assert (state.total, state.unsent, state.refused, state.complete) == (3 * FAMILIES, 0, 0, True)
    assert state.receipt_count == 3 * FAMILIES
    digests = [wire.digest(payload) for payload in own]
    assert store.receipt_hash == wire.chain_all(wire.EMPTY_HASH, digests).hex()
    names = store.database.rows(
        "SELECT full_name, count(*) FROM person WHERE full_name LIKE 'Giàng A%' GROUP BY 1"
    )
    assert len(names) == 2 * FAMILIES
    assert {count for _, count in names} == {1}
    stored = projections(store)
    with store.database.transaction() as connection:
        project_everything(connection, store.clock.today())
    assert projections(store) == stored, "the registers are what the entries say"
    replayed = SyncClient(store, retries=0).replay()
    assert replayed.duplicate == 3 * FAMILIES
    store.close()
    worker.close()


def assert_whole(home: Path, world: World) -> None:
    """Killed in the middle: everything recorded is still there, and what is called sent is with the server."""
    store = Store.open(home, PIN, clock=FixedClock(TODAY))
    state = store.outbox_summary()
    assert state.total == 3 * FAMILIES
    identity = store.identity
    assert identity is not None
    received = world.count("entry", "device_id = :device", device=identity.device)
    assert state.total - state.unsent <= received, "nothing is called sent that the server does not hold"
    store.close()
