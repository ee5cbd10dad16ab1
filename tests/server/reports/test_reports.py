"""`tungnha report`: the same figures as the cells and balances, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select

from server.cli import reporting
from server.database import open_engine
from server.reports.writers import BYTE_ORDER_MARK, write_csv
from server.tables import metadata
from tests.server.checks import small


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    small.fill(engine)
    yield engine
    engine.dispose()


def report(engine: Engine, *arguments: str) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner(env={"TUNGNHA_NOW": "2022-04-15"}).invoke(
        reporting.report, [*arguments, "--database", url]
    )


def rows(answer: Result) -> list[dict[str, Any]]:
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)["rows"]
    return found


def test_coverage_adds_up_from_villages_to_the_province(engine: Engine) -> None:
    sums = {}
    for level, places in (("village", 2), ("commune", 1), ("district", 1), ("province", 1)):
        found = rows(report(engine, "coverage", "--by", level))
        of_people = [row for row in found if row["place_id"] != small.STATION]
        assert len(of_people) == 3 * places
        assert (len(of_people) < len(found)) is (level == "village"), (
            "doses are given at stations, not in villages"
        )
        sums[level] = [sum(row[name] for row in found) for name in ("people", "absent", "due", "covered")]
    assert len({tuple(figures) for figures in sums.values()}) == 1
    cells = metadata.tables["coverage_cell"]
    with engine.connect() as connection:
        stored = connection.execute(
            select(*(func.sum(cells.c[n]) for n in ("people", "absent", "due", "covered")))
        )
        assert sums["commune"] == list(map(int, stored.one()))


@pytest.mark.proves("R091")
def test_a_row_says_where_what_and_until_when(engine: Engine) -> None:
    row = rows(report(engine, "coverage", "--as-of", "2022-05-02"))[0]
    assert (row["province"], row["district"], row["commune"], row["place"]) == (
        "Tỉnh Thử", "Huyện Thử", "Xã Thử", "Xã Thử"
    )  # fmt: skip
    assert (row["due_on"], row["days_left"], row["planned"]) == ("2022-04-30", -2, 9)
    assert row["percent"] == round(100 * row["covered"] / row["due"], 1)
    assert (row["plan_document"], row["plan_valid_from"]) == ("KH 270", "2022-01-01")


def test_stale_cells_are_refreshed_before_they_are_reported(engine: Engine) -> None:
    before = rows(report(engine, "coverage"))
    with engine.begin() as connection:
        nurse = small.author(connection, small.NURSE, "station")
        body = {
            "household": small.named("house 1"), "full_name": "Lò Thị Mới", "birth_date": "1990-01-01",
            "birth_precision": "day", "sex": "female", "id_kind": "none", "residence": "permanent",
        }  # fmt: skip
        nurse.write("person", place=small.VILLAGES[1], body=body)
        nurse.flush()
    after = rows(report(engine, "coverage"))
    adults = [
        (b["people"], a["people"]) for b, a in zip(before, after, strict=True) if b["age_group"] == "A18"
    ]
    assert adults
    assert all(now == then + 1 for then, now in adults)


def test_stock_names_site_lot_and_days(engine: Engine) -> None:
    (row,) = rows(report(engine, "stock"))
    assert (row["site"], row["lot_number"], row["vials"], row["doses"]) == (
        "Trạm y tế Thử",
        "FN1234",
        42,
        252,
    )
    assert (row["expiry"], row["days_left"]) == ("2022-04-20", 5)  # thawed on 20/03, 31 days


@pytest.mark.parametrize("kind", ["coverage", "stock"])
def test_csv_has_the_rows_of_json(engine: Engine, kind: str) -> None:
    told = rows(report(engine, kind))
    text = report(engine, kind, "--csv").stdout
    assert text.startswith(BYTE_ORDER_MARK)
    lines = list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in told] == lines


def test_an_unknown_province_is_said_so(engine: Engine) -> None:
    answer = report(engine, "coverage", "--province", "99")
    assert answer.exit_code == 2
    assert "không có tỉnh" in answer.output


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    from server.reports.stock import StockRow

    out = io.StringIO()
    row = StockRow(*(["=1+1"] * 8), None, *([None] * 8))  # type: ignore[arg-type]
    write_csv(out, StockRow, [row])
    assert "'=1+1" in out.getvalue()
