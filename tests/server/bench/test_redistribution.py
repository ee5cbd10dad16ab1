"""The bench of plans: its figures are those it promises, and the plan keeps its promise on provinces not tuned on."""

from __future__ import annotations

import pytest

from server.bench.redistribution import measure


@pytest.mark.slow
def test_the_figures_and_the_promise() -> None:
    found = measure(7, lambda step: None, instances=2).as_json()
    for name in ("do_nothing", "mos_rule", "greedy", "plan_200_pairs", "plan_unlimited", "perfect"):
        assert {f"waste_{name}", f"pairs_{name}", f"shortage_{name}"} <= set(found)
    assert found["pairs_plan_200_pairs"] <= 200
    assert found["waste_perfect"] < found["waste_plan_unlimited"] <= found["waste_plan_200_pairs"]
    assert found["waste_plan_200_pairs"] < 0.6 * found["waste_greedy"] < 0.6 * found["waste_do_nothing"]
    assert found["ratio_plan_to_linprog"] < 8
    assert found["peak_mib"] < 2048
