"""Work as phones send it: four stations with their villages, households, people, visits and doses."""

from __future__ import annotations

import gzip
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table

from server.accounts.devices import token_hash
from server.accounts.models import Device, User, UserPlace
from server.database import insert_rows, migrate
from server.ledger.author import ServerAuthor
from server.sync.projectors import PROJECTORS
from shared.clock import Clock, stamp
from shared.identifiers import named_id
from shared.kinds import KINDS

#: Entries of one push.
BATCH = 500

#: Villages of each station: with the station itself 25 places a phone writes to.
VILLAGES = 24

_FAMILY = ("Lò", "Giàng", "Vàng", "Tao", "Phùng", "Chẻo", "Lý", "Nguyễn", "Đèo", "Pờ")
_GIVEN = ("Thị Mỷ", "A Páo", "Văn Ân", "Thị Quỳnh Như", "A Sử", "Go Xè", "Sài Quẩy", "Thị Hoàng Phương")
_DEVICE: Table = Device.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Phone:
    """A station's phone: where it writes and the token it signs in with."""

    device: str
    user: str
    token: str
    station: str
    villages: tuple[str, ...]


def prepare(engine: Engine, phones: int, clock: Clock) -> list[Phone]:
    """Tables, a province of so many stations, a plan, and their phones."""
    migrate(engine)
    made = [_phone(number) for number in range(phones)]
    with engine.begin() as connection:
        admin = User(id=named_id("bench", "admin"), role="administrator")
        _users(connection, admin, made, clock)
        _places(ServerAuthor(connection, admin, clock, PROJECTORS), made)
    return made


@dataclass
class Work:
    """What one phone records, batch after batch; the same seed records the same."""

    phone: Phone
    clock: Clock
    random: random.Random
    sent: int = 0
    _people: list[str] = field(default_factory=list)
    _made: int = 0

    def batch(self) -> list[dict[str, Any]]:
        """BATCH entries: 10 % households, 40 % people, 10 % visits, 40 % doses of people known and new."""
        entries: list[dict[str, Any]] = []
        known = self._people
        self._people = []
        for _ in range(BATCH // 10):
            entries += self._household()
        doses = BATCH - len(entries)
        chosen = self.random.sample(known, doses // 2) if known else []
        chosen += self.random.sample(self._people, doses - len(chosen))
        entries += [self._dose(person) for person in chosen]
        return entries

    def _household(self) -> Iterator[dict[str, Any]]:
        village, house = self.random.choice(self.phone.villages), self._new_id()
        head = f"{self.random.choice(_FAMILY)} {self.random.choice(_GIVEN)}"
        yield self._entry("household", village, house, {"head_name": head, "phone": self._phone_number()})
        members = [self._new_id() for _ in range(4)]
        self._people += members
        for person in members:
            born = self.clock.today() - timedelta(days=self.random.randrange(2_000, 30_000))
            body = {
                "household": house,
                "full_name": f"{self.random.choice(_FAMILY)} {self.random.choice(_GIVEN)}",
                "birth_date": born.isoformat(),
                "birth_precision": "day",
                "sex": self.random.choice(("male", "female")),
                "ethnic": f"{self.random.randrange(1, 54):02d}",
                "id_kind": "cccd",
                "id_number": f"012{self.random.randrange(10**9):09d}",
                "phone": self._phone_number(),
                "residence": "permanent",
                "relation": "con",
            }
            yield self._entry("person", village, person, body)
        outcomes = [{"person": person, "outcome": "reviewed"} for person in members]
        visit = {"visit_type": "door_to_door", "outcomes": outcomes, "communication": "home"}
        yield self._entry("visit", village, house, visit)

    def _dose(self, person: str) -> dict[str, Any]:
        body = {
            "vaccine": "PFZ_ADULT",
            "dose_type": self.random.choice(("primary_1", "primary_2", "booster_1")),
            "screening": "eligible",
            "lot_number": f"FN{self.random.randrange(1000, 1020)}",
        }
        return self._entry("dose", self.phone.station, person, body)

    def _new_id(self) -> str:
        """A UUID version 7 as phones make them, but the same for the same seed."""
        self._made += 1
        moment = int(self.clock.now().timestamp() * 1000) + self._made
        value = (
            moment << 80
            | 0x7 << 76
            | self.random.getrandbits(12) << 64
            | 0x2 << 62
            | self.random.getrandbits(62)
        )
        return str(uuid.UUID(int=value))

    def _phone_number(self) -> str:
        return f"09{self.random.randrange(10**8):08d}"

    def _entry(self, kind: str, place: str, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        self.sent += 1
        return {
            "id": self._new_id(),
            "kind": kind,
            "version": KINDS[kind].version,
            "subject": subject,
            "place": place,
            "author": self.phone.user,
            "device": self.phone.device,
            "device_seq": self.sent,
            "occurred_on": self.clock.today().isoformat(),
            "recorded_at": stamp(self.clock.now()),
            "clock_offset_s": 0,
            "body": body,
        }


def push_body(phone: Phone, entries: list[dict[str, Any]], clock: Clock) -> bytes:
    """A push as it travels: gzip JSON."""
    sent = {"device": phone.device, "sent_at": stamp(clock.now()), "entries": entries}
    return gzip.compress(orjson.dumps(sent), compresslevel=6)


def _phone(number: int) -> Phone:
    return Phone(
        device=named_id("bench", "device", str(number)),
        user=named_id("bench", "user", str(number)),
        token=f"bench-token-{number}",
        station=named_id("bench", "station", str(number)),
        villages=tuple(named_id("bench", "village", str(number), str(v)) for v in range(VILLAGES)),
    )


def _users(connection: Connection, admin: User, phones: list[Phone], clock: Clock) -> None:
    users = [(admin.id, "bench", admin.role)]
    users += [(phone.user, f"bench{number}", "station") for number, phone in enumerate(phones)]
    for user, username, role in users:
        row = {"id": user, "username": username, "password_hash": "-", "full_name": username, "role": role}
        rest = {"language": "vi", "active": True, "failed_count": 0, "created_at": clock.now()}
        connection.execute(User.__table__.insert().values(row | rest))  # type: ignore[attr-defined]
    for phone in phones:
        place = {"user_id": phone.user, "place_id": _commune(phone)}
        connection.execute(UserPlace.__table__.insert().values(place))  # type: ignore[attr-defined]
        device = {
            "id": phone.device,
            "user_id": phone.user,
            "label": "bench",
            "token_hash": token_hash(phone.token),
            "enrolled_at": clock.now(),
            "received_through": 0,
            "received_count": 0,
            "received_hash": bytes(32),
            "is_server": False,
        }
        insert_rows(connection, _DEVICE, [device])


def _commune(phone: Phone) -> str:
    return named_id("bench", "commune", phone.station)


def _places(admin: ServerAuthor, phones: list[Phone]) -> None:
    province = named_id("bench", "province")
    made: list[tuple[str, str, str | None]] = [(province, "province", None)]
    for phone in phones:
        made.append((_commune(phone), "commune", province))
        made.append((phone.station, "station", _commune(phone)))
        made += [(village, "village", _commune(phone)) for village in phone.villages]
    for place, level, parent in made:
        version = {"valid_from": "2020-01-01", "name": f"{level} {place[:4]}", "unit_type": level}
        if parent:
            version["parent"] = parent
        admin.write("place", place=province, subject=place, body={"level": level, "versions": [version]})
    admin.flush()
