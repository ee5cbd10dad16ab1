"""What the jobs do. Each function commits its own steps and answers with what it found, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import OperationalError

from server.accounts.fleet import fleet
from server.accounts.models import Device, User, UserPlace
from server.accounts.system import system_user
from server.database import in_parts
from server.indicators import punctuality
from server.indicators.refreshing import TOGETHER, refresh, stale_villages
from server.ledger.author import ServerAuthor
from server.ledger.batch import Sender
from server.ledger.deliver import HomeMoved
from server.ledger.rebuild import replay_held
from server.places.models import Place
from server.places.scope import visible_places
from server.places.tree import Tree
from server.redistribution.outcomes import score_outcomes
from server.registers import doubts, duplicates
from server.reports import watching
from server.reports.stock import SITE_LEVELS
from server.stock.soon import bucket_sums
from server.sync.projectors import PROJECTORS
from server.sync.push import TRIES, accept_held
from shared.clock import Clock

#: Villages whose schedule one run counts.
SCHEDULED_A_RUN = 300

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
    with engine.connect().execution_options(readonly=True) as connection:
        sites = connection.scalar(select(func.count()).where(Place.level.in_(SITE_LEVELS)))
        found = bucket_sums(connection, today)
    return {
        "day": today.isoformat(),
        "sites": sites or 0,
        "holdings": {bucket: holdings for bucket, (holdings, _) in sorted(found.items())},
        "doses": {bucket: doses for bucket, (_, doses) in sorted(found.items())},
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


def find_duplicates(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Compare the people of villages with news with everyone of the province: {villages, compared, found, crowded}."""
    with engine.connect().execution_options(readonly=True) as connection:
        villages = duplicates.unscanned_villages(connection)
    told: Counter[str] = Counter(villages=len(villages), compared=0, found=0, crowded=0)
    done = 0
    for part in in_parts(villages, duplicates.TOGETHER):
        with engine.begin() as connection:
            scanned = duplicates.scan(connection, part, clock.today())
        told.update(compared=scanned.compared, found=scanned.candidates, crowded=scanned.crowded)
        done += len(part)
        between(done, len(villages))
    return dict(told)


def scan_doubts(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Find the doubts of places with news again: {places, doses, sessions}, counted in doubts."""
    with engine.connect().execution_options(readonly=True) as connection:
        known = doubts.provinces(connection)
        stale = doubts.stale_places(connection, known)
    told: Counter[str] = Counter(places=len(stale), doses=0, sessions=0)
    done = 0
    for part in in_parts(stale, doubts.TOGETHER):
        with engine.connect().execution_options(readonly=True) as connection:
            found = doubts.find(connection, part, known)
        with engine.begin() as connection:
            doubts.keep(connection, found)
        told.update(doses=len(found.doses), sessions=len(found.sessions))
        done += len(part)
        between(done, len(stale))
    return dict(told)


def count_schedule(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Count who keeps to the schedule in villages where it may have changed: {villages, counted}.

    All of them are, once a day; so many a run, that no run takes long.
    """
    with engine.connect().execution_options(readonly=True) as connection:
        known = punctuality.bases(connection)
        stale = punctuality.stale_villages(connection, known, clock.today())
    wanted = stale[:SCHEDULED_A_RUN]
    done = 0
    for part in in_parts(wanted, punctuality.TOGETHER):
        with engine.connect().execution_options(readonly=True) as connection:
            cells = punctuality.count(connection, part, known, clock)
        with engine.begin() as connection:
            punctuality.keep(connection, cells)
        done += len(part)
        between(done, len(wanted))
    return {"villages": len(stale), "counted": len(wanted)}


def restate_periods(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Compare closed periods whose places have news with today's count: {compared, restated}.

    What differs is written as a restatement in the system's own name, one transaction a period.
    """
    with engine.connect().execution_options(readonly=True) as connection:
        closes = watching.to_compare(connection, clock.today())
    restated = 0
    for done, close in enumerate(closes, 1):
        with engine.begin() as connection:
            author = ServerAuthor(connection, system_user(connection), clock, PROJECTORS)
            restated += watching.compare_and_restate(connection, author, close)
        between(done, len(closes))
    return {"compared": len(closes), "restated": restated}


def redistribute(engine: Engine, clock: Clock, between: Between = _go_on) -> dict[str, Any]:
    """Forecast and weigh every item of every province, and score what was moved before.

    {provinces, items, failed, proposals, expired_nothing, expired_greedy, expired_plan (doses), outcomes}.
    """
    from server.redistribution.running import run_province  # numpy and scipy take a second to load

    today = clock.today()
    with engine.connect().execution_options(readonly=True) as connection:
        provinces = [node.id for node in Tree.load(connection, today).provinces()]
    told: Counter[str] = Counter(provinces=len(provinces))
    for done, province in enumerate(sorted(provinces)):
        with engine.begin() as connection:
            told["outcomes"] += score_outcomes(connection, province, today)
        found = run_province(
            engine, clock, province, today, between=partial(_step, between, done, len(provinces))
        )
        told.update({name: count for name, count in found.items() if name != "seconds"})
        between(done + 1, len(provinces))
    return dict(told)


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


def _step(between: Between, done: int, total: int, *_: int) -> None:
    """Between the steps of one part: the whole has come no further."""
    between(done, total)
