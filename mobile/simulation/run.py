"""A simulation from the first code to the last receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mobile.simulation.fleet import VACCINATORS, VISITORS, Device, get_codes, muster, sync_all
from mobile.simulation.report import SimulationReport, coverage_rises, device_report, dose_counts
from mobile.simulation.vaccinating import session_day
from mobile.simulation.visiting import visit_day
from shared.faults import Refused, fault


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate: `devices` phones for `days` days that end with the server's today.

    `offline` is the share of days a phone has no network; `place` keeps the users to one place.
    """

    server: str
    devices: int
    days: int
    seed: int
    offline: float
    user: str
    password: str
    place: str | None = None
    replay: bool = False


#: Told (step, steps) as the work goes on.
Tell = Callable[[int, int], None]


def simulate(plan: Plan, home: Path, tell: Tell = lambda done, total: None) -> SimulationReport:
    """Play the plan with phone stores in `home`. Raises Refused when the server cannot be reached or gives
    no codes.

    A phone whose last sync fails is in the report with its faults; nothing it recorded is lost.
    """
    codes = get_codes(plan.server, plan.user, plan.password, plan.devices, plan.place)
    if not codes:
        raise Refused(fault("simulation.no_codes"))
    steps = _Steps(tell, len(codes) * (plan.days + 2 + plan.replay))
    devices = muster(plan.server, codes, home, plan.seed, steps.one)
    try:
        return _play(plan, devices, steps)
    finally:
        for device in devices:
            device.store.close()


class _Steps:
    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._done, self._total = tell, 0, total

    def one(self) -> None:
        """One more step is done."""
        self._done += 1
        self._tell(self._done, self._total)


def _play(plan: Plan, devices: list[Device], steps: _Steps) -> SimulationReport:
    last_day = devices[0].clock.today()
    first_day = last_day - timedelta(days=plan.days - 1)
    for number in range(plan.days):
        day = first_day + timedelta(days=number)
        online = []
        for device in devices:
            device.clock.go_to(day)
            _work(device, number)
            if device.chance.random() >= plan.offline and day < last_day:
                online.append(device)
            steps.one()
        for device in online:  # one after the other: what each fetches does not depend on chance
            device.sync()
    sync_all(devices, steps.one)
    replayed = sum(_replay(device, steps) for device in devices) if plan.replay else None
    return SimulationReport(
        server=plan.server,
        seed=plan.seed,
        first_day=first_day,
        last_day=last_day,
        devices=[device_report(device) for device in devices],
        doses=dose_counts(devices),
        coverage=coverage_rises(devices),
        replayed=replayed,
    )


def _work(device: Device, day_number: int) -> None:
    if device.role in VISITORS:
        visit_day(device)
    if device.role in VACCINATORS:
        session_day(device, day_number)


def _replay(device: Device, steps: _Steps) -> int:
    """Push everything again: nothing may be new, and the receipt must be the same."""
    before = device.store.outbox_summary()
    with device.clock.in_the_present():
        result = device.client.replay()
    after = device.store.outbox_summary()
    steps.one()
    known = result.duplicate + result.refused + result.held
    if result.accepted or known != result.sent or result.refused != before.refused:
        raise Refused(fault("simulation.replay_changed", sent=result.sent, duplicate=result.duplicate))
    if (before.receipt_count, before.received_through) != (after.receipt_count, after.received_through):
        raise Refused(fault("simulation.replay_changed", sent=result.sent, duplicate=result.duplicate))
    return result.sent
