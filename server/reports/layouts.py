"""Report forms: the columns of each, from the files of the reference data and from what a province loaded itself."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from server.reports.indicators import INDICATORS
from server.reports.models import ReportLayout
from shared.faults import Refused, fault
from shared.reference import report_forms

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


def layouts(connection: Connection, province: str) -> dict[str, Layout]:
    """Code -> form, for a province; its own replaces one of the same code. Forms about single persons are left out."""
    found = {code: layout for code, layout in _shipped().items() if layout.counts}
    own = select(ReportLayout).where(ReportLayout.province_id == province).order_by(ReportLayout.id)
    for row in connection.execute(own.with_only_columns(*ReportLayout.__table__.columns)):
        columns = tuple(
            Column(line["number"], line["heading"], line["indicator"])
            for line in sorted(orjson.loads(row.columns), key=lambda line: line["number"])
            if line["indicator"] in INDICATORS
        )
        found[row.code] = Layout(row.code, row.name, f"{row.document}; {row.status}", columns, own=True)
    return found


def layout_of(connection: Connection, province: str, code: str) -> Layout:
    """One form. Raises Refused (`report.unknown_form`)."""
    found = layouts(connection, province).get(code)
    if found is None:
        raise Refused(fault("report.unknown_form", form=code))
    return found


def _shipped() -> dict[str, Layout]:
    found = {}
    for code, columns in report_forms().items():
        status = "; ".join(dict.fromkeys(column.status for column in columns))
        kept = tuple(
            Column(c.column_no, c.column_vi, c.indicator) for c in columns if c.indicator in INDICATORS
        )
        found[code] = Layout(code, columns[0].form, status, kept)
    return found
