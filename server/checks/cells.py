"""Cells against a recount that shares nothing with the way they were made.

`server.indicators` asks the immunisation table with birth windows; the recounts beside this module count doses,
screenings and visits themselves, in raw SQL and plain Python, a few villages at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from server.checks.findings import Findings
from server.checks.recount_doses import recount_doses
from server.checks.recount_goals import GOAL, PlannedGoal, planned_goals, recount_goals
from server.checks.recount_outreach import recount_outreach
from server.checks.streaming import rows_of
from server.database import Id, in_parts
from server.indicators.refreshing import stale_villages

#: Villages recounted together.
TOGETHER = 50

#: Each table of cells: what names a cell beside its village, and what it counts.
CELLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "coverage_cell": (GOAL, ("people", "absent", "contraindicated", "due", "covered")),
    "covered_day": ((*GOAL, "given_on"), ("covered",)),
    "group_cell": ((*GOAL, "vulnerable"), ("people", "due", "covered")),
    "dose_tally": (
        ("site_id", "given_on", "dose_type", "vaccine", "age_group"),
        ("doses", "from_certificate", "same_day"),
    ),
    "outreach_cell": (
        (),
        (
            "households", "knocked", "complete", "revisits", "people", "reviewed", "absent", "hesitant", "refused",
            "deferred", "contraindicated", "left", "never", "cannot_come", "without_id",
        ),
    ),
    "refusal_cell": (("outcome", "reason"), ("people",)),
}  # fmt: skip

#: Cells by what names them (the village first), each with what it counts.
Counted = Mapping[tuple[str, ...], Mapping[str, int]]

_VILLAGES = text("""
    SELECT CAST(p.id AS text) AS village, CAST(p.province_id AS text) AS province, coalesce(s.head, 0) AS head
      FROM place p LEFT JOIN stream s ON s.id = p.id
     WHERE p.level = 'village'
""")

_COUNTS = text("SELECT CAST(village_id AS text) AS village, village_head FROM village_count")

_GOALS_OF_CELLS = text("""
    SELECT DISTINCT CAST(village_id AS text) AS village, CAST(campaign_id AS text) AS campaign_id, age_group,
           dose_type, CAST(due_on AS text) AS due_on
      FROM coverage_cell
""")


def check_cells(connection: Connection, findings: Findings, *, fresh: bool = False) -> None:
    """Every cell of a fresh village equals the recount, and none is missing or too many.

    A village whose stream has moved on since is stale: counted, and a difference only when `fresh`.
    """
    villages = {row.village: row for row in rows_of(connection, _VILLAGES)}
    stale = set(stale_villages(connection))
    findings.stale = len(stale)
    for village in sorted(stale) if fresh else ():
        findings.differ("cell.stale", village=village)
    goals = planned_goals(connection)
    _check_owners(connection, findings, villages, goals)
    wanted = sorted(set(villages) - stale)
    findings.expect(len(wanted))
    for part in in_parts(wanted, TOGETHER):
        for table, counted in _recounted(connection, part, villages, goals):
            _compare(findings, table, counted, _stored(connection, table, part))
        findings.look(len(part))


def _check_owners(
    connection: Connection, findings: Findings, villages: dict[str, Any], goals: list[PlannedGoal]
) -> None:
    """No cell stands for a village or a goal that is not there, or knows more than its stream does."""
    for row in rows_of(connection, _COUNTS):
        if row.village not in villages:
            findings.differ("cell.of_no_village", table="village_count", village=row.village)
        elif row.village_head > villages[row.village].head:
            findings.differ("cell.ahead", village=row.village)
    for table in CELLS:
        query = text(f"SELECT DISTINCT CAST(village_id AS text) AS village FROM {table}")  # noqa: S608 a name above
        for row in rows_of(connection, query):
            if row.village not in villages:
                findings.differ("cell.of_no_village", table=table, village=row.village)
    planned = {(goal.province, *goal.key) for goal in goals}
    for row in rows_of(connection, _GOALS_OF_CELLS):
        village = villages.get(row.village)
        if village is not None and (village.province, *row[1:]) not in planned:
            findings.differ("cell.of_no_goal", village=row.village, goal=" ".join(row[2:]))


def _recounted(
    connection: Connection, part: Sequence[str], villages: dict[str, Any], goals: list[PlannedGoal]
) -> Iterator[tuple[str, Counted]]:
    """The cells of some villages as they should be, table by table."""
    coverage: dict[tuple[str, ...], Mapping[str, int]] = {}
    days: dict[tuple[str, ...], Mapping[str, int]] = {}
    groups: dict[tuple[str, ...], Mapping[str, int]] = {}
    for goal in goals:
        inside = [village for village in part if villages[village].province == goal.province]
        if inside:
            for found, more in zip(
                (coverage, days, groups), recount_goals(connection, goal, inside), strict=True
            ):
                found.update(more)
    yield "coverage_cell", coverage
    yield "covered_day", days
    yield "group_cell", groups
    yield "dose_tally", recount_doses(connection, part)
    outreach, refusals = recount_outreach(connection, part)
    yield "outreach_cell", outreach
    yield "refusal_cell", refusals


def _stored(connection: Connection, table: str, part: Sequence[str]) -> Counted:
    names, measures = CELLS[table]
    keys = ", ".join(f"CAST({name} AS text) AS {name}" for name in ("village_id", *names))
    counts = ", ".join(f'"{measure}"' for measure in measures)  # "left" is a word of SQL
    spelt = f"SELECT {keys}, {counts} FROM {table} WHERE village_id IN :part"  # noqa: S608 names above
    query = text(spelt).bindparams(bindparam("part", expanding=True, type_=Id))
    width = 1 + len(names)
    return {
        tuple(row[:width]): dict(zip(measures, row[width:], strict=True))
        for row in rows_of(connection, query, part=list(part))
    }


def _compare(findings: Findings, table: str, counted: Counted, stored: Counted) -> None:
    for key in sorted({*counted, *stored}):
        village, about = key[0], " ".join(filter(None, key[1:]))
        if key not in stored:
            findings.differ("cell.missing", table=table, village=village, goal=about)
        elif key not in counted:
            findings.differ("cell.extra", table=table, village=village, goal=about)
        else:
            for measure, expected in counted[key].items():
                if (found := stored[key][measure]) != expected:
                    findings.differ(
                        "cell.figure", table=table, village=village, goal=about, measure=measure, stored=found,
                        expected=expected,
                    )  # fmt: skip
