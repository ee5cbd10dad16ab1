"""The state of a report depends on the set of what was said, never on its order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.projections.register import fold_register
from shared.projections.reports import Review, report_row, report_state
from shared.reading import Unreadable
from tests.shared.projections.making import make

ROW = {"vaccine": "AZ", "cells": [{"indicator": "doses.primary_1", "value": 3, "counted": 3}]}
BODY = {
    "form": "PL5_43", "period": "day", "first_on": "2022-04-15", "last_on": "2022-04-15",
    "rows": [ROW], "counted_at": "2022-04-15T01:00:00.000Z",
}  # fmt: skip


def said(seed: int) -> tuple[list[str], list[Review], set[str]]:
    chance = random.Random(seed)
    heads = [f"h{n}" for n in range(chance.randint(1, 2))]
    reviews = []
    for n in range(chance.randint(0, 6)):
        verdict = chance.choice(("accepted", "queried"))
        settles = [f"r{m}" for m in range(n) if chance.random() < 0.5] if verdict == "accepted" else []
        reviews.append(Review(f"r{n}", chance.choice([*heads, "old"]), verdict, settles))
    return heads, reviews, {r.id for r in reviews if chance.random() < 0.4}


@given(st.builds(said, st.integers(0, 10**9)), st.randoms(use_true_random=False))
def test_the_state_is_that_of_the_set(
    told: tuple[list[str], list[Review], set[str]], chance: random.Random
) -> None:
    heads, reviews, answered = told
    state = report_state(heads, reviews, answered)
    shuffled = list(reviews)
    chance.shuffle(shuffled)
    assert report_state(heads[::-1], [*shuffled, *reviews], set(answered)) == state
    settled = [Review(f"a{h}", h, "accepted", [r.id for r in reviews]) for h in heads]
    assert report_state(heads, [*reviews, *settled], answered) == "accepted"
    assert report_state(["resent"], reviews, answered) == "submitted", "a new version is looked at anew"


def test_each_state() -> None:
    query = Review("q", "h", "queried", ())
    accepted = Review("a", "h", "accepted", ())
    assert report_state(["h"], [], ()) == "submitted"
    assert report_state(["h"], [query], ()) == "queried"
    assert report_state(["h"], [query], {"q"}) == "answered"
    assert report_state(["h"], [accepted], ()) == "accepted"
    assert report_state(["h"], [accepted, query], ()) == "queried", "what is asked is asked still"
    assert report_state(["h"], [Review("a", "h", "accepted", ["q"]), query], ()) == "accepted"
    assert report_state(["h", "i"], [accepted], ()) == "submitted", "the other version is not accepted"


def test_two_versions_sent_unseen_stand_side_by_side() -> None:
    entries = [
        make("report", 1, BODY),
        make("report", 2, {"rows": [ROW | {"note": "a"}]}, based_on=[1]),
        make("report", 3, {"rows": [ROW | {"note": "b"}]}, based_on=[1]),
    ]
    states = {str(report_row(fold_register(order))) for order in (entries, entries[::-1])}
    assert len(states) == 1
    row = report_row(fold_register(entries))
    assert row is not None
    assert len(row["heads"].split(",")) == 2
    assert report_row(fold_register(entries[1:])) is None


@pytest.mark.proves("R001")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"first_on": "2022-04-14"}, "report.bad_period"),
        ({"rows": [ROW, ROW]}, "report.cell_twice"),
        ({"rows": [ROW | {"cells": ROW["cells"] * 2}]}, "report.cell_twice"),
        ({"rows": [ROW | {"cells": [{"indicator": "doses.primary_1"}]}]}, "field.missing"),
        (
            {"rows": [ROW | {"cells": [{"indicator": "doses.primary_1", "value": 4, "counted": 3}]}]},
            "report.reason_missing",
        ),
    ],
)
def test_what_no_report_may_say(changed: dict[str, object], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        make("report", 1, BODY | changed)
    assert code in [found.code for found in refused.value.faults]


def test_what_a_query_and_an_agreement_need() -> None:
    report = "00000000-0000-7000-8000-000000000301"
    with pytest.raises(Unreadable):
        make("report_review", 1, {"report": report, "verdict": "queried"})
    make("report_review", 1, {"report": report, "verdict": "accepted"})
    figures = {
        "indicator": "doses.total", "period": "day", "first_on": "2022-04-15", "last_on": "2022-04-15",
        "unit_value": 3, "cdc_value": 4, "agreed_value": 4, "state": "agreed",
    }  # fmt: skip
    with pytest.raises(Unreadable):
        make("reconciliation", 1, figures)
    make("reconciliation", 1, figures | {"reason": "một mũi nhập tại CDC"})
