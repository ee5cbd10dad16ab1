"""Reading rosters of community teams, capacity of stations, communication, and who may be sent messages."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.accounts.models import User
from server.affairs.models import (
    Communication,
    MessageContent,
    StationProfile,
    StationStaff,
    TeamMember,
    TeamRoster,
)
from server.database import select_among


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a community team."""

    full_name: str
    phone: str | None
    task: str | None


@dataclass(frozen=True, slots=True)
class Roster:
    """The community team of a village, and when its list was last checked."""

    reviewed_on: date
    note: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A station's capacity. `staff` is role -> people; a figure not known is None."""

    reviewed_on: date
    fridges: int | None
    cold_boxes: int | None
    tables: int | None
    phones: int | None
    computers: int | None
    difficult: bool
    high_risk: bool
    note: str | None
    staff: dict[str, int]


@dataclass(frozen=True, slots=True)
class Activity:
    """A communication activity; `content` is the title of the text used."""

    id: str
    place_id: str
    held_on: date
    form: str
    topic: str
    content: str | None
    villages: tuple[str, ...]
    reached: int | None
    note: str | None
    author: str


@dataclass(frozen=True, slots=True)
class Content:
    """A text for people."""

    id: str
    title: str
    text: str
    source: str | None
    valid_from: date
    valid_to: date | None


def rosters(connection: Connection, villages: Collection[str]) -> dict[str, Roster]:
    """Village id -> its roster, for the villages that have one."""
    members: dict[str, list[Member]] = {}
    lines = select(TeamMember.village_id, TeamMember.full_name, TeamMember.phone, TeamMember.task).order_by(
        TeamMember.village_id, TeamMember.line_no
    )
    for row in select_among(connection, lines, TeamMember.village_id, sorted(villages)):
        members.setdefault(row.village_id, []).append(Member(row.full_name, row.phone, row.task))
    query = select(TeamRoster.village_id, TeamRoster.reviewed_on, TeamRoster.note)
    return {
        row.village_id: Roster(row.reviewed_on, row.note, tuple(members.get(row.village_id, ())))
        for row in select_among(connection, query, TeamRoster.village_id, sorted(villages))
    }


def profiles(connection: Connection, stations: Collection[str]) -> dict[str, Profile]:
    """Station id -> its profile, for the stations that have one."""
    staff: dict[str, dict[str, int]] = {}
    lines = select(StationStaff.station_id, StationStaff.role, StationStaff.people)
    for row in select_among(connection, lines, StationStaff.station_id, sorted(stations)):
        staff.setdefault(row.station_id, {})[row.role] = row.people
    query = select(StationProfile.__table__)
    return {
        row.station_id: Profile(**_without(row, "station_id"), staff=staff.get(row.station_id, {}))
        for row in select_among(connection, query, StationProfile.station_id, sorted(stations))
    }


def activities(connection: Connection, places: Collection[str]) -> list[Activity]:
    """What was done at these places and not withdrawn, newest first."""
    query = (
        select(
            Communication.id, Communication.place_id, Communication.held_on, Communication.form,
            Communication.topic, MessageContent.title, Communication.villages, Communication.reached,
            Communication.note, User.full_name,
        )
        .outerjoin(MessageContent, MessageContent.id == Communication.content_id)
        .outerjoin(User, User.id == Communication.author_id)
        .where(Communication.corrected_by.is_(None))
    )  # fmt: skip
    found = [
        Activity(
            row.id,
            row.place_id,
            row.held_on,
            row.form,
            row.topic,
            row.title,
            tuple(json.loads(row.villages)),
            row.reached,
            row.note,
            row.full_name or "–",
        )
        for row in select_among(connection, query, Communication.place_id, sorted(places))
    ]
    return sorted(found, key=lambda activity: (activity.held_on, activity.id), reverse=True)


def contents(connection: Connection, province: str) -> list[Content]:
    """The province's texts for people, newest first."""
    query = (
        select(MessageContent.__table__)
        .where(MessageContent.province_id == province)
        .order_by(MessageContent.valid_from.desc(), MessageContent.title)
    )
    return [Content(**_without(row, "province_id")) for row in connection.execute(query)]


def _without(row: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in row._asdict().items() if key != name}
