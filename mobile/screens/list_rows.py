"""Rows of long lists of people and houses: the same everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from mobile.screens.describe import Sign, household_line, household_sign, person_line, person_sign
from mobile.store.views import HouseholdRow, PersonRow
from mobile.theme import theme


def person_item(row: PersonRow, today: date, where: str = "") -> dict[str, Any]:
    """A person: who, `where` they live when the list is of several villages, and what is next."""
    line = " · ".join(filter(None, (person_line(row), where)))
    return item(row.id, row.full_name, line, person_sign(row, today), stacked=True)


def house_item(row: HouseholdRow, today: date, where: str = "") -> dict[str, Any]:
    """A house: its head, `where` it stands when the list does not say, and how it stands in the review."""
    line = " · ".join(filter(None, (where, household_line(row))))
    sign = household_sign(row, today)
    return item(row.id, row.head_name, line, sign, stacked=theme.large or bool(where))


def item(key: str, title: str, line: str, sign: Sign, *, stacked: bool) -> dict[str, Any]:
    """A row as `Rows.fill` takes it."""
    return {
        "key": key,
        "title": title,
        "line": line,
        "chip": sign.text,
        "chip_icon": sign.icon,
        "chip_tone": sign.tone,
        "stacked": stacked,
    }
