"""Register tables after pushes, and what pages read of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from server.registers.models import Household, Immunisation, Person, VaccinationSession, Visit, VisitOutcome
from server.registers.queries import reach
from tests.server.ledger.hands import LOT, SITES, TODAY, VILLAGES, Hand, enrol, place, push, rebuilds_alike


@pytest.fixture
def hand(engine: Engine) -> Hand:
    return enrol(engine, "station")[0]


def test_a_household_and_its_edits(engine: Engine, hand: Hand) -> None:
    first = hand.household("h", VILLAGES[0])
    push(engine, hand, first)
    push(
        engine,
        hand,
        hand.entry(
            "household",
            place("h"),
            VILLAGES[0],
            {"phone": "0912 345 678", "lane": "Xóm Suối"},
            based_on=[first["id"]],
        ),
    )
    with engine.connect() as connection:
        row = connection.execute(select(Household.__table__)).one()
        assert (row.head_name, row.village_id, row.phone, row.lane) == (
            "Giàng h",
            VILLAGES[0],
            "+84912345678",
            "Xóm Suối",
        )
        assert "giang h" in row.search
        rebuilds_alike(connection)


@pytest.mark.proves("L9")
def test_a_dose_before_its_person_counts_once_they_are_known(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        hand.dose("p", on=date(2021, 9, 1)),
        hand.dose("p", dose_type="primary_2", on=date(2021, 10, 1)),
    )
    with engine.connect() as connection:
        assert connection.execute(select(Person.id)).all() == []
        assert connection.execute(select(Immunisation.series_complete_on)).scalars().all() == [
            date(2021, 10, 1)
        ]
    push(engine, hand, hand.person("p", VILLAGES[0]))
    with engine.connect() as connection:
        joined = select(Person.village_id).join(Immunisation, Immunisation.person_id == Person.id)
        assert connection.execute(joined).scalars().all() == [VILLAGES[0]]


def test_an_edit_before_the_person_shows_nothing_yet(engine: Engine, hand: Hand) -> None:
    first = hand.person("p", VILLAGES[0])
    push(engine, hand, hand.edit("p", VILLAGES[0], {"phone": "0912345678"}, first))
    with engine.connect() as connection:
        assert connection.execute(select(Person.id)).all() == []
    push(engine, hand, first)
    with engine.connect() as connection:
        assert connection.execute(select(Person.phone)).scalars().all() == ["+84912345678"]


def test_a_visit_its_correction_and_how_many_houses_were_reached(engine: Engine, hand: Hand) -> None:
    push(engine, hand, hand.household("h", VILLAGES[0]), hand.household("k", VILLAGES[0]))
    lines = [{"person": place("p"), "outcome": "refused", "reason": "TC_KHAC"}]
    wrong = hand.entry("visit", place("h"), VILLAGES[0], {"visit_type": "mop_up", "outcomes": lines})
    right = hand.entry(
        "visit",
        place("h"),
        VILLAGES[0],
        {"visit_type": "mop_up", "outcomes": [{"person": place("p"), "outcome": "reviewed"}]},
        corrects=wrong["id"],
    )
    push(engine, hand, right)
    push(engine, hand, wrong)
    with engine.connect() as connection:
        standing = (
            select(VisitOutcome.outcome)
            .join(Visit, Visit.id == VisitOutcome.visit_id)
            .where(Visit.corrected_by.is_(None))
        )
        assert connection.execute(standing).scalars().all() == ["reviewed"]
        found = reach(connection, VILLAGES)[VILLAGES[0]]
        assert (found.households, found.visited, found.never) == (2, 1, 1)


def test_a_session_is_held_on_the_day_of_its_first_entry(engine: Engine, hand: Hand) -> None:
    body = {"session_type": "mobile", "lots": [{"lot": LOT, "vials_taken": 3}]}
    first = hand.entry("session", place("s"), SITES[0], body, on=TODAY - timedelta(days=3))
    closing = hand.entry("session", place("s"), SITES[0], {"closed": True}, on=TODAY, based_on=[first["id"]])
    push(engine, hand, closing)
    push(engine, hand, first)
    with engine.connect() as connection:
        row = connection.execute(select(VaccinationSession.__table__)).one()
        assert (row.held_on, row.closed, row.site_id) == (TODAY - timedelta(days=3), True, SITES[0])
        rebuilds_alike(connection)
