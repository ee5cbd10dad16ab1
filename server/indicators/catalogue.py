"""Every indicator by its code: names, formula and unit, each said once (R076). The glossary's table is made from it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator. `unit` is Vietnamese: người, mũi, %, ngày …"""

    code: str
    vi: str
    en: str
    formula_vi: str
    formula_en: str
    unit: str


@cache
def indicators() -> dict[str, Indicator]:
    """Code -> indicator, in the order of the file."""
    with (Path(__file__).parent / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Indicator(**row) for row in csv.DictReader(file)}


def indicator(code: str) -> Indicator:
    """The indicator; KeyError for a code there is none of."""
    return indicators()[code]


def indicator_title(code: str, lang: str) -> str:
    """Name and formula in one line, for the hover of a figure."""
    found = indicator(code)
    return f"{found.en}: {found.formula_en}" if lang == "en" else f"{found.vi}: {found.formula_vi}"
