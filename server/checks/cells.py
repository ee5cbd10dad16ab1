"""Coverage cells against a recount that shares nothing with the way they were made.

`server.indicators` asks the immunisation table with birth windows; this counts doses themselves, in raw SQL,
and reckons ages and intervals in months and days from dates written as whole numbers (20220415).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from server.checks.findings import Findings
from server.checks.streaming import rows_of
from shared.reference import age_groups, dose_rules, vaccines

#: More months than anybody lives.
_NO_LIMIT = 10_000

_MEASURES = ("people", "absent", "contraindicated", "due", "covered")


class _Goal(NamedTuple):
    province: str
    campaign: str
    age_group: str
    dose_type: str
    due_on: date


_GOALS = text("""
    SELECT DISTINCT CAST(c.province_id AS text), CAST(c.id AS text), t.age_group, t.dose_type,
           CAST(t.due_on AS text)
      FROM plan_target t JOIN campaign c ON c.id = t.campaign_id
     ORDER BY 1, 2, 3, 4, 5
""")

_VILLAGES = text("""
    SELECT CAST(p.id AS text) AS village, CAST(p.province_id AS text) AS province,
           coalesce(v.head, 0) AS head, coalesce(r.head, 0) AS reference
      FROM place p LEFT JOIN stream v ON v.id = p.id LEFT JOIN stream r ON r.id = p.province_id
     WHERE p.level = 'village'
""")

_CELLS = text("""
    SELECT CAST(village_id AS text) AS village, CAST(campaign_id AS text) AS campaign, age_group, dose_type,
           CAST(due_on AS text) AS due_on, people, absent, contraindicated, due, covered, village_head,
           reference_head
      FROM coverage_cell
""")

_CELLS_OF_GOAL = text(
    _CELLS.text
    + """
     WHERE CAST(campaign_id AS text) = :campaign AND age_group = :age_group AND dose_type = :dose_type
           AND CAST(due_on AS text) = :due_on
"""
)

#: One goal counted for every village. `had` is a person's doses, `series` when their primary series was complete.
_RECOUNT = text("""
    WITH standing AS (
        SELECT person_id, dose_type, vaccine, id,
               CAST(replace(CAST(given_on AS text), '-', '') AS integer) AS given
          FROM dose WHERE corrected_by IS NULL
    ), started AS (
        SELECT person_id, vaccine, row_number() OVER (PARTITION BY person_id ORDER BY given, id) AS turn
          FROM standing WHERE dose_type IN ('primary_1', 'primary_2', 'primary_3')
    ), had AS (
        SELECT person_id,
               min(CASE WHEN dose_type = :dose_type THEN given END) AS the_dose,
               min(CASE WHEN dose_type = 'booster_1' THEN given END) AS first_booster,
               min(CASE WHEN dose_type = 'primary_1' THEN given END) AS first,
               min(CASE WHEN dose_type = 'primary_2' THEN given END) AS second,
               min(CASE WHEN dose_type = 'primary_3' THEN given END) AS third
          FROM standing GROUP BY person_id
    ), series AS (
        SELECT had.person_id, the_dose, first_booster,
               CASE WHEN vaccine IN :of_one THEN first WHEN vaccine IN :of_three THEN third ELSE second END AS complete
          FROM had LEFT JOIN started ON started.person_id = had.person_id AND turn = 1
    ), born AS (
        SELECT id, village_id, residence, contraindication,
               CAST(replace(CAST(birth_date AS text), '-', '') AS integer) AS day FROM person
    ), aged AS (
        SELECT id, village_id, residence, contraindication,
               :due_months - day / 10000 * 12 - day / 100 % 100 - CASE WHEN :due_day < day % 100 THEN 1 ELSE 0 END
               AS months
          FROM born
    ), judged AS (
        SELECT village_id,
               CASE WHEN residence IN ('permanent', 'temporary', 'staying') THEN 1 ELSE 0 END AS present,
               CASE WHEN residence = 'absent' THEN 1 ELSE 0 END AS away,
               CASE WHEN contraindication IS NULL THEN 0 ELSE 1 END AS barred,
               CASE WHEN the_dose IS NULL THEN 0 ELSE 1 END AS has_it,
               CASE WHEN the_dose IS NOT NULL OR :anyone = 1 THEN 1
                    WHEN :after_booster = 1 AND first_booster IS NOT NULL THEN 1
                    WHEN :after_series = 0 OR complete IS NULL THEN 0
                    WHEN :ready_months - complete / 10000 * 12 - complete / 100 % 100 > :interval THEN 1
                    WHEN :ready_months - complete / 10000 * 12 - complete / 100 % 100 < :interval THEN 0
                    WHEN complete % 100 <= :ready_day OR :ready_at_end = 1 THEN 1
                    ELSE 0 END AS on_schedule
          FROM aged LEFT JOIN series ON series.person_id = aged.id
         WHERE months >= :youngest AND months < :oldest
    )
    SELECT CAST(village_id AS text) AS village,
           sum(present) AS people,
           sum(away) AS absent,
           sum(present * barred * (1 - has_it)) AS contraindicated,
           sum(CASE WHEN barred = 1 AND has_it = 0 THEN 0 ELSE present * on_schedule * :counted END) AS due,
           sum(present * has_it * :counted) AS covered
      FROM judged GROUP BY village_id
""").bindparams(bindparam("of_one", expanding=True), bindparam("of_three", expanding=True))


def check_cells(connection: Connection, findings: Findings, *, fresh: bool = False) -> None:
    """Every fresh cell equals the recount of its goal in its village, and no fresh village lacks a cell.

    A village whose streams have moved on since is stale: counted, and a difference only when `fresh`.
    """
    goals = [
        _Goal(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]))
        for row in connection.execute(_GOALS)
    ]
    villages = {row.village: row for row in rows_of(connection, _VILLAGES)}
    stale = _stale(connection, villages, {goal.province for goal in goals})
    findings.stale = len(stale)
    for village in sorted(stale) if fresh else ():
        findings.differ("cell.stale", village=village)
    _check_cells_themselves(connection, findings, villages, goals)
    findings.expect(sum(row.province == goal.province for goal in goals for row in villages.values()))
    for goal in goals:
        wanted = {v for v, row in villages.items() if row.province == goal.province and v not in stale}
        _check_goal(connection, findings, goal, wanted)


def _stale(connection: Connection, villages: dict[str, Any], planned: set[str]) -> set[str]:
    oldest: dict[str, tuple[int, int]] = {}
    for row in rows_of(connection, _CELLS):
        head, reference = oldest.get(row.village, (row.village_head, row.reference_head))
        oldest[row.village] = min(head, row.village_head), min(reference, row.reference_head)
    return {
        village
        for village, row in villages.items()
        if row.province in planned and oldest.get(village) != (row.head, row.reference)
    }


def _check_cells_themselves(
    connection: Connection, findings: Findings, villages: dict[str, Any], goals: list[_Goal]
) -> None:
    """No cell stands for a village or a goal that is not there, or knows more than its streams do."""
    planned = {(g.province, g.campaign, g.age_group, g.dose_type, g.due_on.isoformat()) for g in goals}
    for row in rows_of(connection, _CELLS):
        village = villages.get(row.village)
        if village is None:
            findings.differ("cell.of_no_village", village=row.village)
        elif (village.province, row.campaign, row.age_group, row.dose_type, row.due_on) not in planned:
            findings.differ("cell.of_no_goal", village=row.village, goal=_spelt(row))
        elif row.village_head > village.head or row.reference_head > village.reference:
            findings.differ("cell.ahead", village=row.village, goal=_spelt(row))


def _check_goal(connection: Connection, findings: Findings, goal: _Goal, wanted: set[str]) -> None:
    counted = {row.village: row for row in rows_of(connection, _RECOUNT, **_parameters(goal))}
    stored = {
        row.village: row
        for row in rows_of(connection, _CELLS_OF_GOAL, **goal._asdict() | {"due_on": goal.due_on.isoformat()})
    }
    for village in sorted(wanted):
        findings.look()
        cell = stored.get(village)
        if cell is None:
            findings.differ("cell.missing", village=village, goal=_spelt(goal))
            continue
        for name in _MEASURES:
            expected = int(getattr(counted[village], name)) if village in counted else 0
            if getattr(cell, name) != expected:
                findings.differ(
                    "cell.figure",
                    village=village,
                    goal=_spelt(goal),
                    measure=name,
                    stored=getattr(cell, name),
                    expected=expected,
                )


def _parameters(goal: _Goal) -> dict[str, Any]:
    group, due = age_groups()[goal.age_group], goal.due_on
    ready, interval = _booster_interval(due)
    doses = {code: vaccine.primary_doses for code, vaccine in vaccines().items()}
    primary = goal.dose_type.startswith("primary")
    return {
        "dose_type": goal.dose_type,
        "due_months": due.year * 12 + due.month,
        "due_day": due.day,
        "youngest": group.min_months,
        "oldest": group.max_months or _NO_LIMIT,
        "of_one": [code for code, needed in doses.items() if needed == 1],
        "of_three": [code for code, needed in doses.items() if needed >= 3],
        "anyone": int(primary),
        "after_booster": int(goal.dose_type == "booster_2"),
        "after_series": int(goal.dose_type == "booster_1"),
        "counted": int(primary or goal.dose_type in ("booster_1", "booster_2")),
        "ready_months": ready.year * 12 + ready.month,
        "ready_day": ready.day,
        "ready_at_end": int(ready.day == monthrange(ready.year, ready.month)[1]),
        "interval": interval,
    }


def _booster_interval(due: date) -> tuple[date, int]:
    """(day, months): booster 1 is due by `due` when the series was complete so many months before that day.

    The adult rule of the day: for everybody, of any vaccine, whatever came before.
    """
    newest: tuple[date, int] = (due, 0)
    for rule in dose_rules():
        general = not (rule.condition_code or rule.vaccines or rule.after_platform or rule.age_max_years)
        if rule.dose_type != "booster_1" or not general:
            continue
        if rule.valid_from <= due <= (rule.valid_to or date.max):
            months = rule.interval_months
            newest = (due - timedelta(days=rule.interval_days or 0), 0) if months is None else (due, months)
    return newest


def _spelt(goal: Any) -> str:
    return f"{goal.age_group} {goal.dose_type} {goal.due_on}"
