"""Screenings, reactions and openings after pushes: rows, what an immunisation row says, the schedule of a person."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from server.accounts.models import Device
from server.database import insert_rows
from server.places.models import Place
from server.registers.models import Immunisation
from server.registers.openings import openings_in, schedule_of_person
from server.registers.safety import DoseOpening, Observation, Reaction, Screening
from shared.identifiers import named_id
from tests.server.ledger.hands import (
    PROVINCE,
    SITES,
    TODAY,
    VILLAGES,
    Hand,
    enrol,
    enrol_hands,
    place,
    projected,
    push,
    rebuilds_alike,
)


@pytest.fixture
def hand(engine: Engine) -> Hand:
    return enrol(engine, "station")[0]


def screening(hand: Hand, outcome: str, on: date = TODAY, **changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"outcome": outcome}
    if outcome in ("deferred", "contraindicated"):
        body["reason"] = "other"
    if outcome == "deferred":
        body["deferred_until"] = "2022-12-31"
    body |= changed.pop("body", {})
    return hand.entry("screening", place("p"), SITES[0], body, on=on, **changed)


def said(connection: Connection) -> Any:
    """(barred on, deferred until, first dose) of everybody."""
    columns = (Immunisation.barred_on, Immunisation.deferred_until, Immunisation.primary_1_on)
    return [tuple(row) for row in connection.execute(select(*columns))]


@pytest.mark.proves("R024")
def test_the_screening_that_holds_stands_beside_the_doses(engine: Engine, hand: Hand) -> None:
    push(engine, hand, hand.person("p", VILLAGES[0]))
    barred = screening(hand, "contraindicated", date(2022, 4, 1))
    push(engine, hand, barred)
    with engine.connect() as connection:
        assert said(connection) == [(date(2022, 4, 1), None, None)], "a row although there is no dose"
    push(engine, hand, hand.dose("p", on=date(2022, 4, 2)), screening(hand, "deferred", date(2022, 4, 3)))
    with engine.connect() as connection:
        assert said(connection) == [(None, date(2022, 12, 31), date(2022, 4, 2))]
    push(engine, hand, hand.dose("p", dose_type="primary_2", on=date(2022, 4, 30)))
    with engine.connect() as connection:
        assert said(connection) == [(None, date(2022, 12, 31), date(2022, 4, 2))], (
            "a push of doses alone keeps it"
        )
        rebuilds_alike(connection)


def test_a_corrected_and_a_withdrawn_screening_say_nothing(engine: Engine, hand: Hand) -> None:
    push(engine, hand, hand.person("p", VILLAGES[0]))
    wrong = screening(hand, "contraindicated")
    push(engine, hand, wrong, screening(hand, "eligible", corrects=wrong["id"]))
    with engine.connect() as connection:
        assert said(connection) == [(None, None, None)]
    other = screening(hand, "contraindicated")
    push(engine, hand, other)
    void = {"of": "screening", "reason": "wrong_person"}
    push(engine, hand, hand.entry("void", place("p"), SITES[0], void, corrects=other["id"]))
    with engine.connect() as connection:
        assert said(connection) == [(None, None, None)]
        rebuilds_alike(connection)


def test_rows_of_a_screening_and_a_reaction(engine: Engine, hand: Hand) -> None:
    answers = [{"item": "immunosuppressed", "yes": True}, {"item": "allergy", "yes": False}]
    push(engine, hand, screening(hand, "deferred", body={"form": "SCREENING_3802", "answers": answers}))
    body = {"onset_on": "2022-04-14", "severity": "serious", "symptoms": ["rash", "fever", "rash"]}
    push(engine, hand, hand.entry("reaction", place("p"), SITES[0], body))
    with engine.connect() as connection:
        row = connection.execute(select(Screening.__table__)).one()
        assert (row.site_id, row.screened_on, row.form) == (SITES[0], TODAY, "SCREENING_3802")
        assert json.loads(row.answers) == answers
        assert connection.scalar(select(Immunisation.conditions)) == "immunosuppressed"
        reaction = connection.execute(select(Reaction.__table__)).one()
        assert (reaction.symptoms, reaction.onset_on, reaction.reported_on) == (
            "fever,rash",
            date(2022, 4, 14),
            TODAY,
        )
        rebuilds_alike(connection)


@pytest.mark.proves("R039")
def test_the_end_of_an_observation_and_its_withdrawal(engine: Engine, hand: Hand) -> None:
    given = hand.dose("p")
    body = {"dose": given["id"], "session": place("s"), "result": "left", "minutes": 12, "note": "Vội về"}
    ended = hand.entry("observation", place("p"), SITES[0], body)
    push(engine, hand, hand.person("p", VILLAGES[0]), given, ended)
    with engine.connect() as connection:
        row = connection.execute(select(Observation.__table__)).one()
        assert (row.dose_id, row.session_id, row.site_id) == (given["id"], place("s"), SITES[0])
        assert (row.result, row.minutes, row.ended_on, row.corrected_by) == ("left", 12, TODAY, None)
    void = hand.void(ended)
    push(engine, hand, void)
    with engine.connect() as connection:
        assert connection.scalar(select(Observation.corrected_by)) == void["id"]
        rebuilds_alike(connection)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10**9))
def test_any_order_of_doses_screenings_and_observations_gives_the_same_rows(
    engine: Engine, seed: int
) -> None:
    chance = random.Random(seed)
    hand = _fresh_hand(engine, seed)
    name = f"p{seed}"
    entries = [hand.person(name, VILLAGES[0])]
    for number in range(6):
        on = date(2022, 3, 1 + chance.randint(0, 20))
        given = [entry["id"] for entry in entries if entry["kind"] == "dose"]
        if given and chance.random() < 0.4:
            body = {"dose": chance.choice(given), "result": chance.choice(("well", "left"))}
            entries.append(hand.entry("observation", place(name), SITES[0], body, on=on))
        elif chance.random() < 0.5:
            entries.append(hand.dose(name, dose_type=chance.choice(("primary_1", "primary_2")), on=on))
        else:
            outcome = chance.choice(("eligible", "contraindicated"))
            body = {"outcome": outcome} | ({"reason": "other"} if outcome == "contraindicated" else {})
            entries.append(hand.entry("screening", place(name), SITES[0], body, on=on))
        if number and chance.random() < 0.3:
            gone = chance.choice(entries[1:])
            if gone["kind"] in ("dose", "screening", "observation"):
                body = {"of": gone["kind"], "reason": "other"}
                void = hand.entry("void", place(name), SITES[0], body, corrects=gone["id"])
                entries.append(void)
    chance.shuffle(entries)
    for start in range(0, len(entries), 3):
        push(engine, hand, *entries[start : start + 3])
    with engine.begin() as connection:
        before = projected(connection)
        rebuilds_alike(connection)
        for table in ("immunisation", "observation"):
            assert projected(connection)[table] == before[table]


def _fresh_hand(engine: Engine, seed: int) -> Hand:
    """A device of its own; when Hypothesis tries an example again, its numbers go on."""
    hand = Hand(named_id("device", f"safety {seed}"), named_id("user", f"safety {seed}"), "station")
    with engine.begin() as connection:
        held = connection.scalar(select(Device.received_through).where(Device.id == hand.device))
        if held is None:
            enrol_hands(connection, [hand])
        hand.seq = (held or 0) + 1
    return hand


@pytest.mark.proves("R007", "R061")
def test_a_province_opens_a_dose_by_an_entry_and_the_schedule_follows(engine: Engine) -> None:
    station, manager = enrol(engine, "station", "provincial_manager")
    with engine.begin() as connection:
        villages = [{"id": VILLAGES[0], "level": "village", "province_id": PROVINCE}]
        insert_rows(connection, Place.__table__, villages)  # type: ignore[arg-type]
    push(engine, station, station.person("p", VILLAGES[0]))
    body = {
        "age_group": "A18", "dose_type": "booster_2", "opens_on": "2022-04-10", "interval_months": 4,
        "document": "KH 2270/KH-UBND", "vaccines": ["PFZ_ADULT"],
    }  # fmt: skip

    def state() -> str:
        with engine.connect() as connection:
            planned = schedule_of_person(connection, place("p"), TODAY, screens=True)
        assert planned is not None
        return next(dose.state for dose in planned if dose.dose_type == "booster_2")

    assert state() == "closed"
    opened = manager.entry("dose_opening", place("mũi 4"), PROVINCE, body)
    push(engine, manager, opened)
    assert state() == "later"
    with engine.connect() as connection:
        row = connection.execute(select(DoseOpening.__table__)).one()
        assert (row.province_id, row.vaccines, row.opens_on) == (PROVINCE, "PFZ_ADULT", date(2022, 4, 10))
        assert openings_in(connection, PROVINCE).in_force("booster_2", date(1980, 1, 1), TODAY)
        assert not openings_in(connection, place("another")).in_force("booster_2", date(1980, 1, 1), TODAY)
        assert schedule_of_person(connection, place("nobody"), TODAY, screens=True) is None
    edit = manager.entry(
        "dose_opening", place("mũi 4"), PROVINCE, {"closes_on": "2022-04-14"}, based_on=[opened["id"]]
    )
    push(engine, manager, edit)
    assert state() == "closed"


@pytest.mark.proves("R079")
def test_only_who_screens_reads_that_an_infection_puts_a_dose_off(engine: Engine, hand: Hand) -> None:
    with engine.begin() as connection:
        villages = [{"id": VILLAGES[0], "level": "village", "province_id": PROVINCE}]
        insert_rows(connection, Place.__table__, villages)  # type: ignore[arg-type]
    first = hand.person("p", VILLAGES[0])
    push(engine, hand, first)
    born = {"birth_date": "2014-01-01", "covid_on": "2022-04-01"}
    push(engine, hand, hand.edit("p", VILLAGES[0], born, first))
    with engine.connect() as connection:
        for screens, reason in ((True, "covid"), (False, "interval")):
            planned = schedule_of_person(connection, place("p"), TODAY, screens=screens)
            assert planned is not None
            assert (planned[0].state, planned[0].on, planned[0].reason) == ("later", date(2022, 7, 1), reason)
