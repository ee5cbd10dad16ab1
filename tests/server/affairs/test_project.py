"""Matters, answers, rosters, profiles: whatever order things arrive in, the tables are the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from server.accounts.models import Device, User
from server.affairs.forces import activities, contents, profiles, rosters
from server.affairs.matters import Told, matter, matters
from server.affairs.project import TABLES
from server.database import insert_rows
from server.ledger.accept import accept
from server.ledger.author import ServerAuthor
from server.ledger.batch import Sender
from server.ledger.rebuild import rebuild
from server.sync.projectors import PROJECTED, PROJECTORS
from shared.clock import FixedClock, stamp
from shared.identifiers import named_id, new_id

CLOCK = FixedClock(date(2022, 4, 15))
STATION, DISTRICT = named_id("affairs", "station user"), named_id("affairs", "district user")
PROVINCE, COMMUNE, SITE, VILLAGE = (
    named_id("affairs", n) for n in ("province", "commune", "site", "village")
)
PHONE = named_id("affairs", "phone")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as made:
        for user, role in ((STATION, "station"), (DISTRICT, "district_reviewer")):
            row = {
                "id": user, "username": role, "password_hash": "-", "full_name": f"Người của {role}", "role": role,
                "language": "vi", "active": True, "failed_count": 0, "created_at": CLOCK.now(),
            }  # fmt: skip
            made.execute(User.__table__.insert().values(row))  # type: ignore[attr-defined]
        device = {
            "id": PHONE, "user_id": STATION, "label": "x", "enrolled_at": CLOCK.now(), "received_through": 0,
            "received_count": 0, "received_hash": bytes(32), "is_server": False,
        }  # fmt: skip
        insert_rows(made, Device.__table__, [device])  # type: ignore[arg-type]
        yield made


def author(connection: Connection, user: str, role: str, clock: FixedClock = CLOCK) -> ServerAuthor:
    who: Any = SimpleNamespace(id=user, role=role)
    return ServerAuthor(connection, who, clock, PROJECTORS)


def tables(connection: Connection) -> dict[str, list[Any]]:
    return {
        table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=str) for table in TABLES
    }


def story() -> list[dict[str, Any]]:
    """Raw entries of one phone: a shortage with answers, a withdrawn proposal, a roster edited twice."""
    made: list[dict[str, Any]] = []

    def entry(kind: str, subject: str, place: str, body: dict[str, Any], **more: Any) -> str:
        number = len(made) + 1
        raw = {
            "id": named_id("affairs", "entry", str(number)), "kind": kind, "version": 1, "subject": subject,
            "place": place, "author": STATION, "device": PHONE, "device_seq": number, "occurred_on": "2022-04-15",
            "recorded_at": stamp(CLOCK.now() + timedelta(minutes=number)), "clock_offset_s": 30, "body": body,
        }  # fmt: skip
        made.append(raw | more)
        return str(raw["id"])

    shortage = {"role": "nurse", "people": 2, "from_on": "2022-04-16", "reason": "Ốm"}
    told = entry("staff_shortage", COMMUNE, COMMUNE, shortage)
    entry("response", told, COMMUNE, {"of": "staff_shortage", "action": "done"})
    entry("response", told, COMMUNE, {"of": "staff_shortage", "action": "assigned", "support": "Tổ lưu động"})
    proposal = entry("proposal", COMMUNE, COMMUNE, {"topic": "other", "difficulty": "x", "proposal": "y"})
    entry("void", COMMUNE, COMMUNE, {"of": "proposal", "reason": "twice"}, corrects=proposal)
    first = entry(
        "team_roster", VILLAGE, VILLAGE,
        {"reviewed_on": "2022-04-01", "members": [{"full_name": "Lò Văn Ân"}, {"full_name": "Vàng Thị Dở"}]},
    )  # fmt: skip
    second = entry(
        "team_roster", VILLAGE, VILLAGE, {"members": [{"full_name": "Vàng Thị Dở", "phone": "0912345678"}]},
        based_on=[first],
    )  # fmt: skip
    entry("team_roster", VILLAGE, VILLAGE, {"reviewed_on": "2022-04-15"}, based_on=[second])
    entry(
        "station_profile",
        SITE,
        SITE,
        {"reviewed_on": "2022-04-01", "staff": [{"role": "nurse", "people": 2}]},
    )
    log = {"form": "meeting", "topic": "Mũi 3", "villages": [VILLAGE], "reached": 64}
    entry("communication_log", COMMUNE, COMMUNE, log)
    return made


def push(connection: Connection, raw: list[dict[str, Any]]) -> None:
    sender = Sender(PHONE, STATION, "station", lambda place: True)
    answer = accept(connection, sender, raw, CLOCK, PROJECTORS, offset_s=0)
    assert all(arrival.outcome in ("accepted", "duplicate") for arrival in answer.arrivals), answer


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_batches_give_the_same_tables(connection: Connection, seed: int) -> None:
    entries = story()
    chance = random.Random(seed)
    nested = connection.begin_nested()
    push(connection, entries)
    whole = tables(connection)
    nested.rollback()
    chance.shuffle(entries)
    while entries:
        size = chance.randint(1, 4)
        push(connection, entries[:size])
        if chance.random() < 0.4:
            push(connection, entries[:size])
        entries = entries[size:]
    assert tables(connection) == whole
    [told] = matters(connection, "staff_shortage", [COMMUNE])
    assert (told.state, told.people, told.support, told.author) == (
        "done",
        2,
        "Tổ lưu động",
        "Người của station",
    )
    assert told.told_at == CLOCK.now() + timedelta(minutes=1, seconds=30), "by the server's clock"
    assert matters(connection, "proposal", [COMMUNE]) == [], "withdrawn"
    roster = rosters(connection, [VILLAGE])[VILLAGE]
    assert (roster.reviewed_on, [(m.full_name, m.phone) for m in roster.members]) == (
        date(2022, 4, 15),
        [("Vàng Thị Dở", "+84912345678")],
    )
    assert profiles(connection, [SITE])[SITE].staff == {"nurse": 2}
    assert [one.villages for one in activities(connection, [COMMUNE])] == [(VILLAGE,)]
    rebuild(connection, connection, PROJECTORS, PROJECTED)
    assert tables(connection) == whole


def test_matters_are_limited_to_the_places_asked_for(connection: Connection) -> None:
    writer = author(connection, STATION, "station")
    for place in (COMMUNE, new_id()):
        body = {"topic": "other", "difficulty": "x", "proposal": "y"}
        writer.write("proposal", place=place, subject=place, body=body)
    writer.flush()
    [told] = matters(connection, "proposal", [COMMUNE])
    assert matter(connection, told.id) == told
    assert matter(connection, new_id()) is None
    assert matters(connection, "proposal", []) == []


def test_how_long_a_matter_waited(connection: Connection) -> None:
    station = author(connection, STATION, "station")
    body = {"role": "nurse", "people": 1, "from_on": "2022-04-15", "reason": "x"}
    station.write("staff_shortage", place=COMMUNE, subject=COMMUNE, body=body)
    station.flush()
    later = FixedClock(CLOCK.now() + timedelta(minutes=90))
    district = author(connection, DISTRICT, "district_reviewer", later)
    told = only(connection)
    district.write(
        "response", place=COMMUNE, subject=told.id, body={"of": told.kind, "action": "acknowledged"}
    )
    district.flush()
    told = only(connection)
    now = CLOCK.now() + timedelta(minutes=200)
    assert (told.minutes(now), told.minutes_to_answer(), told.state) == (200, 90, "acknowledged")
    district.write("response", place=COMMUNE, subject=told.id, body={"of": told.kind, "action": "done"})
    district.flush()
    assert only(connection).minutes(now) == 90


def only(connection: Connection) -> Told:
    [told] = matters(connection, "staff_shortage", [COMMUNE])
    return told


def test_contents_are_the_provinces_own(connection: Connection) -> None:
    manager = author(connection, DISTRICT, "provincial_manager")
    for place in (PROVINCE, new_id()):
        body = {"title": "5K", "text": "Khẩu trang", "valid_from": "2022-03-01"}
        manager.write("message_content", place=place, body=body)
    manager.flush()
    assert [content.title for content in contents(connection, PROVINCE)] == ["5K"]
