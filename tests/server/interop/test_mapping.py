"""Files as offices make them: titles above, merged cells, own headings, dates and thousands in every spelling."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine

from server.interop import tables
from server.interop.layouts import Mapping, age_group, day, dose_type, letters, people
from server.interop.mapping import header_digest, header_row, mapping_for, remember
from server.interop.plan_targets import LAYOUT as PLAN
from server.interop.population import LAYOUT as POPULATION
from server.interop.tables import Lines, csv_bytes, read_lines, table_at, xlsx_bytes
from server.interop.villages import LAYOUT as VILLAGES
from shared.faults import Refused
from shared.identifiers import named_id
from shared.text.folding import normalise

USER = named_id("user")


def office_file() -> bytes:
    """A plan as a province's office sends it: letterhead, two rows of headings, communes merged over their goals."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["E1"] = "ỦY BAN NHÂN DÂN TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    sheet.merge_cells("A1:C1")
    sheet["A3"] = "CHỈ TIÊU TIÊM CHỦNG KÈM THEO KẾ HOẠCH"
    sheet.merge_cells("A3:G3")
    headings = ["Mã ĐVHC", "Xã, phường", "Đối tượng", "Mũi tiêm", "Kế hoạch năm 2022", None, "Ghi chú"]
    for column, heading in enumerate(headings, 1):
        sheet.cell(5, column, heading)
    sheet.cell(6, 5, "Thời hạn")
    sheet.cell(6, 6, "Số người theo kế hoạch (người)")
    sheet.merge_cells("E5:F5")
    for column in "ABCDG":
        sheet.merge_cells(f"{column}5:{column}6")
    sheet.append([3388, "Phường Đoàn Kết", "A12_17", "Mũi 2", date(2022, 4, 30), "1.234"])
    sheet.append([None, None, "Từ 18 tuổi trở lên", "Mũi 03", "30/04/2022", 2450])
    sheet.merge_cells("A7:A8")
    sheet.merge_cells("B7:B8")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.proves("R057")
def test_a_file_with_letterhead_and_merged_cells() -> None:
    lines = read_lines("kh.xlsx", office_file())
    row = header_row(PLAN, lines)
    assert row == 6, "the second row of the headings, where the finer ones stand"
    table = table_at(lines, row)
    guessed = PLAN.guess(table.header)
    assert {name: table.header[index] for name, index in guessed.found.items()} == {
        "place_code": "Mã ĐVHC",
        "place_name": "Xã, phường",
        "age_group": "Đối tượng",
        "dose_type": "Mũi tiêm",
        "due_on": "Thời hạn",
        "planned_people": "Số người theo kế hoạch (người)",
    }
    assert [column.name for column in PLAN.missing(guessed)] == ["document", "valid_from"]
    whole = Mapping(guessed.found, {"document": "KH 1130/KH-UBND", "valid_from": "15/03/2022"})
    first, second = PLAN.rows(table, whole)
    assert first.faults == second.faults == []
    assert (first.number, second.number) == (7, 8)
    assert first.values["place_code"] == second.values["place_code"] == "3388"
    assert first.values["due_on"] == second.values["due_on"] == date(2022, 4, 30)
    assert (first.values["planned_people"], second.values["planned_people"]) == (1234, 2450)
    assert first.values["valid_from"] == date(2022, 3, 15)


def test_a_csv_with_a_title_reads_by_its_own_delimiter() -> None:
    text = "Biểu 2, kèm theo kế hoạch\n\nMã xã;Kỳ;Độ tuổi;Đầu kỳ;Hiện có;Nguồn\n3388;2022;A18;3.120;3 087;Công an xã\n"
    lines = read_lines("dan-so.csv", text.encode())
    assert header_row(POPULATION, lines) == 3
    [row] = POPULATION.rows(table_at(lines, 3))
    assert row.number == 4
    assert (row.values["opening"], row.values["current"], row.values["commune_code"]) == (3120, 3087, "03388")


def test_headings_that_come_again_are_no_row() -> None:
    lines: Lines = (
        ("Mã xã", "Tên thôn"),
        ("3388", "Bản 1"),
        ("Mã xã", "Tên thôn"),
        ("", ""),
        ("3388", "Bản 2"),
    )
    assert [row.number for row in VILLAGES.rows(table_at(lines, 1))] == [2, 5]


@pytest.mark.parametrize("row", [0, 3, 9, -1])
def test_a_heading_row_that_is_none(row: int) -> None:
    lines: Lines = (("a", "b"), ("1", "2"), ("", ""))
    with pytest.raises(Refused) as refused:
        table_at(lines, row)
    assert refused.value.faults[0].code == "import.wrong_header_row"


@pytest.mark.parametrize(
    ("text", "read"),
    [("30/04/2022", date(2022, 4, 30)), ("2022-04-30", date(2022, 4, 30)), ("44681", date(2022, 4, 30))],
)
def test_days_in_every_spelling(text: str, read: date) -> None:
    assert day(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A12_17", "A12_17"),
        ("Từ 12 đến dưới 18 tuổi", "A12_17"),
        ("12–<18 tuổi", "A12_17"),
        ("12-17 tuổi", "A12_17"),
        ("≥ 18 tuổi", "A18"),
        ("từ 18 tuổi trở lên", "A18"),
        ("5 - <12 tuổi", "A05_11"),
    ],
)
def test_age_groups_in_every_spelling(text: str, read: str) -> None:
    assert age_group()(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("mũi 02", "primary_2"),
        ("Mũi thứ 4", "booster_2"),
        ("MŨI 3", "booster_1"),
        ("additional", "additional"),
    ],
)
def test_doses_as_plans_count_them(text: str, read: str) -> None:
    assert dose_type()(text) == read


@given(st.integers(0, 9_999_999), st.sampled_from((".", ",", " ", " ", "")))
def test_thousands_in_every_spelling(count: int, mark: str) -> None:
    assert people(normalise(f"{count:,}".replace(",", mark))) == count


def test_what_was_agreed_for_a_file_holds_for_the_next_one_like_it(engine: Engine) -> None:
    header, other = ("Cột A", "Cột B"), ("Cột A", "Cột C")
    with engine.begin() as connection:
        assert mapping_for(connection, VILLAGES, header).found == {}
        agreed = Mapping({"commune_code": 1, "name": 0}, {"unit_type": "Bản"})
        remember(connection, VILLAGES, header, agreed, USER, datetime(2022, 4, 15, tzinfo=UTC))
        assert mapping_for(connection, VILLAGES, ("CỘT  a", "cot B")).found == agreed.found
        assert mapping_for(connection, VILLAGES, header).fixed == {}, "fixed words belong to one file"
        assert mapping_for(connection, VILLAGES, other).found == {}
        assert mapping_for(connection, POPULATION, header).found == {}
        again = Mapping({"commune_code": 0, "name": 1})
        remember(connection, VILLAGES, header, again, USER, datetime(2022, 4, 16, tzinfo=UTC))
        assert mapping_for(connection, VILLAGES, header) == again


headers = st.lists(st.text(max_size=8), min_size=1, max_size=5).map(tuple)


@given(headers, headers)
def test_a_digest_stands_for_one_header(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    alike = list(map(letters, one)) == list(map(letters, other))
    assert (header_digest(one) == header_digest(other)) is alike


cells = st.one_of(
    st.integers(0, 10_000_000),
    st.dates(date(1930, 1, 1), date(2099, 12, 31)),
    st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).map(normalise).filter(bool),
)


@settings(max_examples=25)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_is_written_reads_back_and_no_text_is_a_formula(rows: list[list[str | int | date]]) -> None:
    header = ["Một", "Hai", "Ba"]
    iso = [tuple(cell.isoformat() if isinstance(cell, date) else str(cell) for cell in row) for row in rows]
    written = xlsx_bytes("Bảng", header, rows)
    assert b"<f>" not in written
    assert list(read_lines("x.xlsx", written)) == [tuple(header), *iso]
    spelt = [
        tuple(f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell) for cell in row) for row in rows
    ]
    text = csv_bytes(header, rows)
    read = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert all(cell[:1] not in "=+@" for line in read for cell in line if cell)
    assert list(read_lines("x.csv", text)) == [tuple(header), *spelt]


def test_merged_areas_larger_than_any_file_by_hand_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_MOST_MERGED", 7)
    with pytest.raises(Refused) as refused:
        read_lines("kh.xlsx", office_file())
    assert refused.value.faults[0].code == "request.too_large"
