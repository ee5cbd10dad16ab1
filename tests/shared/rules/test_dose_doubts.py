"""Doubts about doses given: each by the rule of the dose's own day, and none about doses given right."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.faults import catalogue
from shared.reference import Opening
from shared.rules.dose_doubts import doubts_of, session_doubts
from shared.rules.openings import Openings

LOT = "lot"


def person(**changed: Any) -> dict[str, Any]:
    return {"birth_date": date(1980, 1, 1)} | changed


def dose(dose_type: str, on: str, vaccine: str = "PFZ_ADULT", **changed: Any) -> dict[str, Any]:
    given_on = date.fromisoformat(on)
    values: dict[str, Any] = {
        "id": f"{dose_type}/{on}", "dose_type": dose_type, "vaccine": vaccine, "given_on": given_on,
        "lot_id": LOT, "at_home": False, "screening": "eligible", "from_certificate": False,
        "recorded_on": given_on, "corrected_by": None,
    }  # fmt: skip
    return values | changed


def codes(*doses: dict[str, Any], who: dict[str, Any] | None = None, **more: Any) -> list[str]:
    found = doubts_of(who or person(), doses, **more)
    assert all(catalogue()[doubt.code].severity == "flag" for doubt in found)
    return [doubt.code for doubt in found]


FIRST, SECOND = dose("primary_1", "2021-08-01"), dose("primary_2", "2021-08-22")


def test_a_course_given_right_gives_no_doubt() -> None:
    assert codes(FIRST, SECOND, dose("booster_1", "2022-02-22", "AZ")) == []
    abdala = [
        dose(f"primary_{n}", on, "ABDALA")
        for n, on in ((1, "2021-10-01"), (2, "2021-10-15"), (3, "2021-10-29"))
    ]
    assert codes(*abdala, dose("booster_1", "2022-01-29")) == []
    assert codes(dose("primary_1", "2021-10-01", "JANSSEN"), dose("booster_1", "2022-01-01")) == []
    teen = person(birth_date=date(2007, 1, 1))
    assert codes(dose("primary_1", "2021-11-01"), dose("primary_2", "2021-11-22"), who=teen) == []
    child = person(birth_date=date(2014, 1, 1))
    assert (
        codes(
            dose("primary_1", "2022-03-28", "PFZ_CHILD"),
            dose("primary_2", "2022-04-25", "PFZ_CHILD"),
            who=child,
        )
        == []
    )


def test_a_dose_twice_is_told_of_once_with_the_day_of_the_first() -> None:
    [doubt] = doubts_of(person(), [FIRST, SECOND, dose("primary_2", "2021-09-30")])
    assert (doubt.dose_id, doubt.code) == ("primary_2/2021-09-30", "dose.twice")
    assert doubt.params == {"other_on": "2021-08-22"}
    assert codes(FIRST, SECOND, dose("primary_2", "2021-09-30", corrected_by="x")) == []


@pytest.mark.proves("R025")
def test_too_early_is_judged_by_the_rule_of_its_own_day() -> None:
    complete = (FIRST, SECOND)  # complete on 22/08/2021
    assert codes(*complete, dose("booster_1", "2021-12-16")) == ["dose.too_early"], (
        "six months, until 16/12/2021"
    )
    assert codes(*complete, dose("booster_1", "2021-12-17")) == [], "three months, from 17/12/2021"
    [doubt] = doubts_of(person(), [FIRST, dose("primary_2", "2021-08-21")])
    assert (doubt.code, doubt.params) == ("dose.too_early", {"due_on": "2021-08-22"})
    teen = person(birth_date=date(2007, 1, 1))
    course = (dose("primary_1", "2021-11-01"), dose("primary_2", "2021-12-01"))
    assert codes(*course, dose("booster_1", "2022-06-20"), who=teen) == []
    late = (dose("primary_1", "2022-01-10"), dose("primary_2", "2022-02-10"))
    assert codes(*late, dose("booster_1", "2022-07-09"), who=teen) == ["dose.too_early"]
    assert codes(*complete, dose("additional", "2021-09-18")) == ["dose.not_open"]
    second = dose("primary_2", "2021-12-05")
    assert codes(FIRST, second, dose("additional", "2022-01-01")) == ["dose.too_early"]
    assert codes(FIRST, second, dose("additional", "2022-01-02")) == []


@pytest.mark.proves("R061")
def test_a_dose_not_opened_yet_and_one_opened_by_the_province() -> None:
    course = (FIRST, SECOND, dose("booster_1", "2021-12-20"))
    fourth = dose("booster_2", "2022-06-01")
    assert codes(*course, fourth) == ["dose.not_open"]
    opened = Opening("A18", "booster_2", (), date(2022, 6, 1), None, None, 4, None, "", "KH 2270/KH-UBND")
    assert codes(*course, fourth, openings=Openings([opened])) == []
    early = Opening("A18", "booster_2", (), date(2022, 6, 1), None, None, 6, None, "", "KH 2270/KH-UBND")
    assert codes(*course, fourth, openings=Openings([early])) == ["dose.too_early"]
    child = person(birth_date=date(2014, 1, 1))
    assert codes(dose("primary_1", "2022-03-30", "MDN_CHILD"), who=child) == ["dose.not_open"]
    assert codes(dose("primary_1", "2022-03-27", "PFZ_CHILD"), who=child) == ["dose.not_open"]
    assert codes(FIRST, SECOND, dose("primary_3", "2021-12-30")) == ["dose.not_open"], (
        "only Abdala has a third"
    )


@pytest.mark.proves("R093")
def test_a_vaccine_that_is_not_for_the_age() -> None:
    child = person(birth_date=date(2014, 1, 1))
    [doubt] = doubts_of(child, [dose("primary_1", "2022-04-01")])
    assert (doubt.code, doubt.params) == ("dose.wrong_age", {"vaccine": "PFZ_ADULT", "years": 8})
    assert codes(dose("primary_1", "2022-04-01", "PFZ_CHILD")) == ["dose.wrong_age"]
    assert codes(dose("primary_1", "2022-04-01", "AZ"), who=person(birth_date=date(2020, 1, 1))) == [
        "dose.wrong_age",
        "dose.not_open",
    ]
    assert codes(dose("primary_1", "2022-04-01", "NEVER_SEEN")) == []


@pytest.mark.parametrize(
    ("first", "following", "on", "expected"),
    [
        ("AZ", "PFZ_ADULT", "2021-10-26", []),
        ("AZ", "PFZ_ADULT", "2021-10-25", ["dose.too_early"]),
        ("AZ", "MDN", "2021-12-11", ["dose.mixed"]),
        ("AZ", "MDN", "2021-12-12", []),
        ("PFZ_ADULT", "MDN", "2021-12-12", []),
        ("PFZ_ADULT", "AZ", "2021-12-12", ["dose.mixed"]),
        ("VERO", "HAYAT", "2021-12-12", []),
        ("VERO", "PFZ_ADULT", "2021-12-12", ["dose.mixed"]),
    ],
)
def test_mixing_in_the_primary_series(first: str, following: str, on: str, expected: list[str]) -> None:
    given_first = dose("primary_1", "2021-08-31", first)
    assert codes(given_first, dose("primary_2", on, following)) == expected


def test_a_booster_without_the_series_before_it() -> None:
    assert codes(dose("booster_1", "2022-01-20")) == ["dose.former_missing"]
    assert codes(dose("primary_2", "2022-01-20")) == ["dose.former_missing"]


def test_after_expiry_and_back_dated() -> None:
    expiry = {LOT: date(2021, 8, 1)}
    assert codes(FIRST, expiry=expiry) == []
    assert codes(FIRST | {"given_on": date(2021, 8, 2), "recorded_on": date(2021, 8, 2)}, expiry=expiry) == [
        "dose.after_expiry"
    ]
    assert codes(FIRST, expiry={LOT: None}) == []
    assert codes(FIRST | {"recorded_on": date(2021, 8, 4)}) == []
    late = FIRST | {"recorded_on": date(2021, 8, 5)}
    [doubt] = doubts_of(person(), [late])
    assert (doubt.code, doubt.params) == ("dose.back_dated", {"days": 4, "recorded_on": "2021-08-05"})
    assert codes(late | {"from_certificate": True}) == []


@pytest.mark.proves("R024")
def test_at_home_only_when_eligible_and_never_against_the_screening() -> None:
    assert codes(FIRST | {"at_home": True}) == []
    assert codes(FIRST | {"at_home": True, "screening": "caution"}) == ["dose.home_not_eligible"]
    screening = {
        "id": "s", "screened_on": date(2021, 7, 30), "outcome": "deferred", "deferred_until": date(2021, 8, 2),
        "answers": "[]", "corrected_by": None,
    }  # fmt: skip
    assert codes(FIRST, screenings=[screening]) == ["dose.against_screening"]
    assert codes(FIRST, screenings=[screening | {"deferred_until": date(2021, 8, 1)}]) == []
    barred = screening | {"outcome": "contraindicated", "deferred_until": None}
    assert codes(FIRST, screenings=[barred]) == ["dose.against_screening"]
    assert codes(FIRST, screenings=[barred | {"screened_on": date(2021, 8, 2)}]) == []
    again = barred | {"id": "t", "screened_on": date(2021, 8, 1), "outcome": "eligible"}
    assert codes(FIRST, screenings=[barred, again]) == []


@pytest.mark.proves("R079")
def test_an_infection_is_never_told_of() -> None:
    child = person(birth_date=date(2014, 1, 1), covid_on=date(2022, 3, 20))
    assert codes(dose("primary_1", "2022-04-10", "PFZ_CHILD"), who=child) == []


given_doses = st.lists(
    st.builds(
        dose,
        st.sampled_from(["primary_1", "primary_2", "primary_3", "additional", "booster_1", "booster_2"]),
        st.dates(date(2021, 3, 1), date(2022, 12, 31)).map(str),
        st.sampled_from(["AZ", "PFZ_ADULT", "PFZ_CHILD", "ABDALA", "JANSSEN", "NEVER_SEEN"]),
        from_certificate=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda row: row["id"],
)


@settings(max_examples=200)
@given(given_doses, st.dates(date(1950, 1, 1), date(2019, 1, 1)), st.randoms(use_true_random=False))
def test_doubts_depend_on_the_set_of_doses_and_never_on_later_ones(
    doses: list[dict[str, Any]], birth: date, chance: random.Random
) -> None:
    who = person(birth_date=birth)
    expected = doubts_of(who, doses)
    shuffled = doses[:]
    chance.shuffle(shuffled)
    assert doubts_of(who, shuffled) == expected
    last = max(doses, key=lambda row: (row["given_on"], row["id"]), default=None)
    before = [row for row in doses if row is not last]
    assert doubts_of(who, before) == [
        doubt for doubt in expected if last is None or doubt.dose_id != last["id"]
    ]


@settings(max_examples=100)
@given(given_doses, st.integers(1, 400))
def test_a_dose_given_later_is_never_earlier_than_due_by_the_same_rule(
    doses: list[dict[str, Any]], days: int
) -> None:
    """Within one rule: after 17/12/2021 no interval of adults has grown."""
    if not doses:
        return
    *before, last = sorted(doses, key=lambda row: (row["given_on"], row["id"]))
    start = max(last["given_on"], date(2021, 12, 17))
    moved = [last | {"given_on": day, "recorded_on": day} for day in (start, start + timedelta(days=days))]
    early = ["dose.too_early" in codes(*before, one) for one in moved]
    assert early[0] or not early[1]


def test_doses_of_a_session_fit_its_opened_vials() -> None:
    lots = [{"lot": "a", "vials_taken": 3, "vials_opened": 2}, {"lot": "b", "vials_taken": 1}]
    known = {"a": 6, "b": 6}
    assert session_doubts(lots, {"a": 12}, known) == []
    assert session_doubts(lots, {"unknown": 50}, known) == []
    [(lot, fault)] = session_doubts(lots, {"a": 13, "b": 0}, known)
    assert (lot, fault.params) == ("a", {"doses": 13, "vials": 2})
    assert [lot for lot, _ in session_doubts(lots, {"b": 1}, known)] == ["b"]
