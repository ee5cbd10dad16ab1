"""Looking back at a move: who could have used what, and what became of what was received."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.redistribution.absorbing import UsedLot, could_have_used, fate_of

DAY = date(2022, 3, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def test_later_lots_and_days_without_stock_could_have_been_doses_of_the_lot() -> None:
    uses = [
        UsedLot(day(1), day(90), 10),  # a later lot
        UsedLot(day(2), day(10), 7),  # goes before it anyway
        UsedLot(day(3), None, 4),  # of unknown expiry goes last
        UsedLot(day(31), day(90), 100),  # after its last day
        UsedLot(day(0), day(90), 100),  # before it could be there
    ]
    assert could_have_used(uses, 0, 5_000, day(30), day(1), day(60)) == 14
    assert could_have_used(uses, 3, 2_500, day(30), day(1), day(60)) == 14 + 7
    assert could_have_used([], 0, 5_000, day(30), day(1), day(60)) == 0


amounts = st.integers(0, 300)


@given(amounts, amounts, amounts, amounts, amounts, st.booleans())
def test_what_was_received_is_used_expired_sent_on_or_left(
    received: int, before: int, used: int, discarded: int, onward: int, over: bool
) -> None:
    fate = fate_of(received, before, used, discarded, onward, over=over)
    assert fate.used + fate.expired + fate.onward + fate.left == received
    assert min(fate.used, fate.expired, fate.onward, fate.left) >= 0
    assert fate.used <= used
    assert not (over and fate.left)


def test_what_was_there_before_goes_first() -> None:
    fate = fate_of(100, 40, 60, 0, 0, over=True)
    assert (fate.used, fate.expired, fate.left) == (20, 80, 0)
    assert fate_of(100, 40, 60, 30, 0, over=False).left == 50
