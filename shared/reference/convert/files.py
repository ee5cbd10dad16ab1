"""What the conversion scripts share: the installed package's data, source tables, writing our own files."""

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

OWN_FOLDER = Path(__file__).parent.parent
PACKAGE = "vietnamadminunits"


def package_source() -> str:
    """The name of the installed package with its version, for the column `source`."""
    return f"{PACKAGE}-{version(PACKAGE)}"


def package_folder() -> Path:
    """The data folder of the installed package."""
    return Path(str(files(PACKAGE))) / "data"


def package_rows(table: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a table of the package's dataset.db with the columns named only (its coordinates stay out)."""
    connection = sqlite3.connect(f"file:{package_folder() / 'dataset.db'}?mode=ro", uri=True)
    try:
        found = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608
    finally:
        connection.close()
    return [{name: cell or "" for name, cell in zip(columns, row, strict=True)} for row in found]


def source_rows(folder: str | Path, filename: str) -> list[dict[str, str]]:
    """Rows of a CSV file of a source folder given on the command line."""
    with (Path(folder) / filename).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(
    filename: str, columns: Sequence[str], rows: Iterable[dict[str, Any]], folder: Path = OWN_FOLDER
) -> int:
    """Write a CSV file of shared/reference (or of `folder`); returns the number of rows."""
    count = 0
    with (folder / filename).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
