"""A phone that dies in the middle of writing opens again whole."""

from __future__ import annotations

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
from shared import wire
from tests.mobile.phones import PIN, make_phone, projections

RECORDING = """
import sys
from pathlib import Path
from mobile.store.store import Store
from tests.mobile.phones import PIN, VILLAGE, household_body, person_body

store = Store.open(Path(sys.argv[1]), PIN)
while True:
    house = store.record("household", place=VILLAGE, body=household_body())
    print(house.id, flush=True)
    person = store.record("person", place=VILLAGE, body=person_body(house.subject))
    print(person.id, flush=True)
    edit = store.edit("person", person.subject, {"phone": "+84912345678"})
    print(edit.id, flush=True)
"""

APPLYING = """
import sys
from pathlib import Path
from mobile.store.store import Store
from tests.mobile.phones import PIN, VILLAGE, Streams, household_body, page, person_body, raw_entry

store = Store.open(Path(sys.argv[1]), PIN)
position, running = store.database.row("SELECT position, hash FROM stream") or (0, None)
streams = Streams()
if running is not None:
    streams.hashes[VILLAGE] = [bytes(running)]
    streams.entries[VILLAGE] = []
print("ready", flush=True)
start = position
while True:
    house = raw_entry("household", household_body())
    streams.deliver([house])
    streams.deliver(raw_entry("person", person_body(house["subject"], f"Lò {n}")) for n in range(300))
    part = streams.part(VILLAGE, start - position, len(streams.entries[VILLAGE]))
    part |= {"from": part["from"] + position, "to": part["to"] + position}
    store.apply_page(page([part]))
    start = part["to"]
"""


def run_and_kill(program: str, home: Path, after_s: float) -> list[str]:
    """What it printed (each line after a durable record) before it was killed."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return [line.strip() for line in lines if line.endswith("\n")]


@pytest.mark.proves("L4", "L5")
def test_killed_while_recording(tmp_path: Path) -> None:
    home = tmp_path / "phone"
    make_phone(home).close()
    said: list[str] = []
    chance = random.Random(7)
    for _ in range(4):
        said += run_and_kill(RECORDING, home, chance.uniform(0.05, 0.25))
        store = Store.open(home, PIN)
        rows = store.database.rows(
            "SELECT id, device_seq, payload, chain FROM entry WHERE origin = 'own' ORDER BY device_seq"
        )
        assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
        assert bytes(rows[-1][3]) == wire.chain_all(wire.EMPTY_HASH, [wire.digest(row[2]) for row in rows])
        assert set(said) <= {row[0] for row in rows}
        assert len(rows) <= len(said) + 4  # at most one durable record a kill was not yet told
        assert_projected(store)
        store.close()


@pytest.mark.proves("L12")
def test_killed_while_a_page_arrives(tmp_path: Path) -> None:
    home = tmp_path / "phone"
    make_phone(home).close()
    chance = random.Random(11)
    for _ in range(3):
        run_and_kill(APPLYING, home, chance.uniform(0.1, 0.4))
        store = Store.open(home, PIN)
        [[position, running]] = store.database.rows("SELECT position, hash FROM stream")
        kept = store.database.rows("SELECT payload FROM entry ORDER BY number")
        digests = [wire.digest(row[0]) for row in kept]
        assert position == len(digests)
        assert bytes(running) == wire.chain_all(wire.EMPTY_HASH, digests)
        assert_projected(store)
        store.close()


def assert_projected(store: Store) -> None:
    """The tables are what the entries say."""
    stored = projections(store)
    with store.database.transaction() as connection:
        project_everything(connection, store.clock.today())
    assert projections(store) == stored
