"""Cells: figures of one village, each village's counted together at one head of its stream.

`village_count` says at which head and on what basis (goals, age groups, rules) the cells of a village stand.
A village without anything to count has that row and no cells.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class VillageCount(Model):
    """When a village was counted last. Stale when its stream's head, or the basis, is another by now."""

    __tablename__ = "village_count"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    village_head: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(String(32))
    computed_at: Mapped[datetime] = mapped_column(Instant)


class CoverageCell(Model):
    """One goal (campaign, age group, dose, due date) in one village, counted in people.

    people: residents present in the age group on the due date. absent: temporarily absent, counted apart.
    contraindicated, due, covered: parts of `people`; covered is part of due.
    """

    __tablename__ = "coverage_cell"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Id, primary_key=True)
    age_group: Mapped[str] = mapped_column(Text, primary_key=True)
    dose_type: Mapped[str] = mapped_column(Text, primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]
    absent: Mapped[int]
    contraindicated: Mapped[int]
    due: Mapped[int]
    covered: Mapped[int]


class CoveredDay(Model):
    """Of a goal's covered people, how many got the dose on a day: the days of a cell add up to its `covered`."""

    __tablename__ = "covered_day"
    __table_args__ = (Index("ix_covered_day_given", "given_on", "village_id"),)
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Id, primary_key=True)
    age_group: Mapped[str] = mapped_column(Text, primary_key=True)
    dose_type: Mapped[str] = mapped_column(Text, primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    given_on: Mapped[date] = mapped_column(primary_key=True)
    covered: Mapped[int]


class GroupCell(Model):
    """A goal among the people of one vulnerable group (R066); a person may be of several."""

    __tablename__ = "group_cell"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Id, primary_key=True)
    age_group: Mapped[str] = mapped_column(Text, primary_key=True)
    dose_type: Mapped[str] = mapped_column(Text, primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    vulnerable: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]
    due: Mapped[int]
    covered: Mapped[int]


class DoseTally(Model):
    """Doses that residents of a village were given at a site on a day, by the age group they were of that day.

    `age_group` is "" for an age of no group. `doses` leaves out those taken from a certificate, which are in
    `from_certificate`; `same_day` are those of `doses` recorded on the day they were given.
    """

    __tablename__ = "dose_tally"
    __table_args__ = (Index("ix_dose_tally_site", "site_id", "given_on"),)
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    given_on: Mapped[date] = mapped_column(primary_key=True)
    dose_type: Mapped[str] = mapped_column(Text, primary_key=True)
    vaccine: Mapped[str] = mapped_column(Text, primary_key=True)
    age_group: Mapped[str] = mapped_column(Text, primary_key=True)
    doses: Mapped[int]
    from_certificate: Mapped[int]
    same_day: Mapped[int]


class OutreachCell(Model):
    """How far "every house, every person" has come in a village.

    households = knocked + never knocked; complete: knocked, and every member asked about has an outcome.
    people: residents, the temporarily absent included; each stands under their newest outcome, or under
    none in `never`. revisits: households whose newest visit asks for another. cannot_come: residents present
    who cannot reach a vaccination point.
    """

    __tablename__ = "outreach_cell"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    households: Mapped[int]
    knocked: Mapped[int]
    complete: Mapped[int]
    revisits: Mapped[int]
    people: Mapped[int]
    reviewed: Mapped[int]
    absent: Mapped[int]
    hesitant: Mapped[int]
    refused: Mapped[int]
    deferred: Mapped[int]
    contraindicated: Mapped[int]
    left: Mapped[int]
    never: Mapped[int]
    cannot_come: Mapped[int]
    without_id: Mapped[int]


class RefusalCell(Model):
    """People of a village who refuse or hesitate, by the reason of their newest outcome (R054)."""

    __tablename__ = "refusal_cell"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    reason: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]
