"""Reading CSV and XLSX files that people made by hand, as rows of text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from shared.faults import Refused, fault
from shared.text.folding import normalise

MOST_ROWS = 50_000
MOST_UNPACKED_BYTES = 64 << 20
_ENCODINGS = ("utf-8-sig", "utf-16")

#: What a cell of a file we write may hold.
Cell = str | int | date | None

_NUMBER_FORMATS = {str: "@", int: "#,##0", type(None): "@"}
_FORMULA = re.compile(r"[=+@\t\r]|-\D")
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')

#: Cells that merged areas fill at most; a file made by hand has some thousands.
_MOST_MERGED = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, every cell as trimmed NFC text; `first_row` is the number of the first row in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2


#: Every line of a file, empty ones too, so that a line's number is its place in the file.
Lines = tuple[tuple[str, ...], ...]


def read_lines(filename: str, data: bytes) -> Lines:
    """The lines of a CSV or XLSX file; what several cells merged into one say stands in each of them.

    Raises Refused: `import.unreadable`, `import.empty`, `request.too_large`.
    """
    lines = _xlsx(data) if data[:2] == b"PK" or filename.lower().endswith(".xlsx") else _csv(data)
    filled = sum(any(line) for line in lines)
    if filled < 2:
        raise Refused(fault("import.empty"))
    if filled > MOST_ROWS:
        raise Refused(fault("request.too_large"))
    while not any(lines[-1]):
        lines.pop()
    return tuple(lines)


def table_at(lines: Lines, header_row: int) -> Table:
    """The table whose headings stand in that line (from 1). A line that repeats the headings is no row of it.

    Raises Refused (`import.wrong_header_row`) when there is no such line or nothing stands in it.
    """
    if not 1 <= header_row <= len(lines) or not any(lines[header_row - 1]):
        raise Refused(fault("import.wrong_header_row", row=header_row))
    header = _trimmed(lines[header_row - 1])
    rows = [_to_width(line, len(header)) for line in lines[header_row:]]
    return Table(header, tuple(() if row == header else row for row in rows), header_row + 1)


def read_table(filename: str, data: bytes) -> Table:
    """The table of a file whose headings stand in its first filled line. Raises Refused as `read_lines` does."""
    lines = read_lines(filename, data)
    return table_at(lines, next(number for number, line in enumerate(lines, 1) if any(line)))


def csv_bytes(header: list[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A CSV file in UTF-8 with the mark that makes spreadsheet programs read Vietnamese rightly."""
    return b"\xef\xbb\xbf" + csv_lines([header, *rows]).encode()


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Lines of a CSV file.

    Days are written 30/04/2022. Text a spreadsheet program would run as a formula is written after an apostrophe.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_csv_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(title: str, header: list[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An XLSX file with one sheet. Text is text (codes keep their leading zeros, nothing is run as a formula),
    whole numbers are numbers and days are days.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    for line in (header, *rows):
        sheet.append(list(line))
    for index, name in enumerate(header, 1):
        widest = max((len(str(row[index - 1])) for row in rows), default=0)
        letter = sheet.cell(1, index).column_letter
        sheet.column_dimensions[letter].width = min(max(14, len(name) + 4, widest + 2), 60)
        for cell in sheet[letter]:
            cell.number_format = _NUMBER_FORMATS.get(type(cell.value), "dd/mm/yyyy")
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(data: bytes) -> list[tuple[str, ...]]:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeError:
            continue
    else:
        raise Refused(fault("import.unreadable"))
    if "\0" in text:
        raise Refused(fault("import.unreadable"))
    beginning = "\n".join(text.splitlines()[:20])
    delimiter = max(",;\t", key=beginning.count)
    try:
        return [tuple(map(_cell, row)) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise Refused(fault("import.unreadable")) from error


def _xlsx(data: bytes) -> list[tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
                raise Refused(fault("request.too_large"))
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 100)
            lines = [tuple(map(_cell, row)) for row in rows]
            path = sheet._worksheet_path  # noqa: SLF001  a sheet read line by line does not tell its merged cells
            merged = _MERGED.findall(packed.read(path))
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError) as error:
        raise Refused(fault("import.unreadable")) from error
    return _filled(lines, [area.decode() for area in merged])


def _filled(lines: list[tuple[str, ...]], merged: list[str]) -> list[tuple[str, ...]]:
    """The lines with each merged area's words in all of its cells."""
    left_over = _MOST_MERGED
    for area in merged:
        left, top, right, bottom = range_boundaries(area)
        if top > len(lines) or len(lines[top - 1]) < left:
            continue
        left_over -= (min(bottom, len(lines)) - top + 1) * (right - left + 1)
        if left_over < 0:
            raise Refused(fault("request.too_large"))
        words = lines[top - 1][left - 1]
        for number in range(top - 1, min(bottom, len(lines))):
            line = list(_to_width(lines[number], max(len(lines[number]), left)))
            for column in range(left - 1, min(right, len(line))):
                line[column] = words
            lines[number] = tuple(line)
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = normalise(str(value))
    return text[1:] if text[:1] == "'" and _FORMULA.match(text[1:]) else text


def _csv_text(value: Cell) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def _trimmed(line: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at its end."""
    return line[: max(index for index, text in enumerate(line, 1) if text)]


def _to_width(line: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (line + ("",) * width)[:width]
