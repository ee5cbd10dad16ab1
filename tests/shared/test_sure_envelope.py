"""The gate's quick look at an envelope never lets through what the slow one would refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import reading
from shared.identifiers import named_id
from shared.reading import envelope_faults

RIGHT: dict[str, Any] = {
    "id": named_id("id"),
    "kind": "person",
    "version": 1,
    "subject": named_id("subject"),
    "place": named_id("place"),
    "author": named_id("author"),
    "device": named_id("device"),
    "device_seq": 1,
    "occurred_on": "2022-04-15",
    "recorded_at": "2022-04-15T01:02:03.004Z",
    "clock_offset_s": 0,
    "body": {},
}
DAYS = (
    "2022-02-28",
    "2022-02-29",
    "2024-02-29",
    "2022-04-30",
    "2022-04-31",
    "2022-12-31",
    "1899-01-01",
    "2022-13-01",
)
TIMES = (
    "00:00:00.000",
    "23:59:59.999",
    "24:00:00.000",
    "12:60:00.000",
    "12:00:60.000",
    "1:00:00.000",
    "12:00:00",
)
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.just([]), st.just({}),
    st.sampled_from([named_id("x").upper(), named_id("x") + " ", " " + named_id("x"), f"{named_id('x')} person"]),
    st.sampled_from(DAYS),
    st.builds(lambda day, time: f"{day}T{time}Z", st.sampled_from(DAYS), st.sampled_from(TIMES)),
    st.sampled_from([0, 10_000, 10_001, 2_000_000_000, 2_000_000_001, -10_000_000_000, 10_000_000_001]),
)  # fmt: skip


def slow_faults(raw: dict[str, Any]) -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_surely_right", lambda raw: False)
        return envelope_faults(raw)


def test_an_ordinary_entry_takes_the_quick_way() -> None:
    assert reading._surely_right(RIGHT)
    assert reading._surely_right({k: v for k, v in RIGHT.items() if k != "clock_offset_s"})
    assert slow_faults(RIGHT) == []


@given(st.dictionaries(st.sampled_from([*RIGHT, "based_on", "corrects", "more"]), ODD, max_size=3), st.data())
def test_what_is_surely_right_has_no_fault(changes: dict[str, Any], data: st.DataObject) -> None:
    raw = {**RIGHT, **changes}
    for key in data.draw(st.sets(st.sampled_from(list(RIGHT)), max_size=1)):
        del raw[key]
    if reading._surely_right(raw):
        assert slow_faults(raw) == []
    assert envelope_faults(raw) == slow_faults(raw)
