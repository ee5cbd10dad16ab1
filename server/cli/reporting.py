"""Reports as JSON, CSV or XLSX: coverage and stock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine

from server.cli.options import as_of_option, database_option, field_clock, province_option
from server.indicators.catalogue import indicator
from server.indicators.denominators import DENOMINATORS
from server.places.hierarchies import HIERARCHIES, tree_day, usual_hierarchy
from server.places.tree import Node, Tree
from server.reports.coverage import LEVELS, Asked, CoverageRow, coverage_rows
from server.reports.stock import StockRow, stock_rows
from server.reports.stock_balance import LEVELS as BALANCE_LEVELS
from server.reports.stock_balance import Period, StockBalanceRow, stock_balance_rows
from server.reports.workbook import Column, Sheet, Source, workbook_bytes
from server.reports.writers import Row, write_csv, write_json
from server.scheduler.work import refresh_stale
from server.stock.turnover import Measure

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def report() -> None:
    """Báo cáo ra tệp / reports as JSON, CSV or XLSX."""


def _forms(command: F) -> F:
    """--json, --csv (to a file, or to standard output without one) and --xlsx FILE."""
    for name in ("csv", "json"):
        command = click.option(
            f"--{name}", name, metavar="[FILE]", is_flag=False, flag_value="-",
            help=f"{name.upper()}, ra tệp hoặc màn hình / to a file or standard output",
        )(command)  # fmt: skip
    path = click.Path(dir_okay=False, path_type=Path)
    return click.option("--xlsx", type=path, metavar="FILE", help="Tệp Excel / a workbook")(command)


@report.command("coverage")
@database_option
@province_option
@click.option(
    "--by",
    type=click.Choice(LEVELS),
    default="commune",
    show_default=True,
    help="Mỗi dòng một nơi / one row a place",
)
@click.option(
    "--denominator", type=click.Choice(DENOMINATORS), default=DENOMINATORS[0], show_default=True,
    help="Mẫu số / what is divided by",
)  # fmt: skip
@click.option(
    "--hierarchy",
    type=click.Choice(HIERARCHIES),
    help="Theo xã trước hay sau 1/7/2025 / communes of (the day's)",
)
@as_of_option
@_forms
def coverage(
    engine: Engine, province: str | None, by: str, denominator: str, hierarchy: str | None, as_of: datetime | None,
    json: str | None, csv: str | None, xlsx: Path | None,
) -> None:  # fmt: skip
    """Tỉ lệ bao phủ từng mục tiêu / coverage of each goal; columns in docs/figures.md.

    Figures of today come from cells, refreshed first; those of a past day are counted from the register as it was.
    JSON: {report, as_of, by, hierarchy, denominator, formula, rows: [{place, age_group, dose_type, due, …}]}.
    """
    clock = field_clock()
    day = as_of.date() if as_of else clock.today()
    grouped = hierarchy or usual_hierarchy(day)
    refresh_stale(engine, clock)
    with engine.connect().execution_options(readonly=True) as connection:
        trees = {name: Tree.load(connection, tree_day(name, day)) for name in HIERARCHIES}
        own = trees[usual_hierarchy(day)]
        asked = Asked(
            trees[grouped], own, tuple(trees.values()), by, day, clock.now(), clock.today(), denominator
        )
        rows = [
            row
            for province_ in _provinces(trees[grouped], province)
            for row in coverage_rows(connection, asked, province_)
        ]
    formula = indicator(f"coverage.{denominator}")
    head = {
        "report": "coverage", "as_of": day, "by": by, "hierarchy": grouped, "denominator": denominator,
        "formula": {"vi": formula.formula_vi, "en": formula.formula_en},
    }  # fmt: skip
    _write(head, CoverageRow, rows, json, csv, xlsx, "Tỉ lệ bao phủ / Coverage")


@report.command("stock")
@database_option
@province_option
@as_of_option
@_forms
def stock(
    engine: Engine,
    province: str | None,
    as_of: datetime | None,
    json: str | None,
    csv: str | None,
    xlsx: Path | None,
) -> None:
    """Tồn kho theo hạn dùng / stock by effective expiry, the soonest first.

    JSON: {report, as_of, rows: [{site, item_vi, lot_number, expiry, days_left, bucket, vials, doses, …}]}.
    """
    day = as_of.date() if as_of else field_clock().today()
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, day)
        rows = list(stock_rows(connection, tree, _provinces(tree, province), day))
    _write({"report": "stock", "as_of": day}, StockRow, rows, json, csv, xlsx, "Tồn kho / Stock")


@report.command("stock-balance")
@database_option
@province_option
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Từ ngày / first day")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Đến hết ngày / last day (today)")
@click.option(
    "--by",
    type=click.Choice(BALANCE_LEVELS),
    default="site",
    show_default=True,
    help="Mỗi dòng một nơi / one row a place",
)
@click.option("--lots/--no-lots", default=True, show_default=True, help="Tách theo lô / lots apart")
@click.option(
    "--measure",
    type=click.Choice(("vials", "doses")),
    default="vials",
    show_default=True,
    help="Tính bằng lọ hay liều / vials or doses",
)
@_forms
def stock_balance(
    engine: Engine, province: str | None, first: datetime, last: datetime | None, by: str, lots: bool,
    measure: Measure, json: str | None, csv: str | None, xlsx: Path | None,
) -> None:  # fmt: skip
    """Nhập – xuất – tồn của một kỳ / in, out and balance of a period.

    JSON: {report, from, as_of, by, measure, rows: [{place, item_vi, lot_number, opening, received, …, closing}]}.
    """
    end = last.date() if last else field_clock().today()
    asked = Period(first.date(), end, by, lots, measure)
    if asked.first > asked.last:
        raise click.BadParameter("sau ngày cuối / later than the last day", param_hint="--from")
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, end)
        rows = list(stock_balance_rows(connection, tree, _provinces(tree, province), asked))
    head = {"report": "stock-balance", "from": asked.first, "as_of": end, "by": by, "measure": measure}
    _write(head, StockBalanceRow, rows, json, csv, xlsx, "Nhập - xuất - tồn / In, out and balance")


def _write(
    head: dict[str, Any], columns: type[Row], rows: Iterable[Any], json: str | None, csv: str | None,
    xlsx: Path | None, title: str,
) -> None:  # fmt: skip
    made = list(rows)
    if xlsx:
        xlsx.write_bytes(_workbook(head, columns, made, title))
    if csv:
        with _opened(csv) as out:
            write_csv(out, columns, made)
    if json or not (csv or xlsx):
        with _opened(json or "-") as out:
            write_json(out, head, made)


def _opened(file: str) -> Any:
    return nullcontext(sys.stdout) if file == "-" else Path(file).open("w", encoding="utf-8", newline="")


def _workbook(head: dict[str, Any], columns: type[Row], rows: list[Any], title: str) -> bytes:
    names = [field.name for field in fields(columns)]
    values = [[_share(name, value) for name, value in asdict(row).items()] for row in rows]
    sheet = Sheet(
        title,
        [title, _day_words(head["as_of"])],
        [Column(n, _sort(n, values, k)) for k, n in enumerate(names)],
        values,
    )
    facts = [(name, str(value["vi"] if isinstance(value, dict) else value)) for name, value in head.items()]
    return workbook_bytes([sheet], Source("Nguồn - Source", [*facts, ("columns", "docs/figures.md")]))


def _sort(name: str, values: list[list[Any]], place: int) -> Any:
    if name == "percent":
        return "percent"
    seen = next((row[place] for row in values if row[place] is not None), "")
    return "day" if isinstance(seen, date) else "number" if isinstance(seen, int) else "text"


def _share(name: str, value: Any) -> Any:
    return value / 100 if name == "percent" and value is not None else value


def _day_words(day: date) -> str:
    return f"Số liệu đến hết ngày {day:%d/%m/%Y} / as of the end of {day.isoformat()}"


def _provinces(tree: Tree, code: str | None) -> list[Node]:
    found = [node for node in tree.provinces() if code in (None, node.code)]
    if not found:
        codes = ", ".join(sorted(node.code or "–" for node in tree.provinces()))
        raise click.BadParameter(
            f"không có tỉnh / no such province: {code} ({codes})", param_hint="--province"
        )
    return found


commands: list[click.Command] = [report]
