"""Cells of reports: what is missing, sums, changes, restated values; and what may be published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.disclosure import SMALLEST, held_back
from shared.rules.report_cells import (
    Cell,
    cell_of,
    changes,
    contradicts,
    missing_cells,
    restated,
    totals,
)

INDICATORS = ("people_called", "doses.primary_1", "doses.booster_1")

values = st.none() | st.integers(0, 500)
rows = st.dictionaries(
    st.tuples(st.sampled_from(("", "c1")), st.sampled_from(("AZ", "PFZ_ADULT", ""))),
    st.dictionaries(st.sampled_from(INDICATORS), values),
    max_size=5,
)


@pytest.mark.proves("R001")
@given(rows)
def test_a_blank_is_missing_and_0_is_not(found: dict[tuple[str, str], dict[str, int | None]]) -> None:
    missing = missing_cells(INDICATORS, found)
    assert len(missing) + sum(
        1 for row in found.values() for name in INDICATORS if row.get(name) is not None
    ) == len(found) * len(INDICATORS)
    sums = totals(INDICATORS, found.values())
    for name in INDICATORS:
        blank = any(cell.indicator == name for cell in missing) or not found
        assert (sums[name] is None) == blank
        if not blank:
            assert sums[name] == sum(row[name] or 0 for row in found.values())


@given(
    st.dictionaries(st.sampled_from([Cell("c", "AZ", name) for name in INDICATORS]), values),
    st.dictionaries(st.sampled_from([Cell("c", "AZ", name) for name in INDICATORS]), values),
)
def test_changes_lead_from_before_to_after(before: dict[Cell, Any], after: dict[Cell, Any]) -> None:
    told = dict(before)
    for change in changes(before, after):
        assert told.get(change.cell) == change.before
        told[change.cell] = change.after
    assert {k: v for k, v in told.items() if v is not None} == {
        k: v for k, v in after.items() if v is not None
    }
    assert changes(before, before) == []


counts = st.integers(0, 1_000)


@pytest.mark.proves("R088")
@given(counts, st.none() | counts, st.none() | counts)
def test_a_restated_value(value: int, counted: int | None, now: int | None) -> None:
    after = restated(value, counted, now)
    assert restated(value, counted, counted) == value, "without news a value stands"
    if now is None:
        assert after == value
    elif counted == value:
        assert after == now, "what nobody corrected follows the count"
    elif counted is None or value > counted:
        assert after == max(value, now), "paper that is entered late is not counted twice"
    else:
        assert after >= min(value, now)
        assert after <= max(value, now)
    if now is not None:
        more = restated(value, counted, now + 1)
        assert after <= more <= after + 1


def test_more_people_than_were_asked_contradict() -> None:
    told = {"people_called": 10, "doses.booster_1": 8, "doses.total": 8, "people_refused": 2}
    assert not contradicts(told)
    assert contradicts(told | {"people_deferred": 1})
    assert not contradicts({"people_called": None, "doses.booster_1": 8})


def test_a_cell_has_a_name_to_ask_about_it_by() -> None:
    cell = Cell("c1", "", "doses.primary_1")
    assert cell_of(cell.key) == cell
    assert cell_of("doses.primary_1") is None


groups = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12)


@pytest.mark.proves("R051")
@given(groups)
def test_no_small_figure_is_published_nor_found_by_subtraction(told: list[tuple[int, int]]) -> None:
    hidden = held_back(told)
    for place, parts in enumerate(told):
        if place not in hidden:
            assert not any(0 < part < SMALLEST for part in parts)
    if hidden and len(hidden) < len(told):
        assert len(hidden) > 1
        together = [sum(parts) for parts in zip(*(told[place] for place in hidden), strict=True)]
        assert not any(0 < part < SMALLEST for part in together)
    assert held_back([(0, 0), (12, 9)]) == set()
