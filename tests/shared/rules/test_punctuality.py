"""Đúng lịch, đủ mũi: what counts as fallen due, as had, and as in time (R087)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.projections.events import immunisation_row
from shared.reference import schedule_limits
from shared.rules.openings import SHIPPED
from shared.rules.punctuality import Kept, kept
from shared.rules.schedule import schedule_of

TODAY = date(2022, 4, 15)
LIMIT = schedule_limits()["on_schedule_days"]


def person(born: date = date(1980, 1, 1), **fields: Any) -> dict[str, Any]:
    return {
        "birth_date": born, "residence": "permanent", "contraindication": None, "covid_on": None, **fields,
    }  # fmt: skip


def doses(*given_on: tuple[str, date], vaccine: str = "PFZ_ADULT") -> list[dict[str, Any]]:
    return [
        {
            "id": str(number), "person_id": "p", "dose_type": dose_type, "vaccine": vaccine, "given_on": day,
            "corrected_by": None,
        }
        for number, (dose_type, day) in enumerate(given_on)
    ]  # fmt: skip


def judged(who: dict[str, Any], rows: list[dict[str, Any]], on: date = TODAY) -> Kept:
    return kept(who, immunisation_row("p", rows) if rows else None, rows, on, SHIPPED)


def test_who_never_came_is_not_complete_and_was_never_followed() -> None:
    assert judged(person(), []) == Kept(True, False, False, False)


def test_a_child_for_whom_nothing_is_open_is_not_asked_about() -> None:
    assert judged(person(date(2021, 1, 1)), []) == Kept(False, False, False, False)


@pytest.mark.proves("R087")
def test_every_dose_in_time_is_complete_and_on_schedule() -> None:
    first = date(2021, 9, 1)
    rows = doses(
        ("primary_1", first), ("primary_2", first + timedelta(days=28)), ("booster_1", date(2022, 1, 10))
    )
    assert judged(person(), rows) == Kept(True, True, True, True)


@pytest.mark.proves("R087")
def test_a_following_dose_after_the_limit_is_late_but_complete() -> None:
    rows = doses(
        ("primary_1", date(2021, 9, 1)),
        ("primary_2", date(2021, 9, 29)),
        ("booster_1", date(2021, 12, 29) + timedelta(days=LIMIT + 1)),
    )
    assert judged(person(), rows) == Kept(True, True, True, False)


def test_a_dose_not_had_counts_as_late_only_past_the_limit() -> None:
    rows = doses(("primary_1", date(2021, 9, 1)), ("primary_2", date(2021, 9, 29)))
    due = date(2021, 12, 29)  # three months after the series
    still, late = due + timedelta(days=LIMIT), due + timedelta(days=LIMIT + 1)
    assert judged(person(), rows, still) == Kept(True, False, True, True)
    assert judged(person(), rows, late) == Kept(True, False, True, False)


def test_nobody_is_late_for_a_dose_before_it_was_opened() -> None:
    """Three months after the series was November; boosters were opened in December."""
    rows = doses(
        ("primary_1", date(2021, 5, 1)), ("primary_2", date(2021, 5, 29)), ("booster_1", date(2021, 12, 20))
    )
    assert judged(person(), rows).on_schedule


def test_the_contraindicated_owe_nothing_more() -> None:
    rows = doses(("primary_1", date(2021, 9, 1)))
    assert judged(person(contraindication="manufacturer"), rows) == Kept(True, True, False, False)


DAYS = st.dates(date(2021, 3, 8), TODAY)


@given(
    st.dates(date(1930, 1, 1), date(2018, 1, 1)),
    st.lists(st.tuples(st.sampled_from(("primary_1", "primary_2", "booster_1")), DAYS), max_size=4),
    DAYS,
)
def test_the_measures_keep_to_their_order(born: date, given_on: list[tuple[str, date]], on: date) -> None:
    rows = doses(*sorted((pair for pair in given_on if pair[1] <= on), key=lambda pair: pair[1]))
    found = judged(person(born), rows, on)
    assert not (found.complete and not found.fallen_due)
    assert not (found.on_schedule and not found.followed)
    planned = schedule_of(person(born), immunisation_row("p", rows) if rows else None, on, SHIPPED)
    assert found.complete == (
        any(dose.state == "had" for dose in planned) and all(dose.state != "due" for dose in planned)
    )
