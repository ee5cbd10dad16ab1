"""What people were given, as a file out and a file in (R062). Doses from a file count as taken from a certificate."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from server.database import in_parts, select_among
from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, code, day, letters, one_of, words
from server.interop.personal_codes import birth_text, number, person_id
from server.interop.tables import Cell
from server.places.tree import Tree
from server.registers.identity_models import DoseRepeat, PersonGroup
from server.registers.models import Dose, Person
from server.stock.models import Lot
from shared.faults import fault
from shared.records.dose import DOSE_TYPES
from shared.reference import vaccines

_SEX = {"male": "Nam", "female": "Nữ"}

#: Columns of the file that goes out: name, heading in both languages.
COLUMNS = (
    ("person", "Mã hồ sơ", "Record id"),
    ("id_number", "Số định danh", "Identity number"),
    ("full_name", "Họ và tên", "Full name"),
    ("birth", "Ngày sinh", "Date of birth"),
    ("sex", "Giới tính", "Sex"),
    ("commune_code", "Mã xã", "Commune code"),
    ("dose_type", "Mũi", "Dose"),
    ("vaccine", "Vắc xin", "Vaccine"),
    ("given_on", "Ngày tiêm", "Given on"),
    ("lot_number", "Số lô", "Lot"),
    ("site", "Nơi tiêm", "Site"),
    ("from_certificate", "Theo giấy xác nhận", "From a certificate"),
)

#: Villages read together.
_TOGETHER = 100


def _vaccine(text: str) -> str:
    """A vaccine by its code or any of its names."""
    for vaccine in vaccines().values():
        names = (vaccine.code, vaccine.name_vi, vaccine.name_en, *vaccine.other_names.split(";"))
        if letters(text) in {letters(name) for name in names if name.strip()}:
            return vaccine.code
    raise ValueError(text)


LAYOUT = Layout(
    "doses",
    "dose",
    (
        Column("person", "Mã hồ sơ", "Record id", "", person_id, required=False),
        Column("id_number", "Số định danh", "Identity number", "012080001234", number, required=False),
        Column("dose_type", "Mũi", "Dose", "Mũi 1", one_of(DOSE_TYPES)),
        Column("vaccine", "Vắc xin", "Vaccine", "AstraZeneca", _vaccine),
        Column("given_on", "Ngày tiêm", "Given on", "10/09/2021", day),
        Column("lot_number", "Số lô", "Lot", "PV46664", code, required=False),
        Column("site", "Nơi tiêm", "Site", "Bệnh viện Đa khoa tỉnh", words, required=False),
    ),
)


def history(
    connection: Connection, villages: Collection[str], tree: Tree, *, names: bool
) -> Iterator[list[Cell]]:
    """Rows of the file that goes out: every dose that counts, under the record kept; without `names` no name.

    A dose that two merged records hold stands there once.
    """
    kept = aliased(Person)
    keeper = func.coalesce(PersonGroup.kept_id, Dose.person_id)
    query = (
        select(
            kept.id,
            kept.id_number,
            kept.full_name,
            kept.birth_date,
            kept.birth_precision,
            kept.sex,
            kept.village_id,
            Dose.dose_type,
            Dose.vaccine,
            Dose.given_on,
            func.coalesce(Lot.lot_number, Dose.lot_number).label("lot_number"),
            Dose.site_id,
            Dose.from_certificate,
        )
        .select_from(Dose)
        .outerjoin(PersonGroup, PersonGroup.person_id == Dose.person_id)
        .join(kept, kept.id == keeper)
        .outerjoin(Lot, Lot.id == Dose.lot_id)
        .outerjoin(DoseRepeat, DoseRepeat.dose_id == Dose.id)
        .where(Dose.corrected_by.is_(None), DoseRepeat.dose_id.is_(None))
        .order_by(kept.village_id, kept.id, Dose.given_on, Dose.id)
    )
    for part in in_parts(sorted(villages), _TOGETHER):
        for row in connection.execute(query.where(kept.village_id.in_(part))):
            commune = tree.up(row.village_id, "commune")
            yield [
                row.id,
                row.id_number if names else None,
                row.full_name if names else None,
                birth_text(row.birth_date, row.birth_precision if names else "year"),
                _SEX[row.sex],
                commune.code if commune else None,
                DOSE_TYPES[row.dose_type][0],
                row.vaccine,
                row.given_on,
                row.lot_number,
                tree.name(row.site_id),
                "x" if row.from_certificate else None,
            ]


class DoseHistories:
    """Doses given elsewhere to people of the importer's area, written at the importer's site."""

    layout = LAYOUT

    def __init__(self, site: str | None, today: date) -> None:
        self.site, self.today = site, today

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """A dose for each sound row; one the person has already (same type, same day) is left as it is."""
        _name_people(known, rows)
        for row in rows:
            if row.action != "fault" and row.values["given_on"] > self.today:
                value = row.texts["given_on"]
                row.refuse(fault("import.bad_value", "given_on", row=row.number, value=value))
        refuse_repeats(rows, lambda row: tuple(row.values[k] for k in ("person", "dose_type", "given_on")))
        sound = [row for row in rows if row.action != "fault"]
        had = _had(known, {row.values["person"] for row in sound})
        changes = []
        for row in sound:
            person, dose_type, given_on = (row.values[k] for k in ("person", "dose_type", "given_on"))
            if (person, dose_type, given_on) in had:
                row.action = "same"
            elif self.site is None:
                row.refuse(fault("import.no_site", row=row.number))
            else:
                changes.append(_dose(row, person, self.site, given_on))
        return changes


def _dose(row: Row, person: str, site: str, given_on: date) -> Change:
    body = {
        "vaccine": row.values["vaccine"],
        "dose_type": row.values["dose_type"],
        "screening": "eligible",
        "lot_number": row.values["lot_number"],
        "from_certificate": True,
        "note": row.values["site"],
    }
    return Change("dose", person, site, body, occurred_on=given_on)


def _name_people(known: Known, rows: list[Row]) -> None:
    """Put the record of each row's person into its values, from the record's id or the number."""
    sound = [row for row in rows if row.action != "fault"]
    ids = {row.values["person"] for row in sound if row.values["person"]}
    numbers = {row.values["id_number"] for row in sound if row.values["id_number"]}
    query = select(Person.id, Person.id_number, Person.village_id).where(Person.merged_into.is_(None))
    found = select_among(known.connection, query, Person.id, ids)
    by_id = {row.id: row.id for row in found if row.village_id in known.visible}
    by_number: dict[str, list[str]] = {}
    for person in select_among(known.connection, query, Person.id_number, numbers):
        if person.village_id in known.visible:
            by_number.setdefault(person.id_number, []).append(person.id)
    for row in sound:
        named = [by_id[row.values["person"]]] if row.values["person"] in by_id else []
        bearers = named if row.values["person"] else by_number.get(row.values["id_number"] or "", [])
        if len(bearers) == 1:
            row.values["person"] = bearers[0]
        else:
            row.refuse(fault("import.unknown_person", row=row.number))


def _had(known: Known, persons: Collection[str]) -> set[tuple[str, str, date]]:
    """(record kept, dose type, day) of what these people have, in whichever of their records it stands."""
    members: dict[str, str] = {person: person for person in persons}
    groups: Any = select(PersonGroup.person_id, PersonGroup.kept_id)
    for row in select_among(known.connection, groups, PersonGroup.kept_id, persons):
        members[row.person_id] = row.kept_id
    query = select(Dose.person_id, Dose.dose_type, Dose.given_on).where(Dose.corrected_by.is_(None))
    rows = select_among(known.connection, query, Dose.person_id, members)
    return {(members[row.person_id], row.dose_type, row.given_on) for row in rows}
