"""Outlines of places, as an operator imported them: for drawing only, no figure depends on them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model, select_among


class PlaceBoundary(Model):
    """The outline of one place. `shape` is JSON: polygons of rings, each ring [x, y, dx, dy, …] in 1/10,000 degree.

    The first ring of a polygon is its outer one, counter-clockwise; the others are holes.
    """

    __tablename__ = "place_boundary"
    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    shape: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    attribution: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(Instant)


_BOUNDARY: Table = PlaceBoundary.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Outline:
    """A place's outline as stored, and whom it is owed to."""

    shape: str
    attribution: str


def outlines(connection: Connection, places: Collection[str]) -> dict[str, Outline]:
    """Place id -> outline, of those that have one."""
    query = select(_BOUNDARY.c.place_id, _BOUNDARY.c.shape, _BOUNDARY.c.attribution)
    rows = select_among(connection, query, _BOUNDARY.c.place_id, places)
    return {row.place_id: Outline(row.shape, row.attribution) for row in rows}


def newest_import(connection: Connection) -> datetime | None:
    """When boundaries were imported last; None when there are none."""
    return connection.execute(select(func.max(_BOUNDARY.c.imported_at))).scalar()
