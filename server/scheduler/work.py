"""What the jobs do. Each function commits its own steps and answers with what it found, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from server.accounts.fleet import fleet
from server.accounts.models import Device, User, UserPlace
from server.database import in_parts
from server.indicators.coverage import TOGETHER, refresh, stale_villages
from server.ledger.batch import Sender
from server.ledger.deliver import HomeMoved
from server.ledger.rebuild import replay_held
from server.places.models import Place
from server.places.scope import visible_places
from server.places.tree import Tree
from server.reports.stock import SITE_LEVELS
from server.stock.expiring import expiring_stock
from server.sync.push import TRIES, accept_held
from shared.clock import Clock

#: Called between two steps of a job: to show progress, to stop when the lease is lost.
Between = Callable[[int, int], None]


def _go_on(done: int, total: int) -> None:
    pass


def refresh_stale(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Count the cells of every stale village again."""
    with engine.connect().execution_options(readonly=True) as connection:
        stale = stale_villages(connection)
    return {"villages": len(stale), "cells": _refresh(engine, clock, stale, between)}


def refresh_all(engine: Engine, clock: Clock, between: Between = _go_on) -> int:
    """Count the cells of every village again, stale or not; how many cells."""
    with engine.connect().execution_options(readonly=True) as connection:
        villages = list(connection.scalars(select(Place.id).where(Place.level == "village")))
    return _refresh(engine, clock, villages, between)


def scan_expiry(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Holdings and doses by time left, over every site: {day, sites, holdings: {bucket: n}, doses: {bucket: n}}."""
    today = clock.today()
    holdings: Counter[str] = Counter()
    doses: Counter[str] = Counter()
    with engine.connect().execution_options(readonly=True) as connection:
        sites = list(connection.scalars(select(Place.id).where(Place.level.in_(SITE_LEVELS))))
        for found in expiring_stock(connection, sites, today):
            holdings[found.bucket] += 1
            doses[found.bucket] += found.doses or 0
    return {
        "day": today.isoformat(),
        "sites": len(sites),
        "holdings": dict(sorted(holdings.items())),
        "doses": dict(sorted(doses.items())),
    }


def list_silent(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Phones not heard of for days: {silent, devices: [{device, username, place, days}]}, the longest first."""
    with engine.connect().execution_options(readonly=True) as connection:
        places = list(connection.scalars(select(UserPlace.place_id).distinct()))
        phones = [phone for phone in fleet(connection, places, clock.now()) if phone.state == "silent"]
    devices = [
        {"device": p.device_id, "username": p.username, "place": p.place_id, "days": p.silent_days}
        for p in phones
    ]
    return {"silent": len(devices), "devices": devices}


def replay(engine: Engine, clock: Clock, between: Between = _go_on) -> int:
    """Accept held entries that this version can read; how many."""

    def take(connection: Connection, device: str, raw: list[object]) -> None:
        accept_held(connection, _sender(connection, device, clock), raw, clock)

    for attempt in range(TRIES):
        try:
            return replay_held(engine, take)
        except (HomeMoved, OperationalError):
            if attempt == TRIES - 1:
                raise
    return 0


def _refresh(engine: Engine, clock: Clock, villages: Sequence[str], between: Between) -> int:
    written = done = 0
    for part in in_parts(villages, TOGETHER):
        with engine.begin() as connection:
            written += refresh(connection, part, clock)
        done += len(part)
        between(done, len(villages))
    return written


def _sender(connection: Connection, device_id: str, clock: Clock) -> Sender:
    """The device as it would push now."""
    query = (
        select(User.id, User.role, Device.is_server)
        .join(Device, Device.user_id == User.id)
        .where(Device.id == device_id)
    )
    user = connection.execute(query).one()
    if user.is_server:
        return Sender(device_id, user.id, user.role, lambda place: True)
    scope = visible_places(connection, user.id, Tree.load(connection, clock.today()))
    return Sender(device_id, user.id, user.role, scope.__contains__)
