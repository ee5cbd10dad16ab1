"""What an import file looks like: its columns, in both languages, and how their cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.interop.tables import Table
from shared.faults import Fault, Refused, fault
from shared.text.folding import fold

LARGEST = 10_000_000

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, its heading in both languages, an example, and how a cell is read.

    `read` turns text into a value and raises ValueError.
    """

    name: str
    vi: str
    en: str
    example: str
    read: Callable[[str], Any]
    required: bool = True

    def heading(self, lang: str) -> str:
        """The heading as people read it."""
        return self.en if lang == "en" else self.vi


@dataclass(slots=True)
class Row:
    """One row of a file: its number there, the text of its cells, what was read, what would happen, what is wrong.

    `action` is one of new, changed, same, fault.
    """

    number: int
    texts: dict[str, str]
    values: dict[str, Any]
    action: str = "new"
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, found: Fault) -> None:
        """Note a fault; the row will not be written."""
        self.faults.append(found)
        self.action = "fault"


@dataclass(frozen=True, slots=True)
class Layout:
    """One sort of import file: the record kind it becomes and its columns."""

    name: str
    record_kind: str
    columns: tuple[Column, ...]

    def rows(self, table: Table) -> list[Row]:
        """The table's rows, each cell read. Raises Refused (`import.wrong_columns`) when a column is missing."""
        places = self._find(table.header)
        found = []
        for offset, line in enumerate(table.rows):
            if any(line):
                texts = {name: line[index] for name, index in places.items()}
                found.append(self._read(table.first_row + offset, texts))
        return found

    def _find(self, header: tuple[str, ...]) -> Mapping[str, int]:
        given = {_key(text): index for index, text in reversed(list(enumerate(header)))}
        places: dict[str, int] = {}
        missing = []
        for column in self.columns:
            index = next(
                (given[k] for k in map(_key, (column.name, column.vi, column.en)) if k in given), None
            )
            if index is not None:
                places[column.name] = index
            elif column.required:
                missing.append(f"{column.vi} ({column.name})")
        if missing:
            raise Refused(fault("import.wrong_columns", missing=", ".join(missing)))
        return places

    def _read(self, number: int, texts: dict[str, str]) -> Row:
        row = Row(number, texts, {})
        for column in self.columns:
            text = texts.get(column.name, "")
            if not text:
                row.values[column.name] = None
                if column.required:
                    row.refuse(bad_value(row, column, text))
                continue
            try:
                row.values[column.name] = column.read(text)
            except ValueError:
                row.refuse(bad_value(row, column, text))
        return row


def bad_value(row: Row, column: Column, text: str) -> Fault:
    """The fault of a cell that cannot be read; an empty one is shown as a dash."""
    return fault("import.bad_value", column.name, row=row.number, value=text or "–")


def words(text: str) -> str:
    """Words of at most 120 characters."""
    if len(text) > 120:
        raise ValueError(text)
    return text


def code(text: str) -> str:
    """A code as it stands."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", text):
        raise ValueError(text)
    return text


def commune_code(text: str) -> str:
    """A five-digit commune code; spreadsheets drop its leading zeros, they are put back."""
    if not re.fullmatch(r"\d{1,5}", text):
        raise ValueError(text)
    return text.zfill(5)


def people(text: str) -> int:
    """A whole number of people, 0 or more; thousands may be grouped as 12.345 or 12,345 or 12 345."""
    if not re.fullmatch(r"\d+|\d{1,3}([.,  ]\d{3})+", text):
        raise ValueError(text)
    count = int(re.sub(r"\D", "", text))
    if count > LARGEST:
        raise ValueError(text)
    return count


def day(text: str) -> date:
    """A day as 15/04/2022 or 2022-04-15."""
    if match := _DAY.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return date.fromisoformat(text)


def one_of(options: Mapping[str, tuple[str, str]]) -> Callable[[str], str]:
    """A reader of coded values: the code or one of its labels, in any case, with or without accents."""
    by_key = {_key(text): known for known, labels in options.items() for text in (known, *labels)}

    def read(text: str) -> str:
        if _key(text) not in by_key:
            raise ValueError(text)
        return by_key[_key(text)]

    return read


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
