"""The two hierarchies places can be grouped by: the communes of before 1 July 2025, and those of since."""

from __future__ import annotations

from datetime import date, timedelta

#: The first day of the communes of 2025 and of provinces without districts.
REFORM = date(2025, 7, 1)

HIERARCHIES = ("2022", "2025")


def usual_hierarchy(day: date) -> str:
    """The hierarchy of the day itself."""
    return HIERARCHIES[day >= REFORM]


def tree_day(hierarchy: str, as_of: date) -> date:
    """The day whose tree groups the villages: the day itself, or the nearest of the other hierarchy."""
    return min(as_of, REFORM - timedelta(days=1)) if hierarchy == "2022" else max(as_of, REFORM)
