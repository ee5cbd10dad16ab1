"""What a simulation did, counted from the phones' stores after the last sync: only what the server took
counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mobile.simulation.fleet import Device
from mobile.store import places
from shared.faults import Refused, fault
from shared.reference import age_groups
from shared.rules.ages import in_group

ACCEPTED = "outcome IN ('accepted', 'duplicate')"


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One phone: entries recorded, by outcome, and what the last receipt proves."""

    number: int
    device: str
    username: str
    role: str
    recorded: int
    received: int
    refused: int
    held: int
    unsent: int
    receipt_count: int
    complete: bool
    by_kind: dict[str, int]
    faults: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """What the receipt proves: `214 of 214 received`."""
        return f"{self.receipt_count} of {self.recorded} received"


@dataclass(frozen=True, slots=True)
class DoseCount:
    """Doses the server took, of one type, for people of one village."""

    village: str
    village_name: str
    dose_type: str
    doses: int


@dataclass(frozen=True, slots=True)
class CoverageRise:
    """By how much the covered people of one coverage cell must have risen."""

    village: str
    campaign: str
    age_group: str
    dose_type: str
    due_on: str
    doses: int


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """The whole simulation. `as_json` is the document `tungnha simulate --json` prints."""

    server: str
    seed: int
    first_day: date
    last_day: date
    devices: list[DeviceReport]
    doses: list[DoseCount]
    coverage: list[CoverageRise]
    replayed: int | None

    @property
    def complete(self) -> bool:
        """Whether every phone ended with a receipt for all it recorded and nothing was refused."""
        return all(each.complete and not each.refused for each in self.devices)

    def as_json(self) -> dict[str, Any]:
        """Plain values; dates as ISO text, `replayed` the entries pushed again (None without --replay)."""
        return asdict(self) | {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "complete": self.complete,
            "recorded": sum(each.recorded for each in self.devices),
            "received": sum(each.receipt_count for each in self.devices),
            "refused": sum(each.refused for each in self.devices),
        }


def device_report(device: Device) -> DeviceReport:
    """One phone's figures after its last sync."""
    state, identity = device.store.outbox_summary(), device.store.identity
    if identity is None:
        raise Refused(fault("phone.not_enrolled"))
    kinds = device.store.database.rows(
        "SELECT kind, count(*) FROM entry WHERE origin = 'own' GROUP BY kind ORDER BY kind"
    )
    last = device.results[-1]
    return DeviceReport(
        number=device.number,
        device=identity.device,
        username=identity.username,
        role=identity.role,
        recorded=state.total,
        received=state.received,
        refused=state.refused,
        held=state.held,
        unsent=state.unsent,
        receipt_count=state.receipt_count,
        complete=last.complete,
        by_kind={row[0]: row[1] for row in kinds},
        faults=[found.as_json() for found in last.faults],
    )


def dose_counts(devices: list[Device]) -> list[DoseCount]:
    """Doses the server took, by the person's village and the dose type."""
    counted: Counter[tuple[str, str]] = Counter()
    names: dict[str, str] = {}
    for device in devices:
        for row in _doses(device):
            counted[row["village_id"], row["dose_type"]] += 1
            names.setdefault(row["village_id"], places.name(device.store, row["village_id"]))
    return [
        DoseCount(village, names[village], dose_type, doses)
        for (village, dose_type), doses in sorted(
            counted.items(), key=lambda item: (names[item[0][0]], item[0])
        )
    ]


def coverage_rises(devices: list[Device]) -> list[CoverageRise]:
    """The doses that count toward each goal of the plan: the person is in its age group on its due day."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    for device in devices:
        goals = device.store.database.rows(
            "SELECT DISTINCT campaign_id, age_group, dose_type, due_on FROM plan_target"
        )
        for row in _doses(device):
            born = date.fromisoformat(row["birth_date"])
            for campaign, group, dose_type, due_on in goals:
                if dose_type == row["dose_type"] and in_group(
                    born, age_groups()[group], date.fromisoformat(due_on)
                ):
                    counted[row["village_id"], campaign, group, dose_type, due_on] += 1
    return [CoverageRise(*cell, doses) for cell, doses in sorted(counted.items())]


def _doses(device: Device) -> list[Any]:
    return device.store.database.rows(
        "SELECT p.village_id, p.birth_date, d.dose_type FROM entry e JOIN dose d ON d.id = e.id"
        f" JOIN person p ON p.id = d.person_id WHERE e.origin = 'own' AND e.{ACCEPTED}"
    )
