"""The compiled check and marshmallow agree on every body of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shared.records  # noqa: F401  declares the kinds
from shared.faults import catalogue
from shared.kinds import KINDS, Kind
from shared.reading import body_faults
from tests.shared.records.bodies import bodies, spoilt, wrong

KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def marshmallow_accepts(kind: Kind, body: Any, *, partial: bool) -> bool:
    return not kind.schema().validate(body, partial=partial)


@KIND
def test_right_bodies_take_the_fast_path(kind: Kind) -> None:
    @settings(max_examples=25)
    @given(bodies(kind.schema), bodies(kind.schema, partial=True))
    def holds(whole: dict[str, Any], changes: dict[str, Any]) -> None:
        assert kind.check_whole(whole)
        assert marshmallow_accepts(kind, whole, partial=False)
        assert kind.check_changes(changes)
        assert marshmallow_accepts(kind, changes, partial=True)

    holds()


@KIND
def test_spoilt_bodies_are_judged_alike(kind: Kind) -> None:
    @settings(max_examples=60)
    @given(spoilt(kind.schema))
    def holds(body: dict[str, Any]) -> None:
        assert kind.check_whole(body) == marshmallow_accepts(kind, body, partial=False)
        assert kind.check_changes(body) == marshmallow_accepts(kind, body, partial=True)

    holds()


@KIND
def test_each_field_meets_every_sort_of_wrong_value(kind: Kind) -> None:
    fields = list(kind.schema.record_fields())

    @settings(max_examples=60)
    @given(st.sampled_from(fields), wrong)
    def holds(name: str, value: Any) -> None:
        body = {name: value}
        assert kind.check_changes(body) == marshmallow_accepts(kind, body, partial=True)

    holds()


@KIND
def test_every_fault_of_a_body_stands_in_the_catalogue(kind: Kind) -> None:
    @settings(max_examples=25)
    @given(spoilt(kind.schema), st.booleans())
    def holds(body: dict[str, Any], partial: bool) -> None:
        for found in body_faults(kind, body, partial=partial):
            assert found.code in catalogue()
            found.as_json()
            (found.field or "").encode()

    holds()


@pytest.mark.parametrize("body", [None, [], "x", 1, {1: 2}])
def test_what_is_no_body_at_all(body: Any) -> None:
    assert not any(kind.check_whole(body) for kind in KINDS.values())
