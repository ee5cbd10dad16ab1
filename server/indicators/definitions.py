"""One definition of each measure of a goal, at every level (R076): the condition on a person, in SQL.

The age group is judged on the due date, so a figure changes only when entries arrive.
"""

from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, true

from server.registers.models import Immunisation, Person
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


def in_age_group(goal: GoalLike) -> ColumnElement[bool]:
    """Born so that they are of the age group on the due date; nobody is of a group unknown here."""
    group = age_groups().get(goal.age_group)
    if group is None:
        return false()
    first, last = birth_window(group, goal.due_on)
    return Person.birth_date.between(first, last)


def measure(goal: GoalLike, name: str) -> ColumnElement[bool]:
    """The condition under which a person counts for a measure of a goal.

    People and immunisations are joined outwards: a person without doses has no immunisation row.
    """
    present = Person.residence.in_(PRESENT)
    has_dose = _given(goal.dose_type)
    if name == "people":
        return present
    if name == "absent":
        return Person.residence == "absent"
    if name == "contraindicated":
        return and_(present, Person.contraindication.is_not(None), ~has_dose)
    due = and_(present, or_(Person.contraindication.is_(None), has_dose), _on_schedule(goal))
    if name == "due":
        return due
    if name == "covered":
        return and_(due, has_dose)
    raise KeyError(name)


def _given(dose_type: str) -> ColumnElement[bool]:
    return and_(Immunisation.person_id.is_not(None), getattr(Immunisation, f"{dose_type}_on").is_not(None))


def _on_schedule(goal: GoalLike) -> ColumnElement[bool]:
    """For a booster: the primary series complete early enough, or the dose given; for a primary dose: everyone."""
    if goal.dose_type == "booster_1":
        ready = Immunisation.series_complete_on <= booster_threshold(goal.due_on)
        return or_(_given(goal.dose_type), and_(Immunisation.person_id.is_not(None), ready))
    if goal.dose_type == "booster_2":
        return or_(_given(goal.dose_type), _given("booster_1"))
    return true() if goal.dose_type.startswith("primary") else false()
