"""Files of people by command: whole, readable, logged with their digest."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from server.accounts.exports import ExportLog
from server.cli.exporting import export
from server.database import open_engine
from server.interop import histories, matching
from server.registers.models import Dose, Person
from tests.server.conftest import Desk


def run(desk: Desk, *arguments: str) -> None:
    database = str(desk.app.config["SQLALCHEMY_DATABASE_URI"])
    result = CliRunner().invoke(export, [*arguments, "--database", database], catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.mark.proves("R053", "R062")
@pytest.mark.parametrize("what", ["matching", "doses"])
def test_a_file_is_whole_and_logged(desk: Desk, tmp_path: Path, what: str) -> None:
    file = tmp_path / "tep.csv"
    engine = open_engine(str(desk.app.config["SQLALCHEMY_DATABASE_URI"]))
    with engine.begin() as connection:
        numbered = select(Person.id).limit(3)
        for number, person in enumerate(connection.scalars(numbered).all()):
            values = {"id_kind": "cccd", "id_number": f"01208000123{number}"}
            connection.execute(Person.__table__.update().where(Person.id == person).values(values))  # type: ignore[attr-defined]
        doses = len(connection.scalars(select(Dose.id)).all())
    run(desk, what, str(file))
    header, *rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    columns = matching.COLUMNS if what == "matching" else histories.COLUMNS
    assert header == [name for name, _, _ in columns]
    assert len(rows) == (3 if what == "matching" else doses)
    with engine.connect() as connection:
        kept = connection.execute(select(ExportLog.what, ExportLog.rows, ExportLog.digest)).one()
    assert (kept.what, kept.rows) == (what, len(rows))
    assert bytes(kept.digest) == hashlib.sha256(file.read_bytes()).digest()
    engine.dispose()


def test_a_place_that_is_not_there_is_a_wrong_use(desk: Desk) -> None:
    database = str(desk.app.config["SQLALCHEMY_DATABASE_URI"])
    result = CliRunner().invoke(export, ["doses", "--place", "99999", "--database", database])
    assert result.exit_code == 2
    assert "99999" in result.output
