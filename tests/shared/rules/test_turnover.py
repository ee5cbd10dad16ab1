"""Columns of in, out and balance; mirrors; lines that must add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.records.stock_movement import REASONS
from shared.rules.explanations import holding_key, not_adding_up
from shared.rules.reversals import mirrored
from shared.rules.turnover import COLUMNS, column_of


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("comes_in", [True, False])
def test_a_reversal_stands_in_the_column_of_what_it_takes_back(reason: str, comes_in: bool) -> None:
    column = column_of(reason, comes_in=comes_in, turned=False)
    assert column in COLUMNS
    assert column_of(reason, comes_in=not comes_in, turned=True) == column


def test_what_was_returned_is_received_there_and_issued_here() -> None:
    assert column_of("returned", comes_in=True, turned=False) == "received"
    assert column_of("returned", comes_in=False, turned=False) == "issued"


@pytest.mark.proves("R081")
def test_the_mirror_repeats_where_and_turns_every_amount() -> None:
    body = {
        "state": "frozen", "vials": -3, "doses": -18, "to_state": "opened", "to_opened_on": "2022-04-15",
        "reason": "opened", "session": "s", "document": "PX 1", "fefo_code": "other", "note": "cũ",
    }  # fmt: skip
    assert mirrored(body, "e1", "ghi nhầm") == {
        "state": "frozen", "vials": 3, "doses": 18, "to_state": "opened", "to_opened_on": "2022-04-15",
        "reason": "opened", "document": "PX 1", "reverses": "e1", "note": "ghi nhầm",
    }  # fmt: skip


_LINES = st.lists(
    st.fixed_dictionaries(
        {"lot": st.sampled_from(("a", "b")), "state": st.just("frozen"), "vials": st.integers(-9, 9)}
    ),
    max_size=6,
)


@given(_LINES)
def test_lines_add_up_to_their_own_sum_and_to_nothing_else(lines: list[dict[str, object]]) -> None:
    sums: dict[tuple[str, str, str | None, str | None], tuple[int, int]] = {}
    for line in lines:
        key = holding_key(line)
        sums[key] = sums.get(key, (0, 0))[0] + int(str(line["vials"])), 0
    assert not_adding_up(lines, sums) == []
    other = {**sums, ("c", "frozen", None, None): (-1, 0)}
    assert not_adding_up(lines, other) == [(("c", "frozen", None, None), (-1, 0))]
