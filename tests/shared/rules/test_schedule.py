"""Which dose comes next, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.reference import Opening, vaccines
from shared.rules.months import add_months, month_end
from shared.rules.openings import SHIPPED, Openings
from shared.rules.schedule import (
    NextDose,
    age_group_of,
    booster_threshold,
    next_dose,
    schedule_of,
    without_covid,
)
from shared.rules.series import had_by

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


@pytest.mark.parametrize(
    ("due_on", "age_group", "dose_type", "threshold"),
    [
        (date(2022, 6, 30), "A12_17", "booster_1", date(2022, 1, 31)),  # five months for those under 18
        (date(2022, 6, 16), "A12_17", "booster_1", date(2022, 6, 16)),  # no rule for them yet
        (date(2022, 8, 31), "A18", "booster_2", date(2022, 4, 30)),  # four months after booster 1
        (date(2022, 6, 30), "A18", "booster_1", date(2022, 3, 31)),
    ],
)
def test_each_age_and_booster_has_its_own_interval(
    due_on: date, age_group: str, dose_type: str, threshold: date
) -> None:
    assert booster_threshold(due_on, age_group, dose_type) == threshold


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
        ({"birth_date": date(2018, 1, 1)}, "closed"),
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
    assert age_group_of(date(2017, 4, 16), ON) == "A03_04"
    assert age_group_of(date(2019, 4, 16), ON) is None
    teen = person(birth_date=date(2007, 1, 1))
    complete = had(primary_1_on=ON, primary_2_on=ON, series_complete_on=ON)
    assert next_dose(teen, complete, ON).reason == "complete"


def test_an_infection_puts_a_dose_off_only_where_a_document_says_so() -> None:
    complete = date(2021, 10, 1)
    row = had(primary_1_on=date(2021, 9, 1), primary_2_on=complete, series_complete_on=complete)
    assert next_dose(person(covid_on=date(2022, 4, 10)), row, ON).due_on == date(2022, 4, 10)


def planned(row: dict[str, Any] | None, openings: Openings = SHIPPED, on: date = ON, **changed: Any) -> Any:
    return {dose.dose_type: dose for dose in schedule_of(person(**changed), row, on, openings)}


def opening(**changed: Any) -> Opening:
    values: dict[str, Any] = {
        "age_group": "A18", "dose_type": "booster_2", "vaccines": (), "opens_on": ON, "closes_on": None,
        "interval_days": None, "interval_months": 4, "covid_deferral_months": None, "condition": "",
        "document": "KH 2270/KH-UBND",
    }  # fmt: skip
    return Opening(**(values | changed))


BOOSTED = had(
    primary_1_on=date(2021, 7, 1),
    primary_2_on=date(2021, 8, 1),
    series_complete_on=date(2021, 8, 1),
    booster_1_on=date(2021, 12, 20),
    last_dose_on=date(2021, 12, 20),
    last_vaccine="PFZ_ADULT",
)


@pytest.mark.proves("R016")
def test_every_dose_of_the_series_with_why_and_until_when() -> None:
    row = had(primary_1_on=date(2022, 4, 1), last_dose_on=date(2022, 4, 1), last_vaccine="AZ")
    found = planned(row)
    assert [(d.dose_type, d.state, d.on, d.reason) for d in found.values()] == [
        ("primary_1", "had", date(2022, 4, 1), None),
        ("primary_2", "later", date(2022, 4, 29), "interval"),
        ("primary_3", "never", None, "not_needed"),
        ("additional", "never", None, "condition"),
        ("booster_1", "later", None, "former_dose"),
        ("booster_2", "closed", None, "not_open"),
    ]
    assert found["primary_2"].document == "QĐ 983/QĐ-BYT 01/02/2021"
    assert found["additional"].document == "CV 10225/BYT-DP 01/12/2021"


@pytest.mark.proves("R007", "R061")
def test_what_waits_for_an_instruction_is_closed_until_the_province_opens_it() -> None:
    assert planned(BOOSTED)["booster_2"].state == "closed"
    assert next_dose(person(), BOOSTED, ON).reason == "complete"
    teen = {"birth_date": date(2007, 1, 1)}
    assert planned(BOOSTED | {"booster_1_on": None}, **teen)["booster_1"].state == "closed"
    assert planned(None, birth_date=date(2014, 1, 1))["booster_1"].state == "closed"
    assert {d.state for d in planned(None, birth_date=date(2018, 1, 1)).values()} == {"closed"}
    open_now = planned(BOOSTED, Openings([opening()]))["booster_2"]
    assert (open_now.state, open_now.on, open_now.document) == ("later", date(2022, 4, 20), "KH 2270/KH-UBND")
    assert planned(BOOSTED, Openings([opening()]), date(2022, 4, 20))["booster_2"].state == "due"
    coming = planned(BOOSTED, Openings([opening(opens_on=date(2022, 5, 3))]))["booster_2"]
    assert (coming.state, coming.on, coming.reason) == ("later", date(2022, 5, 3), "opens")
    over = Openings([opening(opens_on=date(2022, 1, 1), closes_on=date(2022, 4, 14))])
    assert planned(BOOSTED, over)["booster_2"].state == "closed"
    small = Openings([opening(age_group="A03_04", dose_type="primary_1", interval_months=None)])
    assert next_dose(person(birth_date=date(2018, 1, 1)), None, ON, small).is_due(ON)


def test_the_second_booster_by_its_own_rule_is_for_those_at_risk() -> None:
    bare = Openings([opening(opens_on=date(2022, 5, 2), interval_months=None)])
    on = date(2022, 6, 1)
    young = planned(BOOSTED, bare, on)["booster_2"]
    assert (young.state, young.reason) == ("never", "condition")
    old = planned(BOOSTED, bare, on, birth_date=date(1960, 1, 1))["booster_2"]
    assert (old.state, old.on) == ("due", date(2022, 4, 20))
    weak = planned(BOOSTED | {"conditions": "immunosuppressed"}, bare, on)["booster_2"]
    assert weak.state == "due"
    assert planned(BOOSTED, Openings([opening(interval_months=None)]), ON)["booster_2"].reason == "no_rule"


@pytest.mark.proves("R032")
def test_an_additional_dose_is_for_weak_immunity_and_is_no_booster() -> None:
    row = had(
        primary_1_on=date(2022, 2, 1),
        primary_2_on=date(2022, 3, 1),
        series_complete_on=date(2022, 3, 1),
        last_dose_on=date(2022, 3, 1),
        last_vaccine="PFZ_ADULT",
    )
    weak = row | {"conditions": "immunosuppressed"}
    assert planned(row)["additional"].reason == "condition"
    assert planned(weak)["additional"].on == date(2022, 3, 29)
    assert next_dose(person(), weak, ON).dose_type == "additional"
    had_it = weak | {"additional_on": date(2022, 4, 1)}
    assert next_dose(person(), had_it, ON).dose_type == "booster_1"
    assert planned(weak | {"booster_1_on": ON})["additional"].reason == "not_needed"
    in_december = planned(
        BOOSTED | {"booster_1_on": None, "additional_on": date(2021, 12, 5)}, on=date(2021, 12, 10)
    )
    assert in_december["booster_1"].on == date(2022, 6, 5), (
        "six months after the additional dose, by that rule"
    )


@pytest.mark.proves("R033", "R059")
def test_teenagers_and_children_by_their_own_rules() -> None:
    teen = {"birth_date": date(2007, 1, 1)}
    complete = had(
        primary_1_on=date(2022, 1, 1),
        primary_2_on=date(2022, 2, 1),
        series_complete_on=date(2022, 2, 1),
        last_dose_on=date(2022, 2, 1),
        last_vaccine="PFZ_ADULT",
    )
    found = planned(complete, on=date(2022, 6, 20), **teen)["booster_1"]
    assert (found.state, found.on) == ("later", date(2022, 7, 1))
    after_covid = planned(complete, on=date(2022, 6, 20), covid_on=date(2022, 6, 1), **teen)["booster_1"]
    assert (after_covid.on, after_covid.reason) == (date(2022, 9, 1), "covid")
    child = {"birth_date": date(2014, 1, 1)}
    assert planned(None, on=date(2022, 3, 27), **child)["primary_1"].state == "closed"
    assert planned(None, on=date(2022, 3, 28), **child)["primary_1"].state == "due"


@pytest.mark.proves("R092")
def test_an_infection_delays_a_childs_doses_and_only_screeners_are_told() -> None:
    child = person(birth_date=date(2014, 1, 1), covid_on=date(2022, 3, 1))
    for row in (
        None,
        had(primary_1_on=date(2022, 4, 1), last_dose_on=date(2022, 4, 1), last_vaccine="PFZ_CHILD"),
    ):
        found = next(d for d in schedule_of(child, row, ON) if d.state != "had")
        assert (found.on, found.reason) == (date(2022, 6, 1), "covid")
        told = without_covid(schedule_of(child, row, ON))
        assert [d.on for d in told] == [d.on for d in schedule_of(child, row, ON)]
        assert all(d.reason != "covid" for d in told)


@pytest.mark.proves("R024")
def test_a_screening_puts_off_or_bars() -> None:
    later = next_dose(person(), {"deferred_until": date(2022, 5, 1)}, ON)
    assert (later.dose_type, later.due_on) == ("primary_1", date(2022, 5, 1))
    assert planned({"deferred_until": date(2022, 5, 1)})["primary_1"].reason == "deferred"
    assert planned({"deferred_until": ON})["primary_1"].state == "due"
    assert next_dose(person(), {"barred_on": ON}, ON).reason == "contraindicated"
    barred = planned(BOOSTED | {"barred_on": ON})
    assert {d.state for d in barred.values()} == {"had", "never"}


def test_a_series_of_three_begun_with_abdala_is_not_complete_with_another_second() -> None:
    mixed = had(
        primary_1_on=date(2022, 2, 1), primary_2_on=date(2022, 3, 1), last_dose_on=date(2022, 3, 1),
        last_vaccine="AZ",
    )  # fmt: skip
    assert next_dose(person(), mixed, ON).dose_type == "primary_3"


days = st.dates(date(2021, 1, 1), date(2023, 1, 1))


@settings(max_examples=200)
@given(days, days, days, st.integers(0, 8), st.sampled_from(["booster_2", "booster_1", "additional"]))
def test_opening_later_never_makes_a_dose_due_earlier(
    on: date, one: date, other: date, months: int, dose_type: str
) -> None:
    earlier, later = sorted((one, other))
    found = [
        planned(
            BOOSTED
            | {f"{dose_type}_on": None}
            | ({"booster_1_on": None} if dose_type != "booster_2" else {}),
            Openings([opening(age_group="A50", dose_type=dose_type, opens_on=day, interval_months=months)]),
            on,
            birth_date=date(1950, 1, 1),
        )[dose_type]
        for day in (earlier, later)
    ]
    soonest = [date.max if d.state in ("closed", "never") else d.on or date.min for d in found]
    assert soonest[0] <= soonest[1]
    assert not (found[1].state == "due" and found[0].state != "due")


@settings(max_examples=200)
@given(
    days,
    st.dates(date(1940, 1, 1), date(2022, 1, 1)),
    st.lists(days, max_size=4),
    st.sampled_from(sorted(vaccines())),
)
def test_the_next_dose_is_the_first_that_can_be_dated(
    on: date, birth: date, given_on: list[date], vaccine: str
) -> None:
    rows = [
        {"id": str(n), "dose_type": t, "vaccine": vaccine, "given_on": day, "corrected_by": None}
        for n, (t, day) in enumerate(
            zip(("primary_1", "primary_2", "booster_1", "additional"), sorted(given_on), strict=False)
        )
    ]
    row = had_by(rows)
    someone = person(birth_date=birth)
    open_doses = [
        d for d in schedule_of(someone, row, on) if d.state == "due" or (d.state == "later" and d.on)
    ]
    found = next_dose(someone, row, on)
    assert found.dose_type == (open_doses[0].dose_type if open_doses else None)
    assert (found.reason is None) == bool(open_doses)
    for dose in open_doses:
        assert (dose.on is None or dose.on <= on) == (dose.state == "due")
        assert dose.document


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
