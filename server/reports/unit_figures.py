"""The figures of a unit, or of all units of a place, as they were last reported, on whichever form holds them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.places.tree import Tree
from server.reports.models import Report
from server.reports.standing import Sent, sent_by_id
from server.reports.units import Unit, units_under
from shared.rules.periods import Period

#: The firmest state first.
_FIRM = ("accepted", "answered", "submitted", "queried")


def unit_figures(connection: Connection, unit: Unit, period: Period) -> dict[tuple[str, str], int]:
    """(indicator, vaccine) -> the value reported; under the vaccine "" the sum over all vaccines.

    Of several forms that hold an indicator the accepted report counts, then the one sent last.
    """
    query = select(Report.id).where(
        Report.unit_id == unit.id, Report.period == period.kind, Report.first_on == period.first
    )
    if period.campaign:
        query = query.where(Report.campaign_id == period.campaign)
    reports = sent_by_id(connection, list(connection.scalars(query))).values()
    found: dict[tuple[str, str], int] = {}
    for sent in sorted(reports, key=lambda s: (_FIRM.index(s.state), -s.sent_at.timestamp(), s.id)):
        for key, value in _figures(sent).items():
            found.setdefault(key, value)
    return found


def place_figures(
    connection: Connection, tree: Tree, place: str, period: Period
) -> dict[tuple[str, str], int]:
    """The same for a place of any level: the sums over its units; nothing while one of them has no report."""
    units = units_under(tree, place)
    told = [unit_figures(connection, unit, period) for unit in units]
    if not all(told):
        return {}
    keys = {key for figures in told for key in figures}
    return {key: sum(figures.get(key, 0) for figures in told) for key in keys}


def _figures(sent: Sent) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in sent.rows:
        for name, cell in row.cells.items():
            found[name, ""] = found.get((name, ""), 0) + cell.value
            if row.vaccine:
                found[name, row.vaccine] = found.get((name, row.vaccine), 0) + cell.value
    return found
