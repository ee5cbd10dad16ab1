"""Report forms: their columns and headings, from the files of the reference data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.reference import report_forms
from shared.reporting.indicators import INDICATORS

#: The form asked for when none is named: the one in force in 2022.
USUAL_FORM = "PL5_43"

#: Between the group of a heading and its own part.
PART = " – "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading exactly as in the form, and the indicator that fills it."""

    number: int
    heading: str
    indicator: str

    @property
    def parts(self) -> tuple[str, str]:
        """The group the heading stands under ("" for none), and its own part."""
        group, part, own = self.heading.partition(PART)
        return (group, own) if part else ("", group)


@dataclass(frozen=True, slots=True)
class Layout:
    """A form. `status` says how sure the headings are; `own` tells that a province loaded it."""

    code: str
    name: str
    status: str
    columns: tuple[Column, ...]
    own: bool = False

    @property
    def counts(self) -> tuple[str, ...]:
        """The indicators that must have a number, in the form's order."""
        return tuple(c.indicator for c in self.columns if INDICATORS[c.indicator].sort == "count")

    @property
    def unconfirmed(self) -> bool:
        """Whether its headings were inferred, not read from the document."""
        return "inferred" in self.status or "unconfirmed" in self.status

    def span_of(self, column: Column) -> int:
        """How many columns stand under the heading group of a column, from it on."""
        group = column.parts[0]
        after = self.columns[self.columns.index(column) :]
        return next((place for place, one in enumerate(after) if one.parts[0] != group), len(after))

    def heading_of(self, indicator: str) -> str:
        """The heading of an indicator's column; its code when the form has none."""
        return next((c.heading for c in self.columns if c.indicator == indicator), indicator)


def own_layout(row: Mapping[str, Any]) -> Layout:
    """The form of a `report_layout` row, its columns JSON text; columns of unknown indicators are left out."""
    columns = tuple(
        Column(line["number"], line["heading"], line["indicator"])
        for line in sorted(json.loads(row["columns"]), key=lambda line: line["number"])
        if line["indicator"] in INDICATORS
    )
    return Layout(row["code"], row["name"], f"{row['document']}; {row['status']}", columns, own=True)


@cache
def shipped_layouts() -> dict[str, Layout]:
    """Code -> form, those about single persons included."""
    found = {}
    for code, columns in report_forms().items():
        status = "; ".join(dict.fromkeys(column.status for column in columns))
        kept = tuple(
            Column(c.column_no, c.column_vi, c.indicator) for c in columns if c.indicator in INDICATORS
        )
        found[code] = Layout(code, columns[0].form, status, kept)
    return found
