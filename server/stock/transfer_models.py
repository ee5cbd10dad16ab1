"""Tables of transfers, recalls, levels and equipment: projections of entries. Whole vials or units."""

from datetime import date

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class Transfer(Model):
    """A transfer between two sites; `decision` is None until somebody decided, `ordered_id` when nobody ordered it."""

    __tablename__ = "transfer"
    __table_args__ = (
        Index(
            "ix_transfer_proposal",
            "proposal_id",
            postgresql_where=text("proposal_id IS NOT NULL"),
            sqlite_where=text("proposal_id IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(Id, index=True)
    destination_id: Mapped[str] = mapped_column(Id, index=True)
    ordered_id: Mapped[str | None] = mapped_column(Id)
    ordered_on: Mapped[date | None]
    ordered_by: Mapped[str | None] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(Text)
    dispatch_by: Mapped[date | None]
    arrive_by: Mapped[date | None]
    document: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    saves: Mapped[int | None]
    saves_from: Mapped[int | None]
    saves_to: Mapped[int | None]
    allocation_id: Mapped[str | None] = mapped_column(Id)
    recall_id: Mapped[str | None] = mapped_column(Id)
    proposal_id: Mapped[str | None] = mapped_column(Id)
    decision: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(Id)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    dispatched_on: Mapped[date | None]
    received_on: Mapped[date | None]
    all_here: Mapped[bool]


class TransferLine(Model):
    """One lot in one state: what was ordered and what became of it."""

    __tablename__ = "transfer_line"
    transfer_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(Text)
    thawed_on: Mapped[date | None]
    ordered: Mapped[int]
    dispatched: Mapped[int]
    accepted: Mapped[int]
    rejected: Mapped[int]
    lost: Mapped[int]
    back: Mapped[int]


class TransferDocument(Model):
    """A dispatch, receipt or settlement; `detail` is its body as JSON, `idle` one that another replaced."""

    __tablename__ = "transfer_document"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    transfer_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(Text)
    written_on: Mapped[date]
    document: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    detail: Mapped[str] = mapped_column(Text)
    corrected_by: Mapped[str | None] = mapped_column(Id)
    idle: Mapped[bool]


class Recall(Model):
    """Stock a site is told to give away by a day (R037)."""

    __tablename__ = "recall"
    __table_args__ = (
        Index(
            "ix_recall_allocation",
            "allocation_id",
            postgresql_where=text("allocation_id IS NOT NULL"),
            sqlite_where=text("allocation_id IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    lot_id: Mapped[str | None] = mapped_column(Id)
    vials: Mapped[int]
    deadline: Mapped[date]
    allocation_id: Mapped[str | None] = mapped_column(Id)
    destination_id: Mapped[str | None] = mapped_column(Id)
    cause: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class StockLevel(Model):
    """The least and the most a site should hold of an item (R074)."""

    __tablename__ = "stock_level"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    least: Mapped[int | None]
    most: Mapped[int | None]
    document: Mapped[str | None] = mapped_column(Text)


class Equipment(Model):
    """A piece of equipment of a site (R052, R073); `gone` says why it is no longer there."""

    __tablename__ = "equipment"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    serial: Mapped[str | None] = mapped_column(Text)
    pieces: Mapped[int | None]
    received_on: Mapped[date | None]
    funding: Mapped[str | None] = mapped_column(Text)
    condition: Mapped[str] = mapped_column(Text)
    in_use: Mapped[bool | None]
    solution: Mapped[str | None] = mapped_column(Text)
    plan_after: Mapped[str | None] = mapped_column(Text)
    decided: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    gone: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
