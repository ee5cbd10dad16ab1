"""Doses by place of injection recounted in raw SQL: a person's dose of a day once, on the record that had it first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text

from server.checks.streaming import rows_of
from server.database import Id
from shared.reference import age_groups

_GIVEN = text("""
    WITH people AS (
        SELECT id, village_id, birth_date FROM person WHERE merged_into IS NULL AND village_id IN :villages
    ), records AS (
        SELECT id AS record, id AS kept FROM people
         UNION ALL
        SELECT person_id, kept_id FROM person_group JOIN people ON people.id = kept_id WHERE person_id <> kept_id
    ), standing AS (
        SELECT dose.*, kept,
               first_value(person_id) OVER (PARTITION BY kept, dose_type, given_on ORDER BY dose.id) AS holder
          FROM dose JOIN records ON record = person_id WHERE corrected_by IS NULL
    )
    SELECT CAST(village_id AS text) AS village, CAST(site_id AS text) AS site,
           CAST(given_on AS text) AS given, dose_type, vaccine,
           CAST(replace(CAST(birth_date AS text), '-', '') AS integer) AS born,
           max(CASE WHEN from_certificate THEN 0 ELSE 1 END) AS here,
           min(CASE WHEN from_certificate THEN 1 ELSE 0 END) AS copied,
           max(CASE WHEN NOT from_certificate AND recorded_on = given_on THEN 1 ELSE 0 END) AS same_day
      FROM standing JOIN people ON people.id = kept
     WHERE person_id = holder
     GROUP BY kept, village_id, birth_date, site_id, given_on, dose_type, vaccine
""").bindparams(bindparam("villages", expanding=True, type_=Id))


def recount_doses(connection: Connection, villages: Sequence[str]) -> dict[tuple[str, ...], dict[str, int]]:
    """Tallies by (village, site, day, dose, vaccine, age group of that day)."""
    groups = [group for group in age_groups().values() if not group.part_of]
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for row in rows_of(connection, _GIVEN, villages=list(villages)):
        year, month, day = map(int, row.given.split("-"))
        months = 12 * year + month - (12 * (row.born // 10_000) + row.born // 100 % 100)
        months -= day < row.born % 100
        fitting = (
            group.code
            for group in groups
            if group.min_months <= months and (group.max_months is None or months < group.max_months)
        )
        key = (row.village, row.site, row.given, row.dose_type, row.vaccine, next(fitting, ""))
        tally = found.setdefault(key, {"doses": 0, "from_certificate": 0, "same_day": 0})
        tally["doses"] += row.here
        tally["from_certificate"] += row.copied
        tally["same_day"] += row.same_day
    return found
