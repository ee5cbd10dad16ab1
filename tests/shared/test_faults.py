"""Every fault has words in both languages, and every row of the catalogue somebody who raises it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from shared.faults import Fault, Refused, catalogue, fault
from shared.fields import CHECK_NAMES

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z]+(\.[a-z0-9_]+)+")
FIXERS = {"worker", "station", "district", "administrator", "developer"}

#: Kept for what is to come: doubts that need several records, which the data-quality checks will raise.
RESERVED = {"dose.twice", "dose.too_early", "stock.negative"}


@cache
def raised() -> dict[str, str]:
    """Code -> file, for every literal code in a call of `fault`, `Fault`, `ValidationError`."""
    found = {}
    for folder in ("shared", "server", "mobile"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name not in ("fault", "Fault", "ValidationError"):
                    continue
                for literal in ast.walk(node.args[0]):
                    text = literal.value if isinstance(literal, ast.Constant) else None
                    if isinstance(text, str) and CODE.fullmatch(text):
                        found[text] = str(file.relative_to(ROOT))
    return found


@cache
def written() -> set[str]:
    """Every literal text of the programs that looks like a code: also those kept in tables and settings."""
    found = set()
    for folder in ("shared", "server", "mobile"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and CODE.fullmatch(node.value)
                ):
                    found.add(node.value)
    return found


def test_every_fault_raised_stands_in_the_catalogue() -> None:
    assert {code: file for code, file in raised().items() if code not in catalogue()} == {}


def test_every_row_of_the_catalogue_is_raised_by_somebody() -> None:
    assert set(catalogue()) - written() - RESERVED == set()


@pytest.mark.parametrize("code", list(catalogue()))
def test_a_row_is_whole(code: str) -> None:
    row = catalogue()[code]
    assert row.fixer in FIXERS
    assert row.severity in ("refuse", "flag")
    assert row.severity == "refuse" or row.status == 200
    figures = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (row.vi, row.en)]
    assert figures[0] == figures[1] or code == "sync.other", "both languages show the same figures"
    assert re.search("[à-ỹđ]", row.vi.lower()) or row.vi == "{vi}"
    bare = Fault(code)
    assert bare.message("vi")
    assert bare.message("en") == bare.as_json()["en"]


def test_figures_are_filled_in_and_missing_ones_shown_as_a_dash() -> None:
    assert "–" in fault("person.born_later", "birth_date", birth_date="2022-05-01").message("en")
    assert "2022-05-01" in fault("person.born_later", "birth_date", birth_date="2022-05-01").message("vi")


def test_refused_carries_its_faults() -> None:
    two = Refused([fault("field.missing", "a"), fault("field.blank", "b")])
    assert [f.field for f in two.faults] == ["a", "b"]
    assert str(two) == "field.missing; field.blank"
    assert Refused(fault("field.missing")).faults[0].fixer == "worker"


def test_checks_know_only_what_they_need() -> None:
    assert set(CHECK_NAMES) == {"is_day", "is_moment", "is_id", "is_code"}
