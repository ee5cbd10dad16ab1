"""A plan judged on futures it was not made with; a plan's file read back; the same futures for every line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.redistribution.board import board_of
from server.redistribution.evaluating import evaluation
from server.redistribution.instance_json import read_instance, write_instance
from server.redistribution.plan_json import plan_document, read_moves
from server.redistribution.solving import plan_of
from server.redistribution.synthetic import province
from shared.faults import Refused
from tests.server.redistribution.test_explaining import two_sites

WAYS = ("plan", "do_nothing", "months_rule", "greedy", "perfect")


@pytest.fixture(scope="module")
def drawn() -> Any:
    instance = province(77)
    return instance, plan_of(instance)


@pytest.mark.proves("R008")
def test_a_plan_saves_more_than_the_simple_ways_on_futures_it_has_not_seen(drawn: Any) -> None:
    instance, plan = drawn
    board = board_of(instance)
    moves = read_moves(json.dumps(plan_document(plan)), board)
    found = evaluation(board, moves, 8, 5)
    wasted = {name: found[name]["wasted_percent"] for name in WAYS}
    assert wasted["perfect"] < wasted["plan"] < 0.8 * wasted["greedy"]
    assert wasted["greedy"] < wasted["months_rule"] < wasted["do_nothing"]
    assert found["plan"]["pairs"] == plan.pairs <= 200
    assert found["plan"]["vials_moved"] == sum(move.vials for move in plan.moves)
    assert found["plan"]["shortage_doses"] < found["do_nothing"]["shortage_doses"]
    assert wasted["plan"] == pytest.approx(100 * plan.planned.expired / plan.doses, abs=3)
    again = evaluation(board, {}, 8, 5)
    assert again["plan"] == again["do_nothing"] == found["do_nothing"]


def test_a_seed_draws_one_province_and_a_plan_is_made_twice_the_same(drawn: Any) -> None:
    instance, plan = drawn
    assert province(77) == instance != province(78)
    assert (len(instance.sites), len(instance.holdings)) == (150, 450)
    assert plan_of(read_instance(write_instance(instance))).moves == plan.moves


def test_the_totals_of_the_file_are_those_of_its_moves(drawn: Any) -> None:
    document = plan_document(drawn[1])
    totals = document["totals"]
    assert totals["vials_moved"] == sum(move["vials"] for move in document["moves"])
    assert totals["pairs"] == len({(move["from"], move["to"]) for move in document["moves"]})
    saved = totals["do_nothing"]["expected_wasted_doses"] - totals["plan"]["expected_wasted_doses"]
    assert totals["expected_doses_saved"] == pytest.approx(saved, abs=0.11)


@pytest.mark.parametrize(
    ("move", "code", "field"),
    [
        ({"holding": "h", "to": "x", "vials": 1}, "redistribution.plan_unknown", "moves[0].to"),
        ({"holding": "x", "to": "b", "vials": 1}, "redistribution.plan_unknown", "moves[0].holding"),
        ({"holding": "h", "to": "b", "vials": 0}, "field.out_of_range", "moves[0].vials"),
        ({"holding": "h", "to": "b", "vials": 21}, "redistribution.plan_exceeds", "moves"),
    ],
)
def test_a_plan_of_another_instance_is_refused(move: dict[str, Any], code: str, field: str) -> None:
    document = {"format": "tungnha.redistribution.plan", "version": 1, "moves": [move]}
    with pytest.raises(Refused) as refused:
        read_moves(json.dumps(document), board_of(two_sites()))
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [(code, field)]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "tungnha.redistribution.instance", "version": 1}'])
def test_a_file_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_moves(text, board_of(two_sites()))


def test_the_example_of_the_guide_is_what_the_command_answers() -> None:
    text = Path("docs/redistribution.md").read_text(encoding="utf-8")
    given, told = (json.loads(block.split("```")[0]) for block in text.split("```json")[1:3])
    found = plan_document(plan_of(read_instance(json.dumps(given))))
    assert {**found, "seconds": 0} == {**told, "seconds": 0}
