"""What is looked at before stock leaves a site, and the lot of shortest expiry (FEFO)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.dispatching import (
    COUNT_STALE_DAYS,
    Offered,
    Sending,
    checks,
    cold_box_missing,
    expires_on_the_way,
    passed_over,
    proposed,
)

TODAY = date(2022, 4, 15)
FINE = {
    "lot_number": "124001",
    "vials": 5,
    "usable": 5,
    "expiry": TODAY + timedelta(days=9),
    "counted_on": TODAY,
}


def codes(arrives_on: date | None = None, **changed: object) -> list[str]:
    return [found.code for found in checks(Sending(**{**FINE, **changed}), TODAY, arrives_on)]  # type: ignore[arg-type]


def test_nothing_to_say_of_a_good_line() -> None:
    assert codes() == []
    assert codes(arrives_on=TODAY + timedelta(days=9)) == [], "its last day is a day of use"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hold": "CV 1", "barred": "hold", "usable": 0}, ["transfer.lot_on_hold"]),
        ({"barred": "expired", "usable": 0, "expiry": date(2022, 4, 1)}, ["transfer.not_usable"]),
        ({"expiry": TODAY - timedelta(days=1)}, ["transfer.expires_before_arrival"]),
        ({"vials": 6}, ["transfer.more_than_held"]),
        ({"usable": -3}, ["transfer.more_than_held"]),
        ({"vvm": 2}, ["transfer.monitor_two"]),
        ({"vvm": 1}, []),
        ({"counted_on": None}, ["transfer.count_stale"]),
        ({"counted_on": TODAY - timedelta(days=COUNT_STALE_DAYS)}, []),
        ({"counted_on": TODAY - timedelta(days=COUNT_STALE_DAYS + 1)}, ["transfer.count_stale"]),
    ],
)
def test_each_flag(changed: dict[str, object], said: list[str]) -> None:
    assert codes(**changed) == said


def test_a_lot_that_expires_before_it_arrives() -> None:
    assert codes(arrives_on=TODAY + timedelta(days=10)) == ["transfer.expires_before_arrival"]
    [found] = expires_on_the_way("124001", date(2022, 4, 14), TODAY)
    assert found.params == {"lot": "124001", "expiry": "2022-04-14", "day": "2022-04-15"}
    assert list(expires_on_the_way("124001", None, TODAY)) == []


def test_only_what_must_be_cold_needs_a_box() -> None:
    assert [found.code for found in cold_box_missing(["supply", "vaccine"], None)] == ["transfer.no_cold_box"]
    assert list(cold_box_missing(["supply", "equipment"], None)) == []
    assert list(cold_box_missing(["vaccine"], "Phích 2")) == []


def offered(key: str, days: int | None, usable: int, item: str = "pfizer") -> Offered:
    return Offered(key, item, None if days is None else TODAY + timedelta(days=days), usable)


@pytest.mark.proves("R008")
def test_another_lot_passes_over_the_one_that_expires_sooner() -> None:
    held = [
        offered("a", 3, 4),
        offered("b", 9, 4),
        offered("c", 9, 4),
        offered("g", 1, 4, "gloves"),
        offered("n", None, 9),
    ]
    assert passed_over(held, {"b": 1}) == {"b": "a"}
    assert passed_over(held, {"a": 3, "b": 1}) == {"b": "a"}, "some of the older lot stays behind"
    assert passed_over(held, {"a": 4, "b": 1}) == {}
    assert passed_over(held, {"a": 1}) == {}
    assert passed_over(held, {"a": 4, "c": 2}) == {}, "of equal expiry either may go"
    assert passed_over(held, {"b": 1}, named=["b"]) == {}, "whoever ordered it has chosen"
    assert passed_over(held, {"n": 1}) == {}, "nothing is known of its expiry"
    assert passed_over([offered("a", 3, 0), offered("b", 9, 4)], {"b": 1}) == {}


holdings = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 8)), max_size=6).map(
    lambda drawn: [offered(f"h{n}", days, usable) for n, (days, usable) in enumerate(drawn)]
)


@pytest.mark.proves("R008")
@given(holdings, st.integers(0, 40))
def test_what_is_proposed_passes_nothing_over_and_takes_what_there_is(
    held: list[Offered], wanted: int
) -> None:
    found = proposed(held, wanted)
    assert sum(found.values()) == min(wanted, sum(one.usable for one in held))
    assert all(
        0 < vials <= next(one.usable for one in held if one.key == key) for key, vials in found.items()
    )
    assert passed_over(held, found) == {}
