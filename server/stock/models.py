"""Tables of items, lots, movements, balances, counts, allocations: projections of entries. Whole vials or units."""

from datetime import date

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


def _where_given(name: str, column: str) -> Index:
    """An index over the few rows that have the column."""
    given = text(f"{column} IS NOT NULL")
    return Index(name, column, postgresql_where=given, sqlite_where=given)


class Item(Model):
    """An item of the catalogue; the only place that states doses a vial and thaw days."""

    __tablename__ = "item"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id)
    code: Mapped[str] = mapped_column(Text)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    item_class: Mapped[str] = mapped_column(Text)
    unit_vi: Mapped[str] = mapped_column(Text)
    unit_en: Mapped[str] = mapped_column(Text)
    vaccine: Mapped[str | None] = mapped_column(Text)
    doses_per_vial: Mapped[int | None]
    thaw_days: Mapped[int | None]
    open_vial_hours: Mapped[int | None]
    open_vial_rule: Mapped[str | None] = mapped_column(Text)
    open_vial_days: Mapped[int | None]
    vvm_type: Mapped[str | None] = mapped_column(Text)
    pack_size: Mapped[int | None]
    diluent_id: Mapped[str | None] = mapped_column(Id)
    least: Mapped[int | None]
    warn_days: Mapped[int | None]
    gtin: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)


class Lot(Model):
    """A lot; `revisions` is a JSON list of {state, expiry, document}; `hold` the document that stops its use."""

    __tablename__ = "lot"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, index=True)
    lot_number: Mapped[str] = mapped_column(Text)
    maker: Mapped[str | None] = mapped_column(Text)
    label_expiry: Mapped[date | None]
    expiry_precision: Mapped[str | None] = mapped_column(Text)
    revisions: Mapped[str] = mapped_column(Text)
    hold: Mapped[str | None] = mapped_column(Text)


class StockMovement(Model):
    """A signed movement of one holding; an entry may make several. `unit_id` is the subject whose fold gives the row
    (the lot, a transfer, a count). `idle` rows are shown and count nothing.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_movement_holding", "holding_id", "moved_on"),
        Index("ix_movement_site", "site_id", "moved_on"),
        _where_given("ix_movement_reverses", "reverses_id"),
        _where_given("ix_movement_transfer", "transfer_id"),
        _where_given("ix_movement_count", "count_id"),
        _where_given("ix_movement_session", "session_id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[str] = mapped_column(Id, index=True)
    unit_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    lot_id: Mapped[str] = mapped_column(Id, index=True)
    holding_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(Text)
    thawed_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    vials: Mapped[int] = mapped_column(BigInteger)
    doses: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    moved_on: Mapped[date]
    counterpart_id: Mapped[str | None] = mapped_column(Id)
    document: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[str | None] = mapped_column(Id)
    reverses_id: Mapped[str | None] = mapped_column(Id)
    transfer_id: Mapped[str | None] = mapped_column(Id)
    count_id: Mapped[str | None] = mapped_column(Id)
    vvm: Mapped[int | None]
    idle: Mapped[bool]
    author_id: Mapped[str] = mapped_column(Id)
    note: Mapped[str | None] = mapped_column(Text)


class StockBalance(Model):
    """A holding's book balance: the sum of its movements, whatever order they came in; `vvm` as last seen."""

    __tablename__ = "stock_balance"
    holding_id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    lot_id: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(Text)
    thawed_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    vials: Mapped[int] = mapped_column(BigInteger)
    doses: Mapped[int] = mapped_column(BigInteger)
    vvm: Mapped[int | None]
    vvm_on: Mapped[date | None]


class StockCount(Model):
    """A count of a site's holdings as of a day."""

    __tablename__ = "stock_count"
    __table_args__ = (Index("ix_count_site", "site_id", "as_of"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id)
    as_of: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Id)
    corrected_by: Mapped[str | None] = mapped_column(Id)


class StockCountLine(Model):
    """One holding of a count; null vials were not counted."""

    __tablename__ = "stock_count_line"
    __table_args__ = (Index("ix_count_line_holding", "holding_id"),)
    count_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[str] = mapped_column(Id)
    lot_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(Text)
    thawed_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    vials: Mapped[int | None]
    doses: Mapped[int | None]
    vvm: Mapped[int | None]
    condition: Mapped[str | None] = mapped_column(Text)
    solution: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class Allocation(Model):
    """Vials of an item planned for a site by a day (R048), used there by `use_by` (R037); `withdrawn` says why it is
    not to be carried out.
    """

    __tablename__ = "allocation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    source_id: Mapped[str | None] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    vials: Mapped[int]
    by_on: Mapped[date]
    document: Mapped[str] = mapped_column(Text)
    campaign_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str | None] = mapped_column(Text)
    withdrawn: Mapped[str | None] = mapped_column(Text)
    lot_id: Mapped[str | None] = mapped_column(Id)
    use_by: Mapped[date | None]
    weekly: Mapped[int | None]
