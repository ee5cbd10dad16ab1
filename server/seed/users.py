"""The users of a demonstration: one for every station, team, district; village health workers; the province."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, Table

from server.accounts.models import Device, User, UserPlace
from server.accounts.passwords import hash_password
from server.database import insert_rows
from server.seed.land import Land, Village
from server.seed.names import family_name, given_name, naming_of
from server.seed.peoples import people_of_village
from server.seed.plan import SeedPlan
from shared.identifiers import named_id

PASSWORD_VARIABLE = "TUNGNHA_DEMO_PASSWORD"  # noqa: S105 the name of a variable
DEFAULT_PASSWORD = "tung-nha-2022"  # noqa: S105 a demonstration's, printed by `tungnha demo`

_USER: Table = User.__table__  # type: ignore[assignment]
_USER_PLACE: Table = UserPlace.__table__  # type: ignore[assignment]
_DEVICE: Table = Device.__table__  # type: ignore[assignment]

_PHONES = (
    "Samsung Galaxy A12",
    "Samsung Galaxy A03",
    "OPPO A15",
    "Vsmart Joy 4",
    "Xiaomi Redmi 9A",
    "realme C21",
)

#: Among a hundred field users, those whose phone the server has heard of.
WITH_PHONE = 88


@dataclass(slots=True)
class DemoUser:
    """A user of the demonstration. `phone` is the label of the phone they wrote with, None without one.

    `silent_days`: whole days before the seed's day on which it was last heard of.
    """

    id: str
    username: str
    full_name: str
    role: str
    places: tuple[str, ...]
    place_name: str
    phone: str | None
    silent_days: int

    @property
    def device(self) -> str:
        """The identifier of that phone."""
        return named_id("demo", "device", self.username)


def demo_password() -> str:
    """The password of every demonstration user: TUNGNHA_DEMO_PASSWORD, or the documented one."""
    return os.environ.get(PASSWORD_VARIABLE, "").strip() or DEFAULT_PASSWORD


def demo_users(plan: SeedPlan, land: Land) -> list[DemoUser]:
    """Every user of the land, in a fixed order."""
    chance = Random(f"{plan.seed}/users")
    made: list[DemoUser] = []

    def add(
        username: str, role: str, places: Iterable[str | None], place_name: str, people: str = "01"
    ) -> None:
        field = role in ("station", "mobile_team", "village_health_worker")
        naming = naming_of(people, plan.province)
        sex = chance.choice(("male", "female"))
        phone = chance.choice(_PHONES)
        has_phone = field and (role != "village_health_worker" or chance.randrange(100) < WITH_PHONE)
        made.append(
            DemoUser(
                named_id("demo", "user", username),
                username,
                given_name(chance, naming, sex, family_name(chance, naming)),
                role,
                tuple(place for place in places if place),
                place_name,
                phone if has_phone else None,
                chance.choices((0, 1, 2, 3, 5, 8, 12), (40, 32, 12, 7, 4, 3, 2))[0],
            )
        )

    whole = (land.id, land.successor_id)
    add("quantri", "administrator", whole, land.unit.name)
    add("tinh", "provincial_manager", whole, land.unit.name)
    add("thanhtra", "inspector", whole, land.unit.name)
    for number, district in enumerate(land.districts, 1):
        add(f"huyen{number}", "district_reviewer", (district.id,), district.unit.name)
    for district in land.districts:
        add(f"to.{district.unit.code}", "mobile_team", (district.team,), district.unit.name)
        made[-1].silent_days = 0
    for commune in land.communes:
        own = people_of_village(chance, commune.unit)
        places = (commune.station if plan.reformed else commune.id,)
        add(f"tram.{commune.unit.code}", "station", places, commune.unit.name, own)
    for commune in land.communes:
        for villages in _rounds(chance, commune.villages):
            names = ", ".join(village.name for village in villages)
            add(
                f"thon.{villages[0].number}", "village_health_worker", (village.id for village in villages),
                f"{names} ({commune.unit.name})", villages[0].people,
            )  # fmt: skip
    return made


def store_users(
    connection: Connection, plan: SeedPlan, users: Iterable[DemoUser], created_at: datetime
) -> None:
    """Insert the users with their places and phones."""
    found = list(users)
    # argon2 is slow on purpose. All demonstration users have the same, printed password, so one hash serves
    # them all: hundreds of salts would protect nothing here and take half a minute.
    hashed = hash_password(demo_password())
    insert_rows(connection, _USER, [_user_row(user, hashed, created_at) for user in found])
    answers_for = [{"user_id": user.id, "place_id": place} for user in found for place in user.places]
    insert_rows(connection, _USER_PLACE, answers_for)
    phones = [_device_row(user, plan) for user in found if user.phone]
    insert_rows(connection, _DEVICE, phones)


def _user_row(user: DemoUser, hashed: str, created_at: datetime) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "password_hash": hashed,
        "full_name": user.full_name,
        "role": user.role,
        "language": "vi",
        "active": True,
        "failed_count": 0,
        "locked_until": None,
        "created_at": created_at,
    }


def _device_row(user: DemoUser, plan: SeedPlan) -> dict[str, Any]:
    """A phone nobody holds: without a token hash it can never sign in again."""
    return {
        "id": user.device,
        "user_id": user.id,
        "label": user.phone,
        "token_hash": None,
        "enrolled_at": plan.morning(-45).now(),
        "received_through": 0,
        "received_count": 0,
        "received_hash": bytes(32),
        "is_server": False,
    }


def _rounds(chance: Random, villages: list[Village]) -> list[list[Village]]:
    """The villages of a commune in runs of one to three, each one worker's."""
    runs, rest = [], list(villages)
    while rest:
        size = chance.randint(1, 3)
        runs.append(rest[:size])
        rest = rest[size:]
    return runs
