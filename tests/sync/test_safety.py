"""Screenings, reactions, observations and openings travel: the phone's rows are the server's, and both judge alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mobile.store import registers, undoing
from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.registers.openings import schedule_of_person
from server.sync.projectors import PROJECTORS
from tests.sync.test_same_figures import phone_rows, server_rows
from tests.sync.world import LOT, PROVINCE, STATION, TODAY, World

OPENING = {
    "age_group": "A18",
    "dose_type": "booster_2",
    "opens_on": "2022-04-10",
    "interval_months": 1,
    "document": "KH 2270/KH-UBND",
}
TABLES = ("dose", "immunisation", "screening", "reaction", "observation", "dose_opening")


@pytest.mark.proves("R007", "R024", "L9")
def test_phone_and_server_hold_the_same_and_say_the_same(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "one")
    people = [row.id for row in registers.people(store, limit=4)]
    for number, (person, outcome) in enumerate(
        zip(people, ("eligible", "deferred", "contraindicated", "caution"), strict=True)
    ):
        given_on = TODAY - timedelta(days=40 + number)
        body = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": LOT}
        dose = store.record("dose", subject=person, place=STATION, body=body, occurred_on=given_on)
        against = outcome in ("deferred", "contraindicated")
        screening = {
            "outcome": outcome,
            "reason": "other" if against else None,
            "deferred_until": "2022-05-20" if outcome == "deferred" else None,
            "answers": [{"item": "immunosuppressed", "yes": outcome == "deferred"}],
        }
        store.record("screening", subject=person, place=STATION, body=screening)
        reaction = {"onset_on": given_on.isoformat(), "severity": "ordinary", "dose": dose.id}
        store.record("reaction", subject=person, place=STATION, body=reaction)
        left = {"dose": dose.id, "result": "well" if number else "left", "minutes": 31 - 9 * number}
        ended = store.record("observation", subject=person, place=STATION, body=left)
        if number == 3:
            undoing.take_back(store, ended.id)
    assert client.run().complete
    with world.app.app_context():
        manager = db.session.get_one(User, world.users["quantri"])
        author = ServerAuthor(db.session.connection(), manager, world.clock, PROJECTORS)
        author.write("dose_opening", place=PROVINCE, body=OPENING)
        author.flush()
        db.session.commit()
    assert client.run().complete
    late, other = world.phone(tmp_path / "two")
    assert other.run().complete
    with world.app.app_context():
        for phone in (store, late):
            for table in TABLES:
                columns, rows = phone_rows(phone, table, set())
                assert rows, table
                assert rows == server_rows(table, columns), table
            for person in people:
                page = registers.person(phone, person)
                planned = schedule_of_person(db.session.connection(), person, TODAY, screens=True)
                assert page is not None
                assert planned is not None
                dated = [d for d in planned if d.state == "due" or (d.state == "later" and d.on)]
                assert page.advice.dose_type == (dated[0].dose_type if dated else None)
    said = [
        (page.advice.dose_type, page.advice.reason)
        for page in (registers.person(late, p) for p in people)
        if page
    ]
    assert said == [("booster_2", None), ("booster_2", None), (None, "contraindicated"), ("booster_2", None)]
    store.close()
    late.close()
