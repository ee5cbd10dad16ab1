"""Lanes as the register spells them."""

from __future__ import annotations

from pathlib import Path

from mobile.store.lanes import lanes_of, same_lane
from tests.mobile.phones import OTHER_VILLAGE, VILLAGE, make_phone


def test_a_lane_is_offered_once_in_its_commonest_spelling(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone")
    for lane in ("Xóm Suối", "xom suoi", "Xóm Suối", "Ngõ 10", "Ngõ 2", None):
        store.record("household", place=VILLAGE, body={"head_name": "Lò A", "lane": lane})
    store.record("household", place=OTHER_VILLAGE, body={"head_name": "Lò A", "lane": "Xóm Xa"})
    assert lanes_of(store, VILLAGE) == ["Ngõ 2", "Ngõ 10", "Xóm Suối"]
    store.close()


def test_another_spelling_of_a_lane_is_told() -> None:
    lanes = ["Ngõ 2", "Xóm Suối"]
    assert same_lane(lanes, "xóm  suoi") == "Xóm Suối"
    assert same_lane(lanes, "Xóm Suối") is None
    assert same_lane(lanes, "Xóm Mới") is None
    assert same_lane(lanes, " ") is None
