"""A visit: everybody with nothing due at once, a day agreed, the register told, somebody met at a facility."""

from __future__ import annotations

from typing import Any

from tests.mobile.phones import PIN, VILLAGE, person_body
from tests.phone.village import HOME, LONG_NAME, MOTHER
from tests.phone.walks import Walk


def at_the_door(pictures: Any) -> None:
    """A household with two children too young for a dose; one moved, one works far away."""
    phone = pictures.phone
    phone.pad(PIN)
    store = phone.app.phone.store
    for name in ("Lò Văn Bé", LONG_NAME):
        store.record("person", place=VILLAGE, body=person_body(HOME, name, "2021-01-05"))
    screen = pictures.go("visit", household=HOME)
    pictures.take("visit-together", "visit")
    phone.choose("reviewed")
    phone.choose("moved")
    phone.choose("absent")
    pictures.take("visit-why-absent", "visit")
    phone.choose("working_away")
    phone.choose("reviewed")
    phone.choose("agree")
    screen.sheet.data["position"] = [22_391_250, 103_458_000, 12]
    screen.sheet.arrange([screen.members[0].id], appointment_on="2022-04-16", transport_need=True)
    screen.go_to(0)
    pictures.take("visit-arranged", "visit")
    screen.go_to(len(screen.members))
    phone.touch(screen.main)
    for _ in range(2):
        phone.choose("reviewed")
    pictures.take("visit-found", "visit")
    phone.touch(screen.main)
    pictures.start()


def at_the_station(pictures: Any) -> None:
    """Somebody of the register comes to be seen."""
    pictures.phone.pad(PIN)
    pictures.go("visit", household=HOME, met=MOTHER)
    pictures.take("visit-met", "visit")


WALKS = [Walk("village_health_worker", at_the_door), Walk("station", at_the_station)]
