"""The phones of a simulation: real encrypted stores, enrolled with codes an administrator gets from the
server.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests

from mobile.simulation.clock import SimulatedClock
from mobile.store import places
from mobile.store.store import Store
from mobile.syncing.client import API, SyncClient, SyncResult
from mobile.syncing.transport import faults_of
from shared.clock import FieldClock
from shared.faults import Refused, fault
from shared.permissions import MOBILE_TEAM, STATION, VILLAGE_HEALTH_WORKER

PIN = "2580"
ROLES = (VILLAGE_HEALTH_WORKER, STATION, MOBILE_TEAM)
VISITORS = frozenset({VILLAGE_HEALTH_WORKER})
VACCINATORS = frozenset({STATION, MOBILE_TEAM})
#: Phones that enrol or sync at once.
AT_ONCE = 4
TIMEOUTS = (5.0, 60.0)


@dataclass(slots=True)
class Device:
    """One simulated phone and the households that are its own: no two phones treat the same people."""

    number: int
    store: Store
    client: SyncClient
    clock: SimulatedClock
    chance: random.Random
    role: str
    households: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    results: list[SyncResult] = field(default_factory=list)

    def sync(self) -> SyncResult:
        """Send and fetch, in the present."""
        with self.clock.in_the_present():
            result = self.client.run()
        self.results.append(result)
        return result


def get_codes(server: str, user: str, password: str, count: int, place: str | None) -> list[str]:
    """Enrolment codes for `count` phones: half village health workers, a third stations, the rest mobile teams.

    Where the server has fewer users some get a second phone; [] when it has none. Raises Refused with what the
    server answered, or sync.unreachable.
    """
    wanted = {VILLAGE_HEALTH_WORKER: -(-count // 2), STATION: count // 3}
    wanted[MOBILE_TEAM] = count - sum(wanted.values())
    codes: list[str] = []
    for role, number in wanted.items():
        if number:
            codes += ask_codes(server, user, password, {"roles": [role], "limit": number, "place": place})
    while codes and len(codes) < count:
        more = {"roles": list(ROLES), "limit": count - len(codes), "place": place}
        codes += ask_codes(server, user, password, more)
    return codes


def ask_codes(server: str, user: str, password: str, body: dict[str, object]) -> list[str]:
    """Codes for some field users, by an administrator: `body` has roles, limit and place. Raises Refused."""
    try:
        answer = requests.post(
            f"{server.rstrip('/')}{API}/device-codes", json=body, auth=(user, password), timeout=TIMEOUTS
        )
        found = answer.json()
    except requests.RequestException as error:
        raise Refused(fault("sync.unreachable", unsent=0)) from error
    if answer.status_code != 200:
        bad = fault("sync.bad_answer", status=answer.status_code, unsent=0)
        raise Refused(faults_of(found) or [bad])
    return [str(each["code"]) for each in found["codes"]]


def muster(
    server: str, codes: Iterable[str], home: Path, seed: int, tell: Callable[[], None]
) -> list[Device]:
    """Make, enrol and fill a phone for each code. Raises Refused when a first sync does not come whole."""
    numbered = list(enumerate(codes, start=1))

    def make(number_and_code: tuple[int, str]) -> Device:
        device = _enrol(server, *number_and_code, home, seed)
        result = device.sync()
        if result.faults:
            raise Refused(result.faults)
        tell()
        return device

    with ThreadPoolExecutor(AT_ONCE) as pool:
        devices = list(pool.map(make, numbered))
    _share_out(devices)
    return devices


def sync_all(devices: Iterable[Device], tell: Callable[[], None]) -> None:
    """Sync phones, some at once."""

    def one(device: Device) -> None:
        device.sync()
        tell()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, devices))


def _enrol(server: str, number: int, code: str, home: Path, seed: int) -> Device:
    real = FieldClock()
    store = Store.create(home / f"phone-{number:03d}", PIN, clock=real)
    client = SyncClient(store, session=requests.Session(), timeouts=TIMEOUTS)
    identity = client.enrol(server, code, f"Mô phỏng {number}")
    clock = SimulatedClock(real.now() + timedelta(seconds=store.clock_offset_s or 0))
    store.clock = clock
    store.set_clock_offset(0)
    return Device(number, store, client, clock, random.Random(f"{seed}/{number}"), identity.role)


def _share_out(devices: list[Device]) -> None:
    """Give each household of a village to one of the phones there that do the same work."""
    for task in (VISITORS, VACCINATORS):
        workers = [device for device in devices if device.role in task]
        at_village: dict[str, list[Device]] = {}
        for device in workers:
            for village in places.my_villages(device.store):
                at_village.setdefault(village.id, []).append(device)
        for device in workers:
            rows = device.store.database.rows(
                "SELECT id, village_id FROM household ORDER BY village_id, sort_name, id"
            )
            device.households = [
                row[0]
                for row in rows
                if row[1] in at_village and _owner(row[0], at_village[row[1]]) is device
            ]


def _owner(household: str, workers: list[Device]) -> Device:
    return workers[int.from_bytes(hashlib.sha256(household.encode()).digest()[:4], "big") % len(workers)]
