"""Figures of a past day: by what is known now of that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from server.indicators.counting import count_goals
from server.indicators.definitions import register_as_of
from server.plans.goals import Goal
from tests.server.ledger.hands import SITES, VILLAGES, Hand, enrol, place, push

GOAL = Goal(date(2022, 4, 30), "A18", "primary_1", place("campaign"))


def screening(hand: Hand, name: str, outcome: str, on: date, **changed: Any) -> dict[str, Any]:
    body = {"outcome": outcome}
    if outcome == "contraindicated":
        body["reason"] = "anaphylaxis_component"
    return hand.entry("screening", place(name), SITES[0], body, on=on, **changed)


@pytest.mark.proves("R018", "R024")
def test_a_screening_forbids_from_its_day_until_the_next_one(engine: Engine) -> None:
    (station,) = enrol(engine, "station")
    born = date(2022, 4, 1)
    push(engine, station, *(station.person(name, VILLAGES[0], on=born) for name in ("p", "q", "r")))
    wrong = screening(station, "r", "contraindicated", date(2022, 4, 3))
    push(
        engine,
        station,
        screening(station, "p", "contraindicated", date(2022, 4, 4)),
        screening(station, "p", "eligible", date(2022, 4, 8)),
        screening(station, "p", "contraindicated", date(2022, 4, 12)),
        screening(station, "q", "caution", date(2022, 4, 5)),
        wrong,
        station.void(wrong),
        station.verdict("p", "q", VILLAGES[0], on=date(2022, 4, 14)),
    )
    found = []
    with engine.connect() as connection:
        for day in (3, 4, 5, 7, 8, 11, 12):
            (row,) = count_goals(connection, [VILLAGES[0]], [GOAL], register_as_of(date(2022, 4, day)))
            found.append((row["people"], row["contraindicated"], row["due"]))
    assert found == [(2, 0, 2), (2, 1, 1), (2, 0, 2), (2, 0, 2), (2, 0, 2), (2, 0, 2), (2, 1, 1)]
