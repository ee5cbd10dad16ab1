"""Report rows as one JSON object or as CSV that a spreadsheet opens with its accents right."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import IO, Any, ClassVar, Protocol

import orjson

#: Excel takes a file for UTF-8 only when it begins with this.
BYTE_ORDER_MARK = "\ufeff"

#: A spreadsheet would run a cell that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(Protocol):
    """A dataclass whose fields are the columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def write_json(out: IO[str], head: dict[str, Any], rows: Iterable[Row]) -> None:
    """One object: `head`, and under "rows" a list of objects; days as YYYY-MM-DD."""
    told = {**head, "rows": [asdict(row) for row in rows]}
    out.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE).decode())


def write_csv(out: IO[str], columns: type[Row], rows: Iterable[Row]) -> None:
    """A line of column names, then a line a row; a value that is not known is an empty cell."""
    names = [field.name for field in fields(columns)]
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
