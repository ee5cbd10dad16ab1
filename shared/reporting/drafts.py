"""A report before it is sent: what was counted, what the unit fills in or corrects, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from shared.clock import stamp
from shared.faults import Fault, Refused, fault
from shared.identifiers import named_id
from shared.reporting.counting import RowKey, Rows
from shared.reporting.layouts import Layout
from shared.rules.periods import Period
from shared.rules.report_cells import Cell, Value, contradicts, missing_cells, totals

#: Names of cells in the words of a fault; the others are only counted.
NAMED_CELLS = 6


@dataclass(frozen=True, slots=True)
class SentCell:
    """A cell as it was sent."""

    value: int
    counted: Value
    reason: str | None


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row as it was sent."""

    campaign: str
    vaccine: str
    cells: dict[str, SentCell]
    note: str | None


class Sent(Protocol):
    """What a draft takes of the report that was sent before."""

    @property
    def rows(self) -> tuple[SentRow, ...]:
        """Its rows."""
        ...

    @property
    def nothing_held(self) -> bool:
        """Whether the unit said that it vaccinated nobody."""
        ...


def report_id(form: str, unit: str, period: Period) -> str:
    """The subject of a unit's report of a period: the same for whoever writes it."""
    return named_id("report", form, unit, period.kind, period.first.isoformat(), period.campaign or "")


def sent_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[SentRow, ...]:
    """The rows of a report's body."""
    return tuple(
        SentRow(
            row.get("campaign") or "",
            row.get("vaccine") or "",
            {
                cell["indicator"]: SentCell(cell["value"], cell.get("counted"), cell.get("reason"))
                for cell in row["cells"]
            },
            row.get("note"),
        )
        for row in rows
    )


@dataclass(slots=True)
class DraftCell:
    """A cell: what the system counts now, what is to be reported, and why they differ."""

    counted: Value
    value: Value
    reason: str | None = None


@dataclass(slots=True)
class DraftRow:
    """A row of the form."""

    campaign: str
    vaccine: str
    cells: dict[str, DraftCell]
    note: str | None = None

    @property
    def values(self) -> dict[str, Value]:
        """Indicator -> value."""
        return {name: cell.value for name, cell in self.cells.items()}


@dataclass(slots=True)
class Draft:
    """A report to be sent. `nothing_held`: the unit says that it vaccinated nobody, so what is blank is 0."""

    rows: list[DraftRow]
    nothing_held: bool = False
    faults: list[Fault] = field(default_factory=list)

    def missing(self, layout: Layout) -> list[Cell]:
        """The form's cells that hold nothing."""
        by_key = {(row.campaign, row.vaccine): row.values for row in self.rows}
        return [] if self.nothing_held else missing_cells(layout.counts, by_key)

    def totals(self, layout: Layout) -> dict[str, Value]:
        """The sums of the columns."""
        return totals(layout.counts, [row.values for row in self.rows])

    @property
    def contradicting(self) -> list[DraftRow]:
        """Rows in which more people were vaccinated or turned away than asked to come."""
        return [row for row in self.rows if contradicts(row.values)]


def draft(layout: Layout, counted: Rows, sent: Sent | None, added: Iterable[RowKey] = ()) -> Draft:
    """The report as it could be sent now. What was corrected before stays; what was not follows the count."""
    before = {(row.campaign, row.vaccine): row for row in sent.rows} if sent else {}
    empty = dict.fromkeys(layout.counts)
    keys = [*counted, *(k for k in before if k not in counted), *(k for k in added if k not in counted)]
    rows = []
    for key in dict.fromkeys(keys):
        now, then = counted.get(key, empty), before.get(key)
        cells = {}
        for name in layout.counts:
            cell = then.cells.get(name) if then else None
            found = now.get(name)
            if cell is None or (cell.reason is None and cell.value == cell.counted):
                cells[name] = DraftCell(found, found)
            else:
                cells[name] = DraftCell(found, cell.value, cell.reason)
        rows.append(DraftRow(*key, cells, then.note if then else None))
    kept = [row for row in rows if row.vaccine or any(row.values.values())] or rows
    return Draft(kept, nothing_held=bool(sent and sent.nothing_held and not _given(kept)))


def as_sent(layout: Layout, counted: Rows, sent: Sent) -> Draft:
    """The report as it was sent, beside today's count."""
    rows = []
    for row in sent.rows:
        now = counted.get((row.campaign, row.vaccine), {})
        cells = {
            name: DraftCell(now.get(name), row.cells[name].value, row.cells[name].reason)
            if name in row.cells
            else DraftCell(now.get(name), None)
            for name in layout.counts
        }
        rows.append(DraftRow(row.campaign, row.vaccine, cells, row.note))
    return Draft(rows, nothing_held=sent.nothing_held)


def filled(draft: Draft, layout: Layout, typed: Mapping[tuple[str, Cell], str], nothing_held: bool) -> Draft:
    """The draft with what the form's fields say: ("value" | "reason" | "note", cell) -> text."""
    for row in draft.rows:
        for name, cell in row.cells.items():
            at = Cell(row.campaign, row.vaccine, name)
            text = typed.get(("value", at))
            if text is not None:
                cell.value = _whole(text, layout.heading_of(name), draft.faults)
            cell.reason = (typed.get(("reason", at)) or "").strip() or None
        row.note = (typed.get(("note", Cell(row.campaign, row.vaccine, "note"))) or "").strip() or None
    say_nothing_held(draft, nothing_held)
    return draft


def say_nothing_held(draft: Draft, nothing_held: bool) -> None:
    """The unit says that it vaccinated nobody: what is blank is 0 then. Nobody may say so of a day with doses."""
    draft.nothing_held = nothing_held and not _given(draft.rows)
    if draft.nothing_held:
        for row in draft.rows:
            for cell in row.cells.values():
                cell.value = cell.value or 0


def refuse_unfinished(draft: Draft, layout: Layout, vaccine_name: Mapping[str, str]) -> None:
    """Raise Refused with everything that keeps the report from being sent: bad numbers, blanks, missing reasons."""
    faults = list(draft.faults)
    missing = draft.missing(layout)
    if missing:
        named = [_named(cell, layout, vaccine_name) for cell in missing[:NAMED_CELLS]]
        more = ["…"] if len(missing) > NAMED_CELLS else []
        faults.append(fault("report.blank_cells", count=len(missing), cells="; ".join([*named, *more])))
    for row in draft.rows:
        for name, cell in row.cells.items():
            if cell.value is not None and cell.counted not in (None, cell.value) and not cell.reason:
                heading = layout.heading_of(name)
                faults.append(fault("report.reason_missing", heading, counted=cell.counted, value=cell.value))
    if faults:
        raise Refused(faults)


def body_of(
    draft: Draft, layout: Layout, period: Period, plan: tuple[date, str] | None, counted_at: datetime
) -> dict[str, Any]:
    """The body of the report; `plan` is the version (valid from, document) it was made under."""
    rows = [
        _kept(
            campaign=row.campaign,
            vaccine=row.vaccine,
            note=row.note,
            cells=[
                _kept(
                    indicator=name,
                    value=cell.value,
                    counted=cell.counted,
                    reason=cell.reason if cell.value != cell.counted else None,
                )
                for name, cell in row.cells.items()
            ],
        )
        for row in draft.rows
    ]
    return {
        "form": layout.code,
        "period": period.kind,
        "first_on": period.first.isoformat(),
        "last_on": period.last.isoformat(),
        "campaign": period.campaign,
        "rows": rows,
        "nothing_held": draft.nothing_held,
        "plan_document": plan[1] if plan else None,
        "plan_valid_from": plan[0].isoformat() if plan else None,
        "counted_at": stamp(counted_at),
    }


def _kept(**fields: object) -> dict[str, object]:
    """What has a value; 0 is one."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _given(rows: Iterable[DraftRow]) -> bool:
    return any(cell.counted for row in rows for name, cell in row.cells.items() if name.startswith("doses."))


def _whole(text: str, heading: str, faults: list[Fault]) -> Value:
    """A whole number as people type it (1.234 or 1,234 or 1 234); nothing for an empty cell."""
    digits = "".join(text.split()).replace(".", "").replace(",", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        faults.append(fault("report.bad_value", heading))
        return None
    return int(digits)


def _named(cell: Cell, layout: Layout, vaccine_name: Mapping[str, str]) -> str:
    heading = layout.heading_of(cell.indicator)
    return f"{heading} ({vaccine_name.get(cell.vaccine, cell.vaccine)})" if cell.vaccine else heading
