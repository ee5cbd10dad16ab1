"""Tables of identity: verdicts, the groups they make, candidates for review, answers of the population database."""

from datetime import date

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class SamePerson(Model):
    """A verdict that two records are of one person or of two; `corrected_by` names the entry that ends it."""

    __tablename__ = "same_person"
    __table_args__ = (
        Index("ix_same_person_pair", "pair_id"),
        Index("ix_same_person_a", "person_a"),
        Index("ix_same_person_b", "person_b"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    pair_id: Mapped[str] = mapped_column(Id)
    person_a: Mapped[str] = mapped_column(Id)
    person_b: Mapped[str] = mapped_column(Id)
    verdict: Mapped[str] = mapped_column(Text)
    keep_id: Mapped[str | None] = mapped_column(Id)
    checked_by: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date]
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class PersonGroup(Model):
    """A record of a group of two or more that are one person, and the record kept (which has a row as well)."""

    __tablename__ = "person_group"
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kept_id: Mapped[str] = mapped_column(Id, index=True)


class DoseRepeat(Model):
    """A dose that another record of the same person holds too (same type, same day): it is counted there."""

    __tablename__ = "dose_repeat"
    dose_id: Mapped[str] = mapped_column(Id, primary_key=True)
    of_id: Mapped[str] = mapped_column(Id)


class IdMatch(Model):
    """An answer of the population database; of a person's answers one that stands is `latest`."""

    __tablename__ = "id_match"
    __table_args__ = (Index("ix_id_match_person", "person_id", "latest"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    answer: Mapped[str] = mapped_column(Text)
    id_number: Mapped[str] = mapped_column(Text)
    differs: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    answered_on: Mapped[date]
    corrected_by: Mapped[str | None] = mapped_column(Id)
    latest: Mapped[bool]


class DuplicateCandidate(Model):
    """Two records that may be of one person, as a scan found them; `reasons` is JSON text: [[code, points], …]."""

    __tablename__ = "duplicate_candidate"
    __table_args__ = (Index("ix_duplicate_candidate_b", "person_b"),)
    person_a: Mapped[str] = mapped_column(Id, primary_key=True)
    person_b: Mapped[str] = mapped_column(Id, primary_key=True)
    score: Mapped[int]
    level: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    found_on: Mapped[date]


class DuplicateScan(Model):
    """How far a village's stream had come when its people were last compared with everyone else's."""

    __tablename__ = "duplicate_scan"
    village_id: Mapped[str] = mapped_column(Id, primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger)
