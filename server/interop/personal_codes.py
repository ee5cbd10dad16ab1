"""The worklist for the police and their answer: numbers given to people who had none (R011)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from server.database import select_among
from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, one_of
from server.interop.tables import Cell
from server.places.tree import Tree
from server.registers.models import Person
from server.registers.papers import WithoutPapers
from shared.faults import fault
from shared.fields import Choice
from shared.identifiers import is_id
from shared.kinds import KINDS
from shared.rules.identity import Doubt, check_cccd

_ID_KINDS = KINDS["person"].schema.record_fields()["id_kind"]


def person_id(text: str) -> str:
    """The id of a person as our files carry it."""
    if not is_id(text.lower()):
        raise ValueError(text)
    return text.lower()


def number(text: str) -> str:
    """An identity number: digits, spaces and points left out; leading zeros a spreadsheet dropped are put back."""
    digits = "".join(character for character in text if character not in " .-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
        raise ValueError(text)
    return digits.zfill(12) if len(digits) in (10, 11) else digits


LAYOUT = Layout(
    "personal_codes",
    "person",
    (
        Column("person", "Mã hồ sơ", "Record id", "0182c0a4-0000-7000-8000-000000000001", person_id),
        Column("id_number", "Số định danh được cấp", "Number given", "012080001234", number, required=False),
        Column(
            "id_kind", "Loại giấy tờ", "Kind of paper", "Mã định danh cá nhân",
            one_of(_ID_KINDS.options if isinstance(_ID_KINDS, Choice) else {}), required=False,
        ),
    ),
)  # fmt: skip


class PersonalCodes:
    """Numbers for people of the importer's area who have none. Doubts are told and block nothing."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """An edit of each person that got a number; a row whose number is still blank says nothing new."""
        refuse_repeats(rows, lambda row: row.values["person"])
        sound = [row for row in rows if row.action != "fault"]
        persons = _persons(known, [row.values["person"] for row in sound])
        changes = []
        for row in sound:
            person = persons.get(row.values["person"])
            if person is None or person.village_id not in known.visible:
                row.refuse(fault("import.unknown_person", row=row.number))
            elif (change := _change(row, person)) is not None:
                changes.append(change)
        return changes


def _change(row: Row, person: Any) -> Change | None:
    given = row.values["id_number"]
    kind = row.values["id_kind"] or ("cmnd" if given and len(given) == 9 else "personal_code")
    if not given or (person.id_number, person.id_kind) == (given, kind):
        row.action = "same"
        return None
    if kind == "none":
        row.refuse(fault("import.bad_value", "id_kind", row=row.number, value=row.texts["id_kind"]))
        return None
    row.action = "changed" if person.id_number else "new"
    row.values["doubts"] = _doubts(kind, given, person)
    return Change("person", person.id, person.village_id, {"id_kind": kind, "id_number": given}, edit=True)


def _doubts(kind: str, given: str, person: Any) -> list[Doubt]:
    return [] if kind == "cmnd" else check_cccd(given, person.sex, person.birth_date)


def _persons(known: Known, ids: list[str]) -> dict[str, Any]:
    query = select(
        Person.id, Person.village_id, Person.sex, Person.birth_date, Person.id_kind, Person.id_number
    )
    return {row.id: row for row in select_among(known.connection, query, Person.id, ids)}


#: Columns of the worklist: name, heading in both languages.
WORKLIST = (
    ("person", "Mã hồ sơ", "Record id"),
    ("full_name", "Họ và tên", "Full name"),
    ("birth", "Ngày sinh", "Date of birth"),
    ("sex", "Giới tính", "Sex"),
    ("relation", "Quan hệ với chủ hộ", "Relation to the head"),
    ("head_name", "Chủ hộ", "Head of household"),
    ("address", "Ngõ, địa chỉ", "Lane, address"),
    ("village", "Thôn, bản", "Village"),
    ("commune", "Xã", "Commune"),
    ("district", "Huyện", "District"),
    ("id_number", "Số định danh được cấp", "Number given"),
    ("id_kind", "Loại giấy tờ", "Kind of paper"),
)


def worklist(
    people: Iterable[WithoutPapers], tree: Tree, option: Callable[[str, str, Any], str]
) -> list[list[Cell]]:
    """Rows for the police, the last two columns left for them to fill in. `option` puts codes into words."""
    return [_line(person, tree, option) for person in people]


def _line(person: WithoutPapers, tree: Tree, option: Callable[[str, str, Any], str]) -> list[Cell]:
    above = {level: tree.up(person.village_id, level) for level in ("commune", "district")}
    return [
        person.id,
        person.full_name,
        birth_text(person.birth_date, person.birth_precision),
        option("person", "sex", person.sex),
        person.relation,
        person.head_name,
        ", ".join(part for part in (person.lane, person.address) if part),
        tree.name(person.village_id),
        *(node.name if node else None for node in above.values()),
        None,
        None,
    ]


def birth_text(born: date, precision: str) -> str:
    """A date of birth as far as it is known: 17/05/1980, 05/1980 or 1980."""
    return born.strftime({"day": "%d/%m/%Y", "month": "%m/%Y"}.get(precision, "%Y"))
