"""Tables of households, people, visits, sessions and doses: projections of their entries."""

from datetime import date

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class Household(Model):
    """A household of a village. `search` is folded: head, lane, address without accents."""

    __tablename__ = "household"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    village_id: Mapped[str] = mapped_column(Id, index=True)
    head_name: Mapped[str] = mapped_column(Text)
    lane: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    lat_e6: Mapped[int | None]
    lon_e6: Mapped[int | None]
    search: Mapped[str] = mapped_column(Text)


class Person(Model):
    """A person at their present home. `vulnerable` holds codes joined by commas."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_village", "village_id", "birth_date"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    household_id: Mapped[str] = mapped_column(Id, index=True)
    village_id: Mapped[str] = mapped_column(Id)
    full_name: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(Text)
    birth_date: Mapped[date]
    birth_precision: Mapped[str] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    ethnic: Mapped[str | None] = mapped_column(Text)
    relation: Mapped[str | None] = mapped_column(Text)
    id_kind: Mapped[str] = mapped_column(Text)
    id_number: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    guardian_name: Mapped[str | None] = mapped_column(Text)
    guardian_phone: Mapped[str | None] = mapped_column(Text)
    residence: Mapped[str] = mapped_column(Text)
    residence_since: Mapped[date | None]
    vulnerable: Mapped[str] = mapped_column(Text)
    cannot_come: Mapped[str | None] = mapped_column(Text)
    contraindication: Mapped[str | None] = mapped_column(Text)
    covid_on: Mapped[date | None]


class Visit(Model):
    """A visit to a household; `corrected_by` names the entry that replaces it."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_village", "village_id", "visited_on"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    household_id: Mapped[str] = mapped_column(Id, index=True)
    village_id: Mapped[str] = mapped_column(Id)
    visited_on: Mapped[date]
    visit_type: Mapped[str] = mapped_column(Text)
    revisit_on: Mapped[date | None]
    communication: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class VisitOutcome(Model):
    """What a visit found for one member."""

    __tablename__ = "visit_outcome"
    visit_id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    appointment_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)


class VaccinationSession(Model):
    """A session at a site; `detail` is the rest of its body as JSON text."""

    __tablename__ = "vaccination_session"
    __table_args__ = (Index("ix_session_site", "site_id", "held_on"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id)
    held_on: Mapped[date]
    session_type: Mapped[str] = mapped_column(Text)
    point_name: Mapped[str | None] = mapped_column(Text)
    closed: Mapped[bool]
    detail: Mapped[str] = mapped_column(Text)


class Dose(Model):
    """A dose; `corrected_by` names the entry that replaces it."""

    __tablename__ = "dose"
    __table_args__ = (
        Index("ix_dose_person", "person_id"),
        Index("ix_dose_site", "site_id", "given_on"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    session_id: Mapped[str | None] = mapped_column(Id)
    vaccine: Mapped[str] = mapped_column(Text)
    lot_id: Mapped[str | None] = mapped_column(Id)
    lot_number: Mapped[str | None] = mapped_column(Text)
    dose_type: Mapped[str] = mapped_column(Text)
    given_on: Mapped[date]
    screening: Mapped[str] = mapped_column(Text)
    at_home: Mapped[bool]
    from_certificate: Mapped[bool]
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Immunisation(Model):
    """The first day of each dose type a person has, and when the primary series was complete."""

    __tablename__ = "immunisation"
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    primary_1_on: Mapped[date | None]
    primary_2_on: Mapped[date | None]
    primary_3_on: Mapped[date | None]
    additional_on: Mapped[date | None]
    booster_1_on: Mapped[date | None]
    booster_2_on: Mapped[date | None]
    series_complete_on: Mapped[date | None]
    last_dose_on: Mapped[date | None]
    last_vaccine: Mapped[str | None] = mapped_column(Text)
