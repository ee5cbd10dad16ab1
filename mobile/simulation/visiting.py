"""A village health worker's day: from house to house, an outcome for every member, now and then a new
family.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from mobile.simulation.fleet import Device
from mobile.simulation.names import LANES, full_name, phone_number
from mobile.store import places, registers
from mobile.store.views import PersonRow
from shared.reference import reasons

HOUSES_A_DAY = (6, 12)
NEW_HOUSEHOLD = 0.3
NEW_MEMBER = 0.2
NEW_PHONE_NUMBER = 0.3

#: Outcome of a member who lives here, with its share and the group its reason comes from.
OUTCOMES = (
    ("reviewed", 0.80, None),
    ("absent", 0.09, "absence"),
    ("hesitant", 0.04, "refusal"),
    ("refused", 0.03, "refusal"),
    ("deferred", 0.04, "deferral"),
)
GONE = frozenset({"moved", "deceased"})


def visit_day(device: Device) -> None:
    """Play one day of visits into the phone's store."""
    chance = device.chance
    waiting = [house for house in device.households if house not in device.visited]
    for house in waiting[: chance.randint(*HOUSES_A_DAY)]:
        device.visited.add(house)
        _visit(device, house)
    if chance.random() < NEW_HOUSEHOLD:
        _register_family(device)


def _visit(device: Device, house: str) -> None:
    store, chance = device.store, device.chance
    page = registers.household(store, house)
    if page is None:
        return
    present = [member for member in page.members if member.residence not in GONE]
    if chance.random() < NEW_MEMBER:
        new = store.record(
            "person", place=page.row.village_id, body=_person(chance, house, store.clock.today())
        )
        outcomes = [{"person": new.subject, "outcome": "reviewed"}]
    else:
        outcomes = []
    outcomes += [_outcome(chance, member, store.clock.today()) for member in present]
    if not outcomes:
        return
    store.record(
        "visit",
        subject=house,
        place=page.row.village_id,
        body={"visit_type": "door_to_door", "communication": "home", "outcomes": outcomes},
    )
    if present and chance.random() < NEW_PHONE_NUMBER:
        store.edit("person", chance.choice(present).id, {"phone": phone_number(chance)})


def _outcome(chance: Random, member: PersonRow, today: date) -> dict[str, Any]:
    if member.residence == "absent":
        return {"person": member.id, "outcome": "absent", "reason": _reason(chance, "absence", today)}
    outcome, _, group = chance.choices(OUTCOMES, weights=[each[1] for each in OUTCOMES])[0]
    line: dict[str, Any] = {"person": member.id, "outcome": outcome}
    if group is not None:
        line["reason"] = _reason(chance, group, today)
    if outcome == "deferred":
        line["appointment_on"] = (today + timedelta(days=7)).isoformat()
    return line


def _reason(chance: Random, group: str, today: date) -> str:
    in_force = [
        reason.code
        for reason in reasons(group).values()
        if reason.valid_from <= today and (reason.valid_to is None or today <= reason.valid_to)
    ]
    return chance.choice(in_force)


def _register_family(device: Device) -> None:
    store, chance = device.store, device.chance
    villages = places.my_villages(store)
    if not villages:
        return
    village = chance.choice(villages).id
    house = store.record(
        "household",
        place=village,
        body={"head_name": full_name(chance, "male"), "lane": chance.choice(LANES)},
    )
    for _ in range(chance.randint(2, 5)):
        store.record("person", place=village, body=_person(chance, house.subject, store.clock.today()))
    device.households.append(house.subject)


def _person(chance: Random, house: str, today: date) -> dict[str, Any]:
    sex = chance.choice(("male", "female"))
    precision = chance.choices(("day", "month", "year"), weights=(80, 8, 12))[0]
    born = today - timedelta(days=chance.randrange(1, 80 * 365))
    if precision == "year":
        born = born.replace(month=1, day=1)
    elif precision == "month":
        born = born.replace(day=1)
    return {
        "household": house,
        "full_name": full_name(chance, sex),
        "birth_date": born.isoformat(),
        "birth_precision": precision,
        "sex": sex,
        "id_kind": "none",
        "residence": chance.choices(("permanent", "temporary"), weights=(9, 1))[0],
    }
