"""Report files: XLSX as people print it (title, headings in groups, frozen, A4 landscape) and CSV, from one sheet.

Text is always text: what begins like a formula stays what it is, in both.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from shared.clock import VIETNAM

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

#: Between the group of a heading and its own part.
PART = " – "

#: A spreadsheet would run a CSV cell that begins like this.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_LINE = Side(style="thin", color="7B8A91")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E2EFF0")
_FORMATS = {
    "number": "#,##0",
    "percent": "0.0%",
    "day": "dd/mm/yyyy",
    "moment": "hh:mm dd/mm/yyyy",
    "text": "@",
}

#: How wide a column is at least and at most, in characters.
_NARROW, _WIDE = 9, 44


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading (“group – own part” stands in two rows), and what its cells hold.

    number: whole numbers; percent: a share as a float, 0.5 for 50 %; day, moment: date and aware datetime.
    """

    heading: str
    sort: Literal["text", "number", "percent", "day", "moment"] = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `name` on its tab, `title` lines above the table, rows of values (None: not known, left empty)."""

    name: str
    title: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    totals: Sequence[Any] | None = None
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from: (what, words) pairs, on a sheet of its own. `name` is on its tab."""

    name: str
    facts: Sequence[tuple[str, str]] = field(default=())


def workbook_bytes(sheets: Sequence[Sheet], source: Source) -> bytes:
    """An XLSX file of these sheets, with the source last."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write_sheet(book.create_sheet(_tab(sheet.name)), sheet)
    about = book.create_sheet(_tab(source.name))
    for line, (what, words) in enumerate(source.facts, 1):
        _put(about.cell(line, 1), what, "text").font = Font(bold=True)
        _put(about.cell(line, 2), words, "text").alignment = Alignment(wrap_text=True, vertical="top")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 28, 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(*sheets: Sheet) -> str:
    """The tables as CSV, one below the other: headings in one row, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for place, sheet in enumerate(sheets):
        if place:
            writer.writerow([])
        writer.writerow([_plain(column.heading) for column in sheet.columns])
        for row in [*sheet.rows, *([sheet.totals] if sheet.totals else [])]:
            writer.writerow([_plain(value) for value in row])
    return "\ufeff" + out.getvalue()


def _write_sheet(page: Worksheet, sheet: Sheet) -> None:
    width = len(sheet.columns)
    for line, words in enumerate(sheet.title, 1):
        cell = _put(page.cell(line, 1), words, "text")
        cell.font = Font(bold=line == 1, size=14 if line == 1 else 11)
        cell.alignment = Alignment(horizontal="center" if width > 1 else "left", wrap_text=True)
        if width > 1:
            page.merge_cells(start_row=line, end_row=line, start_column=1, end_column=width)
    top = len(sheet.title) + 2
    last_head = _write_headings(page, sheet, top)
    line = last_head
    for row in sheet.rows:
        line += 1
        _write_row(page, sheet, line, row)
    if sheet.totals:
        _write_row(page, sheet, line + 1, sheet.totals)
        for number in range(1, width + 1):
            page.cell(line + 1, number).font = Font(bold=True)
    page.freeze_panes = page.cell(last_head + 1, min(3, width))
    page.print_title_rows = f"{top}:{last_head}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = "&P / &N"


def _write_headings(page: Worksheet, sheet: Sheet, top: int) -> int:
    """Headings in one row, or in two with groups merged; the number of the last row of the head."""
    parts = [_parts(column.heading) for column in sheet.columns]
    grouped = any(group for group, _ in parts)
    bottom = top + 1 if grouped else top
    for number, (group, own) in enumerate(parts, 1):
        if group:
            first = _first_of_group(parts, number)
            if first == number:
                last = first
                while last < len(parts) and parts[last][0] == group:
                    last += 1
                _heading(page.cell(top, first), group)
                if last > first:
                    page.merge_cells(start_row=top, end_row=top, start_column=first, end_column=last)
            _heading(page.cell(bottom, number), own)
        else:
            _heading(page.cell(top, number), own)
            if grouped:
                page.merge_cells(start_row=top, end_row=bottom, start_column=number, end_column=number)
    for line in range(top, bottom + 1):
        for number in range(1, len(parts) + 1):
            page.cell(line, number).border, page.cell(line, number).fill = _BOX, _HEAD
    if sheet.numbered:
        bottom += 1
        for number in range(1, len(parts) + 1):
            cell = _put(page.cell(bottom, number), f"({number})", "text")
            cell.alignment, cell.border = Alignment(horizontal="center"), _BOX
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = _width(sheet, number - 1, column)
    page.row_dimensions[top if not grouped else top + 1].height = 48
    return bottom


def _write_row(page: Worksheet, sheet: Sheet, line: int, row: Sequence[Any]) -> None:
    for number, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
        cell = _put(page.cell(line, number), value, column.sort)
        cell.border = _BOX
        right = column.sort in ("number", "percent")
        cell.alignment = Alignment(horizontal="right" if right else "left", vertical="top", wrap_text=True)


def _put(cell: SheetCell, value: Any, sort: str) -> SheetCell:
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).replace(tzinfo=None)  # a spreadsheet knows no zones
    if isinstance(value, str):
        cell.value = _CONTROL.sub("", value)
        cell.data_type = "s"  # also where it begins with "="
        cell.number_format, cell.quotePrefix = "@", value.startswith(_FORMULA)
    elif value is not None:
        cell.value = value
        cell.number_format = _FORMATS[sort]
    return cell


def _heading(cell: SheetCell, words: str) -> None:
    _put(cell, words, "text")
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _first_of_group(parts: list[tuple[str, str]], number: int) -> int:
    group = parts[number - 1][0]
    while number > 1 and parts[number - 2][0] == group:
        number -= 1
    return number


def _parts(heading: str) -> tuple[str, str]:
    group, part, own = heading.partition(PART)
    return (group, own) if part else ("", group)


def _width(sheet: Sheet, place: int, column: Column) -> float:
    if column.sort in ("number", "percent"):
        return 12
    longest = max((len(str(row[place] or "")) for row in sheet.rows), default=0)
    return min(_WIDE, max(_NARROW, longest + 2))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    text = str(value) if isinstance(value, str) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def _tab(name: str) -> str:
    """A tab's name as spreadsheets allow it: 31 characters, without brackets, slashes, colons, stars."""
    return re.sub(r"[\[\]:*?/\\]", "-", name)[:31] or "1"
