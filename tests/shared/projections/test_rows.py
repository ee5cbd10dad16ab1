"""Rows of events and stock, and what a person has had."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.identifiers import holding_id
from shared.projections.events import dose_row, immunisation_row, population_rows, visit_rows
from shared.projections.people import household_row, person_row
from shared.projections.programme import campaign_row, place_rows, plan_target_row
from shared.projections.register import fold_register
from shared.projections.stock import (
    balance_row,
    compact,
    count_rows,
    item_row,
    lot_row,
    movement_rows,
    session_row,
)
from tests.shared.projections.making import PERSON, VILLAGES, doses, entry_id, make
from tests.shared.records.bodies import SUBJECT


def dose(
    dose_type: str, on: str, vaccine: str = "PFZ_ADULT", number: int = 1, corrected_by: str | None = None
) -> Any:
    body = {"vaccine": vaccine, "dose_type": dose_type, "screening": "eligible", "lot_number": "x"}
    return dose_row(make("dose", number, body, occurred_on=on), corrected_by)


@pytest.mark.proves("L9")
@settings(max_examples=100)
@given(st.integers(0, 10**9), st.integers(1, 8), st.randoms(use_true_random=False))
def test_what_a_person_has_had_depends_on_no_order(seed: int, count: int, chance: random.Random) -> None:
    entries = doses(seed, count)
    correctors = {
        e.corrects: min(o.id for o in entries if o.corrects == e.corrects) for e in entries if e.corrects
    }
    rows = [dose_row(e, correctors.get(e.id)) for e in entries]
    expected = immunisation_row(SUBJECT, rows)
    chance.shuffle(rows)
    assert immunisation_row(SUBJECT, rows) == expected
    standing = [row for row in rows if row["corrected_by"] is None]
    assert (expected["last_dose_on"] is None) == (not standing)
    for dose_type in ("primary_1", "booster_1"):
        days = [row["given_on"] for row in standing if row["dose_type"] == dose_type]
        assert expected[f"{dose_type}_on"] == (min(days) if days else None)


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        ([("primary_1", "2021-09-01", "PFZ_ADULT")], None),
        ([("primary_1", "2021-09-01", "PFZ_ADULT"), ("primary_2", "2021-10-01", "PFZ_ADULT")], "2021-10-01"),
        ([("primary_1", "2021-09-01", "JANSSEN")], "2021-09-01"),
        ([("primary_1", "2021-09-01", "ABDALA"), ("primary_2", "2021-09-15", "ABDALA")], None),
        (
            [
                ("primary_1", "2021-09-01", "ABDALA"),
                ("primary_2", "2021-09-15", "ABDALA"),
                ("primary_3", "2021-09-29", "ABDALA"),
            ],
            "2021-09-29",
        ),
        ([("primary_1", "2021-09-01", "NEVER_SEEN"), ("primary_2", "2021-10-01", "AZ")], "2021-10-01"),
        ([("primary_2", "2021-10-01", "AZ")], "2021-10-01"),
        ([("booster_1", "2022-01-05", "PFZ_ADULT")], None),
    ],
)
def test_when_the_primary_series_is_complete(given: list[tuple[str, str, str]], complete: str | None) -> None:
    rows = [dose(kind, on, vaccine, number) for number, (kind, on, vaccine) in enumerate(given, 1)]
    expected = date.fromisoformat(complete) if complete else None
    assert immunisation_row(SUBJECT, rows)["series_complete_on"] == expected


def test_a_corrected_dose_does_not_count() -> None:
    rows = [
        dose("primary_1", "2021-09-01", number=1, corrected_by=entry_id(2)),
        dose("primary_1", "2021-09-03", number=2),
    ]
    had = immunisation_row(SUBJECT, rows)
    assert had["primary_1_on"] == had["last_dose_on"] == date(2021, 9, 3)
    assert immunisation_row(SUBJECT, rows[:1])["primary_1_on"] is None


def test_a_visit_has_a_row_for_each_member() -> None:
    lines = [{"person": SUBJECT, "outcome": "refused", "reason": "TC_KHAC", "appointment_on": "2022-05-01"}]
    visit, outcomes = visit_rows(
        make("visit", 1, {"visit_type": "mop_up", "outcomes": lines}, place=VILLAGES[0]), entry_id(9)
    )
    assert visit["corrected_by"] == entry_id(9)
    assert visit["village_id"] == VILLAGES[0]
    assert outcomes == [
        {"visit_id": entry_id(1), "person_id": SUBJECT, "outcome": "refused", "reason": "TC_KHAC",
         "appointment_on": date(2022, 5, 1), "reached": None, "consent": None, "transport_need": False,
         "note": None}
    ]  # fmt: skip


@pytest.mark.proves("R004")
def test_a_population_not_known_is_not_zero() -> None:
    lines = [{"age_group": "A18", "current": 0}, {"age_group": "A12_17", "opening": 7}]
    rows = population_rows(
        make("population_return", 1, {"period": "2022", "source": "x", "lines": lines}), None
    )
    assert [(r["age_group"], r["opening"], r["current"]) for r in rows] == [
        ("A18", None, 0),
        ("A12_17", 7, None),
    ]


movements = st.lists(
    st.tuples(st.sampled_from(["frozen", "thawed"]), st.integers(0, 2), st.integers(-5, 5).filter(bool)),
    max_size=10,
)


@settings(max_examples=60)
@given(movements, st.randoms(use_true_random=False))
def test_a_balance_is_the_sum_of_its_movements(
    moved: list[tuple[str, int, int]], chance: random.Random
) -> None:
    rows = []
    for number, (state, thawed, vials) in enumerate(moved, 1):
        body: dict[str, Any] = {"state": state, "vials": vials, "reason": "data_entry"}
        if state == "thawed":
            body["thawed_on"] = str(date(2022, 4, 1) + timedelta(days=thawed))
        rows += movement_rows(make("stock_movement", number, body))
    for holding in {row["holding_id"] for row in rows}:
        own = [row for row in rows if row["holding_id"] == holding]
        assert len({(row["state"], row["thawed_on"]) for row in own}) == 1
        expected = balance_row(own)
        chance.shuffle(own)
        assert balance_row(own) == expected
        assert expected["vials"] == sum(row["vials"] for row in own)


def test_a_balance_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        balance_row([])


@pytest.mark.proves("L25")
def test_a_count_names_holdings_as_movements_do_and_knows_not_counted() -> None:
    lines = [
        {"lot": SUBJECT, "state": "thawed", "thawed_on": "2022-04-01"},
        {"lot": SUBJECT, "state": "frozen", "vials": 0},
    ]
    count, rows = count_rows(make("stock_count", 1, {"lines": lines}, place=VILLAGES[0]), None)
    [moved] = movement_rows(
        make(
            "stock_movement",
            2,
            {"state": "thawed", "thawed_on": "2022-04-01", "vials": 1, "reason": "found"},
            place=VILLAGES[0],
        )
    )
    assert (
        rows[0]["holding_id"]
        == moved["holding_id"]
        == holding_id(VILLAGES[0], SUBJECT, "thawed", date(2022, 4, 1))
    )
    assert [row["vials"] for row in rows] == [None, 0]
    assert count["as_of"] == date(2022, 4, 15)


def test_rows_of_registers_wait_for_the_first_entry() -> None:
    edit = {"note": None}
    for kind, row in (
        ("item", item_row),
        ("lot", lot_row),
        ("campaign", campaign_row),
        ("plan_target", plan_target_row),
    ):
        body: dict[str, Any] = (
            {"source": None} if kind == "item" else {"hold": None} if kind == "lot" else {"document": "x"}
        )
        assert row(fold_register([make(kind, 2, body, based_on=[1])])) is None
    assert session_row(fold_register([make("session", 2, edit, based_on=[1])]), date(2022, 4, 1)) is None
    assert place_rows(fold_register([make("place", 2, {"serves": []}, based_on=[1])])) == {}
    assert household_row(fold_register([make("household", 2, edit, based_on=[1])])) is None


def test_texts_are_stored_in_one_spelling() -> None:
    decomposed = "Lo\u0300  Thi\u0323 A"
    row = person_row(
        fold_register([make("person", 1, {**PERSON, "full_name": decomposed, "phone": "0912.345.678"})])
    )
    assert row is not None
    assert (row["full_name"], row["search"], row["phone"]) == ("Lò Thị A", "lo thi a", "+84912345678")
    assert row["vulnerable"] == ""
    assert compact({"b": "ế", "a": [1]}) == '{"a":[1],"b":"ế"}'
