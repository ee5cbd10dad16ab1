"""`tungnha export entries`: exact, whole, and written into the log."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select

from server.accounts.system import SYSTEM_USER
from server.cli import exporting
from server.database import open_engine
from server.indicators.refreshing import CELLS
from server.reports import entries as exported
from server.tables import metadata
from tests.laws.recount import Recount, read
from tests.laws.test_recount import everything, stored
from tests.server.checks import small


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    small.fill(engine)
    yield engine
    engine.dispose()


def export(engine: Engine, *arguments: str) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(exporting.export, ["entries", *arguments, "--database", url])


@pytest.mark.proves("R076", "R002")
def test_every_entry_is_there_and_gives_every_cell(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "_FETCH", 7)  # parts and a rest
    file = tmp_path / "entries.csv"
    answer = export(engine, "--csv", str(file))
    assert answer.exit_code == 0, answer.output
    assert "health data" in answer.stderr
    text = file.read_bytes().decode()
    found = read(text)
    with engine.begin() as connection:
        small.refresh(connection, small.stale_villages(connection), small.CLOCK)
    with engine.connect() as connection:
        assert len(found) == connection.scalar(select(func.count()).select_from(metadata.tables["entry"]))
        counted = everything(Recount(found))
        for cells in CELLS:
            assert stored(connection, cells) == counted[cells.name], cells.name
        log = connection.execute(select(metadata.tables["export_log"])).one()
    assert (log.user_id, log.what, log.rows) == (SYSTEM_USER, "entries", len(found))
    assert log.digest == hashlib.sha256(file.read_bytes()).digest()


def test_without_a_file_it_goes_to_standard_output(engine: Engine) -> None:
    plain, asked = export(engine), export(engine, "--csv")
    assert plain.stdout == asked.stdout
    lines = list(csv.reader(io.StringIO(plain.stdout.removeprefix("\ufeff"))))
    assert lines[0] == list(exported.COLUMNS)
    assert all(len(line) == len(lines[0]) for line in lines)


def test_a_past_day_leaves_out_what_happened_later_but_not_what_settles_it(engine: Engine) -> None:
    found = read(export(engine, "--as-of", "2022-03-01").stdout)
    later = [entry for entry in found if str(entry.occurred_on) > "2022-03-01"]
    assert {entry.kind for entry in later} >= {"void", "same_person", "plan_target", "place"}
    assert not {entry.kind for entry in later} & {"person", "dose", "household"}
    assert any(entry.kind == "dose" for entry in found)


def test_an_unknown_province_is_said_so(engine: Engine) -> None:
    answer = export(engine, "--province", "99")
    assert answer.exit_code == 2
    assert "không có tỉnh" in answer.output
