"""Every proposal says what it saves; every holding at risk that stays says what was in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.redistribution import solving
from server.redistribution.instance import Demand, Instance, Parameters
from server.redistribution.solving import plan_of
from server.redistribution.synthetic import province
from tests.server.redistribution.instances import DAY, holding, instance, site

CERTAIN = Parameters(forecast_error=0.0, scenarios=0, leg_cost=0.0)


def certain(**changes: Any) -> dict[str, Any]:
    """Certain demand, and parameters of one's own."""
    return {"parameters": replace(CERTAIN, **changes)}


def two_sites(**changes: Any) -> Instance:
    """20 vials at `a` where 1 dose a day is given, 29 days left; `b`, 10 km off, gives 8 a day and has none."""
    first = {"id_": "a", **changes.get("a", {})}
    first.pop("id_")
    return instance(
        [site("a", 1.0, **first), site("b", 8.0, 10, **changes.get("b", {}))],
        [holding("h", "a", 20, 29, **changes.get("h", {}))],
        **{"parameters": CERTAIN, **changes.get("rest", {})},
    )


def test_a_move_says_what_it_saves_and_when_it_arrives() -> None:
    plan = plan_of(two_sites(rest={"companions": (("diluent", 1),)}))
    (move,) = plan.moves
    assert (move.origin, move.destination, move.vials, move.doses) == ("a", "b", 17, 170)
    assert move.arrives_on == DAY + timedelta(days=2)
    assert move.days_left == 27
    assert move.km == pytest.approx(14.0, abs=0.1)
    assert (move.saved_low, move.saved_doses, move.saved_high) == (170.0, 170.0, 170.0)
    assert move.companions == (("diluent", 17),)
    assert (plan.nothing.expired, plan.planned.expired) == (170.0, 0.0)
    assert not plan.not_moved


def test_an_uncertain_saving_has_an_interval() -> None:
    plan = plan_of(two_sites(rest={"parameters": Parameters(forecast_error=1.0, scenarios=25, leg_cost=0.0)}))
    (move,) = plan.moves
    assert 0 < move.saved_low < move.saved_doses < move.saved_high <= move.doses


@pytest.mark.parametrize(
    ("changes", "reason", "numbers"),
    [
        ({"h": {"why_not": "recount_first"}}, "holding_stays", {"why_not": "recount_first"}),
        ({"h": {"arrives_on": DAY + timedelta(days=2)}}, "in_transit", {"arrives_in_days": 2}),
        ({"h": {"reserved_vials": 20}}, "reserved", {"reserved_vials": 20, "sent_vials": 0}),
        ({"a": {"may_send": False, "why_not": "stale_count"}}, "site_may_not_send", {"why_not": "stale_count"}),
        ({"a": {"safety_doses": 195}}, "safety_stock", {"stock_doses": 200, "safety_doses": 195}),
        ({"a": {"send_limit_vials": 0}}, "safety_stock", {"send_limit_vials": 0}),
        ({"b": {"may_receive": False}}, "no_leg", {}),
        ({"rest": {"cooldowns": (("a", "b"),)}}, "no_leg", {}),
        ({"rest": {"legs": ()}}, "no_leg", {}),
        ({"rest": certain(max_leg_hours=0.4)}, "leg_too_long", {"nearest_hours": 0.5, "permitted_hours": 0.4}),
        ({"h": {"short_legs_only": True}, "rest": certain(short_leg_hours=0.1)}, "leg_too_long", {}),
        ({"rest": certain(min_days_left=28)}, "arrives_too_late", {"days_left_at_arrival": 27, "days_needed": 28}),
        ({"b": {"demand": Demand(8.0, still_due=0)}}, "no_one_due", {"sites_in_reach": 1, "still_due": 0}),
        ({"b": {"capacity_vials": 0}}, "no_refrigerator_room", {"sites_in_reach": 1}),
        ({"rest": certain(truck_capacity_vials=4)}, "truck_full", {"truck_capacity_vials": 4}),
        ({"rest": certain(max_pairs=0)}, "pair_limit", {"max_pairs": 0}),
        ({"rest": certain(leg_cost=500.0)}, "not_worth_the_way", {"leg_cost_doses": 500.0}),
    ],
)  # fmt: skip
@pytest.mark.proves("R008")
def test_what_stays_says_what_was_in_the_way(
    changes: dict[str, Any], reason: str, numbers: dict[str, Any]
) -> None:
    (stays,) = plan_of(two_sites(**changes)).not_moved
    assert (stays.holding, stays.site, stays.reason) == ("h", "a", reason)
    assert numbers.items() <= stays.numbers.items()
    assert stays.expected_expired >= 100


def test_what_has_expired_already_is_said_and_not_sent() -> None:
    drawn = two_sites()
    past = replace(drawn.holdings[0], id="past", effective_expiry=DAY - timedelta(days=3))
    plan = plan_of(replace(drawn, holdings=(*drawn.holdings, past)))
    assert [(each.holding, each.reason, each.numbers) for each in plan.not_moved] == [
        ("past", "expired", {"days_ago": 3})
    ]


def test_without_an_optimum_in_time_greedy_is_settled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "solve", lambda program, seconds: None)
    plan = plan_of(two_sites())
    assert (plan.method, plan.fallback) == ("greedy", "no_optimum_in_time")
    assert plan.moves[0].vials == 17


def test_a_limit_of_time_is_held() -> None:
    plan = plan_of(province(3), seconds=0.01)
    assert plan.fallback == "no_optimum_in_time"
    assert plan.planned.expired < plan.greedy.expired
