"""Tables of reports and what is said of them, closed periods, restatements, reconciliations, signatures: projections.

Nested parts (rows, snapshots, changed cells) are JSON text as the folds spell it. `report_watch` alone is no
projection: it remembers how far a closed period was compared.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class Report(Model):
    """A unit's report of a period on a form. `heads`: the entries that stand, joined by commas."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_period", "form", "period", "first_on"),
        Index("ix_report_unit", "unit_id", "first_on"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[str] = mapped_column(Id)
    form: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date]
    last_on: Mapped[date]
    campaign_id: Mapped[str | None] = mapped_column(Id)
    rows: Mapped[str] = mapped_column(Text)
    nothing_held: Mapped[bool]
    plan_document: Mapped[str | None] = mapped_column(Text)
    plan_valid_from: Mapped[date | None]
    counted_at: Mapped[str] = mapped_column(Text)
    heads: Mapped[str] = mapped_column(Text)


class ReportReview(Model):
    """A verdict on a report as it was sent (`judged_id`), or a query about a cell of it."""

    __tablename__ = "report_review"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = mapped_column(Id, index=True)
    unit_id: Mapped[str] = mapped_column(Id)
    judged_id: Mapped[str] = mapped_column(Id)
    verdict: Mapped[str] = mapped_column(Text)
    cell: Mapped[str | None] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    settles: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    said_at: Mapped[str] = mapped_column(Text)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class ReportAnswer(Model):
    """A unit's answer to a query."""

    __tablename__ = "report_answer"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = mapped_column(Id, index=True)
    review_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    said_at: Mapped[str] = mapped_column(Text)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class PeriodClose(Model):
    """A closed period of a district; `units` is the frozen snapshot."""

    __tablename__ = "period_close"
    __table_args__ = (
        Index("ix_close_period", "form", "period", "first_on"),
        Index("ix_close_place", "place_id", "first_on"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    period_id: Mapped[str] = mapped_column(Id, index=True)
    place_id: Mapped[str] = mapped_column(Id)
    form: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date]
    last_on: Mapped[date]
    campaign_id: Mapped[str | None] = mapped_column(Id)
    plan_document: Mapped[str | None] = mapped_column(Text)
    plan_valid_from: Mapped[date | None]
    as_of: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    units: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Restatement(Model):
    """What late records made of a closed period; `late` names the first of `late_count` records."""

    __tablename__ = "restatement"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    period_id: Mapped[str] = mapped_column(Id, index=True)
    close_id: Mapped[str] = mapped_column(Id)
    place_id: Mapped[str] = mapped_column(Id)
    counted_at: Mapped[str] = mapped_column(Text)
    cells: Mapped[str] = mapped_column(Text)
    late: Mapped[str] = mapped_column(Text)
    late_count: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class Reconciliation(Model):
    """A unit's figure beside the provincial CDC's; null figures are not known yet."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index("ix_reconciliation_period", "period", "first_on"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[str] = mapped_column(Id, index=True)
    indicator: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date]
    last_on: Mapped[date]
    campaign_id: Mapped[str | None] = mapped_column(Id)
    vaccine: Mapped[str | None] = mapped_column(Text)
    unit_value: Mapped[int | None]
    cdc_value: Mapped[int | None]
    cdc_source: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    agreed_value: Mapped[int | None]
    state: Mapped[str] = mapped_column(Text)


class ReportLayout(Model):
    """A report form a province added or replaced."""

    __tablename__ = "report_layout"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    columns: Mapped[str] = mapped_column(Text)


class Signature(Model):
    """A digital signature on a report, a session or a dose, or its withdrawal; `digest` in hex is the document's."""

    __tablename__ = "signature"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    of_id: Mapped[str] = mapped_column(Id, index=True)
    of_kind: Mapped[str] = mapped_column(Text)
    place_id: Mapped[str] = mapped_column(Id)
    digest: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    signer: Mapped[str | None] = mapped_column(Text)
    certificate: Mapped[str | None] = mapped_column(Text)
    tool: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    author_id: Mapped[str] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class ReportWatch(Model):
    """How far a closed period was compared: the heads of its streams added up, which only ever grow."""

    __tablename__ = "report_watch"
    close_id: Mapped[str] = mapped_column(Id, primary_key=True)
    heads: Mapped[int] = mapped_column(BigInteger)
