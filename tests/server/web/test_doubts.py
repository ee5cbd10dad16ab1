"""The list of doubts: every sort opens its record, within the reader's area only, people masked by role (R044)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from server.accounts.models import Device
from server.database import db, insert_rows
from server.ledger.models import Conflict, EntryFlag, EntryRow, HeldEntry, Quarantine
from server.registers.models import Dose, Person
from server.registers.questionable import DOUBTS, Asked, count_doubts
from server.registers.questionable_lines import doubts
from server.registers.safety import DoseDoubt, SessionDoubt
from server.stock.models import StockBalance, StockMovement
from shared.identifiers import named_id
from tests.server.conftest import Desk, token
from tests.server.world import World

NOW = datetime(2022, 4, 15, 3, tzinfo=UTC)


def plant(world: World) -> dict[str, str]:
    """One doubt of every sort in the first commune; ids of what they are about."""
    connection = db.session.connection()
    commune = world.communes[0]
    village, station = world.villages[commune][0], world.stations[commune]
    person = world.persons[village][0]
    dose = connection.execute(select(Dose).where(Dose.site_id == station)).first()
    assert dose is not None
    entry = connection.scalar(
        select(EntryRow.id).where(EntryRow.subject_id == person, EntryRow.kind == "person")
    )
    user = next(user for name, user in world.users.items() if name == f"tram.{station[:6]}")
    device = named_id("device", "of the test")
    rows = {
        DoseDoubt: [
            {
                "dose_id": dose.id, "code": code, "person_id": person, "village_id": village, "site_id": station,
                "given_on": dose.given_on, "params": json.dumps({"due_on": "2022-03-01", "years": 3}),
            }
            for code in DOUBTS if code.startswith("dose.")
        ],
        SessionDoubt: [
            {
                "session_id": named_id("session", "x"), "about_id": world.lots[0], "code": "session.doses_exceed",
                "site_id": station, "held_on": dose.given_on, "params": json.dumps({"doses": 20, "vials": 3}),
            },
            {
                "session_id": named_id("session", "x"), "about_id": named_id("session", "x"),
                "code": "session.not_observed", "site_id": station, "held_on": dose.given_on,
                "params": json.dumps({"unended": 4, "doses": 31}),
            },
        ],
        EntryFlag: [
            {"entry_id": entry, "code": code, "params": json.dumps({"offset_s": 7200})}
            for code in ("clock.suspect", "date.in_future", "scope.outside")
        ],
        StockMovement: [
            {
                "id": named_id("movement", "x"), "entry_id": entry, "unit_id": world.lots[0], "site_id": station,
                "lot_id": world.lots[0], "holding_id": named_id("holding", "x"), "state": "frozen", "vials": -7,
                "doses": 0, "reason": "issued", "moved_on": dose.given_on, "idle": False, "author_id": user,
            }
        ],
        StockBalance: [
            {
                "holding_id": named_id("holding", "x"), "site_id": station, "lot_id": world.lots[0],
                "state": "frozen", "vials": -7, "doses": 0,
            }
        ],
        Conflict: [
            {
                "subject_id": person, "field": "id_number", "loser_id": dose.id, "winner_id": entry,
                "kind": "person",
            }
        ],
        Device: [
            {
                "id": device, "user_id": user, "label": "Máy", "enrolled_at": NOW, "received_through": 0,
                "received_count": 0, "received_hash": bytes(32), "is_server": False,
            }
        ],
        Quarantine: [
            {
                "digest": bytes(32), "device_id": device, "entry_id": None, "device_seq": 4, "received_at": NOW,
                "payload": '{"kind":"visit"}',
                "faults": json.dumps([{"code": "visit.reason_missing", "field": "outcomes.0.reason", "params": {}}]),
            }
        ],
        HeldEntry: [
            {
                "entry_id": named_id("entry", "held"), "device_id": device, "device_seq": 5, "kind": "water",
                "version": 1, "received_at": NOW, "digest": bytes(32), "payload": "{}",
            }
        ],
    }  # fmt: skip
    for model, values in rows.items():
        insert_rows(connection, model.__table__, values)  # type: ignore[attr-defined]
    db.session.commit()
    return {"commune": commune, "village": village, "station": station, "person": person, "entry": str(entry)}


@pytest.mark.proves("R044")
def test_every_sort_is_counted_and_listed_on_both_databases(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    with app.app_context():
        made = plant(world)
        asked = Asked([made["village"], made["station"], made["commune"]])
        counts = count_doubts(db.session.connection(), asked)
        assert counts == dict.fromkeys(DOUBTS, 1)
        for code in DOUBTS:
            (line,) = doubts(db.session.connection(), code, asked, offset=0, limit=9)
            assert line.place_id in (made["village"], made["station"], made["commune"]), code
        elsewhere = Asked([world.villages[world.communes[-1]][0]])
        assert count_doubts(db.session.connection(), elsewhere) == dict.fromkeys(DOUBTS, 0)
        before = Asked(asked.places, until=date(2000, 1, 1))
        assert count_doubts(db.session.connection(), before) == dict.fromkeys(DOUBTS, 0)


@pytest.mark.proves("R044", "R002")
def test_each_opens_its_record_says_why_and_who_can_fix_it(desk: Desk) -> None:
    with desk.app.app_context():
        made = plant(desk.world)
        name = db.session.get_one(Person, made["person"]).full_name
    client = desk.sign_in(f"tram.{made['station'][:6]}")
    early = client.get("/doubts?doubt=dose.too_early").text
    assert "đến lịch ngày 01/03/2022" in early
    assert "/entries/" in early
    assert name in early
    assert f'/entries/{made["entry"]}"' in client.get("/doubts?doubt=clock.suspect").text
    assert f'/persons/{made["person"]}"' in client.get("/doubts?doubt=conflict").text
    refused = client.get("/doubts?doubt=quarantined").text
    assert "cần ghi lý do" in refused
    assert "Lần thăm hộ" in refused
    assert "water" in client.get("/doubts?doubt=held").text
    negative = client.get("/doubts?doubt=stock.negative").text
    assert "−7" in negative or "-7" in negative
    assert "FL3206" in negative
    assert "4 trong 31 mũi" in client.get("/doubts?doubt=session.not_observed").text
    exceed = client.get("/doubts?doubt=session.doses_exceed").text
    assert "20" in exceed
    assert "FL3206" in exceed


@pytest.mark.proves("R078", "L24")
def test_names_are_masked_and_other_areas_see_nothing(desk: Desk) -> None:
    with desk.app.app_context():
        made = plant(desk.world)
        person = db.session.get_one(Person, made["person"])
        name, village = person.full_name, made["village"]
    province = desk.sign_in("tinh")
    assert name not in province.get("/doubts?doubt=dose.too_early").text
    file = province.post(
        "/doubts/csv", data={"csrf_token": token(province, "/password"), "doubt": "dose.too_early"}
    )
    assert file.status_code == 200
    assert name not in file.text
    assert "Mũi tiêm" in file.text
    other = next(c for c in desk.world.communes if c != made["commune"])
    stranger = desk.sign_in(f"tram.{desk.world.stations[other][:6]}")
    for doubt in DOUBTS:
        text = stranger.get(f"/doubts?doubt={doubt}").text
        assert "Không có bản ghi nào như vậy" in text, doubt
    assert stranger.get(f"/doubts?place={village}").status_code == 404
    assert stranger.get("/doubts?doubt=invented").status_code == 404


def test_a_dose_given_to_a_stranger_is_seen_without_the_name(desk: Desk) -> None:
    """The site's own area must look at it; who it was is for the person's area."""
    world = desk.world
    with desk.app.app_context():
        made = plant(world)
        other = next(c for c in world.communes if c != made["commune"])
        connection = db.session.connection()
        table = DoseDoubt.__table__
        connection.execute(table.update().values(site_id=world.stations[other]))  # type: ignore[attr-defined]
        name = db.session.get_one(Person, made["person"]).full_name
        db.session.commit()
    text = desk.sign_in(f"tram.{world.stations[other][:6]}").get("/doubts?doubt=dose.twice").text
    assert "Người ở địa bàn khác" in text
    assert name not in text
    assert made["person"] not in text
