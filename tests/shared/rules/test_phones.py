"""Rules about the phone itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules import phones
from shared.rules.phones import Room

counts = st.integers(0, 10_000)
NOW = datetime(2022, 4, 15, 1, 0, tzinfo=UTC)


@pytest.mark.proves("L16")
@given(counts, counts, counts)
def test_an_account_leaves_only_when_everything_is_proven_and_finished(
    total: int, proven: int, drafts: int
) -> None:
    found = phones.leaving(total, proven, drafts)
    assert (found is None) == (proven >= total and drafts == 0)
    if proven < total:
        assert found is not None
        assert found.code == "phone.not_all_received"
        assert found.params == {"count": total - proven, "total": total}


@pytest.mark.proves("L11")
@given(st.integers(-(10**9), 10**9))
def test_a_clock_is_wrong_beyond_five_minutes_and_by_as_much_as_it_is(offset: int) -> None:
    error = phones.clock_error(offset)
    assert error == (-offset if abs(offset) > 300 else 0)


def test_a_clock_nobody_measured_is_not_called_wrong() -> None:
    assert phones.clock_error(None) == 0
    assert not phones.went_back(NOW, None)


@pytest.mark.parametrize(
    ("minutes", "back"), [(-10, False), (0, False), (2, False), (3, True), (60 * 24, True)]
)
def test_a_clock_went_back_when_the_last_record_lies_ahead(minutes: int, back: bool) -> None:
    assert phones.went_back(NOW, NOW + timedelta(minutes=minutes)) is back


@pytest.mark.proves("L19")
@given(st.integers(0, 10**10), st.integers(0, 10**10), st.booleans())
def test_more_room_is_never_called_less(one: int, other: int, reserved: bool) -> None:
    order = [Room.LAST, Room.LITTLE, Room.ENOUGH]
    less, more = sorted((one, other))
    assert order.index(phones.room(less, reserved)) <= order.index(phones.room(more, reserved))
    assert not (phones.reserve_fits(less) and phones.reserve_is_needed(less))


def test_the_reserve_counts_as_room() -> None:
    assert phones.room(phones.NO_ROOM, True) is Room.LITTLE
    assert phones.room(phones.NO_ROOM, False) is Room.LAST
