"""The field simulator against a real server: exactly the doses recorded, proven receipts, nothing twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mobile.cli import simulate
from server.database import db
from server.indicators import refreshing
from tests.sync.world import PASSWORD, TODAY, World

TABLES = ("entry", "delivery", "dose", "visit", "visit_outcome", "person", "stock_movement", "stock_count")


def run(world: World, *options: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(
        simulate, ["--server", world.url, "--password", password, "--json", *options], catch_exceptions=False
    )


def covered(world: World) -> dict[tuple[str, str, str, str, str], int]:
    """Covered people of every cell, freshly counted."""
    with world.app.app_context():
        connection = db.session.connection()
        refreshing.refresh(connection, refreshing.stale_villages(connection), world.clock)
        rows = connection.execute(
            db.text(
                "SELECT village_id, campaign_id, age_group, dose_type, due_on, covered FROM coverage_cell"
            )
        ).all()
        db.session.commit()
        return {(str(r[0]), str(r[1]), r[2], r[3], str(r[4])): r[5] for r in rows}


def sizes(world: World) -> dict[str, int]:
    return {table: world.count(table) for table in TABLES}


@pytest.mark.proves("L2", "L3", "L6")
def test_coverage_rises_by_exactly_the_doses_recorded(either_world: World) -> None:
    world = either_world
    before, had = covered(world), world.count("dose")
    result = run(world, "--devices", "5", "--days", "6", "--seed", "3", "--replay")
    assert result.exit_code == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["complete"]
    assert (report["first_day"], report["last_day"]) == ("2022-04-10", TODAY.isoformat())
    assert {each["role"] for each in report["devices"]} == {"village_health_worker", "station", "mobile_team"}
    assert report["recorded"] == report["received"] == report["replayed"] > 100
    assert [each["refused"] for each in report["devices"]] == [0] * 5
    rises = {
        (r["village"], r["campaign"], r["age_group"], r["dose_type"], r["due_on"]): r["doses"]
        for r in report["coverage"]
    }
    after = covered(world)
    assert {cell: after[cell] - count for cell, count in before.items() if after[cell] != count} == rises
    assert sum(rises.values()) > 20
    assert sum(each["doses"] for each in report["doses"]) == world.count("dose") - had
    stored = sizes(world)
    assert stored["entry"] == sum(each["recorded"] for each in report["devices"]) + world.count(
        "entry", "device_id IN (SELECT id FROM device WHERE is_server)"
    )


def test_the_same_seed_plays_the_same_days(world: World, tmp_path: Path) -> None:
    import shutil

    from tests.sync.world import open_world

    copy = tmp_path / "copy.db"
    shutil.copyfile(tmp_path / "tungnha.db", copy)
    reports = [json.loads(run(world, "--devices", "4", "--days", "3", "--seed", "9").stdout)]
    twin = open_world(f"sqlite:///{copy}", world.users)
    with twin.serving():
        reports.append(json.loads(run(twin, "--devices", "4", "--days", "3", "--seed", "9").stdout))
    twin.close()
    for report in reports:
        for device in report["devices"]:
            del device["device"]
        del report["server"]
    assert reports[0] == reports[1]


def test_people_are_treated_by_one_phone_only(world: World, tmp_path: Path) -> None:
    result = run(world, "--devices", "8", "--days", "4", "--offline", "0.2", "--keep", str(tmp_path / "kept"))
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)["devices"]) == 8
    assert len(list((tmp_path / "kept").glob("phone-*/store.db"))) == 8
    with world.app.app_context():
        twice = db.session.execute(
            db.text(
                "SELECT person_id FROM dose WHERE given_on > '2022-04-01' GROUP BY person_id HAVING count(*) > 1"
            )
        ).all()
        houses = db.session.execute(
            db.text(
                "SELECT v.household_id FROM visit v JOIN entry e ON e.id = v.id"
                " GROUP BY v.household_id HAVING count(DISTINCT e.device_id) > 1"
            )
        ).all()
    assert (twice, houses) == ([], [])
    flags = {
        row
        for row in ("dose.too_early", "dose.twice", "scope.outside")
        if world.count("flag", f"code = '{row}'")
    }
    assert flags == set()


def test_a_wrong_password_and_a_server_that_is_down_are_said_in_words(world: World) -> None:
    result = run(world, "--devices", "1", password="wrong-password")
    assert result.exit_code == 1
    assert "mật khẩu" in result.stderr
    world.url = "http://127.0.0.1:9"
    result = run(world, "--devices", "1")
    assert result.exit_code == 1
    assert "Chưa gửi được" in result.stderr
    assert result.stdout == ""
