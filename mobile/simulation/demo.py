"""A phone of the running demonstration, ready to be looked at: enrolled, filled, its PIN known to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import requests

from mobile.simulation.fleet import TIMEOUTS, ask_codes
from mobile.store.store import Store
from mobile.syncing.client import SyncClient
from shared.clock import Clock, FieldClock, from_stamp
from shared.faults import Refused, fault

#: Printed when the phone opens, so that its lock can be tried.
PIN = "258025"
LABEL = "Điện thoại chạy thử"


@dataclass(frozen=True, slots=True)
class DemoPhone:
    """A phone that `app.run` opens: its folder, and the demonstration's time."""

    home: Path
    clock: Clock


def demo_clock(server: str) -> Clock | None:
    """The time of the demonstration that answers at an address; None when there is none."""
    try:
        told = requests.get(f"{server.rstrip('/')}/healthz", timeout=TIMEOUTS).json()
        return FieldClock(from_stamp(told["server_time"])) if told["demo"] is True else None
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return None


def demo_phone(server: str, role: str, home: Path, user: str, password: str) -> DemoPhone:
    """A phone in `home` of one of the demonstration's users, synced just now.

    The one of last time is taken up again; when it belongs to an earlier demonstration it is set aside beside the
    folder, never deleted. Raises Refused: demo.not_running, simulation.no_codes, or what the sync met.
    """
    clock = demo_clock(server)
    if clock is None:
        raise Refused(fault("demo.not_running", server=server))
    if Store.exists(home) and not _synced(home, clock):
        _set_aside(home)
    if not Store.exists(home):
        codes = ask_codes(server, user, password, {"roles": [role], "limit": 1, "place": None})
        if not codes:
            raise Refused(fault("simulation.no_codes"))
        _enrol(home, clock, server, codes[0])
    return DemoPhone(home, clock)


def _enrol(home: Path, clock: Clock, server: str, code: str) -> None:
    store = Store.create(home, PIN, clock=clock)
    try:
        client = SyncClient(store, timeouts=TIMEOUTS)
        client.enrol(server, code, LABEL)
        if faults := client.run().faults:
            raise Refused(faults)
    finally:
        store.close()


def _synced(home: Path, clock: Clock) -> bool:
    """Whether the phone of last time opens and this demonstration knows it."""
    try:
        store = Store.open(home, PIN, clock=clock)
    except Refused:
        return False
    try:
        return not SyncClient(store, timeouts=TIMEOUTS).run().faults
    finally:
        store.close()


def _set_aside(home: Path) -> None:
    number = 1
    while (aside := home.with_name(f"{home.name}.{number}")).exists():
        number += 1
    home.rename(aside)
