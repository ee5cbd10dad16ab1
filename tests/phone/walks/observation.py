"""The half hour after a dose: running, over, copied from paper, all gone; an ordinary and a serious reaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mobile.store import observations
from tests.mobile.phones import LOT, PIN, STATION, TODAY
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, MOTHER
from tests.phone.walks import Walk


def give(store: Any, session: str, person: str, **more: Any) -> str:
    """A dose of a session."""
    body = {
        "session": session,
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "lot": LOT,
    }
    return store.record("dose", subject=person, place=STATION, body=body, **more).id


def open_session(store: Any) -> str:
    """A session of the station."""
    return store.record("session", place=STATION, body={"session_type": "mobile"}).subject


def after_the_dose(pictures: Any) -> None:
    """Three who are watched and one copied from paper; then everybody leaves."""
    phone = pictures.phone
    phone.app.bell.close()  # it would ring at an hour of its own
    phone.pad(PIN)
    store, clock = phone.app.phone.store, phone.app.phone.clock
    session = open_session(store)
    pictures.see("observation", session=session)
    pictures.start()
    give(store, session, MOTHER)
    give(store, session, GRANDMOTHER, occurred_on=TODAY - timedelta(days=1))
    observations.watched(store, session)
    clock.advance(minutes=13)
    dose = give(store, session, CHILD)
    give(store, session, FATHER)
    told = {"dose": dose, "onset_on": TODAY.isoformat(), "severity": "ordinary", "symptoms": ["rash"]}
    store.record("reaction", subject=CHILD, place=STATION, body=told)
    clock.advance(minutes=18)
    screen = pictures.go("observation", session=session)
    pictures.take("observation-running", "observation")
    phone.touch(next(iter(screen.cards.values())).head)
    pictures.take("observation-choices", "observation")
    phone.touch(screen.main)
    pictures.take("observation-some-left", "observation")
    pictures.go("reaction_form", person=FATHER)
    pictures.take("reaction-form", "reaction_form")
    phone.choose("breathing")
    pictures.take("reaction-form-danger", "reaction_form")
    phone.choose("serious")
    pictures.take("reaction-form-serious", "reaction_form")
    phone.press_id("main")
    pictures.take("reaction-serious", "reaction")
    pictures.start()
    for each in observations.watched(store, session):
        observations.end(store, each, "reaction" if each.reaction else "left")
    pictures.go("observation", session=session)
    pictures.take("observation-all-left", "observation")


def a_village_worker_hears_of_one(pictures: Any) -> None:
    """A serious reaction heard of at the door, without a session."""
    phone = pictures.phone
    phone.pad(PIN)
    pictures.go("reaction_form", person=MOTHER)
    phone.choose("serious")
    phone.press_id("main")
    pictures.take("reaction-village", "reaction")


WALKS = [Walk("station", after_the_dose), Walk("village_health_worker", a_village_worker_hears_of_one)]
