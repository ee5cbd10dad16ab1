"""`tungnha redistribute`: a plan from a file, and a plan judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.redistribution.instance_json import write_instance
from server.redistribution.synthetic import province
from shared.command import main
from tests.server.redistribution.test_explaining import two_sites


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["redistribute", *arguments])


def document(result: Result) -> Any:
    """The one object on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("redistribute") / "instance.json"
    path.write_text(write_instance(province(12)), encoding="utf-8")
    return str(path)


def test_a_plan_and_its_evaluation(file: str, tmp_path: Path) -> None:
    result = run("--instance", file, "--pairs", "60", "--mean", "--json")
    plan = document(result)
    assert plan["method"] == "mean_lp"
    assert 0 < plan["totals"]["pairs"] <= 60
    path = tmp_path / "plan.json"
    path.write_text(result.stdout, encoding="utf-8")
    arguments = ("evaluate", "--instance", file, "--plan", str(path), "--paths", "3", "--seed", "2")
    found = document(run(*arguments, "--json"))
    assert (found["paths"], found["seed"], found["perfect"]["paths"]) == (3, 2, 3)
    assert found["plan"]["wasted_doses"] < found["do_nothing"]["wasted_doses"]
    table = run(*arguments).stdout
    assert "kế hoạch / plan" in table
    assert f"{found['greedy']['wasted_percent']:.2f}" in table


def test_any_number_of_pairs_when_asked(file: str) -> None:
    few = document(run("--instance", file, "--pairs", "20", "--mean", "--json"))
    many = document(run("--instance", file, "--unlimited", "--mean", "--json"))
    assert few["totals"]["pairs"] == 20 < many["totals"]["pairs"]
    assert (
        many["totals"]["plan"]["expected_wasted_doses"]
        < few["totals"]["plan"]["expected_wasted_doses"]
        < few["totals"]["do_nothing"]["expected_wasted_doses"]
    )


def test_a_plan_to_read(tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    path.write_text(write_instance(two_sites()), encoding="utf-8")
    found = run("--instance", str(path)).stdout
    assert "a → b  L29  17 lọ / vials, 2022-03-03, 170 (170–170) liều / doses" in found


def test_what_is_wrong_with_a_file_is_said_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"format": "other"}', encoding="utf-8")
    result = run("--instance", str(path))
    assert result.exit_code == 1
    assert "Tệp không đúng định dạng" in result.stderr
    assert "not of the format" in result.stderr


def test_options_that_contradict_each_other(file: str) -> None:
    assert run().exit_code == 2
    assert run("--instance", file, "--pairs", "3", "--unlimited").exit_code == 2
