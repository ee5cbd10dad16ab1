"""Amounts of movements as SQL: doses of what has doses, units of the rest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func

from server.database import table_of
from server.stock.models import Item, StockMovement

_MOVEMENT = table_of(StockMovement)


def moved_doses() -> Any:
    """Signed doses of a movement joined with its item: as recorded of opened vials, else of its vials."""
    per_vial = func.coalesce(Item.doses_per_vial, 1)
    counted = (_MOVEMENT.c.state == "opened") & (_MOVEMENT.c.doses != 0)
    return case((counted, _MOVEMENT.c.doses), else_=_MOVEMENT.c.vials * per_vial)
