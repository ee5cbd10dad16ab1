"""From answers to a conclusion, and what screenings say of a person together."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.reading import Unreadable
from shared.reference import reasons, report_forms, screening_items
from shared.rules.screening import (
    GRAVITY,
    form_for,
    on_the_day,
    propose,
    questions,
    said_yes,
    summed_up,
)
from tests.shared.projections.making import make

ON = date(2022, 4, 15)
ADULT, CHILD = "SCREENING_3802", "CHECKLIST_1535"


def all_no(form: str, on: date = ON) -> dict[str, bool]:
    return {item.code: False for item in questions(form, on)}


def test_every_question_stands_on_its_form_and_names_a_reason_there_is() -> None:
    forms = report_forms()
    for item in screening_items():
        assert item.column_no in {column.column_no for column in forms[item.form]}
        assert item.outcome in GRAVITY[1:]
        assert item.label_vi
        assert item.label_en
        group = {"deferred": "deferral", "contraindicated": "contraindication"}.get(item.outcome)
        assert (item.reason in reasons(group)) if group else item.reason is None
        assert (item.defer_days is not None) == (item.outcome == "deferred")


def test_the_form_goes_by_age() -> None:
    assert form_for(date(1980, 1, 1), ON) == form_for(date(2008, 1, 1), ON) == ADULT
    assert form_for(date(2014, 1, 1), ON) == form_for(date(2018, 1, 1), ON) == CHILD
    assert form_for(date(2021, 1, 1), ON) is None


@pytest.mark.proves("R024")
@pytest.mark.parametrize(
    ("form", "yes", "outcome", "reason", "until"),
    [
        (ADULT, [], "eligible", None, None),
        (ADULT, ["allergy"], "caution", None, None),
        (ADULT, ["pregnant_under_13_weeks"], "deferred", "pregnancy_under_13_weeks", date(2022, 7, 15)),
        (ADULT, ["allergy", "acute_illness"], "deferred", "acute_illness", date(2022, 4, 29)),
        (
            ADULT,
            ["acute_illness", "anaphylaxis_vaccine"],
            "contraindicated",
            "anaphylaxis_same_vaccine",
            None,
        ),
        (CHILD, ["congenital_or_chronic"], "deferred", "refer_hospital", date(2022, 4, 22)),
        (CHILD, ["anaphylaxis_vaccine"], "contraindicated", "anaphylaxis_same_vaccine", None),
    ],
)
def test_the_gravest_yes_decides(
    form: str, yes: list[str], outcome: str, reason: str | None, until: date | None
) -> None:
    found = propose(form, all_no(form) | dict.fromkeys(yes, True), ON)
    assert (found.outcome, found.reason, found.until, found.unanswered) == (outcome, reason, until, ())


def test_nobody_is_eligible_with_questions_left_but_a_contraindication_needs_no_more() -> None:
    assert propose(ADULT, {}, ON).outcome is None
    assert propose(ADULT, {"allergy": True}, ON).outcome is None
    found = propose(ADULT, {"anaphylaxis_vaccine": True}, ON)
    assert found.outcome == "contraindicated"
    assert "acute_illness" in found.unanswered


@pytest.mark.proves("R092")
def test_covid_within_six_months_was_asked_until_21_december_2021() -> None:
    asked = [
        {item.code for item in questions(ADULT, day)} for day in (date(2021, 12, 20), date(2021, 12, 21))
    ]
    assert asked[0] - asked[1] == {"covid_6_months"}


answers = st.dictionaries(st.sampled_from([item.code for item in screening_items()]), st.booleans())


@settings(max_examples=200)
@given(st.sampled_from([ADULT, CHILD]), answers, st.data())
def test_one_more_yes_never_makes_the_conclusion_lighter(
    form: str, given_answers: dict[str, bool], data: st.DataObject
) -> None:
    full = all_no(form) | {k: v for k, v in given_answers.items() if k in all_no(form)}
    more = full | {data.draw(st.sampled_from(sorted(full))): True}
    before, after = propose(form, full, ON).outcome, propose(form, more, ON).outcome
    assert before is not None
    assert after is not None
    assert GRAVITY.index(before) <= GRAVITY.index(after)


def row(number: int, outcome: str, on: date, **changed: Any) -> dict[str, Any]:
    values = {
        "id": f"{number:04}", "screened_on": on, "outcome": outcome, "deferred_until": None,
        "answers": "[]", "corrected_by": None,
    }  # fmt: skip
    return values | changed


NOTHING = {"barred_on": None, "deferred_until": None, "conditions": None}


def test_the_latest_day_holds_and_on_one_day_the_gravest() -> None:
    early, late = date(2022, 4, 1), date(2022, 4, 10)
    assert summed_up([]) == NOTHING
    barred = row(1, "contraindicated", early)
    assert summed_up([barred])["barred_on"] == early
    assert summed_up([barred, row(2, "eligible", late)]) == NOTHING
    assert summed_up([barred, row(2, "eligible", early)])["barred_on"] == early
    assert summed_up([barred | {"corrected_by": "9"}]) == NOTHING
    put_off = row(3, "deferred", late, deferred_until=date(2022, 5, 1))
    assert summed_up([barred, put_off]) == NOTHING | {"deferred_until": date(2022, 5, 1)}


def test_weak_immunity_is_known_from_the_last_screening_that_asked() -> None:
    yes, no = (json.dumps([{"item": "immunosuppressed", "yes": said}]) for said in (True, False))
    first = row(1, "deferred", date(2022, 3, 1), answers=yes, deferred_until=date(2022, 4, 1))
    silent = row(2, "eligible", date(2022, 4, 2))
    assert summed_up([first, silent])["conditions"] == "immunosuppressed"
    assert summed_up([first, silent, row(3, "eligible", date(2022, 4, 3), answers=no)])["conditions"] is None


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(GRAVITY), st.integers(1, 5), st.booleans(), st.booleans()), max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_what_screenings_say_depends_on_no_order(said: list[Any], chance: random.Random) -> None:
    rows = [
        row(
            n,
            outcome,
            date(2022, 4, day),
            deferred_until=date(2022, 5, n + 1),
            corrected_by="x" if void else None,
            answers=json.dumps([{"item": "immunosuppressed", "yes": yes}]),
        )
        for n, (outcome, day, void, yes) in enumerate(said)
    ]
    expected = summed_up(rows)
    chance.shuffle(rows)
    assert summed_up(rows) == expected


def screened(number: int, day: date, outcome: str, by: str | None = None, **answers: bool) -> dict[str, Any]:
    lines = [{"item": item, "yes": yes} for item, yes in answers.items()]
    return {
        "id": str(number),
        "screened_on": day,
        "outcome": outcome,
        "corrected_by": by,
        "answers": json.dumps(lines),
    }


def test_the_screening_of_a_day_is_its_gravest_that_stands() -> None:
    yesterday = ON - timedelta(days=1)
    rows = [
        screened(1, ON, "deferred"),
        screened(2, ON, "eligible"),
        screened(3, ON, "contraindicated", by="4"),
        screened(4, yesterday, "contraindicated"),
    ]
    found = on_the_day(rows, ON)
    assert found is not None
    assert found["id"] == "1"
    assert on_the_day(rows, ON + timedelta(days=1)) is None


def test_a_question_keeps_the_day_of_its_last_yes_until_a_no() -> None:
    before = ON - timedelta(days=30)
    rows = [
        screened(1, before, "caution", allergy=True, acute_illness=True),
        screened(2, ON, "caution", allergy=True, acute_illness=False),
        screened(3, ON, "deferred", by="x", bleeding_disorder=True),
    ]
    assert said_yes(reversed(rows)) == {"allergy": ON}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"outcome": "eligible"}, []),
        ({"outcome": "caution"}, []),
        ({"outcome": "deferred"}, ["screening.reason_missing", "screening.until_missing"]),
        ({"outcome": "deferred", "reason": "acute_illness", "deferred_until": "2022-04-15"},
         ["screening.until_missing"]),
        ({"outcome": "deferred", "reason": "acute_illness", "deferred_until": "2022-04-16"}, []),
        ({"outcome": "contraindicated"}, ["screening.reason_missing"]),
        ({"outcome": "contraindicated", "reason": "manufacturer"}, []),
    ],
)  # fmt: skip
@pytest.mark.proves("R024")
def test_a_conclusion_against_vaccination_says_why_and_until_when(
    body: dict[str, Any], codes: list[str]
) -> None:
    try:
        make("screening", 1, body)
        found = []
    except Unreadable as refused:
        found = [fault.code for fault in refused.faults]
    assert found == codes


def test_a_reaction_begins_before_it_is_reported() -> None:
    make("reaction", 1, {"onset_on": "2022-04-15", "severity": "ordinary"})
    with pytest.raises(Unreadable) as refused:
        make("reaction", 1, {"onset_on": "2022-04-16", "severity": "serious"})
    assert [fault.code for fault in refused.value.faults] == ["reaction.onset_later"]
