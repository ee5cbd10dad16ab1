"""Cells of đúng lịch, đủ mũi: counted by the rule for each resident, again when something moved or the day changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from server.indicators.punctuality import Punctuality, punctuality_by
from server.scheduler import work
from server.scheduler.work import count_schedule
from shared.clock import FixedClock
from tests.server.ledger.hands import CLOCK, PROVINCE, TODAY, VILLAGES, Hand, enrol, place, push
from tests.server.registers.test_follow_up import house, person, with_places

VILLAGE, OTHER = VILLAGES[:2]


@pytest.fixture
def hand(engine: Engine) -> Hand:
    (made,) = enrol(engine, "station")
    with_places(engine)
    return made


def cell(engine: Engine, village: str = VILLAGE) -> Punctuality:
    with engine.connect() as connection:
        return punctuality_by(connection, {village: "v"})["v"]


@pytest.mark.proves("R087")
def test_a_village_is_the_sum_of_its_residents(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        house(hand, "h"),
        *(person(hand, name, "h") for name in ("never", "late", "timely", "twice")),
        person(hand, "gone", "h", residence="moved"),
        person(hand, "baby", "h", birth_date="2022-01-01"),
        *(hand.dose(name, on=date(2021, 9, 1)) for name in ("late", "timely", "twice", "gone")),
        *(
            hand.dose(name, dose_type="primary_2", on=date(2021, 10, 20))
            for name in ("late", "timely", "twice")
        ),
        hand.dose("timely", dose_type="booster_1", on=date(2022, 1, 25)),
        # The same booster written on another record of the same person: it is one dose, and hers.
        person(hand, "twin", "h"),
        hand.dose("twin", dose_type="booster_1", on=date(2022, 1, 25)),
        hand.verdict("twice", "twin", VILLAGE),
    )
    count_schedule(engine, CLOCK)
    assert cell(engine) == Punctuality(fallen_due=4, complete=2, followed=3, on_schedule=2, oldest=TODAY)


def test_only_what_moved_is_counted_again_and_everything_once_a_day(engine: Engine, hand: Hand) -> None:
    push(engine, hand, house(hand, "h"), person(hand, "a", "h"), house(hand, "h2", OTHER))
    assert count_schedule(engine, CLOCK) == {"villages": 2, "counted": 2}
    assert count_schedule(engine, CLOCK) == {"villages": 0, "counted": 0}
    push(engine, hand, hand.dose("a", on=date(2021, 9, 1)))
    assert count_schedule(engine, CLOCK)["villages"] == 1
    tomorrow = FixedClock(TODAY + timedelta(days=1))
    assert count_schedule(engine, tomorrow)["villages"] == 2
    assert cell(engine).oldest == TODAY + timedelta(days=1)


def test_an_announced_opening_counts_the_province_again(engine: Engine) -> None:
    hand, manager = enrol(engine, "station", "provincial_manager")
    with_places(engine)
    push(engine, hand, house(hand, "h"), person(hand, "child", "h", birth_date="2018-06-01"))
    count_schedule(engine, CLOCK)
    assert cell(engine).fallen_due == 0
    opened = {
        "age_group": "A03_04", "dose_type": "primary_1", "opens_on": "2022-04-10", "document": "CV 12/SYT",
    }  # fmt: skip
    push(engine, manager, manager.entry("dose_opening", place("opening"), PROVINCE, opened))
    assert count_schedule(engine, CLOCK)["villages"] == 1
    assert cell(engine).fallen_due == 1


def test_a_run_counts_so_many_villages_and_the_next_goes_on(
    engine: Engine, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(engine, hand, *(house(hand, f"h{n}", village) for n, village in enumerate(VILLAGES)))
    monkeypatch.setattr(work, "SCHEDULED_A_RUN", 3)
    assert count_schedule(engine, CLOCK) == {"villages": 4, "counted": 3}
    assert count_schedule(engine, CLOCK) == {"villages": 1, "counted": 1}
