"""Brings the tables of this room to what the folds say."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table

from server.affairs.models import (
    Answer,
    Communication,
    Matter,
    MessageContent,
    SmsPermission,
    StationProfile,
    StationStaff,
    TeamMember,
    TeamRoster,
)
from server.database import in_parts, insert_rows
from server.ledger.projecting import Arrived
from shared.projections import affairs

_MATTER: Table = Matter.__table__  # type: ignore[assignment]
_ANSWER: Table = Answer.__table__  # type: ignore[assignment]
_ROSTER: Table = TeamRoster.__table__  # type: ignore[assignment]
_MEMBER: Table = TeamMember.__table__  # type: ignore[assignment]
_PROFILE: Table = StationProfile.__table__  # type: ignore[assignment]
_STAFF: Table = StationStaff.__table__  # type: ignore[assignment]
_CONTENT: Table = MessageContent.__table__  # type: ignore[assignment]
_COMMUNICATION: Table = Communication.__table__  # type: ignore[assignment]
_SMS: Table = SmsPermission.__table__  # type: ignore[assignment]

#: The tables this room projects.
TABLES = (_MATTER, _ANSWER, _ROSTER, _MEMBER, _PROFILE, _STAFF, _CONTENT, _COMMUNICATION, _SMS)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    matters = [
        affairs.matter_row(entry, by) for kind in affairs.MATTER_KINDS for entry, by in arrived.events(kind)
    ]
    insert_rows(connection, _MATTER, matters, replace=("id",))
    answers = [affairs.answer_row(entry, by) for entry, by in arrived.events(affairs.ANSWER_KIND)]
    insert_rows(connection, _ANSWER, answers, replace=("id",))
    told = [affairs.communication_row(entry, by) for entry, by in arrived.events("communication_log")]
    insert_rows(connection, _COMMUNICATION, told, replace=("id",))
    contents = [row for folded in arrived.folded("message_content") if (row := affairs.content_row(folded))]
    insert_rows(connection, _CONTENT, contents, replace=("id",))
    rosters = [rows for folded in arrived.folded("team_roster") if (rows := affairs.roster_rows(folded))]
    _write_lists(connection, (_ROSTER, _MEMBER), "village_id", rosters)
    profiles = [
        rows for folded in arrived.folded("station_profile") if (rows := affairs.profile_rows(folded))
    ]
    _write_lists(connection, (_PROFILE, _STAFF), "station_id", profiles)
    _write_permissions(connection, arrived)


def _write_lists(
    connection: Connection,
    tables: tuple[Table, Table],
    key: str,
    found: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]],
) -> None:
    """Rows with their lines, which are written anew."""
    head, lines = tables
    pairs = list(found)
    for part in in_parts([row[key] for row, _ in pairs]):
        connection.execute(lines.delete().where(lines.c[key].in_(part)))
    insert_rows(connection, head, [row for row, _ in pairs], replace=(key,))
    insert_rows(connection, lines, [line for _, found in pairs for line in found])


def _write_permissions(connection: Connection, arrived: Arrived) -> None:
    """What persons said about messages. Only an edit can take an answer back."""
    if not arrived.of("person"):
        return
    rows = {state.subject: affairs.sms_row(state) for state in arrived.folded("person")}
    edited = {entry.subject for entry in arrived.of("person") if entry.is_edit}
    taken_back = sorted(person for person in edited if rows.get(person) is None)
    for part in in_parts(taken_back):
        connection.execute(_SMS.delete().where(_SMS.c.person_id.in_(part)))
    insert_rows(connection, _SMS, [row for row in rows.values() if row], replace=("person_id",))
