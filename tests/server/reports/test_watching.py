"""The job that compares closed periods, and the hand it writes with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from server.accounts.models import User
from server.accounts.system import SYSTEM_USER
from server.accounts.users import authenticate
from server.database import db
from server.reports.closing import standing_closes
from server.reports.restating import restatements
from server.reports.reviewing import accept
from server.scheduler.work import restate_periods
from server.settings import current_settings
from tests.server.reports.desk import Commune
from tests.server.world import World


@pytest.fixture
def commune(fresh: tuple[Flask, World]) -> Iterator[Commune]:
    app, world = fresh
    with app.app_context():
        yield Commune(app, world)


@pytest.mark.proves("R088")
def test_the_job_restates_in_the_systems_own_name_and_once(commune: Commune) -> None:
    clock = current_settings().clock
    assert restate_periods(db.engine, clock) == {"compared": 0, "restated": 0}
    commune.dose(commune.people[0])
    accept(commune.hand(commune.reviewer), sent := commune.send(), ",".join(sent.heads))
    subject = commune.close()
    db.session.commit()
    assert restate_periods(db.engine, clock) == {"compared": 1, "restated": 0}
    assert restate_periods(db.engine, clock) == {"compared": 0, "restated": 0}, "nothing moved"

    commune.dose(commune.people[1], later=timedelta(hours=2))
    db.session.commit()
    assert restate_periods(db.engine, clock) == {"compared": 1, "restated": 1}
    assert restate_periods(db.engine, clock) == {"compared": 0, "restated": 0}
    [told] = restatements(commune.connection, [subject])[subject]
    assert told.author_id == SYSTEM_USER
    assert {c.change.cell.indicator for c in told.changes} == {"doses.booster_1", "people_called"}
    assert standing_closes(commune.connection, [subject])[subject].id


def test_nobody_signs_in_as_the_system(commune: Commune) -> None:
    from server.accounts.system import system_user

    system_user(commune.connection)
    user = db.session.scalars(select(User).where(User.id == SYSTEM_USER)).one()
    assert not user.active
    for password in ("", "!", "he-thong"):
        assert authenticate("he-thong", password) is None
    user.active = True
    assert authenticate("he-thong", "!") is None, "its hash is of no password"
