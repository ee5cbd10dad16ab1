"""Tables of openings, screenings, reactions and observations (projections), and of doubts, kept by a job."""

from datetime import date

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class DoseOpening(Model):
    """A dose a province opened to an age group; `vaccines` are codes joined by commas, "" for all."""

    __tablename__ = "dose_opening"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    age_group: Mapped[str] = mapped_column(Text)
    dose_type: Mapped[str] = mapped_column(Text)
    vaccines: Mapped[str] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date | None]
    interval_days: Mapped[int | None]
    interval_months: Mapped[int | None]
    covid_deferral_months: Mapped[int | None]
    condition: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class Screening(Model):
    """A screening at a site; `answers` is a JSON list of {item, yes}, for those only who screen (R079)."""

    __tablename__ = "screening"
    __table_args__ = (
        Index("ix_screening_person", "person_id"),
        Index("ix_screening_site", "site_id", "screened_on"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    session_id: Mapped[str | None] = mapped_column(Id)
    screened_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    deferred_until: Mapped[date | None]
    form: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    recorded_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Reaction(Model):
    """A reaction after a dose, reported at a place; `symptoms` are codes joined by commas."""

    __tablename__ = "reaction"
    __table_args__ = (
        Index("ix_reaction_person", "person_id"),
        Index("ix_reaction_place", "place_id", "reported_on"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    place_id: Mapped[str] = mapped_column(Id)
    dose_id: Mapped[str | None] = mapped_column(Id)
    onset_on: Mapped[date]
    reported_on: Mapped[date]
    severity: Mapped[str] = mapped_column(Text)
    symptoms: Mapped[str] = mapped_column(Text)
    treated_at: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    recorded_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Observation(Model):
    """The end of the observation after a dose, at a site; `minutes` is None where nobody knows how long it lasted."""

    __tablename__ = "observation"
    __table_args__ = (
        Index("ix_observation_person", "person_id"),
        Index("ix_observation_dose", "dose_id"),
        Index("ix_observation_session", "session_id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    dose_id: Mapped[str] = mapped_column(Id)
    session_id: Mapped[str | None] = mapped_column(Id)
    ended_on: Mapped[date]
    result: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    recorded_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)


class DoseDoubt(Model):
    """A doubt about a dose, by the home village of the person; `params` are the figures of its words, as JSON."""

    __tablename__ = "dose_doubt"
    __table_args__ = (Index("ix_dose_doubt_village", "village_id", "code"),)
    dose_id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    village_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    given_on: Mapped[date]
    params: Mapped[str] = mapped_column(Text)


class SessionDoubt(Model):
    """A doubt about a closed session at a site: about one of its lots, or (`about_id` its own) about its people."""

    __tablename__ = "session_doubt"
    __table_args__ = (Index("ix_session_doubt_site", "site_id"),)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    about_id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id)
    held_on: Mapped[date]
    params: Mapped[str] = mapped_column(Text)


class DoubtScan(Model):
    """How far the stream of a village or site had come when its doubts were found, and by which openings and
    expiry dates (`basis`, a digest): stale when either differs.
    """

    __tablename__ = "doubt_scan"
    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(Text)
