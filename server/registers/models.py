"""Tables of households, people, visits, sessions and doses: projections of their entries."""

from datetime import date

from sqlalchemy import Index, Text, text
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
    """A person at their present home, as they are since `since_on`. `vulnerable` holds codes joined by commas.

    `merged_into` names the person this record turned out to be (`same_person`): figures leave it out, and what
    was written about it counts there. `match_key` is what possible duplicates share (`matching.block_key`).
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_village", "village_id", "birth_date"),
        Index("ix_person_group", "group_place_id", postgresql_where=text("group_place_id IS NOT NULL")),
        Index("ix_person_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_person_match", "match_key"),
        Index("ix_person_number", "id_number", postgresql_where=text("id_number IS NOT NULL")),
        Index("ix_person_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_person_guardian", "guardian_phone", postgresql_where=text("guardian_phone IS NOT NULL")),
        Index(
            "ix_person_cannot_come",
            "village_id",
            postgresql_where=text("cannot_come IS NOT NULL"),
            sqlite_where=text("cannot_come IS NOT NULL"),
        ),
        Index(
            "ix_person_came",
            "village_id",
            "came_on",
            postgresql_where=text("came_on IS NOT NULL"),
            sqlite_where=text("came_on IS NOT NULL"),
        ),
    )
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
    language: Mapped[str | None] = mapped_column(Text)
    interpreter: Mapped[bool | None]
    relation: Mapped[str | None] = mapped_column(Text)
    id_kind: Mapped[str] = mapped_column(Text)
    id_number: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    guardian_name: Mapped[str | None] = mapped_column(Text)
    guardian_relation: Mapped[str | None] = mapped_column(Text)
    guardian_phone: Mapped[str | None] = mapped_column(Text)
    residence: Mapped[str] = mapped_column(Text)
    residence_since: Mapped[date | None]
    came_on: Mapped[date | None]
    came_from: Mapped[str | None] = mapped_column(Text)
    vulnerable: Mapped[str] = mapped_column(Text)
    cannot_come: Mapped[str | None] = mapped_column(Text)
    contraindication: Mapped[str | None] = mapped_column(Text)
    covid_on: Mapped[date | None]
    group_place_id: Mapped[str | None] = mapped_column(Id)
    group_name: Mapped[str | None] = mapped_column(Text)
    since_on: Mapped[date]
    merged_into: Mapped[str | None] = mapped_column(Id)
    match_key: Mapped[str] = mapped_column(Text)


class PersonFormer(Model):
    """What figures need of a person as they were from one day through another, before `person.since_on`."""

    __tablename__ = "person_former"
    __table_args__ = (Index("ix_person_former_village", "village_id"),)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    village_id: Mapped[str] = mapped_column(Id)
    birth_date: Mapped[date]
    residence: Mapped[str] = mapped_column(Text)
    vulnerable: Mapped[str] = mapped_column(Text)
    contraindication: Mapped[str | None] = mapped_column(Text)


class Visit(Model):
    """A visit to a household; `corrected_by` names the entry that replaces it."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_village", "village_id", "visited_on"),
        Index(
            "ix_visit_revisit",
            "village_id",
            postgresql_where=text("revisit_on IS NOT NULL"),
            sqlite_where=text("revisit_on IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    household_id: Mapped[str] = mapped_column(Id, index=True)
    village_id: Mapped[str] = mapped_column(Id)
    visited_on: Mapped[date]
    visit_type: Mapped[str] = mapped_column(Text)
    revisit_on: Mapped[date | None]
    communication: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    recorded_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)


class VisitOutcome(Model):
    """What a visit found for one member. `reached` and `consent` are about a child's parents (R050)."""

    __tablename__ = "visit_outcome"
    __table_args__ = (
        Index(
            "ix_visit_outcome_transport",
            "person_id",
            postgresql_where=text("transport_need"),
            sqlite_where=text("transport_need"),
        ),
        Index(
            "ix_visit_outcome_consent",
            "person_id",
            postgresql_where=text("consent IS NOT NULL"),
            sqlite_where=text("consent IS NOT NULL"),
        ),
    )
    visit_id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    appointment_on: Mapped[date | None]
    reached: Mapped[bool | None]
    consent: Mapped[str | None] = mapped_column(Text)
    transport_need: Mapped[bool]
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
    recorded_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Immunisation(Model):
    """The first day of each dose type a person has, when the primary series was complete, and what their
    screenings say (`shared.rules.screening.summed_up`); no row for people without either.
    """

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
    barred_on: Mapped[date | None]
    deferred_until: Mapped[date | None]
    conditions: Mapped[str | None] = mapped_column(Text)
