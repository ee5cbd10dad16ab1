"""Home in its states, a village lane by lane, search, and the lists of who waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.mobile.phones import PIN, STATION, TODAY, VILLAGE
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, MOTHER, OTHER_HOME
from tests.phone.walks import Walk


def a_workers_morning(pictures: Any) -> None:
    """Something begun, somebody waiting on every list; then the lists, the lanes, the search."""
    phone = pictures.phone
    phone.pad(PIN)
    store = phone.app.phone.store
    _visit(store, HOME, _family(), revisit_on=TODAY + timedelta(days=3))
    store.save_draft(f"visit:{OTHER_HOME}", "visit", {})
    pictures.start()
    pictures.take("home-busy", "home")
    pictures.see("village", village=VILLAGE, only="to_knock")
    phone.choose("revisit")
    pictures.take("village-revisit", "village")
    for of in ("due", "revisits", "appointments", "cannot_come", "refusals"):
        pictures.go("worklist", of=of)
        pictures.take(f"worklist-{of}", "worklist")
    pictures.see("search")
    phone.type(phone.id("search"), "lo")
    pictures.take("search-people", "search")
    phone.choose("houses")
    pictures.take("search-houses", "search")
    phone.id("search").clear()
    phone.type(phone.id("search"), "xyz")
    pictures.take("search-none", "search")


def a_stations_noon(pictures: Any) -> None:
    """A session under way with people under observation, goods to confirm, figures that are old."""
    phone = pictures.phone
    phone.pad(PIN)
    store = phone.app.phone.store
    phone.app.phone.clock.advance(days=4)
    held = store.record(
        "session", place=STATION, body={"session_type": "mobile", "point_name": "Nhà văn hóa bản"}
    )
    given = {
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "session": held.subject,
    }
    store.record("dose", place=STATION, subject=MOTHER, body=given | {"lot_number": "FN1234"})
    pictures.start()
    pictures.take("home-session", "home")


def an_empty_phone(pictures: Any) -> None:
    """No house is registered yet: what the lists say then."""
    pictures.phone.pad(PIN)
    pictures.take("home-empty", "home")
    pictures.go("village", village=VILLAGE)
    pictures.take("village-empty", "village")
    pictures.go("worklist", of="due")
    pictures.take("worklist-empty", "worklist")


def _family() -> list[dict[str, Any]]:
    return [
        {"person": MOTHER, "outcome": "refused", "reason": "family_head"},
        {"person": FATHER, "outcome": "hesitant", "reason": "custom"},
        {"person": CHILD, "outcome": "reviewed", "appointment_on": TODAY.isoformat()},
        {"person": GRANDMOTHER, "outcome": "reviewed", "transport_need": True},
    ]


def _visit(store: Any, household: str, outcomes: list[dict[str, Any]], revisit_on: Any) -> None:
    body = {"visit_type": "door_to_door", "outcomes": outcomes, "revisit_on": revisit_on.isoformat()}
    store.record("visit", place=VILLAGE, subject=household, body=body, occurred_on=TODAY - timedelta(days=1))


WALKS = [
    Walk("village_health_worker", a_workers_morning),
    Walk("station", a_stations_noon, {"stocked": True}),
    Walk("village_health_worker", an_empty_phone, {"bare": True}),
]
