"""The phones of an area: whose they are, when each last sent, which have gone silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from server.accounts.models import Device, User, UserPlace
from server.database import in_parts, select_among
from shared.permissions import FIELD_ROLES

#: A worker may be without signal for a market week; after this many days the district asks.
SILENT_AFTER_DAYS = 3

STATES = ("silent", "never", "none", "active", "revoked")


@dataclass(frozen=True, slots=True)
class Phone:
    """A field user with one device, or with none (`device_id` None).

    `state`: none (no device enrolled), never (enrolled, nothing received yet), active, silent, revoked.
    `silent_days`: whole days since it was last heard of; None when it never was.
    """

    user_id: str
    full_name: str
    username: str
    role: str
    place_id: str
    device_id: str | None
    label: str | None
    enrolled_at: datetime | None
    last_seen_at: datetime | None
    received_through: int | None
    received_count: int | None
    state: str
    silent_days: int | None


def fleet(connection: Connection, places: Collection[str], now: datetime) -> list[Phone]:
    """The field users who answer for these places, one row a device, the silent first.

    `now` is the field's clock, as the devices' instants are.
    """
    users = _field_users(connection, places)
    devices: dict[str, list[Row[Any]]] = {}
    for part in in_parts(list(users)):
        wanted = select(Device.__table__).where(Device.user_id.in_(part), Device.is_server.is_(False))
        for device in connection.execute(wanted):
            devices.setdefault(device.user_id, []).append(device)
    found = [_phone(user, device, now) for id_, user in users.items() for device in devices.get(id_, [None])]
    return sorted(found, key=lambda p: (STATES.index(p.state), -(p.silent_days or 0), p.username))


@dataclass(frozen=True, slots=True)
class Silence:
    """How many phones of an area went silent, and the one longest without a word; `days` whole."""

    count: int
    full_name: str
    place_id: str
    days: int


def silence(connection: Connection, places: Collection[str], now: datetime) -> Silence | None:
    """The silent phones of the field users who answer for these places, as `fleet` tells them; None without any."""
    query = (
        select(Device.id, Device.last_seen_at, User.full_name, UserPlace.place_id)
        .join(User, User.id == Device.user_id)
        .join(UserPlace, UserPlace.user_id == User.id)
        .where(
            Device.last_seen_at <= now - timedelta(days=SILENT_AFTER_DAYS),
            Device.revoked_at.is_(None),
            Device.is_server.is_(False),
            User.active,
            User.role.in_(FIELD_ROLES),
        )
    )
    found = select_among(connection, query, UserPlace.place_id, sorted(places))
    if not found:
        return None
    longest = min(found, key=lambda row: (row.last_seen_at, row.full_name))
    count = len({row.id for row in found})
    return Silence(count, longest.full_name, longest.place_id, (now - longest.last_seen_at).days)


def device_state(device: Row[Any] | None, now: datetime) -> tuple[str, int | None]:
    """The state of a device and for how many whole days it has been silent."""
    if device is None:
        return "none", None
    seen = device.last_seen_at
    days = max(0, (now - seen).days) if seen else None
    if device.revoked_at is not None:
        return "revoked", days
    if days is None:
        return "never", None
    return ("silent" if days >= SILENT_AFTER_DAYS else "active"), days


def _field_users(connection: Connection, places: Collection[str]) -> dict[str, Row[Any]]:
    users: dict[str, Row[Any]] = {}
    for part in in_parts(list(places)):
        wanted = (
            select(User.id, User.full_name, User.username, User.role, UserPlace.place_id)
            .join(UserPlace, UserPlace.user_id == User.id)
            .where(UserPlace.place_id.in_(part), User.active, User.role.in_(FIELD_ROLES))
            .order_by(User.username, UserPlace.place_id)
        )
        for row in connection.execute(wanted):
            users.setdefault(row.id, row)
    return users


def _phone(user: Row[Any], device: Row[Any] | None, now: datetime) -> Phone:
    state, silent_days = device_state(device, now)
    return Phone(
        user_id=user.id,
        full_name=user.full_name,
        username=user.username,
        role=user.role,
        place_id=user.place_id,
        device_id=device.id if device else None,
        label=device.label if device else None,
        enrolled_at=device.enrolled_at if device else None,
        last_seen_at=device.last_seen_at if device else None,
        received_through=device.received_through if device else None,
        received_count=device.received_count if device else None,
        state=state,
        silent_days=silent_days,
    )
