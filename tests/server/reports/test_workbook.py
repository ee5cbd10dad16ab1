"""Files people open: headings exactly, nothing run as a formula, and LibreOffice reads them."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.reports.form_sheet import FormRow, Names, form_sheet
from server.reports.units import Unit
from server.reports.workbook import Column, Sheet, Source, csv_text, workbook_bytes
from shared.reporting.layouts import Layout, shipped_layouts

UNIT = Unit("u", "Thị trấn Nông trường Mộc Châu", None, "p", frozenset(), frozenset())
NAMES = Names(lambda code: f"Đợt {code}", lambda code: code or "–", lambda source: source)
FORMS = {code: layout for code, layout in shipped_layouts().items() if layout.counts}


def filled(layout: Layout) -> Sheet:
    values: dict[str, int | None] = {name: number for number, name in enumerate(layout.counts)}
    rows = [
        FormRow(UNIT, "1", "PFZ_ADULT", values, "=1+1", "accepted"),
        FormRow(UNIT, "1", "AZ", values | {layout.counts[0]: None}, None, "counted"),
    ]
    return form_sheet(layout, rows, (layout.name, "Ngày 15/04/2022"), NAMES, "Tổng cộng")


def as_csv(file: Path) -> list[list[str]]:
    """What LibreOffice makes of a file's first sheet."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: make setup")
    subprocess.run(
        [
            program, "--headless", f"-env:UserInstallation=file://{file.parent}/profile", "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", str(file.parent), str(file),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    text = file.with_suffix(".csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.slow
@pytest.mark.proves("R001", "R019")
@pytest.mark.parametrize("code", sorted(FORMS))
def test_libreoffice_opens_each_form_with_its_headings(code: str, tmp_path: Path) -> None:
    layout = FORMS[code]
    file = tmp_path / f"{code}.xlsx"
    file.write_bytes(workbook_bytes([filled(layout)], Source("Nguồn", [("Số liệu đến", "08:00 15/04/2022")])))
    lines = as_csv(file)
    assert lines[0][0] == layout.name
    groups, own, numbers = lines[3], lines[4], lines[5]
    group = ""
    for place, column in enumerate(layout.columns):
        group = groups[place] or group
        told = f"{group} – {own[place]}" if own[place] else groups[place]
        assert told == column.heading
    assert numbers == [f"({number})" for number in range(1, len(layout.columns) + 1)]
    first = dict(zip((column.indicator for column in layout.columns), lines[6], strict=True))
    assert (first["place"], first["note"]) == (UNIT.name, "=1+1")
    second = dict(zip((column.indicator for column in layout.columns), lines[7], strict=True))
    assert second[layout.counts[0]] == "", "what is not known is empty, not 0"
    assert lines[8][1] == "Tổng cộng"


def test_a_sheet_is_set_up_to_be_read_and_printed() -> None:
    layout = FORMS["PL5A_3588"]
    data = workbook_bytes([filled(layout)], Source("Nguồn", [("Kế hoạch", "KH 1130")]))
    book = load_workbook(io.BytesIO(data))
    page, source = book.worksheets
    assert page.freeze_panes == "C7"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$4:$6"
    assert "A4:A5" in {str(found) for found in page.merged_cells.ranges}
    assert [cell.value for cell in source[1]] == ["Kế hoạch", "KH 1130"]
    assert book.sheetnames == ["PL5A_3588", "Nguồn"]


ATTACKS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(0)", "a\x07b")


def test_no_text_is_run_as_a_formula() -> None:
    rows = [[text, 5, date(2022, 4, 15), datetime(2022, 4, 15, 1, tzinfo=UTC)] for text in ATTACKS]
    columns = [Column("Chữ"), Column("Số", "number"), Column("Ngày", "day"), Column("Lúc", "moment")]
    sheet = Sheet("=tab[1]", ("=x",), columns, rows)
    book = load_workbook(io.BytesIO(workbook_bytes([sheet], Source("Nguồn"))))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"=1+1", "-1", "ab"} <= texts
    moments = [cell.value for cell in cells if cell.number_format == "hh:mm dd/mm/yyyy"]
    assert moments[0] == datetime(2022, 4, 15, 8)  # noqa: DTZ001 a spreadsheet knows no zones
    lines: list[list[Any]] = list(csv.reader(io.StringIO(csv_text(sheet).removeprefix("\ufeff"))))
    assert [line[0] for line in lines[1:7]] == [f"'{text}" for text in ATTACKS[:6]]
    assert lines[1][1:] == ["5", "2022-04-15", "2022-04-15 08:00"]
