"""In, out and balance by site, district and province: the same stock added up, and what the books say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from server.database import db
from server.places.tree import Tree
from server.reports.stock_balance import LEVELS, Period, StockBalanceRow, stock_balance_rows
from server.stock.models import StockBalance
from shared.command import main
from tests.server.world import TODAY, World

FIGURES = (
    "opening", "started", "received", "issued", "used", "open_waste", "closed_waste", "adjusted", "closing",
)  # fmt: skip


def rows(first: date, by: str, by_lot: bool) -> list[StockBalanceRow]:
    tree = Tree.load(db.session.connection(), TODAY)
    asked = Period(first, TODAY, by, by_lot)
    return list(stock_balance_rows(db.session.connection(), tree, tree.provinces(), asked))


def sums(found: list[StockBalanceRow]) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in found:
        total.update({name: getattr(row, name) for name in FIGURES})
    return total


@pytest.mark.proves("R081", "R036")
def test_every_level_adds_up_to_what_the_books_say(fresh: tuple[Flask, World]) -> None:
    app, _ = fresh
    with app.app_context():
        booked = db.session.scalar(select(func.sum(StockBalance.vials)))
        for first in (date(2022, 1, 1), TODAY):
            whole = sums(rows(first, "site", True))
            assert whole["closing"] == booked
            for level in LEVELS:
                for by_lot in (True, False):
                    assert sums(rows(first, level, by_lot)) == whole, (level, by_lot)
        assert all(row.lot_number is None for row in rows(TODAY, "site", False))
        assert {row.place for row in rows(TODAY, "province", False)} == {"Tỉnh Lai Châu"}


def test_the_command_says_the_same(fresh: tuple[Flask, World], database_url: str) -> None:
    asked = [
        "report",
        "stock-balance",
        "--database",
        database_url,
        "--from",
        "2022-04-01",
        "--to",
        "2022-04-15",
    ]
    answer = CliRunner().invoke(main, [*asked, "--by", "province", "--no-lots", "--measure", "doses"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert (told["report"], told["from"], told["as_of"], told["measure"]) == (
        "stock-balance", "2022-04-01", "2022-04-15", "doses",
    )  # fmt: skip
    (row,) = told["rows"]
    assert row["unit_vi"] == "liều"
    assert row["started"] == row["closing"] > 0
    backwards = CliRunner().invoke(main, [*asked[:-1], "2022-03-01"])
    assert backwards.exit_code == 2
