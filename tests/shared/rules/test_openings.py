"""What is opened to whom, and what an opening must say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.reading import Unreadable
from shared.reference import DOSE_TYPES, age_groups, dose_openings, vaccine_mixing, vaccines
from shared.rules.openings import SHIPPED
from shared.rules.vaccine_choice import opened_for, proposed_vaccines, unfit
from tests.shared.projections.making import make

ON = date(2022, 4, 15)
ADULT, TEEN, CHILD, SMALL = date(1980, 1, 1), date(2008, 1, 1), date(2014, 1, 1), date(2018, 1, 1)


@pytest.mark.proves("R055", "R061")
def test_what_ships_names_groups_doses_and_vaccines_there_are() -> None:
    for opening in dose_openings():
        assert opening.age_group in age_groups()
        assert opening.dose_type in DOSE_TYPES
        assert set(opening.vaccines) <= set(vaccines())
        assert bool(opening.document) == (opening.opens_on is not None)
    closed = {(o.age_group, o.dose_type) for o in dose_openings() if o.opens_on is None}
    assert closed == {
        ("A18", "booster_2"), ("A05_11", "booster_1"), ("A03_04", "primary_1"), ("A03_04", "primary_2"),
    }  # fmt: skip


def test_mixing_names_vaccines_of_two_doses() -> None:
    for (first, following), pair in vaccine_mixing().items():
        assert vaccines()[first].primary_doses == vaccines()[following].primary_doses == 2
        assert pair.document


@pytest.mark.proves("R059")
def test_children_are_opened_by_date_and_by_vaccine() -> None:
    for vaccine, opens_on in (("PFZ_CHILD", date(2022, 3, 28)), ("MDN_CHILD", date(2022, 3, 31))):
        assert opened_for(vaccine, "primary_1", CHILD, opens_on)
        assert not opened_for(vaccine, "primary_1", CHILD, date.fromordinal(opens_on.toordinal() - 1))
    assert not opened_for("PFZ_ADULT", "primary_1", CHILD, ON)
    assert SHIPPED.in_force("primary_1", SMALL, ON) == ()


@pytest.mark.proves("R093", "R061")
@pytest.mark.parametrize(
    ("dose_type", "birth", "last", "expected"),
    [
        ("primary_1", ADULT, None, ["AZ", "MDN", "PFZ_ADULT", "ABDALA"]),
        ("primary_1", TEEN, None, ["MDN", "PFZ_ADULT"]),
        ("primary_1", CHILD, None, ["MDN_CHILD", "PFZ_CHILD"]),
        ("primary_2", CHILD, "PFZ_CHILD", ["PFZ_CHILD"]),
        ("primary_2", ADULT, "AZ", ["AZ", "MDN", "PFZ_ADULT"]),
        ("primary_2", ADULT, "ABDALA", ["ABDALA"]),
        ("primary_3", ADULT, "ABDALA", ["ABDALA"]),
        ("booster_1", ADULT, "AZ", ["AZ", "MDN", "MDN_BOOST", "PFZ_ADULT", "ABDALA"]),
        ("booster_1", TEEN, "PFZ_ADULT", []),
        ("booster_2", ADULT, "PFZ_ADULT", []),
        ("primary_1", SMALL, None, []),
    ],
)
def test_only_what_is_opened_and_suits_is_proposed(
    dose_type: str, birth: date, last: str | None, expected: list[str]
) -> None:
    shelf = ["AZ", "MDN", "MDN_BOOST", "MDN_CHILD", "PFZ_CHILD", "PFZ_ADULT", "ABDALA"]
    assert proposed_vaccines(shelf, dose_type, birth, last, ON) == expected


OPENING = {
    "age_group": "A18",
    "dose_type": "booster_2",
    "opens_on": "2022-05-10",
    "document": "KH 2270/KH-UBND",
}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"opens_on": "2022-04-20"}, ["opening.interval_missing"]),
        ({"opens_on": "2022-04-20", "interval_days": 120}, []),
        ({"age_group": "A05_11", "dose_type": "booster_1"}, ["opening.interval_missing"]),
        ({"age_group": "A05_11", "dose_type": "booster_1", "interval_months": 5}, []),
        ({"age_group": "A12_17", "dose_type": "booster_1", "opens_on": "2022-06-20"}, []),
        ({"age_group": "A03_04", "dose_type": "primary_1"}, []),
        ({"age_group": "UNHEARD_OF"}, []),
        ({"closes_on": "2022-05-09"}, ["opening.ends_before_start"]),
    ],
)
@pytest.mark.proves("R007")
def test_an_opening_knows_its_interval_and_its_days(changed: dict[str, Any], codes: list[str]) -> None:
    try:
        make("dose_opening", 1, OPENING | changed)
        found = []
    except Unreadable as refused:
        found = [fault.code for fault in refused.faults]
    assert found == codes


@pytest.mark.proves("R093")
@pytest.mark.parametrize(
    ("vaccine", "dose_type", "birth", "last", "why"),
    [
        ("PFZ_CHILD", "booster_1", date(1986, 1, 1), "PFZ_ADULT", "age"),
        ("PFZ_ADULT", "primary_1", date(2014, 1, 1), None, "age"),
        ("PFZ_ADULT", "primary_2", date(1986, 1, 1), "VERO", "mixing"),
        ("PFZ_ADULT", "booster_2", date(2008, 1, 1), None, "not_open"),
        ("PFZ_ADULT", "primary_1", date(1986, 1, 1), None, None),
    ],
)
def test_a_vaccine_that_is_not_proposed_says_why(
    vaccine: str, dose_type: str, birth: date, last: str | None, why: str | None
) -> None:
    assert unfit(vaccine, dose_type, birth, last, ON) == why
    assert (vaccine in proposed_vaccines([vaccine], dose_type, birth, last, ON)) == (why is None)
