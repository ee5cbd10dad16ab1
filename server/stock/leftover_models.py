"""The table of decisions on leftovers: a projection of entries."""

from datetime import date

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class LeftoverDecision(Model):
    """What is to become of a lot at a site (R052)."""

    __tablename__ = "leftover_decision"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    lot_id: Mapped[str] = mapped_column(Id)
    decision: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    document: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
