"""Doubts about doses and sessions, place by place: found again where a stream, an opening or an expiry has moved.

Reading and writing are two steps, so that looking takes no write lock: heads are read before the doses, so a
place can only be newer than its scan says, never older.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import aliased

from server.database import in_parts, insert_rows, select_among
from server.ledger.models import Stream
from server.places.models import Place
from server.registers.identity_models import DoseRepeat
from server.registers.models import Dose, Person
from server.registers.openings import openings_in
from server.registers.safety import DoseDoubt, DoseOpening, DoubtScan, Screening, SessionDoubt
from server.registers.session_doubts import of_sites
from server.stock.models import Item, Lot
from shared.projections.stock import compact
from shared.reference import dose_openings, dose_rules, doubt_limits, vaccine_mixing, vaccines
from shared.rules.dose_doubts import doubts_of
from shared.rules.expiry import last_day_of_lot
from shared.rules.openings import Openings

_DOUBT: Table = DoseDoubt.__table__  # type: ignore[assignment]
_SESSION_DOUBT: Table = SessionDoubt.__table__  # type: ignore[assignment]
_SCAN: Table = DoubtScan.__table__  # type: ignore[assignment]
_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_SCREENING: Table = Screening.__table__  # type: ignore[assignment]
_PERSON: Table = Person.__table__  # type: ignore[assignment]

#: Places looked at by one reading.
TOGETHER = 40

_SITES = ("station", "team")


@dataclass(frozen=True, slots=True)
class Province:
    """What doubts depend on besides the streams; `basis` is its digest."""

    openings: Openings
    expiry: dict[str, date | None]
    doses_per_vial: dict[str, int]
    basis: str


@dataclass(slots=True)
class Found:
    """The doubts of some places, and how far their streams had come."""

    scans: list[dict[str, Any]] = field(default_factory=list)
    doses: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)


def provinces(connection: Connection) -> dict[str, Province]:
    """Province id -> what its doubts depend on."""
    query = select(Place.province_id).distinct().where(Place.province_id.is_not(None))
    return {province: _province(connection, province) for province in connection.scalars(query)}


def stale_places(connection: Connection, known: dict[str, Province]) -> list[str]:
    """Villages and sites whose doubts were found before something arrived or was opened, by their ids."""
    scans = {row.place_id: (row.head, row.basis) for row in connection.execute(select(_SCAN))}
    query = (
        select(Place.id, Place.province_id, Stream.head)
        .join(Stream, Stream.id == Place.id)
        .where(Place.level.in_(("village", *_SITES)))
    )
    return sorted(
        place.id
        for place in connection.execute(query)
        if scans.get(place.id) != (place.head, known[place.province_id].basis)
    )


def find(connection: Connection, places: Sequence[str], known: dict[str, Province]) -> Found:
    """The doubts of these places as they stand."""
    query = (
        select(Place.id, Place.level, Place.province_id, Stream.head)
        .join(Stream, Stream.id == Place.id)
        .where(Place.id.in_(places))
    )
    found = Found()
    inside: dict[tuple[str, bool], list[str]] = {}
    for place in connection.execute(query).all():
        basis = known[place.province_id].basis
        found.scans.append({"place_id": place.id, "head": place.head, "basis": basis})
        inside.setdefault((place.province_id, place.level == "village"), []).append(place.id)
    for (province, are_villages), ids in inside.items():
        if are_villages:
            found.doses += _of_villages(connection, ids, known[province])
        else:
            found.sessions += of_sites(connection, ids, known[province].doses_per_vial)
    return found


def keep(connection: Connection, found: Found) -> None:
    """Put what was found in the place of what stood before. The caller commits."""
    places = [scan["place_id"] for scan in found.scans]
    for part in in_parts(places):
        connection.execute(_DOUBT.delete().where(_DOUBT.c.village_id.in_(part)))
        connection.execute(_SESSION_DOUBT.delete().where(_SESSION_DOUBT.c.site_id.in_(part)))
    # A person who moved may still stand under the village left, which is looked at by itself.
    insert_rows(connection, _DOUBT, found.doses, replace=("dose_id", "code"))
    insert_rows(connection, _SESSION_DOUBT, found.sessions)
    insert_rows(connection, _SCAN, found.scans, replace=("place_id",))


def _of_villages(connection: Connection, villages: Sequence[str], province: Province) -> list[dict[str, Any]]:
    kept, other = aliased(Person), aliased(Person)
    people = {
        row.id: row
        for row in connection.execute(
            select(Person.id, Person.birth_date, Person.village_id).where(
                Person.village_id.in_(villages), Person.merged_into.is_(None)
            )
        )
    }
    records = connection.execute(
        select(other.id, other.merged_into)
        .join(kept, kept.id == other.merged_into)
        .where(kept.village_id.in_(villages), kept.merged_into.is_(None))
    )
    merged = {record.id: str(record.merged_into) for record in records}
    repeated = set(connection.scalars(select(DoseRepeat.dose_id))) if merged else set()
    doses = _by_person(connection, _DOSE, villages, merged)
    screenings = _by_person(connection, _SCREENING, villages, merged)
    return [
        {
            "dose_id": doubt.dose_id,
            "code": doubt.code,
            "person_id": person,
            "village_id": people[person].village_id,
            "site_id": given[doubt.dose_id]["site_id"],
            "given_on": given[doubt.dose_id]["given_on"],
            "params": compact(doubt.params),
        }
        for person, rows in doses.items()
        if person in people  # not one registered since the people were read: the stream has moved on
        if (given := {row["id"]: row for row in rows if row["id"] not in repeated})
        for doubt in doubts_of(
            people[person]._asdict(),
            given.values(),
            province.openings,
            screenings=screenings.get(person, ()),
            expiry=province.expiry,
        )
    ]


def _by_person(
    connection: Connection, table: Table, villages: Sequence[str], merged: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Person kept -> standing rows about any of their records."""
    standing = select(table).where(table.c.corrected_by.is_(None))
    own = (
        standing.add_columns(_PERSON.c.id.label("kept"))
        .join(_PERSON, _PERSON.c.id == table.c.person_id)
        .where(_PERSON.c.village_id.in_(villages), _PERSON.c.merged_into.is_(None))
    )
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(own):
        rows.setdefault(row.kept, []).append(row._asdict())
    for row in select_among(connection, standing, table.c.person_id, merged):
        rows.setdefault(merged[row.person_id], []).append(row._asdict())
    return rows


def _province(connection: Connection, province: str) -> Province:
    lots = connection.execute(
        select(Lot.id, Lot.label_expiry, Lot.revisions, Item.doses_per_vial)
        .join(Item, Item.id == Lot.item_id)
        .where(Item.province_id == province)
        .order_by(Lot.id)
    ).all()
    expiry = {lot.id: last_day_of_lot(lot.label_expiry, json.loads(lot.revisions)) for lot in lots}
    doses_per_vial = {lot.id: lot.doses_per_vial for lot in lots if lot.doses_per_vial}
    opened = select(DoseOpening.__table__).where(DoseOpening.province_id == province).order_by(DoseOpening.id)
    announced = [tuple(row) for row in connection.execute(opened)]
    basis = _digest(_rules(), repr(announced), repr(expiry), repr(doses_per_vial))
    return Province(openings_in(connection, province), expiry, doses_per_vial, basis)


@cache
def _rules() -> str:
    """A digest of the rules that ship: a release that changes them looks at everything again."""
    parts = (dose_openings(), dose_rules(), vaccine_mixing(), doubt_limits(), vaccines())
    return _digest(*map(repr, parts))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
