"""Ages. A month of age is complete on the same day of a later month, or on the day after the month's end.

So a person born on 29 February is a year older on 1 March of a year without that day, and one born on
31 January is one month old on 1 March. `birth_window` is the same rule turned round, for SQL.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Protocol


class AgeRange(Protocol):
    """What these rules need of an age group: min_months <= age in months < max_months (None = no limit)."""

    @property
    def min_months(self) -> int:
        """The first month of age in the group."""
        ...

    @property
    def max_months(self) -> int | None:
        """The first month of age no longer in the group; None = no limit."""
        ...


def age_in_months(birth: date, on: date) -> int:
    """Complete months of age; negative before birth."""
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def age_on(birth: date, on: date) -> int:
    """Complete years of age; negative before birth."""
    return age_in_months(birth, on) // 12


def in_group(birth: date, group: AgeRange, on: date) -> bool:
    """Whether a person born on `birth` is in the age group on a day."""
    months = age_in_months(birth, on)
    return group.min_months <= months and (group.max_months is None or months < group.max_months)


def birth_window(group: AgeRange, on: date) -> tuple[date, date]:
    """(first, last) birth date of those in the group on a day, both included; date.min = no limit."""
    last = latest_birth(group.min_months, on)
    if group.max_months is None:
        return date.min, last
    return latest_birth(group.max_months, on) + timedelta(days=1), last


def latest_birth(months: int, on: date) -> date:
    """The latest birth date of those who are at least so many months old on a day."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
