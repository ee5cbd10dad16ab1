"""One definition of each measure of a goal, at every level (R076): the condition on a person, in SQL.

The age group is judged on the due date, so a figure changes only when entries arrive. A `Register` says which
people are meant: as they are now, or as they were on a past day with the doses given by then.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, func, literal, null, or_, select, true, union_all

from server.registers.identity_models import PersonGroup
from server.registers.models import Immunisation, Person, PersonFormer
from server.registers.safety import Screening
from shared.reference import age_groups
from shared.rules.ages import birth_window
from shared.rules.schedule import booster_threshold

#: Residents who are there; the temporarily absent are counted apart (R013).
PRESENT = ("permanent", "temporary", "staying")

#: Measures of a goal, in the order of their formula.
MEASURES = ("people", "absent", "contraindicated", "due", "covered")


class GoalLike(Protocol):
    """What a definition needs of a goal."""

    @property
    def age_group(self) -> str:
        """Code of the age group."""
        ...

    @property
    def dose_type(self) -> str:
        """The dose."""
        ...

    @property
    def due_on(self) -> date:
        """The due date."""
        ...


@dataclass(frozen=True)
class Register:
    """People and what they were given. `person` and `immunisation` have the columns of their tables that are
    asked for here; doses after `as_of` do not count (None: every dose known), and `barred_then` gives the ids of
    those whose last screening by that day forbids.
    """

    person: Any
    immunisation: Any
    as_of: date | None = None
    barred_then: Any = None

    @property
    def counted(self) -> ColumnElement[bool]:
        """Who counts: a record that turned out to be another person's does not."""
        return self.person.merged_into.is_(None)  # type: ignore[no-any-return]

    @property
    def present(self) -> ColumnElement[bool]:
        """Residents who are there."""
        return and_(self.counted, self.person.residence.in_(PRESENT))

    def had(self, column: str) -> ColumnElement[bool]:
        """Whether a day of the immunisation row has come. People without doses have no such row."""
        day = getattr(self.immunisation, column)
        return day.is_not(None) if self.as_of is None else and_(day.is_not(None), day <= self.as_of)

    def given(self, dose_type: str) -> ColumnElement[bool]:
        """Whether they have the dose."""
        return and_(self.immunisation.person_id.is_not(None), self.had(f"{dose_type}_on"))

    @property
    def barred(self) -> ColumnElement[bool]:
        """Contraindicated: the register says so, or the newest screening did (R024)."""
        if self.as_of is not None:
            return or_(self.person.contraindication.is_not(None), self.person.id.in_(self.barred_then))
        screened = and_(self.immunisation.person_id.is_not(None), self.immunisation.barred_on.is_not(None))
        return or_(self.person.contraindication.is_not(None), screened)


#: Everybody as they are now.
NOW = Register(Person, Immunisation)

_FORMER_COLUMNS = ("village_id", "birth_date", "residence", "vulnerable", "contraindication")


def register_as_of(day: date) -> Register:
    """Everybody as they were at the end of a day, by what is known now of that day."""
    now = select(
        Person.id, *(getattr(Person, name) for name in _FORMER_COLUMNS), null().label("merged_into")
    ).where(Person.merged_into.is_(None), Person.since_on <= day)
    then = (
        select(
            PersonFormer.person_id.label("id"),
            *(getattr(PersonFormer, name) for name in _FORMER_COLUMNS),
            null().label("merged_into"),
        )
        .join(Person, and_(Person.id == PersonFormer.person_id, Person.merged_into.is_(None)))
        .where(literal(day).between(PersonFormer.from_on, PersonFormer.until_on))
    )
    return Register(union_all(now, then).subquery("person_then").c, Immunisation, day, _barred_by(day))


def _barred_by(day: date) -> Any:
    """Ids of people whose last screening by a day forbids; on one day the gravest holds (`rules.screening`)."""
    standing = and_(Screening.corrected_by.is_(None), Screening.screened_on <= day)
    kept = func.coalesce(PersonGroup.kept_id, Screening.person_id)
    forbidden = (
        select(kept.label("person_id"), func.max(Screening.screened_on).label("on"))
        .outerjoin(PersonGroup, PersonGroup.person_id == Screening.person_id)
        .where(standing, Screening.outcome == "contraindicated")
        .group_by(kept)
        .subquery("forbidden")
    )
    of_one = select(PersonGroup.person_id).where(PersonGroup.kept_id == forbidden.c.person_id)
    records = of_one.correlate(forbidden)
    since = select(Screening.id).where(
        or_(Screening.person_id == forbidden.c.person_id, Screening.person_id.in_(records)),
        standing,
        Screening.screened_on > forbidden.c.on,
    )
    return select(forbidden.c.person_id).where(~since.exists())


def in_age_group(goal: GoalLike, register: Register = NOW) -> ColumnElement[bool]:
    """Born so that they are of the age group on the due date; nobody is of a group unknown here."""
    group = age_groups().get(goal.age_group)
    if group is None:
        return false()
    first, last = birth_window(group, goal.due_on)
    return register.person.birth_date.between(first, last)  # type: ignore[no-any-return]


def measure(goal: GoalLike, name: str, register: Register = NOW) -> ColumnElement[bool]:
    """The condition under which a person counts for a measure of a goal.

    People and immunisations are joined outwards: a person without doses has no immunisation row.
    """
    has_dose = register.given(goal.dose_type)
    if name == "people":
        return register.present
    if name == "absent":
        return and_(register.counted, register.person.residence == "absent")
    if name == "contraindicated":
        return and_(register.present, register.barred, ~has_dose)
    due = and_(register.present, or_(~register.barred, has_dose), _on_schedule(goal, register))
    if name == "due":
        return due
    if name == "covered":
        return and_(due, has_dose)
    raise KeyError(name)


def _on_schedule(goal: GoalLike, register: Register) -> ColumnElement[bool]:
    """For a booster: the primary series complete early enough, or the dose given; for a primary dose: everyone."""
    has_dose = register.given(goal.dose_type)
    before = {"booster_1": "series_complete", "booster_2": "booster_1"}.get(goal.dose_type)
    if before is not None:
        ready_by = booster_threshold(goal.due_on, goal.age_group, goal.dose_type)
        ready = getattr(register.immunisation, f"{before}_on") <= ready_by
        return or_(has_dose, and_(register.given(before), ready))
    return true() if goal.dose_type.startswith("primary") else false()
