"""Twenty phones, ten days mostly without a network: figures rise by exactly what was recorded, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import Demo, command

Figures = dict[tuple[str, ...], int]


@pytest.mark.slow
@pytest.mark.proves("L2", "L3", "L6", "L9", "R005", "R085")
@pytest.mark.parametrize("sort", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_coverage_rises_by_exactly_the_doses_recorded(
    sort: str, run_demo: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    options = ["--no-phone", "--communes", "10"]
    if sort == "postgresql":
        options += ["--database", request.getfixturevalue("postgresql_url")]
    with run_demo(*options) as demo:
        before = _covered(demo)
        assert any(before.values()), "the demo starts with people covered"
        played = command(
            "simulate",
            "--server",
            demo.url,
            "--devices",
            "20",
            "--days",
            "10",
            "--seed",
            "3",
            "--replay",
            "--json",
        )
        after = _covered(demo)

        assert len(played["devices"]) == 20
        for device in played["devices"]:
            assert device["recorded"] == device["received"] == device["receipt_count"] > 0, device
            assert not device["refused"], device
        assert played["replayed"] == played["recorded"]

        rises = Counter({_key(cell): cell["doses"] for cell in played["coverage"]})
        assert rises, "somebody was vaccinated"
        assert {cell: after[cell] - count for cell, count in before.items() if after[cell] != count} == rises
        assert demo.verify()["ok"]


def _covered(demo: Demo) -> Figures:
    rows = demo.report("coverage", "--by", "village", "--json")["rows"]
    return {
        (row["place_id"], row["campaign_id"], row["age_group"], row["dose_type"], row["due_on"]): row[
            "covered"
        ]
        for row in rows
    }


def _key(cell: dict[str, Any]) -> tuple[str, ...]:
    return (cell["village"], cell["campaign"], cell["age_group"], cell["dose_type"], cell["due_on"])
