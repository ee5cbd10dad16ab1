"""Effective expiry: the lots of 2021 that taught it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.projections.register import fold_register
from shared.projections.stock import lot_row
from shared.reading import Unreadable
from shared.rules.expiry import ItemTerms, bucket, days_left, effective_expiry, terms
from tests.shared.projections.making import make

LABEL = date(2021, 11, 30)
REVISED = [{"state": "frozen", "expiry": "2022-02-28", "document": "CV 9456/BYT-DP"}]
PFIZER = ItemTerms(thaw_days=31, open_hours=6)
ITEM = "00000000-0000-7000-8000-000000000300"


@pytest.mark.parametrize("lot", ["124001", "123002"])
def test_frozen_vials_of_a_revised_lot_live_longer_and_thawed_ones_do_not(lot: str) -> None:
    assert effective_expiry(LABEL, PFIZER, state="frozen", revisions=REVISED) == date(2022, 2, 28)
    assert effective_expiry(
        LABEL, PFIZER, state="thawed", revisions=REVISED, thawed_on=date(2021, 10, 20)
    ) == date(2021, 11, 20)
    assert (
        effective_expiry(LABEL, PFIZER, state="thawed", revisions=REVISED, thawed_on=date(2021, 11, 25))
        == LABEL
    )
    both = [*REVISED, {"state": "thawed", "expiry": "2022-02-28", "document": lot}]
    assert effective_expiry(
        LABEL, PFIZER, state="thawed", revisions=both, thawed_on=date(2021, 12, 1)
    ) == date(2022, 1, 1)


def test_what_was_frozen_past_its_printed_day_has_its_thaw_limit_inside_the_revised_day() -> None:
    thaw = {"state": "thawed", "revisions": REVISED}
    early, late = date(2021, 12, 10), date(2022, 2, 20)
    assert effective_expiry(LABEL, PFIZER, thawed_on=early, **thaw) == date(2022, 1, 10)  # type: ignore[arg-type]
    assert effective_expiry(LABEL, PFIZER, thawed_on=late, **thaw) == date(2022, 2, 28)  # type: ignore[arg-type]
    assert effective_expiry(LABEL, PFIZER, thawed_on=LABEL, **thaw) == LABEL  # type: ignore[arg-type]


def test_a_lot_on_hold_keeps_its_expiry_and_names_the_document() -> None:
    """FK0112 was suspended: that is a hold, never a date."""
    body = {"item": ITEM, "lot_number": "FK0112", "label_expiry": "2022-01-31", "hold": "CV 1/TTr"}
    row = lot_row(fold_register([make("lot", 1, body)]))
    assert row is not None
    assert (row["hold"], row["label_expiry"]) == ("CV 1/TTr", date(2022, 1, 31))
    released = lot_row(fold_register([make("lot", 1, body), make("lot", 2, {"hold": None}, based_on=[1])]))
    assert released is not None
    assert released["hold"] is None


@pytest.mark.proves("L26")
def test_the_printed_day_is_a_day_of_use() -> None:
    expiry = effective_expiry(LABEL, PFIZER, state="frozen")
    assert expiry == LABEL
    assert (days_left(expiry, LABEL), bucket(days_left(expiry, LABEL))) == (0, "within_7")
    assert bucket(days_left(expiry, LABEL + timedelta(days=1))) == "expired"


@pytest.mark.proves("L26")
def test_an_expiry_printed_to_the_month_is_its_last_day() -> None:
    body = {"item": ITEM, "lot_number": "X", "label_expiry": "2022-02-01", "expiry_precision": "month"}
    row = lot_row(fold_register([make("lot", 1, body)]))
    assert row is not None
    assert row["label_expiry"] == date(2022, 2, 28)


def test_not_known_is_not_never() -> None:
    assert effective_expiry(None, PFIZER, state="frozen") is None
    assert (days_left(None, LABEL), bucket(None)) == (None, "unknown")
    assert effective_expiry(None, PFIZER, state="thawed", thawed_on=LABEL) == LABEL + timedelta(days=31)
    assert effective_expiry(None, ItemTerms(), state="thawed", thawed_on=LABEL) is None


@pytest.mark.parametrize(
    ("left", "name"),
    [
        (-1, "expired"),
        (0, "within_7"),
        (7, "within_7"),
        (8, "within_30"),
        (30, "within_30"),
        (31, "within_60"),
        (60, "within_60"),
        (61, "later"),
    ],
)
def test_buckets(left: int, name: str) -> None:
    assert bucket(left) == name


dates = st.dates(min_value=date(2021, 1, 1), max_value=date(2023, 12, 31))


@given(st.none() | dates, st.lists(dates, max_size=3), dates, st.none() | st.integers(1, 100))
def test_a_thaw_never_lengthens_a_life(
    label: date | None, revised: list[date], thawed_on: date, thaw_days: int | None
) -> None:
    revisions: list[dict[str, Any]] = [
        {"state": "thawed", "expiry": str(day), "document": "x"} for day in revised
    ]
    item = ItemTerms(thaw_days=thaw_days)
    alone = effective_expiry(label, item, state="thawed", revisions=revisions)
    thawed = effective_expiry(label, item, state="thawed", revisions=revisions, thawed_on=thawed_on)
    assert alone == (max(revised) if revised else label)
    if alone is not None:
        assert thawed is not None
        assert thawed <= alone
    frozen = effective_expiry(label, item, state="frozen", revisions=revisions, thawed_on=thawed_on)
    assert frozen == label


def test_an_opened_vial_is_for_its_session_unless_the_days_rule_holds() -> None:
    on = date(2022, 4, 15)
    opened = {"state": "opened", "opened_on": on}
    assert effective_expiry(date(2022, 8, 31), PFIZER, **opened) == on  # type: ignore[arg-type]
    assert effective_expiry(date(2022, 8, 31), ItemTerms(open_rule="session"), **opened) == on  # type: ignore[arg-type]
    weeks = ItemTerms(open_rule="days", open_days=28)
    assert effective_expiry(date(2022, 8, 31), weeks, **opened) == on + timedelta(days=28)  # type: ignore[arg-type]
    assert effective_expiry(date(2022, 4, 20), weeks, **opened) == date(2022, 4, 20)  # type: ignore[arg-type]
    thawed = terms(None, PFIZER, state="opened", thawed_on=on - timedelta(days=31), opened_on=on)
    assert [term.name for term in thawed] == ["open", "thaw"]


@pytest.mark.parametrize(("stage", "usable"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_vial_monitor_at_its_limit_ends_the_use_the_day_it_is_seen(stage: int, usable: bool) -> None:
    seen = date(2022, 4, 15)
    expiry = effective_expiry(date(2022, 8, 31), PFIZER, state="chilled", vvm=stage, vvm_on=seen)
    assert expiry is not None
    assert (expiry >= seen) is usable


def test_a_document_may_revise_the_thaw_limit_and_is_named() -> None:
    longer = [
        *REVISED,
        {"state": "thawed", "term": "thaw", "days": 45, "document": "CV 1"},
        {"state": "frozen", "term": "thaw", "days": 99, "document": "CV 2"},
    ]
    found = terms(date(2022, 8, 31), PFIZER, state="thawed", revisions=longer, thawed_on=date(2022, 4, 1))
    assert (found[0].name, found[0].last_day, found[0].source) == ("thaw", date(2022, 5, 16), "CV 1")
    assert found[1].name == "label"


def test_a_revision_says_what_it_revises() -> None:
    lot = {"item": ITEM, "lot_number": "X", "label_expiry": "2022-02-01"}
    for revision, missing in (
        ({"state": "frozen", "document": "CV 1"}, "revisions.0.expiry"),
        ({"state": "thawed", "term": "thaw", "expiry": "2022-05-01", "document": "CV 1"}, "revisions.0.days"),
    ):
        with pytest.raises(Unreadable) as refused:
            make("lot", 1, {**lot, "revisions": [revision]})
        assert [(f.code, f.field) for f in refused.value.faults] == [("field.missing", missing)]
