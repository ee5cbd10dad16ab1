"""What a closed session takes off the stock: every dose of every vial is accounted for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from shared.identifiers import new_id
from shared.projections.stock import balance_row, movement_rows, settled
from shared.reading import read
from shared.rules.sessions import (
    Kept,
    left_in_open,
    movements_at_close,
    spare_of_a_vial,
    unsettled,
    vials_needed,
)
from tests.mobile.phones import raw_entry

TODAY = date(2022, 4, 15)
LOT, SITE = new_id(), new_id()
PER_VIAL = 6

DAYS = some.dates(TODAY - timedelta(days=20), TODAY)
SEALED = some.builds(
    Kept,
    some.sampled_from(["chilled", "frozen"]),
    some.none(),
    some.none(),
    some.integers(0, 8),
    some.just(0),
)
THAWED = some.builds(Kept, some.just("thawed"), DAYS, some.none(), some.integers(0, 8), some.just(0))
#: Opened vials hold at least one dose each.
OPENED = some.integers(1, 3).flatmap(
    lambda vials: some.builds(
        Kept, some.just("opened"), some.none(), DAYS, some.just(vials), some.integers(vials, vials * PER_VIAL)
    )
)


def balances(bodies: list[dict[str, Any]]) -> dict[tuple[str, Any, Any], tuple[int, int]]:
    """(vials, doses) by holding that these movements make, read through the gate as a server would."""
    rows = [
        row
        for body in bodies
        for row in movement_rows(
            read(
                raw_entry(
                    "stock_movement", body, subject=LOT, place=SITE, version=2, occurred_on="2022-04-15"
                )
            )
        )
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for row in settled(rows):
        found.setdefault(row["holding_id"], []).append(row)
    sums = [balance_row(of) for of in found.values()]
    return {(s["state"], s["thawed_on"], s["opened_on"]): (s["vials"], s["doses"]) for s in sums}


@given(some.lists(SEALED | THAWED, max_size=3), some.lists(OPENED, max_size=2), some.data())
def test_doses_opened_are_given_thrown_away_or_left(
    sealed: list[Kept], opened: list[Kept], data: Any
) -> None:
    unique = {(k.state, k.thawed_on, k.opened_on): k for k in [*sealed, *opened]}
    kept = list(unique.values())
    stand_open = [k for k in kept if k.state == "opened"]
    vials = data.draw(some.integers(0, 9))
    broken = data.draw(some.integers(0, 3))
    at_hand = sum(k.doses for k in stand_open) + vials * PER_VIAL
    doses = data.draw(some.integers(0, at_hand))
    thrown = data.draw(some.integers(0, at_hand - doses))
    line = {"vials_opened": vials, "vials_discarded": broken, "doses_discarded": thrown}
    bodies = movements_at_close(line, kept, given=doses, doses_per_vial=PER_VIAL, on=TODAY)

    moved = balances(bodies)
    unopened = sum(v for (state, _, _), (v, _) in moved.items() if state != "opened")
    assert unopened == -(vials + broken), "what was opened or broke came out of unopened vials"
    change = sum(d for (state, _, _), (_, d) in moved.items() if state == "opened")
    assert change == vials * PER_VIAL - doses - thrown
    by_reason = {
        reason: -sum(b.get("doses") or 0 for b in bodies if b["reason"] == reason)
        for reason in ("administered", "session_end")
    }
    assert by_reason == {"administered": doses, "session_end": thrown}

    for key, (v, d) in moved.items():
        if key[0] == "opened":
            before = next((k for k in stand_open if (k.state, k.thawed_on, k.opened_on) == key), None)
            left = (before.doses if before else 0) + d
            standing = (before.vials if before else 0) + v
            assert left >= 0
            assert standing >= vials_needed(left, PER_VIAL), "no vial is gone while it holds doses"
            assert left or standing == 0, "an empty vial is no stock"


def test_an_item_without_doses_is_used_by_the_unit() -> None:
    line = {"vials_opened": 3}
    kept = [Kept("chilled", None, None, 2, 0), Kept("frozen", None, None, 5, 0)]
    bodies = movements_at_close(line, kept, given=0, doses_per_vial=None, on=TODAY)
    assert bodies == [
        {"state": "chilled", "vials": -2, "reason": "administered"},
        {"state": "frozen", "vials": -1, "reason": "administered"},
    ]


def test_more_than_the_book_has_is_recorded_all_the_same() -> None:
    moved = balances(movements_at_close({"vials_opened": 3}, [], given=18, doses_per_vial=PER_VIAL, on=TODAY))
    assert moved == {("chilled", None, None): (-3, 0), ("opened", None, TODAY): (0, 0)}


def test_vials_opened_during_the_session_are_not_opened_again() -> None:
    kept = [Kept("opened", None, TODAY, 1, 6), Kept("chilled", None, None, 4, 0)]
    line = {"vials_opened": 2, "doses_discarded": 3}
    moved = balances(
        movements_at_close(line, kept, given=9, doses_per_vial=PER_VIAL, on=TODAY, opened_before=1)
    )
    assert moved == {("chilled", None, None): (-1, 0), ("opened", None, TODAY): (-1, -6)}


@given(some.integers(0, 60), some.integers(0, 80), some.integers(1, 20))
def test_what_is_left_in_open_vials_is_what_the_fewest_vials_opened_leave(
    open_doses: int, given_doses: int, per_vial: int
) -> None:
    """Vials nobody recorded as opened are opened one by one, as doses run out."""
    left, missing = left_in_open(open_doses, given_doses, per_vial), max(0, given_doses - open_doses)
    assert left == open_doses + vials_needed(missing, per_vial) * per_vial - given_doses
    assert left >= 0


def test_a_vial_for_few_leaves_doses_and_one_for_many_none() -> None:
    assert [spare_of_a_vial(waiting, 6) for waiting in (0, 2, 6, 40)] == [6, 4, 0, 0]


def test_doses_after_the_end_of_a_session_are_told_by_lot() -> None:
    assert unsettled({"a": 8, "b": 3}, {"a": 1, "b": 3}) == {"a": 7}
    assert unsettled({"a": 2}, {"a": 3}) == {"a": -1}, "one was withdrawn"
    assert unsettled({"a": 2}, {}) == {}, "nothing of it was settled in doses"
