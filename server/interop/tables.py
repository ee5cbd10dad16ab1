"""Reading CSV and XLSX files that people made by hand, as rows of text."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shared.faults import Refused, fault
from shared.text.folding import normalise

MOST_ROWS = 50_000
MOST_UNPACKED_BYTES = 64 << 20
_ENCODINGS = ("utf-8-sig", "utf-16")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, every cell as trimmed NFC text; `first_row` is the number of the first row in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2


def read_table(filename: str, data: bytes) -> Table:
    """The table of a CSV or XLSX file. Raises Refused: `import.unreadable`, `import.empty`, `request.too_large`."""
    lines = _xlsx(data) if data[:2] == b"PK" or filename.lower().endswith(".xlsx") else _csv(data)
    filled = [(number, line) for number, line in enumerate(lines, 1) if any(line)]
    if len(filled) < 2:
        raise Refused(fault("import.empty"))
    if len(filled) > MOST_ROWS:
        raise Refused(fault("request.too_large"))
    first = filled[0][0]
    width = len(filled[0][1])
    rows = [_to_width(line, width) for line in lines[first:]]
    while rows and not any(rows[-1]):
        rows.pop()
    return Table(filled[0][1], tuple(rows), first + 1)


def csv_bytes(header: list[str], rows: list[list[str]]) -> bytes:
    """A CSV file in UTF-8 with the mark that makes spreadsheet programs read Vietnamese rightly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(title: str, header: list[str], rows: list[list[str]]) -> bytes:
    """An XLSX file with one sheet; every cell is text, so that codes keep their leading zeros."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    for index, name in enumerate(header):
        column = sheet.cell(1, index + 1).column_letter
        sheet.column_dimensions[column].width = max(14, len(name) + 4)
        for cell in sheet[column]:
            cell.number_format = "@"
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
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
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
        lines = [tuple(map(_cell, row)) for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 100)]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError) as error:
        raise Refused(fault("import.unreadable")) from error
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
    return normalise(str(value)).strip()


def _to_width(line: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (line + ("",) * width)[:width]
