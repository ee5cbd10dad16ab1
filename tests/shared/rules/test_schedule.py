"""Which dose comes next, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from shared.rules.months import add_months, month_end
from shared.rules.schedule import NextDose, age_group_of, booster_threshold, next_dose

ON = date(2022, 4, 15)
RULE_CHANGED = date(2021, 12, 17)  # from six months to three


def person(**changed: Any) -> dict[str, Any]:
    return {
        "birth_date": date(1980, 1, 1),
        "residence": "permanent",
        "contraindication": None,
        "covid_on": None,
    } | changed


def had(**days: Any) -> dict[str, Any]:
    row = dict.fromkeys(
        (
            "primary_1_on",
            "primary_2_on",
            "primary_3_on",
            "booster_1_on",
            "series_complete_on",
            "last_dose_on",
            "last_vaccine",
        )
    )
    return row | days


def months_of(due_on: date) -> int:
    return 3 if due_on >= RULE_CHANGED else 6


def test_the_threshold_is_the_interval_rule_turned_round_on_every_day() -> None:
    due_on = date(2021, 12, 1)
    while due_on < date(2025, 1, 1):
        threshold, months = booster_threshold(due_on), months_of(due_on)
        for offset in (-40, -2, -1, 0, 1, 2, 3, 4, 31):
            complete = threshold + timedelta(days=offset)
            assert (add_months(complete, months) <= due_on) == (complete <= threshold), (due_on, complete)
        due_on += timedelta(days=1)


def test_before_any_document_everybody_complete_counts() -> None:
    assert booster_threshold(date(2021, 11, 30)) == date(2021, 11, 30)


def test_the_booster_is_due_by_the_rule_of_the_day_it_is_asked_on() -> None:
    complete = date(2021, 8, 31)
    row = had(
        primary_1_on=date(2021, 8, 1),
        primary_2_on=complete,
        series_complete_on=complete,
        last_dose_on=complete,
    )
    assert next_dose(person(), row, ON) == NextDose(
        "booster_1", date(2021, 11, 30), "CV 10722/BYT-DP 17/12/2021; HCDC 24/06/2022"
    )
    assert next_dose(person(), row, date(2021, 12, 10)).due_on == date(2022, 2, 28)
    assert next_dose(person(), row, date(2021, 11, 30)).dose_type is None, "no document allowed one yet"
    assert not next_dose(person(), row, date(2021, 12, 10)).is_due(date(2022, 2, 27))
    assert next_dose(person(), row, date(2021, 12, 10)).is_due(date(2022, 2, 28))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (None, ("primary_1", None)),
        (
            had(primary_1_on=date(2022, 4, 1), last_dose_on=date(2022, 4, 1), last_vaccine="PFZ_ADULT"),
            ("primary_2", date(2022, 4, 22)),
        ),
        (
            had(primary_1_on=date(2022, 4, 1), last_dose_on=date(2022, 4, 1), last_vaccine="NEVER_SEEN"),
            ("primary_2", None),
        ),
        (
            had(
                primary_1_on=date(2022, 3, 1),
                primary_2_on=date(2022, 3, 15),
                last_dose_on=date(2022, 3, 15),
                last_vaccine="ABDALA",
            ),
            ("primary_3", date(2022, 3, 29)),
        ),
        (
            had(primary_1_on=date(2022, 3, 1), series_complete_on=date(2022, 3, 1), last_vaccine="JANSSEN"),
            ("booster_1", date(2022, 6, 1)),
        ),
        (had(primary_1_on=ON, primary_2_on=ON, series_complete_on=ON, booster_1_on=ON), (None, None)),
    ],
)
def test_the_next_dose_of_an_adult(
    row: dict[str, Any] | None, expected: tuple[str | None, date | None]
) -> None:
    found = next_dose(person(), row, ON)
    assert (found.dose_type, found.due_on) == expected


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"residence": "moved"}, "not_resident"),
        ({"residence": "deceased"}, "not_resident"),
        ({"contraindication": "CD_DI_UNG"}, "contraindicated"),
        ({"birth_date": date(2020, 1, 1)}, "too_young"),
    ],
)
def test_why_nobody_is_asked(changed: dict[str, Any], reason: str) -> None:
    found = next_dose(person(**changed), None, ON)
    assert (found.dose_type, found.reason) == (None, reason)
    assert not found.is_due(ON)


def test_children_and_the_day_they_change_groups() -> None:
    assert age_group_of(date(2004, 4, 15), ON) == "A18"
    assert age_group_of(date(2004, 4, 16), ON) == "A12_17"
    assert age_group_of(date(2010, 4, 16), ON) == "A05_11"
    assert age_group_of(date(2017, 4, 16), ON) is None
    teen = person(birth_date=date(2007, 1, 1))
    complete = had(primary_1_on=ON, primary_2_on=ON, series_complete_on=ON)
    assert next_dose(teen, complete, ON).reason == "complete"


def test_an_infection_puts_a_dose_off_only_where_a_document_says_so() -> None:
    complete = date(2021, 10, 1)
    row = had(primary_1_on=date(2021, 9, 1), primary_2_on=complete, series_complete_on=complete)
    assert next_dose(person(covid_on=date(2022, 4, 10)), row, ON).due_on == date(2022, 4, 10)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2021-11-30", 3, "2022-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2022-01-31", -2, "2021-11-30"),
        ("2022-12-15", 1, "2023-01-15"),
    ],
)
def test_months(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_month_ends() -> None:
    assert [month_end(date(2022, month, 1)).day for month in (1, 2, 4, 12)] == [31, 28, 30, 31]
    assert month_end(date(2024, 2, 29)) == date(2024, 2, 29)
