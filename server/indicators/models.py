"""Cells: figures of one village, kept with the heads of the streams they were computed from."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class CoverageCell(Model):
    """One goal (campaign, age group, dose, due date) in one village. Stale when a head has moved on.

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
    village_head: Mapped[int] = mapped_column(BigInteger)
    reference_head: Mapped[int] = mapped_column(BigInteger)
    computed_at: Mapped[datetime] = mapped_column(Instant)
