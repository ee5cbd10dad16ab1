"""What an import file looks like: its columns, in both languages, and how their cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Options
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from server.interop.tables import Table
from shared.faults import Fault, Refused, fault
from shared.records.dose import DOSE_TYPES
from shared.reference import age_groups
from shared.text.folding import fold

LARGEST = 10_000_000

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

#: Spreadsheets count days from 30/12/1899; five digits are the years 1927 to 2173.
_SERIAL, _SERIAL_START = re.compile(r"[1-9]\d{4}"), date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, its heading in both languages, an example, and how a cell is read.

    `read` turns text into a value and raises ValueError. `also`: headings people write for the same thing.
    """

    name: str
    vi: str
    en: str
    example: str
    read: Callable[[str], Any]
    required: bool = True
    also: tuple[str, ...] = ()

    def called(self) -> tuple[str, ...]:
        """Every heading it goes by, in letters and digits without accents."""
        return tuple(letters(text) for text in (self.name, self.vi, self.en, *self.also))

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
class Mapping:
    """How the columns of a file stand for those of a layout, by the layout's names.

    `found`: the position of a column in the file (from 0); `fixed`: words that hold for every row of the file.
    """

    found: dict[str, int]
    fixed: dict[str, str] = field(default_factory=dict)

    def has(self, column: Column) -> bool:
        """Whether the file says anything for this column."""
        return column.name in self.found or bool(self.fixed.get(column.name))


@dataclass(frozen=True, slots=True)
class Layout:
    """One sort of import file: the record kind it becomes and its columns."""

    name: str
    record_kind: str
    columns: tuple[Column, ...]

    def guess(self, header: tuple[str, ...]) -> Mapping:
        """What the headings say by themselves: first those spelt as known, then those that contain a known one."""
        given = {letters(text): index for index, text in reversed(list(enumerate(header))) if letters(text)}
        found: dict[str, int] = {}
        for column in self.columns:
            index = next((given[text] for text in column.called() if text in given), None)
            if index is not None and index not in found.values():
                found[column.name] = index
        for column in self.columns:
            if column.name in found:
                continue
            near = [
                (len(known), index)
                for known in column.called()
                for text, index in given.items()
                if len(known) > 5 and known in text and index not in found.values()
            ]
            if near:
                found[column.name] = max(near, key=lambda fit: (fit[0], -fit[1]))[1]
        return Mapping(found)

    def missing(self, mapping: Mapping) -> list[Column]:
        """The columns it cannot do without that the file lacks."""
        return [column for column in self.columns if column.required and not mapping.has(column)]

    def rows(self, table: Table, mapping: Mapping | None = None) -> list[Row]:
        """The table's rows, each cell read. Raises Refused (`import.wrong_columns`) when a column is missing."""
        mapping = mapping or self.guess(table.header)
        if missing := self.missing(mapping):
            names = ", ".join(f"{column.vi} ({column.name})" for column in missing)
            raise Refused(fault("import.wrong_columns", missing=names))
        found = []
        for offset, line in enumerate(table.rows):
            if any(line):
                texts = mapping.fixed | {name: line[index] for name, index in mapping.found.items()}
                found.append(self._read(table.first_row + offset, texts))
        return found

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
    """A day as 15/04/2022 or 2022-04-15, or as the number a spreadsheet counts it by (44681)."""
    if match := _DAY.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if _SERIAL.fullmatch(text):
        return _SERIAL_START + timedelta(days=int(text))
    return date.fromisoformat(text)


def one_of(options: Options[str, tuple[str, ...]]) -> Callable[[str], str]:
    """A reader of coded values: the code or one of its labels, in any case, with or without accents."""
    by_key = {letters(text): known for known, labels in options.items() for text in (known, *labels)}

    def read(text: str) -> str:
        if letters(text) not in by_key:
            raise ValueError(text)
        return by_key[letters(text)]

    return read


def age_group() -> Callable[[str], str]:
    """A reader of age groups: code or label, with or without “Người”, or the ages as “12–<18 tuổi”, “≥18 tuổi”."""
    options = {}
    for known, group in age_groups().items():
        years, below = group.min_months // 12, (group.max_months or 0) // 12
        ages = (f"{years}-<{below} tuổi", f"{years}-{below - 1} tuổi") if below else (f"≥{years} tuổi",)
        options[known] = (group.label_vi, group.label_en, group.label_vi.removeprefix("Người "), *ages)
    return one_of(options)


def dose_type() -> Callable[[str], str]:
    """A reader of doses: code or label, or as plans count them: mũi 1, mũi 02, mũi 3 (the booster), mũi thứ 4."""
    counted = {"primary_1": 1, "primary_2": 2, "booster_1": 3, "booster_2": 4}
    return one_of(
        {
            known: (
                *labels,
                *(
                    f"mũi {form.format(counted[known])}"
                    for form in ("{}", "{:02}", "thứ {}")
                    if known in counted
                ),
            )
            for known, labels in DOSE_TYPES.items()
        }
    )


def letters(text: str) -> str:
    """`text` in letters and digits without accents, small: what headings and labels are compared by."""
    return re.sub(r"[^a-z0-9]", "", fold(text))
