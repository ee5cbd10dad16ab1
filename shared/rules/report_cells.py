"""Cells of a report: which are missing, what they add up to, what changed, what a late record makes of them.

A cell that is not known is None and is never 0 (R001). A cell is named by its row (campaign, vaccine) and
its indicator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

#: A cell's value: whole people, doses or cases; None when nobody knows it.
Value = int | None


class Cell(NamedTuple):
    """Which cell: the row's campaign and vaccine ("" where the row names none), and the indicator."""

    campaign: str
    vaccine: str
    indicator: str

    @property
    def key(self) -> str:
        """The cell as text, for a query about it."""
        return "|".join(self)


class Change(NamedTuple):
    """A cell that is no longer what it was."""

    cell: Cell
    before: Value
    after: Value


#: Vaccinated, refused, deferred or not fit: all of them were asked to come.
_PARTS = ("people_refused", "people_deferred", "people_contraindicated", "people_referred")


def cell_of(key: str) -> Cell | None:
    """The cell a key names; None when it names none."""
    parts = key.split("|")
    return Cell(*parts) if len(parts) == 3 else None


def missing_cells(
    indicators: Sequence[str], rows: Mapping[tuple[str, str], Mapping[str, Value]]
) -> list[Cell]:
    """The cells of these rows (campaign, vaccine) that hold nothing, row by row in the form's order."""
    return [
        Cell(campaign, vaccine, indicator)
        for (campaign, vaccine), values in rows.items()
        for indicator in indicators
        if values.get(indicator) is None
    ]


def totals(indicators: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    """The sum of each indicator over all rows; None where one of them is not known, and without rows."""
    found = list(rows)
    summed: dict[str, Value] = {}
    for indicator in indicators:
        values = [row.get(indicator) for row in found]
        known = [value for value in values if value is not None]
        summed[indicator] = sum(known) if values and len(known) == len(values) else None
    return summed


def changes(before: Mapping[Cell, Value], after: Mapping[Cell, Value]) -> list[Change]:
    """Every cell whose value differs, in the order of the cells; a cell on one side only differs from None."""
    cells = sorted({*before, *after})
    return [
        Change(cell, before.get(cell), after.get(cell))
        for cell in cells
        if before.get(cell) != after.get(cell)
    ]


def restated(value: int, counted: Value, now: Value) -> int:
    """What a reported value becomes once more was recorded.

    `counted` is what the system counted when the report was made, `now` what it counts today. A value nobody
    corrected follows the count. One that was corrected upwards (paper not entered yet) holds until the count
    passes it: the late records are first those the correction stood for. One corrected downwards likewise
    waits for records to be withdrawn, and grows by what comes in addition.
    """
    if now is None:
        return value
    if counted is None or value > counted:
        return max(value, now)
    if value == counted:
        return now
    return value + (now - counted) if now > counted else min(value, now)


def contradicts(values: Mapping[str, Value]) -> bool:
    """Whether more people were vaccinated, turned away or refused than were asked to come."""
    called = values.get("people_called")
    given = [
        value or 0 for name, value in values.items() if name.startswith("doses.") and name != "doses.total"
    ]
    asked = sum(given) + sum(values.get(name) or 0 for name in _PARTS)
    return called is not None and asked > called
