"""After a sync the phone's tables are the server's tables, row by row, for all that the phone follows."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mobile.cli import simulate
from mobile.store import plans, report_counts
from mobile.store.store import Store
from server.database import db
from server.indicators import refreshing
from server.places.tree import Tree
from server.reports import counting
from server.reports.units import unit_of
from shared.rules.periods import period_of
from tests.sync.world import COMMUNE, PASSWORD, TODAY, World

#: The phone's table, the server's, and columns that each decides for itself.
TABLES = (
    ("household", "household", {"search", "sort_name"}),
    ("person", "person", {"search", "next_dose", "due_on", "no_dose"}),
    ("visit", "visit", set()),
    ("visit_outcome", "visit_outcome", set()),
    ("dose", "dose", set()),
    ("immunisation", "immunisation", set()),
    ("session", "vaccination_session", set()),
    ("stock_movement", "stock_movement", set()),
    ("stock_balance", "stock_balance", set()),
    ("stock_count", "stock_count", set()),
    ("stock_count_line", "stock_count_line", set()),
    ("item", "item", set()),
    ("lot", "lot", set()),
    ("campaign", "campaign", set()),
    ("plan_target", "plan_target", set()),
    ("place", "place", set()),
    ("place_version", "place_version", set()),
    ("place_serves", "place_serves", set()),
)


def phone_rows(store: Store, table: str, left_out: set[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    rows = store.database.rows(f"SELECT * FROM {table}")
    columns = [row[1] for row in store.database.rows(f"PRAGMA table_info({table})") if row[1] not in left_out]
    return columns, sorted(tuple(plain(row[column]) for column in columns) for row in rows)


def server_rows(table: str, columns: list[str]) -> list[tuple[str, ...]]:
    names = ", ".join(f'"{column}"' for column in columns)
    rows = db.session.execute(db.text(f'SELECT {names} FROM "{table}"')).all()
    return sorted(tuple(plain(value) for value in row) for row in rows)


def plain(value: Any) -> str:
    if isinstance(value, bool):
        value = int(value)
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.proves("L2", "L9", "R001")
def test_the_phone_holds_what_the_server_holds(either_world: World, tmp_path: Path) -> None:
    world = either_world
    options = ["--server", world.url, "--password", PASSWORD, "--devices", "5", "--days", "4", "--json"]
    result = CliRunner().invoke(simulate, options)
    assert result.exit_code == 0, result.output
    store, client = world.phone(tmp_path / "late")  # a new phone of the station, whose commune has it all
    assert client.run().complete
    with world.app.app_context():
        for table, theirs, left_out in TABLES:
            columns, rows = phone_rows(store, table, left_out)
            assert rows, table
            assert rows == server_rows(theirs, columns), table
        connection = db.session.connection()
        refreshing.refresh(connection, refreshing.stale_villages(connection), world.clock)
        cells = connection.execute(
            db.text("SELECT sum(people), sum(due), sum(covered) FROM coverage_cell")
        ).one()
        tree = Tree.load(connection, TODAY)
        counts = {
            day: counting.count(connection, [unit_of(tree, COMMUNE)], period_of("day", day))[COMMUNE]
            for day in (TODAY - timedelta(days=ago) for ago in range(6))
        }
    unit = report_counts.unit_of(store)
    assert unit is not None
    assert any(cell for rows in counts.values() for row in rows.values() for cell in row.values())
    for day, rows in counts.items():
        assert report_counts.counted(store, unit.id, period_of("day", day)) == rows, day
    [goal] = plans.targets(store)
    assert (goal.people, goal.due, goal.covered) == tuple(cells)
    assert json.loads(result.stdout)["complete"]
    store.close()
