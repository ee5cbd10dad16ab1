"""Counting villages: every goal, by day and by vulnerable group, from the register as it is or as it was.

Nothing is stored here: `refreshing` keeps what these functions count in cells, a report as of a past day
counts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from server.indicators.birth import latest_birth
from server.indicators.definitions import MEASURES, NOW, Register, in_age_group, measure
from server.plans.goals import Goal
from server.registers.identity_models import DoseRepeat, PersonGroup
from server.registers.models import Dose, Person
from shared.reference import age_groups

Row = dict[str, Any]

#: Bound parameters stay far below what a statement may hold.
_GOALS_TOGETHER = 8


def goal_key(goal: Goal) -> Row:
    """A goal as the columns of a cell."""
    return {
        "campaign_id": goal.campaign_id,
        "age_group": goal.age_group,
        "dose_type": goal.dose_type,
        "due_on": goal.due_on,
    }


def count_people(
    connection: Connection, villages: Sequence[str], goals: Sequence[Goal], register: Register = NOW
) -> tuple[list[Row], list[Row]]:
    """Rows of `coverage_cell`, one for each village and goal, zeros included, and rows of `group_cell`.

    The database adds people up by the combinations of vulnerable groups there are; they are told apart here.
    """
    none = [0] * len(MEASURES)
    totals = {(village, place): list(none) for village in villages for place in range(len(goals))}
    groups: dict[tuple[str, int, str], list[int]] = {}
    for village, vulnerable, place, numbers in _sums(connection, villages, goals, register):
        _add(totals[village, place], numbers)
        for group in vulnerable.split(",") if vulnerable and numbers[0] else ():
            _add(groups.setdefault((village, place, group), list(none)), numbers)
    cells = [
        {"village_id": village, **goal_key(goals[place]), **dict(zip(MEASURES, numbers, strict=True))}
        for (village, place), numbers in totals.items()
    ]
    return cells, [
        {
            "village_id": village,
            **goal_key(goals[place]),
            "vulnerable": group,
            **{name: numbers[MEASURES.index(name)] for name in ("people", "due", "covered")},
        }
        for (village, place, group), numbers in sorted(groups.items())
    ]


def count_goals(
    connection: Connection, villages: Sequence[str], goals: Sequence[Goal], register: Register = NOW
) -> list[Row]:
    """A row for each village and goal, zeros included: the columns of `coverage_cell`."""
    return count_people(connection, villages, goals, register)[0]


def count_days(
    connection: Connection, villages: Sequence[str], goals: Iterable[Goal], register: Register = NOW
) -> list[Row]:
    """Rows of `covered_day`: a goal's covered people by the day of their dose."""
    rows = []
    for goal in goals:
        given_on = getattr(register.immunisation, f"{goal.dose_type}_on")
        covered = and_(in_age_group(goal, register), measure(goal, "covered", register))
        query = _joined(register, villages, register.person.village_id, given_on, func.count()).where(covered)
        for village, day, people in connection.execute(query.group_by(register.person.village_id, given_on)):
            rows.append({"village_id": village, **goal_key(goal), "given_on": day, "covered": people})
    return rows


def count_doses(connection: Connection, villages: Sequence[str]) -> list[Row]:
    """Rows of `dose_tally`: doses of the villages' people by site, day, dose, vaccine and age group of that day.

    A dose that stands on two records of one person counts once.
    """
    people = identities(villages)
    same = (people.c.village_id, people.c.kept_id, people.c.birth_date)
    what = (Dose.site_id, Dose.given_on, Dose.dose_type, Dose.vaccine)
    injections = (
        select(
            *same,
            *what,
            func.min(case((Dose.from_certificate, 1), else_=0)).label("certified"),
            func.max(case((Dose.recorded_on == Dose.given_on, 1), else_=0)).label("same_day"),
        )
        .join(people, people.c.record_id == Dose.person_id)
        .outerjoin(DoseRepeat, DoseRepeat.dose_id == Dose.id)
        .where(Dose.corrected_by.is_(None), DoseRepeat.dose_id.is_(None))
        .group_by(*same, *what)
        .subquery("injection")
    )
    each = injections.c
    age_group = _age_group_on(each.birth_date, each.given_on)
    keys = (each.village_id, each.site_id, each.given_on, each.dose_type, each.vaccine, age_group)
    query = select(
        *keys,
        func.sum(1 - each.certified),
        func.sum(each.certified),
        func.sum(each.same_day * (1 - each.certified)),
    ).group_by(*keys)
    names = (
        "village_id", "site_id", "given_on", "dose_type", "vaccine", "age_group", "doses", "from_certificate",
        "same_day",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


def identities(villages: Sequence[str]) -> Any:
    """(record_id, kept_id, village_id, birth_date): every record of the people of these villages, also one that
    nobody registered yet but a verdict names.
    """
    of_kept = (Person.id.label("kept_id"), Person.village_id, Person.birth_date)
    own = select(Person.id.label("record_id"), *of_kept).where(
        Person.merged_into.is_(None), Person.village_id.in_(villages)
    )
    merged = (
        select(PersonGroup.person_id, *of_kept)
        .join(Person, Person.id == PersonGroup.kept_id)
        .where(PersonGroup.person_id != PersonGroup.kept_id, Person.village_id.in_(villages))
    )
    return own.union_all(merged).subquery("identity")


def _joined(register: Register, villages: Sequence[str], *columns: Any) -> Select[Any]:
    person, immunisation = register.person, register.immunisation
    source = _source(person).outerjoin(immunisation, immunisation.person_id == person.id)
    return select(*columns).select_from(source).where(person.village_id.in_(villages), register.counted)


def _source(person: Any) -> Any:
    return person.__table__ if hasattr(person, "__table__") else person.id.table


def _sums(
    connection: Connection, villages: Sequence[str], goals: Sequence[Goal], register: Register
) -> Iterator[tuple[str, str, int, list[int]]]:
    """(village, combination of vulnerable groups, goal's place, its measures)."""
    columns = (register.person.village_id, register.person.vulnerable)
    for start in range(0, len(goals), _GOALS_TOGETHER):
        part = goals[start : start + _GOALS_TOGETHER]
        sums = [
            _number(and_(in_age_group(goal, register), measure(goal, name, register)))
            for goal in part
            for name in MEASURES
        ]
        for row in connection.execute(_joined(register, villages, *columns, *sums).group_by(*columns)):
            numbers = list(map(int, row[2:]))
            for place in range(len(part)):
                yield row[0], row[1], start + place, numbers[place * len(MEASURES) :][: len(MEASURES)]


def _add(sums: list[int], numbers: Sequence[int]) -> None:
    sums[:] = map(sum, zip(sums, numbers, strict=True))


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _age_group_on(birth: Any, day: Any) -> ColumnElement[str]:
    """The code of the age group on a day, "" for none, as `shared.rules.ages` reckons ages."""
    cases = []
    for group in age_groups().values():
        if group.part_of is None:
            old_enough = birth <= latest_birth(day, group.min_months)
            most = group.max_months
            inside = old_enough if most is None else and_(old_enough, birth > latest_birth(day, most))
            cases.append((inside, group.code))
    return case(*cases, else_="")
