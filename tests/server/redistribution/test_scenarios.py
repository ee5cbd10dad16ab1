"""Demand paths: repeatable, a site's own whatever stands beside it, around the forecast, never above who is due."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from server.redistribution.board import board_of
from server.redistribution.instance import Demand, Instance, Leg, Parameters
from server.redistribution.scenarios import mean_path, planning_paths, random_paths, session_days
from tests.server.redistribution.instances import holding, instance, instances, site


@settings(max_examples=40)
@given(instances())
def test_paths_repeat_grow_and_stay_within_who_is_due(drawn: Instance) -> None:
    board = board_of(drawn)
    for make in (planning_paths, random_paths):
        paths = make(board, 6, 3)
        assert np.array_equal(paths, make(board, 6, 3))
        assert (np.diff(paths, axis=2) >= 0).all()
        for number, each in enumerate(board.instance.sites):
            if each.demand.still_due is not None:
                assert paths[:, number].max() <= each.demand.still_due
    assert np.array_equal(planning_paths(board, 0, 1), mean_path(board))


def test_a_site_keeps_its_paths_when_others_come_and_lists_turn() -> None:
    one, two = site("a", 3.0), site("b", 2.0)
    stock = [holding("h", "a", 5, 20)]
    parameters = Parameters(forecast_error=0.5)
    legs: list[Leg] = []
    alone = random_paths(board_of(instance([one], stock, parameters=parameters, legs=legs)), 20, 9)
    both = random_paths(board_of(instance([two, one], stock, parameters=parameters, legs=legs)), 20, 9)
    assert np.array_equal(alone[:, 0], both[:, 0])
    turned = random_paths(board_of(instance([one, two], stock, parameters=parameters, legs=legs)), 20, 9)
    assert np.array_equal(both, turned)


def test_planning_and_judging_never_share_a_future() -> None:
    board = board_of(instance([site("a", 5.0)], [holding("h", "a", 5, 30)], parameters=Parameters()))
    assert not np.array_equal(planning_paths(board, 30, 1), random_paths(board, 30, 1))


def test_the_mean_and_the_spread_are_those_asked_for() -> None:
    """31 days of 4 doses, variance ÷ mean 3, forecast error 0.4: mean 124, variance 124·3 + 124²·(e^0.16 − 1)."""
    demand = Demand(4.0, dispersion=3.0)
    parameters = Parameters(forecast_error=0.4)
    board = board_of(instance([site("a", demand=demand)], [holding("h", "a", 5, 30)], parameters=parameters))
    drawn = random_paths(board, 40_000, 2)[:, 0, -1]
    assert drawn.mean() == pytest.approx(124, rel=0.01)
    assert drawn.var() == pytest.approx(124 * 3 + 124**2 * (np.exp(0.16) - 1), rel=0.05)
    few = np.array([planning_paths(board, 25, seed)[:, 0, -1].mean() for seed in range(40)])
    blind = np.array([random_paths(board, 25, seed)[:, 0, -1].mean() for seed in range(40)])
    assert few.std() < 0.6 * blind.std()


def test_days_of_sessions_carry_the_whole_weeks_demand() -> None:
    twice = Demand(2.0, weekdays=(2, 5))
    days = session_days(instance([site("a", demand=twice)], []), twice, 14)
    assert date(2022, 3, 1).isoweekday() == 2
    assert days.tolist() == [0, 3.5, 3.5, 3.5, 7, 7, 7, 7, 10.5, 10.5, 10.5, 14, 14, 14, 14]


def test_mean_demand_is_one_path_of_the_forecast() -> None:
    board = board_of(instance([site("a", demand=Demand(2.0, still_due=30))], [holding("h", "a", 9, 19)]))
    path = mean_path(board)[0, 0]
    assert path[-1] == 30
    assert path[board.mark(10)] == pytest.approx(2.0 * min(board.marks[board.mark(10)], 15))
