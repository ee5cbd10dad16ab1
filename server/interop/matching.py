"""Files for the national population database, keyed by the identity number, and its answer (R053, R064).

There is no live link: a file goes out, an answer comes back, and each person's answer is an entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, select

from server.database import in_parts, select_among
from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, day, one_of, words
from server.interop.personal_codes import birth_text, number
from server.interop.tables import Cell
from server.places.tree import Tree
from server.registers.identity_models import IdMatch
from server.registers.models import Person
from server.registers.papers import LIVING_HERE
from shared.faults import fault
from shared.fields import Choice
from shared.kinds import KINDS
from shared.rules.matching import name_key
from shared.text.folding import fold

_FIELDS = KINDS["id_match"].schema.record_fields()
_SEX = {"male": ("Nam", "Male"), "female": ("Nữ", "Female")}

#: Columns of the file that goes out: name, heading in both languages, what stands there.
COLUMNS = (
    ("id_number", "Số định danh", "Identity number"),
    ("full_name", "Họ và tên", "Full name"),
    ("birth", "Ngày sinh", "Date of birth"),
    ("sex", "Giới tính", "Sex"),
    ("commune_code", "Mã xã", "Commune code"),
)

#: Villages read together.
_TOGETHER = 200


def _answers() -> dict[str, tuple[str, str]]:
    declared = _FIELDS["answer"]
    return dict(declared.options) if isinstance(declared, Choice) else {}


LAYOUT = Layout(
    "matching",
    "id_match",
    (
        Column("id_number", "Số định danh", "Identity number", "012080001234", number),
        Column("answer", "Kết quả đối khớp", "Answer", "Khớp", one_of(_answers())),
        Column("full_name", "Họ và tên", "Full name", "Giàng A Páo", words, required=False),
        Column("birth_date", "Ngày sinh", "Date of birth", "17/05/1980", day, required=False),
        Column("sex", "Giới tính", "Sex", "Nam", one_of(_SEX), required=False),
        Column("source", "Văn bản trả lời", "Document", "CV 112/CAT-PC06", words, required=False),
    ),
)


def to_match(
    connection: Connection, villages: Collection[str], tree: Tree, *, names: bool
) -> Iterator[list[Cell]]:
    """Rows of the file that goes out: residents with a number; without `names` the name stays blank."""
    query = (
        select(
            Person.id_number,
            Person.full_name,
            Person.birth_date,
            Person.birth_precision,
            Person.sex,
            Person.village_id,
        )
        .where(Person.id_number.is_not(None), Person.merged_into.is_(None), Person.residence.in_(LIVING_HERE))
        .order_by(Person.id_number, Person.id)
    )
    for part in in_parts(sorted(villages), _TOGETHER):
        for row in connection.execute(query.where(Person.village_id.in_(part))):
            commune = tree.up(row.village_id, "commune")
            yield [
                row.id_number,
                row.full_name if names else None,
                birth_text(row.birth_date, row.birth_precision),
                _SEX[row.sex][0],
                commune.code if commune else None,
            ]


class MatchAnswers:
    """Answers about people of the importer's area. What differs is worked out here, from what was answered."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """An answer for everybody who bears the number; one that stands already is left as it is."""
        refuse_repeats(rows, lambda row: row.values["id_number"])
        sound = [row for row in rows if row.action != "fault"]
        persons = _bearers(known, [row.values["id_number"] for row in sound])
        latest = _latest(known, [person.id for found in persons.values() for person in found])
        changes = []
        for row in sound:
            bearers = persons.get(row.values["id_number"], [])
            if not bearers:
                row.refuse(fault("import.unknown_number", row=row.number, number=row.values["id_number"]))
                continue
            made = [_change(row, person, latest.get(person.id)) for person in bearers]
            written = [change for change in made if change is not None]
            row.action = "same" if not written else "changed" if written[0].corrects else "new"
            changes += written
        return changes


def _change(row: Row, person: Any, before: Any) -> Change | None:
    differs = [] if row.values["answer"] == "not_found" else sorted(_differing(row, person))
    answer = "differs" if differs else row.values["answer"]
    body: dict[str, Any] = {"answer": answer, "id_number": person.id_number, "differs": differs}
    for name in ("full_name", "birth_date", "sex"):
        body[name] = str(row.values[name]) if name in differs else None
    body["source"] = row.values["source"]
    stands = (before.answer, before.id_number, before.differs, before.source) if before else None
    if stands == (answer, person.id_number, ",".join(differs), row.values["source"]):
        return None
    corrects = before.id if before else None
    return Change("id_match", person.id, person.village_id, body, corrects=corrects)


def _differing(row: Row, person: Any) -> Iterator[str]:
    """What the answer says otherwise: a name is compared without accents and order, a date as far as ours goes."""
    name, born, sex = (row.values[key] for key in ("full_name", "birth_date", "sex"))
    if name and fold(name) != fold(person.full_name) and name_key(name) != name_key(person.full_name):
        yield "full_name"
    if born and birth_text(born, person.birth_precision) != birth_text(
        person.birth_date, person.birth_precision
    ):
        yield "birth_date"
    if sex and sex != person.sex:
        yield "sex"


def _bearers(known: Known, numbers: Collection[str]) -> dict[str, list[Any]]:
    """Number → the importer's people who bear it."""
    query = select(
        Person.id,
        Person.id_number,
        Person.full_name,
        Person.birth_date,
        Person.birth_precision,
        Person.sex,
        Person.village_id,
    ).where(Person.merged_into.is_(None))
    found: dict[str, list[Any]] = {}
    for row in select_among(known.connection, query.order_by(Person.id), Person.id_number, numbers):
        if row.village_id in known.visible:
            found.setdefault(row.id_number, []).append(row)
    return found


def _latest(known: Known, persons: Collection[str]) -> dict[str, Any]:
    query = select(
        IdMatch.id, IdMatch.person_id, IdMatch.answer, IdMatch.id_number, IdMatch.differs, IdMatch.source
    ).where(IdMatch.latest.is_(True))
    return {row.person_id: row for row in select_among(known.connection, query, IdMatch.person_id, persons)}
