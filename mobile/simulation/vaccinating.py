"""A station's or mobile team's day: a session, doses for people who are due, the vials they took, now and
then a count.

The vaccine is one the person may have, the lot the first to expire of what the site holds (FEFO).
"""

from __future__ import annotations

from typing import Any

from mobile.simulation.fleet import Device
from mobile.store import registers, stock
from mobile.store.stock import HoldingRow, LotRow
from mobile.store.views import PersonRow
from shared.permissions import MOBILE_TEAM
from shared.reference import Vaccine, vaccines
from shared.rules.observation import OBSERVED_MINUTES
from shared.rules.sessions import Kept, movements_at_close, vials_needed

PEOPLE_A_DAY = (8, 20)
VIALS_A_DELIVERY = 20
DAYS_BETWEEN_COUNTS = 4
MISCOUNTED = 0.1
NOT_COUNTED = 0.05
CAUTION = 0.05


def session_day(device: Device, day_number: int) -> None:
    """Play one session into the phone's store; a count every few days and on the first."""
    identity = device.store.identity
    site = identity.site if identity else None
    if site is None:
        return
    people = _due(device)[: device.chance.randint(*PEOPLE_A_DAY)]
    if people:
        _hold(device, site, people)
    if day_number % DAYS_BETWEEN_COUNTS == 0:
        count_stock(device, site)


def count_stock(device: Device, site: str) -> None:
    """Count every holding of the site; a few lines differ from the books or are left out."""
    lines = [_line(device, holding) for holding in stock.holdings(device.store, site)]
    if lines:
        device.store.record("stock_count", place=site, body={"lines": lines})


def _due(device: Device) -> list[PersonRow]:
    mine = set(device.households)
    due = registers.due_people(device.store, limit=1_000_000)
    return sorted((person for person in due if person.household_id in mine), key=_first_called)


def _first_called(person: PersonRow) -> tuple[bool, str, str]:
    """Those who cannot come first; then by what does not change from one run to the next."""
    return not person.cannot_come, person.full_name, person.birth_date.isoformat()


def _hold(device: Device, site: str, people: list[PersonRow]) -> None:
    store, mobile = device.store, device.role == MOBILE_TEAM
    session = store.record(
        "session",
        place=site,
        body={
            "session_type": "mobile" if mobile else "fixed",
            "villages": sorted({person.village_id for person in people}),
        },
    ).subject
    used: dict[str, tuple[HoldingRow, int]] = {}
    for person in people:
        holding = _choose(device, site, person, used)
        if holding is not None:
            _give(device, site, session, person, holding)
            used[holding.id] = (holding, used.get(holding.id, (holding, 0))[1] + 1)
    given: dict[str, int] = {}
    for holding, doses in used.values():
        given[holding.lot.id] = given.get(holding.lot.id, 0) + doses
    lots = [_take_out(device, site, session, lot, doses) for lot, doses in sorted(given.items())]
    store.edit("session", session, {"closed": True} | ({"lots": lots} if lots else {}))


def _give(device: Device, site: str, session: str, person: PersonRow, holding: HoldingRow) -> None:
    body = {
        "vaccine": holding.lot.vaccine,
        "dose_type": person.next_dose,
        "screening": "caution" if device.chance.random() < CAUTION else "eligible",
        "session": session,
        "lot": holding.lot.id,
        "at_home": True if person.cannot_come else None,
    }
    dose = device.store.record("dose", subject=person.id, place=site, body=body).id
    left = {"dose": dose, "session": session, "result": "well", "minutes": OBSERVED_MINUTES}
    device.store.record("observation", subject=person.id, place=site, body=left)


def _take_out(device: Device, site: str, session: str, lot: str, given: int) -> dict[str, Any]:
    """The vials of a lot are opened as far as the doses need, what is left in them thrown away; answers the line."""
    held = [h for h in stock.holdings(device.store, site) if h.lot.id == lot and h.state != "quarantined"]
    held.sort(key=lambda h: not stock.usable(h))
    per_vial = held[0].lot.doses_per_vial or 1
    left = sum(max(0, h.doses or 0) for h in held if h.state == "opened")
    vials = vials_needed(max(0, given - left), per_vial)
    line = {
        "lot": lot,
        "vials_taken": vials,
        "vials_opened": vials,
        "doses_discarded": left + vials * per_vial - given,
    }
    kept = [Kept(h.state, h.thawed_on, h.opened_on, h.vials, h.doses or 0) for h in held]
    for body in movements_at_close(line, kept, given=given, doses_per_vial=per_vial, on=device.clock.today()):
        device.store.record("stock_movement", subject=lot, place=site, body=body | {"session": session})
    return line


def _choose(
    device: Device, site: str, person: PersonRow, used: dict[str, tuple[HoldingRow, int]]
) -> HoldingRow | None:
    """The first-expired holding of a vaccine this person may have, with doses left; a delivery when there is
    none.
    """
    page = registers.person(device.store, person.id)
    had = page.immunisation["last_vaccine"] if page and page.immunisation else None
    codes = [code for code, vaccine in vaccines().items() if _fits(person, had, vaccine)]
    for _ in range(2):
        held = [holding for code in codes for holding in stock.lots_for_dose(device.store, site, code)]
        held.sort(
            key=lambda holding: (holding.expires_on is None, holding.expires_on or device.clock.today())
        )
        for holding in held:
            if (holding.doses or 0) > used.get(holding.id, (holding, 0))[1]:
                return holding
        if not _receive(device, site, codes):
            return None
    return None


def _fits(person: PersonRow, had: str | None, vaccine: Vaccine) -> bool:
    """Whether someone who had `had` last may have this vaccine as their next dose."""
    if person.age < vaccine.min_age_years:
        return False
    if vaccine.max_age_years is not None and person.age > vaccine.max_age_years:
        return False
    if person.next_dose == "booster_1":
        return vaccine.platform in ("mRNA", "vector")
    if vaccine.primary_doses == 0:
        return False
    if person.next_dose == "primary_1" or had is None:
        return vaccine.primary_doses == 2
    return had == vaccine.code  # a series is finished with what it was begun with


def _receive(device: Device, site: str, codes: list[str]) -> bool:
    """A delivery of the longest-dated lot of one of these vaccines; False when the catalogue has none."""
    today = device.clock.today()
    lots = [
        lot
        for lot in stock.lots(device.store)
        if lot.vaccine in codes
        and lot.hold is None
        and lot.label_expiry is not None
        and lot.label_expiry > today
    ]
    if not lots:
        return False
    lot = max(lots, key=_longest_dated)
    body: dict[str, Any] = {"state": "chilled", "vials": VIALS_A_DELIVERY, "reason": "received"}
    if vaccines()[lot.vaccine or ""].thaw_days:
        body |= {"state": "thawed", "thawed_on": today.isoformat()}
    device.store.record("stock_movement", subject=lot.id, place=site, body=body)
    return True


def _longest_dated(lot: LotRow) -> tuple[str, str]:
    return str(lot.label_expiry), lot.lot_number


def _line(device: Device, holding: HoldingRow) -> dict[str, Any]:
    chance = device.chance
    line: dict[str, Any] = {"lot": holding.lot.id, "state": holding.state}
    days = {"thawed_on": holding.thawed_on, "opened_on": holding.opened_on}
    line |= {name: day.isoformat() for name, day in days.items() if day}
    if chance.random() < NOT_COUNTED:
        return line
    vials = max(holding.vials, 0)
    if vials and chance.random() < MISCOUNTED:
        vials -= 1
    return line | {"vials": vials, "vvm": chance.choice((1, 1, 1, 2))}
