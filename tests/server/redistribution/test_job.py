"""The nightly job and the command on a database: the same proposals, kept for the pages or only printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from server.cli.redistributing import redistribute
from server.redistribution import running
from server.redistribution.models import RedistributionRun
from server.redistribution.proposals import latest_runs, proposals_in
from server.scheduler.jobs import JOBS, run
from shared.clock import FixedClock
from shared.faults import Refused, fault
from tests.server.ledger.hands import place
from tests.server.redistribution.books import DAY, ITEM, PROVINCE, A, B, Books

CLOCK = FixedClock(DAY)


@pytest.fixture
def books(engine: Engine) -> Books:
    made = Books(engine)
    made.until_the_day()
    return made


def test_the_job_weighs_every_province_and_tells_what_it_found(books: Books) -> None:
    ran = run(books.engine, CLOCK, JOBS["redistribute"])
    assert ran.state == "ran"
    assert ran.result is not None
    told = {name: ran.result[name] for name in ("provinces", "items", "failed", "proposals", "outcomes")}
    assert told == {"provinces": 1, "items": 1, "failed": 0, "proposals": 1, "outcomes": 0}
    assert run(books.engine, CLOCK, JOBS["redistribute"]).state == "rested"
    with books.engine.connect() as connection:
        assert [run.item_id for run in latest_runs(connection, [PROVINCE])] == [ITEM]
        assert len(proposals_in(connection, [A])) == 1


def test_a_fault_in_one_item_is_told_and_stops_nothing(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise Refused(fault("redistribution.unknown_site", "holdings[0].site", site="x"))

    monkeypatch.setattr(running, "instance_of", refuse)
    ran = run(books.engine, CLOCK, JOBS["redistribute"])
    assert ran.result is not None
    assert ran.result["failed"] == ran.result["items"] > 0
    with books.engine.connect() as connection:
        (failed, *_) = latest_runs(connection, [PROVINCE], [ITEM])
        assert (failed.state, failed.note) == ("failed", "redistribution.unknown_site")


def test_the_command_prints_plans_and_stores_them_when_told(books: Books) -> None:
    url = books.engine.url.render_as_string(hide_password=False)
    asked = ["--database", url, "--as-of", DAY.isoformat(), "--mean", "--json"]
    answer = CliRunner().invoke(redistribute, asked)
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["as_of"] == DAY.isoformat()
    assert told["sites"][B] == "Trạm Y tế xã Bình Lư"
    (plan,) = told["items"]
    assert plan["item"] == "AZ"
    assert {(move["from"], move["to"]) for move in plan["moves"]} == {(A, B)}
    with books.engine.connect() as connection:
        assert connection.execute(select(RedistributionRun.id)).all() == []
    answer = CliRunner().invoke(redistribute, [*asked, "--store"])
    assert answer.exit_code == 0, answer.output
    stored = json.loads(answer.stdout)
    assert (stored["items"], stored["proposals"]) == (1, len(plan["moves"]))
    with books.engine.connect() as connection:
        (proposed,) = proposals_in(connection, [A])
        assert proposed.vials == sum(move["vials"] for move in plan["moves"])
        assert proposed.lot_id == place("short lot")


def test_the_command_names_the_provinces_there_are(books: Books) -> None:
    url = books.engine.url.render_as_string(hide_password=False)
    answer = CliRunner().invoke(redistribute, ["--database", url, "--province", "99"])
    assert answer.exit_code == 2
    assert "one province's code" in answer.output
    assert CliRunner().invoke(redistribute, []).exit_code == 2
