"""The figures of a goal recounted in raw SQL from people, doses and screenings.

Ages and intervals are reckoned in months and days of dates written as whole numbers (20220415).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from server.checks.streaming import rows_of
from server.database import Id
from shared.reference import age_groups, dose_rules, vaccines

#: What names a goal in a cell.
GOAL = ("campaign_id", "age_group", "dose_type", "due_on")

#: More months than anybody lives.
_NO_LIMIT = 10_000

Cells = dict[tuple[str, ...], dict[str, int]]


class PlannedGoal(NamedTuple):
    """A goal of a campaign of a province."""

    province: str
    campaign: str
    age_group: str
    dose_type: str
    due_on: date

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The goal as a cell names it."""
        return self.campaign, self.age_group, self.dose_type, self.due_on.isoformat()


_GOALS = text("""
    SELECT DISTINCT CAST(c.province_id AS text), CAST(c.id AS text), t.age_group, t.dose_type,
           CAST(t.due_on AS text)
      FROM plan_target t JOIN campaign c ON c.id = t.campaign_id
     ORDER BY 1, 2, 3, 4, 5
""")

#: People of one goal, told apart by village, groups and the day of the dose. A record merged into another counts
#: nowhere; what was done to it was done to the person kept. `had` is a person's doses, `series` when their
#: primary series was complete, `barred` those whose last screening forbids.
_RECOUNT = text("""
    WITH people AS (
        SELECT id, village_id, residence, contraindication, vulnerable,
               CAST(replace(CAST(birth_date AS text), '-', '') AS integer) AS day
          FROM person WHERE merged_into IS NULL AND village_id IN :villages
    ), records AS (
        SELECT id AS record, id AS kept FROM people
         UNION ALL
        SELECT person_id, kept_id FROM person_group JOIN people ON people.id = kept_id WHERE person_id <> kept_id
    ), standing AS (
        SELECT kept, dose_type, vaccine, dose.id,
               CAST(replace(CAST(given_on AS text), '-', '') AS integer) AS given
          FROM dose JOIN records ON records.record = dose.person_id WHERE corrected_by IS NULL
    ), started AS (
        SELECT kept, vaccine, row_number() OVER (PARTITION BY kept ORDER BY given, id) AS turn
          FROM standing WHERE dose_type IN ('primary_1', 'primary_2', 'primary_3')
    ), had AS (
        SELECT kept,
               min(CASE WHEN dose_type = :dose_type THEN given END) AS the_dose,
               min(CASE WHEN dose_type = 'booster_1' THEN given END) AS first_booster,
               min(CASE WHEN dose_type = 'primary_1' THEN given END) AS first,
               min(CASE WHEN dose_type = 'primary_2' THEN given END) AS second,
               min(CASE WHEN dose_type = 'primary_3' THEN given END) AS third
          FROM standing GROUP BY kept
    ), series AS (
        SELECT had.kept, the_dose,
               CASE WHEN :after_booster = 1 THEN first_booster WHEN vaccine IN :of_one THEN first
                    WHEN vaccine IN :of_three THEN third ELSE second END AS complete
          FROM had LEFT JOIN started ON started.kept = had.kept AND turn = 1
    ), screened AS (
        SELECT kept, outcome, row_number() OVER (
                   PARTITION BY kept ORDER BY screened_on DESC, CASE outcome WHEN 'contraindicated' THEN 4
                       WHEN 'deferred' THEN 3 WHEN 'caution' THEN 2 ELSE 1 END DESC, screening.id DESC) AS turn
          FROM screening JOIN records ON records.record = screening.person_id WHERE corrected_by IS NULL
    ), aged AS (
        SELECT people.*,
               CASE WHEN contraindication IS NOT NULL OR screened.kept IS NOT NULL THEN 1 ELSE 0 END AS barred,
               :due_months - day / 10000 * 12 - day / 100 % 100 - CASE WHEN :due_day < day % 100 THEN 1 ELSE 0 END
               AS months
          FROM people LEFT JOIN screened
            ON screened.kept = people.id AND turn = 1 AND outcome = 'contraindicated'
    ), judged AS (
        SELECT village_id, vulnerable, the_dose, barred,
               CASE WHEN residence IN ('permanent', 'temporary', 'staying') THEN 1 ELSE 0 END AS present,
               CASE WHEN residence = 'absent' THEN 1 ELSE 0 END AS away,
               CASE WHEN the_dose IS NULL THEN 0 ELSE 1 END AS has_it,
               CASE WHEN the_dose IS NOT NULL OR :anyone = 1 THEN 1
                    WHEN :booster = 0 OR complete IS NULL THEN 0
                    WHEN :ready_months - complete / 10000 * 12 - complete / 100 % 100 > :interval THEN 1
                    WHEN :ready_months - complete / 10000 * 12 - complete / 100 % 100 < :interval THEN 0
                    WHEN complete % 100 <= :ready_day OR :ready_at_end = 1 THEN 1
                    ELSE 0 END AS on_schedule
          FROM aged LEFT JOIN series ON series.kept = aged.id
         WHERE months >= :youngest AND months < :oldest
    )
    SELECT CAST(village_id AS text) AS village, vulnerable, the_dose,
           sum(present) AS people,
           sum(away) AS absent,
           sum(present * barred * (1 - has_it)) AS contraindicated,
           sum(CASE WHEN barred = 1 AND has_it = 0 THEN 0 ELSE present * on_schedule * :counted END) AS due,
           sum(present * has_it * :counted) AS covered
      FROM judged GROUP BY village_id, vulnerable, the_dose
""").bindparams(
    bindparam("villages", expanding=True, type_=Id),
    bindparam("of_one", expanding=True),
    bindparam("of_three", expanding=True),
)


def planned_goals(connection: Connection) -> list[PlannedGoal]:
    """Every goal of every version of every plan."""
    return [
        PlannedGoal(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]))
        for row in connection.execute(_GOALS)
    ]


def recount_goals(
    connection: Connection, goal: PlannedGoal, villages: Sequence[str]
) -> tuple[Cells, Cells, Cells]:
    """(coverage cells, covered days, group cells) of a goal in some villages of its province."""
    measures = ("people", "absent", "contraindicated", "due", "covered")
    cells: Cells = {(village, *goal.key): dict.fromkeys(measures, 0) for village in villages}
    days: Cells = {}
    groups: Cells = {}
    if goal.age_group not in age_groups():
        return cells, days, groups
    for row in rows_of(connection, _RECOUNT, villages=list(villages), **_parameters(goal)):
        numbers = {name: int(getattr(row, name)) for name in measures}
        _add(cells[row.village, *goal.key], numbers)
        if numbers["covered"]:
            spelt = str(row.the_dose)
            day = f"{spelt[:4]}-{spelt[4:6]}-{spelt[6:]}"
            _add(days.setdefault((row.village, *goal.key, day), {"covered": 0}), numbers)
        for group in filter(None, row.vulnerable.split(",")):
            if numbers["people"]:
                none = {"people": 0, "due": 0, "covered": 0}
                _add(groups.setdefault((row.village, *goal.key, group), none), numbers)
    return cells, days, groups


def _add(sums: dict[str, int], numbers: dict[str, int]) -> None:
    for name in sums:
        sums[name] += numbers[name]


def _parameters(goal: PlannedGoal) -> dict[str, Any]:
    group, due = age_groups()[goal.age_group], goal.due_on
    ready, interval = _booster_interval(goal.dose_type, group.min_months // 12, due)
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
        "booster": int(goal.dose_type in ("booster_1", "booster_2")),
        "counted": int(primary or goal.dose_type in ("booster_1", "booster_2")),
        "ready_months": ready.year * 12 + ready.month,
        "ready_day": ready.day,
        "ready_at_end": int(ready.day == monthrange(ready.year, ready.month)[1]),
        "interval": interval,
    }


def _booster_interval(dose_type: str, years: int, due: date) -> tuple[date, int]:
    """(day, months): a booster is due by `due` when what comes before it was had so many months before that day.

    By the last rule of the day for people of that age that asks for no vaccine and nothing about what came before.
    """
    newest: tuple[date, int] = (due, 0)
    for rule in dose_rules():
        if rule.dose_type != dose_type or rule.vaccines or rule.after_platform:
            continue
        if not rule.age_min_years <= years <= (rule.age_max_years or _NO_LIMIT):
            continue
        if rule.valid_from <= due <= (rule.valid_to or date.max):
            months = rule.interval_months
            newest = (due - timedelta(days=rule.interval_days or 0), 0) if months is None else (due, months)
    return newest
