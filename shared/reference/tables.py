"""Reading the CSV files of this folder: rows as dictionaries, and cells as dates, whole numbers and lists."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from io import StringIO


def rows(filename: str) -> Iterator[dict[str, str]]:
    """Each row of a file of shared/reference, as {column: text}; an empty cell is ""."""
    text = files("shared.reference").joinpath(filename).read_text(encoding="utf-8")
    yield from csv.DictReader(StringIO(text, newline=""))


def whole(cell: str) -> int | None:
    """The whole number in a cell, None when the cell is empty."""
    return int(cell) if cell else None


def day(cell: str) -> date | None:
    """The ISO date in a cell, None when the cell is empty."""
    return date.fromisoformat(cell) if cell else None


def several(cell: str) -> tuple[str, ...]:
    """The parts of a cell written "a|b|c", () when the cell is empty."""
    return tuple(part.strip() for part in cell.split("|")) if cell else ()
