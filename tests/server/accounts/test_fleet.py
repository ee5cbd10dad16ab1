"""Silent phones counted for the overview are those the list of phones shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from server.accounts.fleet import fleet, silence
from server.accounts.models import Device
from server.accounts.owners import owners
from server.database import db
from server.settings import current_settings
from shared.identifiers import new_id
from tests.server.world import World


def device(user: str, days: int | None, *, revoked: bool = False) -> None:
    now = current_settings().clock.now()
    db.session.add(
        Device(
            id=new_id(),
            user_id=user,
            label="máy",
            token_hash=new_id().encode(),
            enrolled_at=now,
            revoked_at=now if revoked else None,
            last_seen_at=None if days is None else now - timedelta(days=days),
            received_through=0,
            received_count=0,
            received_hash=bytes(32),
            is_server=False,
        )
    )


@pytest.mark.proves("R065")
def test_the_silent_are_counted_as_the_list_shows_them(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        connection, now = db.session.connection(), current_settings().clock.now()
        stations = [user for name, user in sorted(world.users.items()) if name.startswith("tram.")]
        places = set(world.communes)
        assert silence(connection, places, now) is None
        for user, days in zip(stations, (0, 2, 3, 4, 9, None, 20), strict=False):
            device(user, days)
        device(stations[4], 30, revoked=True)
        db.session.flush()
        shown = [phone for phone in fleet(connection, places, now) if phone.state == "silent"]
        found = silence(connection, places, now)
        assert found
        assert (found.count, found.full_name, found.place_id, found.days) == (
            len(shown), shown[0].full_name, shown[0].place_id, shown[0].silent_days,
        )  # fmt: skip
        assert found.days == 20
        one = {shown[-1].place_id}
        fewer = silence(connection, one, now)
        assert fewer
        assert fewer.count == 1
        assert silence(connection, [], now) is None


@pytest.mark.proves("R086")
def test_a_district_is_answered_for_by_its_reviewers(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        found = owners(db.session.connection(), [*world.districts, world.province])
        assert set(found) == set(world.districts)
        assert found[world.districts[0]] == ["Y tế Thành phố Lai Châu"]
