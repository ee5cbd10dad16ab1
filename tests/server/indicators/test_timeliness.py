"""Completeness and timeliness: through when nothing can be missing, and what was entered the same day (R065)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.fleet import Phone
from server.accounts.models import User
from server.database import db
from server.indicators.refreshing import refresh
from server.indicators.timeliness import Entered, Heard, entered, heard
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.world import TODAY, World

NOW = datetime(2022, 4, 15, 7, tzinfo=UTC)


def phone(place: str, state: str, days_ago: int | None) -> Phone:
    seen = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Phone("u", "Tao Mẩy", "u", "station", place, "d", None, None, seen, 1, 1, state, days_ago)


@pytest.mark.proves("R065")
def test_a_place_is_complete_through_its_quietest_phone() -> None:
    found = heard(
        [
            phone("a", "active", 0), phone("a", "silent", 5), phone("b", "active", 1), phone("b", "revoked", 90),
            phone("c", "never", None), phone("c", "active", 0),
        ]
    )  # fmt: skip
    assert found["a"] == Heard(2, 1, 0, NOW - timedelta(days=5))
    assert found["b"].complete_through == NOW - timedelta(days=1)
    # A phone that never sent may hold anything: nobody knows how far the figures are complete.
    assert found["c"].complete_through is None
    together = sum(found.values(), Heard())
    assert (together.phones, together.silent, together.never) == (5, 1, 1)
    assert together.complete_through is None
    assert Heard().complete_through is None


heards = st.builds(
    Heard,
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 2),
    st.none() | st.integers(0, 9).map(lambda n: NOW - timedelta(days=n)),
)


@given(heards, heards, heards)
def test_adding_up_places_does_not_depend_on_their_order(a: Heard, b: Heard, c: Heard) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@pytest.mark.proves("R065")
def test_doses_count_where_they_were_given_and_when_they_were_entered(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        connection, clock = db.session.connection(), current_settings().clock
        commune = world.communes[0]
        village, station = world.villages[commune][0], world.stations[commune]
        since = date(2022, 4, 2)
        before = entered(connection, [station], since, TODAY).get(station, Entered())
        user = db.session.get_one(User, world.users[f"tram.{station[:6]}"])
        author = ServerAuthor(connection, user, clock, PROJECTORS)
        person = world.persons[village][0]
        for day, told in ((TODAY, TODAY), (date(2022, 4, 3), TODAY), (date(2022, 4, 1), TODAY)):
            body = {
                "vaccine": "PFZ_ADULT",
                "dose_type": "additional",
                "screening": "eligible",
                "lot_number": "A1",
            }
            author.write("dose", subject=person, place=station, body=body, occurred_on=day, recorded_on=told)
        author.flush()
        refresh(connection, [village], clock)
        after = entered(connection, [station], since, TODAY)[station]
        assert (after.doses - before.doses, after.same_day - before.same_day) == (2, 1)
        assert entered(connection, [], since, TODAY) == {}
