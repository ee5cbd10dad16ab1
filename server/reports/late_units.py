"""Units that are late: with their data, with a report, with a target. What a reminder is sent about (R047)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from server.accounts.fleet import SILENT_AFTER_DAYS, Phone
from server.database import select_among
from server.indicators.standings import Standing
from server.places.tree import Node, Tree
from server.plans.goals import Goal
from server.reports.models import Report
from server.reports.standing import due_on
from shared.rules.periods import period_of

#: Reports sent within these days tell which ones are expected of everybody.
EXPECTED_DAYS = 62

#: What a unit may be late with, in the order of the page.
LATE_WITH = ("sync", "report", "target")


@dataclass(frozen=True, slots=True)
class Late:
    """A unit late with one thing.

    sync: `count` phones silent, the longest for `days`. report: `count` reports missing, the longest overdue
    for `days`. target: `count` doses will be missing for `goal` on its due date, `days` days from now.
    """

    place_id: str
    about: str
    count: int
    days: int
    goal: Goal | None = None


def late_with_sync(tree: Tree, phones: Iterable[Phone]) -> list[Late]:
    """Units with phones that went silent, the longest silence first."""
    by_unit: dict[str, list[int]] = {}
    for phone in phones:
        unit = unit_of(tree, phone.place_id)
        if unit is not None and phone.state == "silent":
            by_unit.setdefault(unit.id, []).append(phone.silent_days or SILENT_AFTER_DAYS)
    found = [Late(unit, "sync", len(days), max(days)) for unit, days in by_unit.items()]
    return sorted(found, key=lambda late: (-late.days, -late.count, late.place_id))


def late_with_target(rows: Sequence[Standing], goals: Sequence[Goal]) -> list[Late]:
    """Units that miss a goal at their present pace, each with the goal it misses most; the greatest gap first."""
    found = []
    for row in rows:
        gaps = [
            (progress.shortfall, number)
            for number, progress in enumerate(row.progress)
            if progress.state in ("late", "behind")
        ]
        if gaps and max(gaps)[0]:
            missing, number = max(gaps)
            found.append(Late(row.place_id, "target", missing, row.progress[number].days_left, goals[number]))
    return sorted(found, key=lambda late: (-late.count, late.place_id))


def late_with_report(connection: Connection, units: Collection[str], today: date) -> list[Late]:
    """Units without a report that others in sight send: of each form and kind of period somebody reported on in
    the last EXPECTED_DAYS days, the newest period whose day to be sent has passed.
    """
    query = select(Report.unit_id, Report.form, Report.period, Report.first_on).where(
        Report.period != "campaign", Report.last_on >= today - timedelta(days=EXPECTED_DAYS)
    )
    sent = {tuple(row) for row in select_among(connection, query, Report.unit_id, sorted(units))}
    missing: dict[str, list[int]] = {}
    for form, kind in sorted({(form, kind) for _, form, kind, _ in sent}):
        period = period_of(kind, today)
        while due_on(period) >= today:
            period = period.previous()
        for unit in units:
            if (unit, form, kind, period.first) not in sent:
                missing.setdefault(unit, []).append((today - due_on(period)).days)
    found = [Late(unit, "report", len(days), max(days)) for unit, days in missing.items()]
    return sorted(found, key=lambda late: (-late.count, -late.days, late.place_id))


def unit_of(tree: Tree, place_id: str) -> Node | None:
    """The unit that answers for a place: the team itself, otherwise its commune."""
    node = tree.get(place_id)
    if node is not None and node.level == "team":
        return node
    return tree.up(place_id, "commune")
