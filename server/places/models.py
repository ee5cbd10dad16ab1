"""Tables of the dated place tree: a projection of `place` entries."""

from datetime import date

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Model


class Place(Model):
    """A place under its stable id. `province_id` is the stream its entries stand in."""

    __tablename__ = "place"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    level: Mapped[str] = mapped_column(Text, index=True)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    lat_e5: Mapped[int | None]
    lon_e5: Mapped[int | None]
    source: Mapped[str | None] = mapped_column(Text)


class PlaceVersion(Model):
    """What a place was called and whose it was from `valid_from` to the end of `valid_to`."""

    __tablename__ = "place_version"
    __table_args__ = (Index("ix_place_version_code", "code", "valid_from"),)
    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    name: Mapped[str] = mapped_column(Text)
    unit_type: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[str | None] = mapped_column(Id, index=True)
    health_parent_id: Mapped[str | None] = mapped_column(Id)


class PlaceServes(Model):
    """A village in the catchment of a station or team (many to many, R068)."""

    __tablename__ = "place_serves"
    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    village_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


class PlaceSuccession(Model):
    """`new_id` took over from `old_id`."""

    __tablename__ = "place_succession"
    old_id: Mapped[str] = mapped_column(Id, primary_key=True)
    new_id: Mapped[str] = mapped_column(Id, primary_key=True)
