"""Keeps merged records together: verdicts, groups, whose doses count where, answers of the population database.

Runs after the registers are projected, which treat every record as a person by itself. A merged record keeps
all its rows but has no immunisation: the group's stands at the record kept, made from the doses of all.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Table, select

from server.database import in_parts, insert_rows, select_among
from server.ledger.projecting import Arrived
from server.registers.identity_models import DoseRepeat, IdMatch, PersonGroup, SamePerson
from server.registers.immunised import immunisation_rows, standing_doses
from server.registers.models import Immunisation, Person
from shared.kinds import VOID
from shared.projections import identity

_SAME: Table = SamePerson.__table__  # type: ignore[assignment]
_GROUP: Table = PersonGroup.__table__  # type: ignore[assignment]
_REPEAT: Table = DoseRepeat.__table__  # type: ignore[assignment]
_MATCH: Table = IdMatch.__table__  # type: ignore[assignment]
_PERSON: Table = Person.__table__  # type: ignore[assignment]
_IMMUNISATION: Table = Immunisation.__table__  # type: ignore[assignment]

#: The tables this projector keeps.
TABLES = (_SAME, _GROUP, _REPEAT, _MATCH)

#: Kinds whose rows the registers write as if every record were a person by itself.
_ABOUT_RECORDS = ("person", "dose", "screening", VOID)

_GROUPS = select(_GROUP.c.person_id, _GROUP.c.kept_id)
_VERDICTS = select(_SAME)
_MERGED = select(_PERSON.c.id, _PERSON.c.merged_into)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    _answers(connection, arrived)
    verdicts = [identity.same_person_row(entry, by) for entry, by in arrived.events("same_person")]
    insert_rows(connection, _SAME, verdicts, replace=("id",))
    kin = _regroup(connection, {row[name] for row in verdicts for name in ("person_a", "person_b")})
    written = {entry.subject for kind in _ABOUT_RECORDS for entry in arrived.of(kind)}
    groups = groups_of(connection, kin | written)
    alone = kin.difference(*groups.values())
    if groups or alone:
        _apply(connection, groups | {record: {record} for record in alone})


def groups_of(connection: Connection, records: Collection[str]) -> dict[str, set[str]]:
    """Record kept -> all records of the person, itself included, of the groups that any of `records` is in."""
    kept = {row.kept_id for row in select_among(connection, _GROUPS, _GROUP.c.person_id, records)}
    found: dict[str, set[str]] = {}
    for row in select_among(connection, _GROUPS, _GROUP.c.kept_id, kept):
        found.setdefault(row.kept_id, set()).add(row.person_id)
    return found


def _regroup(connection: Connection, touched: set[str]) -> set[str]:
    """Make the groups again of everyone whom any verdict, standing or not, ever linked with these; who they are."""
    kin: set[str] = set()
    rows: dict[str, Any] = {}
    asking = touched
    while asking:
        kin |= asking
        for column in (_SAME.c.person_a, _SAME.c.person_b):
            rows |= {row.id: row._asdict() for row in select_among(connection, _VERDICTS, column, asking)}
        asking = {row[name] for row in rows.values() for name in ("person_a", "person_b")} - kin
    for part in in_parts(sorted(kin)):
        connection.execute(_GROUP.delete().where(_GROUP.c.person_id.in_(part)))
    made = [{"person_id": record, "kept_id": kept} for record, kept in identity.groups(rows.values()).items()]
    insert_rows(connection, _GROUP, made)
    return kin


def _apply(connection: Connection, groups: dict[str, set[str]]) -> None:
    """Bring the rows of these groups (some of one record) to what they are together."""
    kept = {record: keeper for keeper, records in groups.items() for record in records}
    for row in select_among(connection, _MERGED, _PERSON.c.id, kept):
        into = None if kept[row.id] == row.id else kept[row.id]
        if row.merged_into != into:
            connection.execute(_PERSON.update().where(_PERSON.c.id == row.id).values(merged_into=into))
    for part in in_parts(sorted(kept)):
        connection.execute(_IMMUNISATION.delete().where(_IMMUNISATION.c.person_id.in_(part)))
    insert_rows(connection, _IMMUNISATION, immunisation_rows(connection, groups))
    _repeats(connection, groups)


def _repeats(connection: Connection, groups: dict[str, set[str]]) -> None:
    repeats: dict[str, str | None] = {}
    for doses in standing_doses(connection, groups).values():
        first: dict[tuple[Any, Any], Any] = {}
        for dose in doses:
            known = first.setdefault((dose.dose_type, dose.given_on), dose)
            repeats[dose.id] = known.id if known.person_id != dose.person_id else None
    for part in in_parts(sorted(repeats)):
        connection.execute(_REPEAT.delete().where(_REPEAT.c.dose_id.in_(part)))
    insert_rows(connection, _REPEAT, [{"dose_id": d, "of_id": of} for d, of in repeats.items() if of])


def _answers(connection: Connection, arrived: Arrived) -> None:
    rows = {e.id: identity.id_match_row(e, by) for e, by in arrived.events("id_match")}
    by_person: dict[str, list[Any]] = {row["person_id"]: [] for row in rows.values()}
    for stored in select_among(connection, select(_MATCH), _MATCH.c.person_id, by_person):
        if stored.id not in rows:
            known = stored._asdict()
            known.pop("latest")
            rows[stored.id] = known
    for row in rows.values():
        by_person[row["person_id"]].append(row)
    latest = {_id_of(identity.standing_match(answers)) for answers in by_person.values()}
    written = [row | {"latest": row["id"] in latest} for row in rows.values()]
    insert_rows(connection, _MATCH, written, replace=("id",))


def _id_of(row: Any) -> Any:
    return row and row["id"]


__all__ = ["TABLES", "groups_of", "project"]
