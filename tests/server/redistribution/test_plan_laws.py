"""Whatever the instance, a plan keeps within every limit and is never worse than doing nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from server.redistribution.board import Board, board_of
from server.redistribution.greedy import greedy
from server.redistribution.instance import Instance
from server.redistribution.months_rule import months_rule
from server.redistribution.plan import Plan
from server.redistribution.solving import plan_of
from tests.server.redistribution.instances import instances

Vials = dict[tuple[str, str], int]


@pytest.mark.proves("R008", "R063")
@settings(max_examples=120, deadline=None)
@given(instances())
def test_a_plan_keeps_within_every_limit(drawn: Instance) -> None:
    plan = plan_of(drawn)
    _within_limits(drawn, {(move.holding, move.destination): move.vials for move in plan.moves})
    parameters = drawn.parameters
    assert parameters.max_pairs is None or plan.pairs <= parameters.max_pairs
    on_pair: Vials = defaultdict(int)
    for move in plan.moves:
        on_pair[move.origin, move.destination] += move.vials
        assert move.arrives_on >= drawn.day + timedelta(days=parameters.dispatch_days)
        assert move.days_left == (move.effective_expiry - move.arrives_on).days >= parameters.min_days_left
        assert dict(move.companions) == {code: number * move.vials for code, number in drawn.companions}
    assert all(vials >= parameters.min_leg_vials for vials in on_pair.values())


@settings(max_examples=120, deadline=None)
@given(instances())
def test_a_plan_is_never_worse_than_doing_nothing_on_its_own_scenarios(drawn: Instance) -> None:
    plan = plan_of(drawn)
    assert plan.planned.expired <= plan.nothing.expired + 1e-9
    assert (plan.method == "nothing") == (not plan.moves)


@settings(max_examples=60, deadline=None)
@given(instances())
def test_the_order_of_the_lists_changes_nothing(drawn: Instance) -> None:
    turned = replace(
        drawn,
        sites=drawn.sites[::-1],
        holdings=drawn.holdings[::-1],
        legs=drawn.legs and drawn.legs[::-1],
        cooldowns=drawn.cooldowns[::-1],
    )
    assert _told(plan_of(drawn)) == _told(plan_of(turned))


@settings(max_examples=100)
@given(instances())
def test_the_baselines_keep_within_the_same_limits(drawn: Instance) -> None:
    board = board_of(drawn)
    for rule in (greedy, months_rule):
        _within_limits(drawn, _named(board, rule(board)))


def _within_limits(drawn: Instance, moves: Vials) -> None:
    """Conservation, who may send and receive, hours, days left, refrigerator, safety stock, truck."""
    sites = {site.id: site for site in drawn.sites}
    board = board_of(drawn)
    number = {site.id: n for n, site in enumerate(board.instance.sites)}
    out, into, on_pair = defaultdict(int), defaultdict(int), defaultdict(int)
    doses_out: dict[str, int] = defaultdict(int)
    for holding in drawn.holdings:
        sent = {to: vials for (name, to), vials in moves.items() if name == holding.id}
        assert all(vials > 0 for vials in sent.values())
        assert sum(sent.values()) <= holding.vials - holding.reserved_vials or not sent
        if sent:
            assert holding.why_not is None
            assert holding.arrives_on is None
            assert sites[holding.site].may_send
        for to, vials in sent.items():
            pair = number[holding.site], number[to]
            permitted = (
                drawn.parameters.short_leg_hours
                if holding.short_legs_only
                else drawn.parameters.max_leg_hours
            )
            assert to != holding.site
            assert sites[to].may_receive
            assert (holding.site, to) not in drawn.cooldowns
            assert board.ways.hours[pair] <= permitted + 1e-6
            arrival = int(board.ways.arrival[pair])
            assert drawn.index(holding.effective_expiry) - arrival >= drawn.parameters.min_days_left
            if drawn.legs is not None:
                assert any((g.origin, g.destination) == (holding.site, to) and g.allowed for g in drawn.legs)
            out[holding.site] += vials
            doses_out[holding.site] += vials * holding.doses_per_vial
            into[to] += vials
            on_pair[holding.site, to] += vials
    for name, site in sites.items():
        here = [holding for holding in drawn.holdings if holding.site == name]
        stock = sum(holding.vials * holding.doses_per_vial for holding in here if not holding.arrives_on)
        if doses_out[name]:
            assert stock - doses_out[name] >= site.safety_doses
        if site.send_limit_vials is not None:
            assert out[name] <= site.send_limit_vials
        if site.capacity_vials is not None and into[name]:
            assert sum(holding.vials for holding in here) + into[name] <= site.capacity_vials
    truck = drawn.parameters.truck_capacity_vials
    assert truck is None or all(vials <= truck for vials in on_pair.values())


def _named(board: Board, moves: dict[tuple[int, int], int]) -> Vials:
    instance = board.instance
    return {(instance.holdings[h].id, instance.sites[s].id): vials for (h, s), vials in moves.items()}


def _told(plan: Plan) -> Plan:
    return replace(plan, seconds=0.0)
