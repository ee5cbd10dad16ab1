"""Which units are late with what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from server.accounts.fleet import Phone
from server.database import insert_rows
from server.indicators.figures import Figures
from server.indicators.progress import Progress
from server.indicators.standings import Standing
from server.places.tree import Node, Tree
from server.plans.goals import Goal
from server.reports.late_units import Late, late_with_report, late_with_sync, late_with_target
from server.reports.models import Report
from shared.identifiers import named_id

TODAY = date(2022, 4, 15)
COMMUNES = tuple(named_id("late", str(n)) for n in range(3))


def node(id_: str, level: str, parent: str | None) -> Node:
    return Node(id_, level, id_, level, None, parent, "p", None, None)


TREE = Tree(
    {
        n.id: n
        for n in (
            node("p", "province", None),
            node("d", "district", "p"),
            node("c", "commune", "d"),
            node("v", "village", "c"),
            node("t", "team", "d"),
        )
    },
    {},
)


def phone(place: str, state: str, days: int) -> Phone:
    seen = datetime(2022, 4, 15, tzinfo=UTC) - timedelta(days=days)
    return Phone("u", "A", "a", "station", place, "x", "x", seen, seen, 1, 1, state, days)


@pytest.mark.proves("R047")
def test_silent_phones_are_counted_for_the_unit_that_answers_for_them() -> None:
    phones = [
        phone("v", "silent", 4),
        phone("c", "silent", 9),
        phone("c", "active", 0),
        phone("t", "silent", 5),
    ]
    assert late_with_sync(TREE, phones) == [Late("c", "sync", 2, 9), Late("t", "sync", 1, 5)]
    assert late_with_sync(TREE, [phone("d", "silent", 4)]) == [], "no unit stands behind a district's place"


def test_the_goal_missed_most_is_named() -> None:
    goals = [
        Goal(date(2022, 4, 30), "A12_17", "primary_2", "c"),
        Goal(date(2022, 4, 30), "A18", "booster_1", "c"),
    ]

    def standing(place: str, *pairs: tuple[int, int]) -> Standing:
        progress = tuple(Progress(due, covered, 0, 15) for due, covered in pairs)
        return Standing(place, place, 0, (Figures(), Figures()), progress)

    rows = [standing("a", (10, 8), (50, 10)), standing("b", (10, 10), (5, 5)), standing("c", (90, 0), (5, 5))]
    found = late_with_target(rows, goals)
    assert [(late.place_id, late.count, late.goal, late.days) for late in found] == [
        ("c", 90, goals[0], 15),
        ("a", 40, goals[1], 15),
    ]


@pytest.fixture
def connection(engine: Engine) -> Any:
    with engine.begin() as made:
        yield made


def sent(connection: Connection, unit: str, period: str, first: date, last: date) -> None:
    row = {
        "id": named_id("late", unit, period, str(first)), "unit_id": unit, "form": "PL5A", "period": period,
        "first_on": first, "last_on": last, "campaign_id": None, "rows": "[]", "nothing_held": False,
        "plan_document": None, "plan_valid_from": None, "counted_at": "2022-04-15T01:00:00.000Z", "heads": unit,
    }  # fmt: skip
    insert_rows(connection, Report.__table__, [row])  # type: ignore[arg-type]


@pytest.mark.proves("R047")
def test_a_report_is_missing_when_others_send_it_and_its_day_has_passed(connection: Connection) -> None:
    first, second, third = COMMUNES
    assert late_with_report(connection, COMMUNES, TODAY) == [], "nobody reports: nothing is expected"
    monday, sunday = date(2022, 4, 4), date(2022, 4, 10)  # its day to be sent was 12/04
    sent(connection, first, "week", monday, sunday)
    sent(connection, second, "week", monday - timedelta(days=7), sunday - timedelta(days=7))
    assert late_with_report(connection, COMMUNES, TODAY) == sorted(
        [Late(second, "report", 1, 3), Late(third, "report", 1, 3)], key=lambda late: late.place_id
    )
    # On the day itself nothing is late yet: the week before is the newest whose day has passed.
    assert late_with_report(connection, COMMUNES, date(2022, 4, 12)) == sorted(
        [Late(first, "report", 1, 7), Late(third, "report", 1, 7)], key=lambda late: late.place_id
    )
    assert late_with_report(connection, [first], TODAY) == []
