"""Stock with its effective expiry worked out: what boards and alerts add up without reading every holding."""

from datetime import date

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class StockExpiry(Model):
    """A holding that is not empty, of a known lot and item. `expires_on` is its effective expiry (the last day of use).

    `stopped` is why it is not usable whatever the day (hold, quarantined, opened, vvm, expiry_unknown). `doses` are
    those on hand, in opened vials those left; None for items without doses. A projection, kept with the balances.
    """

    __tablename__ = "stock_expiry"
    __table_args__ = (Index("ix_stock_expiry_day", "expires_on", "holding_id"),)
    holding_id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    lot_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date | None]
    stopped: Mapped[str | None] = mapped_column(Text)
    vials: Mapped[int] = mapped_column(BigInteger)
    doses: Mapped[int | None] = mapped_column(BigInteger)
