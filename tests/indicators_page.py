"""The glossary's table of indicators from `indicators.csv`: `make indicators` writes it, `--check` compares."""

from __future__ import annotations

import sys
from pathlib import Path

from server.indicators.catalogue import Indicator, indicators

PAGE = Path(__file__).parents[1] / "GLOSSARY.md"
BEGIN = "<!-- indicators: made by `make indicators` from server/indicators/indicators.csv -->"
END = "<!-- /indicators -->"
HEAD = """

## Indicators
Each is defined once; pages show the formula on hover.

| Code | Vietnamese | English | Formula | Unit |
|---|---|---|---|---|
"""


def section() -> str:
    """The section between its two marks."""
    return HEAD + "".join(map(_line, indicators().values())) + "\n"


def page(standing: str) -> str:
    """The glossary with the section as it should be; added at the end where there is none yet."""
    if BEGIN not in standing:
        standing = f"{standing.rstrip()}\n\n{BEGIN}{END}\n"
    before, _, rest = standing.partition(BEGIN)
    return f"{before}{BEGIN}{section()}{END}{rest.partition(END)[2]}"


def _line(row: Indicator) -> str:
    formula = f"{row.formula_vi}<br>{row.formula_en}".replace("|", "\\|")
    return f"| `{row.code}` | {row.vi} | {row.en} | {formula} | {row.unit} |\n"


if __name__ == "__main__":
    written = PAGE.read_text(encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(written), encoding="utf-8")
    elif written != page(written):
        sys.exit("GLOSSARY.md không còn khớp với indicators.csv; chạy / is out of date; run: make indicators")
