"""Devices that write by hand: raw entries, numbered, pushed through the same door as a phone's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from server.accounts.models import Device, User
from server.database import insert_rows
from server.ledger.accept import PushAnswer
from server.ledger.batch import Sender
from server.ledger.models import Delivery, EntryRow, Home, Stream
from server.ledger.rebuild import rebuild
from server.sync.projectors import PROJECTED, PROJECTORS
from server.sync.push import store
from shared import wire
from shared.clock import FixedClock
from shared.identifiers import named_id
from shared.kinds import KINDS
from shared.records.transfer import TRANSFER_KINDS

TODAY = date(2022, 4, 15)
CLOCK = FixedClock(TODAY)


def place(name: str) -> str:
    return named_id("ledger test", name)


PROVINCE = place("province")
VILLAGES = tuple(place(f"village {n}") for n in range(4))
SITES = (place("station"), place("team"))
LOT = place("lot")


@dataclass
class Hand:
    """One device of one user. `seq` is the next number it gives."""

    device: str
    user: str
    role: str
    seq: int = 1
    written: list[dict[str, Any]] = field(default_factory=list)

    def sender(self, *scope: str) -> Sender:
        """As it would push, from inside `scope` (everywhere when empty)."""
        return Sender(self.device, self.user, self.role, scope.__contains__ if scope else lambda _: True)

    def entry(
        self, kind: str, subject: str, where: str, body: dict[str, Any], *, on: date = TODAY, **changed: Any
    ) -> dict[str, Any]:
        """A raw entry under this device's next number."""
        number = self.seq
        self.seq += 1
        raw: dict[str, Any] = {
            "id": named_id("entry", self.device, str(number)),
            "kind": kind,
            "version": KINDS[kind].version if kind in KINDS else 1,
            "subject": subject,
            "place": where,
            "author": self.user,
            "device": self.device,
            "device_seq": number,
            "occurred_on": on.isoformat(),
            "recorded_at": "2022-04-15T01:00:00.000Z",
            "body": body,
        }
        raw |= changed
        self.written.append(raw)
        return raw

    def household(self, name: str, village: str) -> dict[str, Any]:
        return self.entry("household", place(name), village, {"head_name": f"Giàng {name}"})

    def person(self, name: str, village: str, **changed: Any) -> dict[str, Any]:
        body = {
            "household": place("house"), "full_name": f"Lò {name}", "birth_date": "1980-01-01",
            "birth_precision": "day", "sex": "male", "id_kind": "none", "residence": "permanent",
        }  # fmt: skip
        return self.entry("person", place(name), village, body, **changed)

    def move(self, name: str, village: str, *parents: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """An edit that takes a person to a village."""
        body = {"household": place(f"house in {village}")}
        return self.entry(
            "person", place(name), village, body, based_on=[p["id"] for p in parents], **changed
        )

    def edit(self, name: str, village: str, body: dict[str, Any], *parents: dict[str, Any]) -> dict[str, Any]:
        return self.entry("person", place(name), village, body, based_on=[p["id"] for p in parents])

    def dose(
        self, name: str, site: str = SITES[0], dose_type: str = "primary_1", **changed: Any
    ) -> dict[str, Any]:
        body = {"vaccine": "AZ", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
        return self.entry("dose", place(name), site, body, **changed)

    def void(self, target: dict[str, Any], where: str | None = None, **changed: Any) -> dict[str, Any]:
        """The withdrawal of an event."""
        body = {"of": target["kind"], "reason": "wrong_person"}
        return self.entry(
            "void", target["subject"], where or target["place"], body, corrects=target["id"], **changed
        )

    def verdict(
        self, one: str, other: str, where: str, verdict: str = "same", **changed: Any
    ) -> dict[str, Any]:
        """That two persons are one, or are not."""
        a, b = sorted((place(one), place(other)))
        body = {"person_a": a, "person_b": b, "verdict": verdict}
        if verdict == "same":
            body["keep"] = a
        return self.entry("same_person", named_id("pair", a, b), where, body, **changed)

    def movement(self, site: str, vials: int, lot: str = LOT) -> dict[str, Any]:
        body = {"state": "frozen", "vials": vials, "reason": "data_entry"}
        return self.entry("stock_movement", lot, site, body)


def enrol(engine: Engine, *roles: str) -> list[Hand]:
    """A device for each role, at the database itself."""
    hands = [Hand(named_id("device", str(n)), named_id("user", str(n)), role) for n, role in enumerate(roles)]
    with engine.begin() as connection:
        enrol_hands(connection, hands)
    return hands


def enrol_hands(connection: Connection, hands: list[Hand]) -> None:
    moment = datetime(2022, 4, 1, tzinfo=UTC)
    users = [
        {
            "id": hand.user, "username": hand.user, "password_hash": "x", "full_name": "x", "role": hand.role,
            "language": "vi", "active": True, "failed_count": 0, "created_at": moment,
        }
        for hand in hands
    ]  # fmt: skip
    devices = [
        {
            "id": hand.device, "user_id": hand.user, "label": "x", "enrolled_at": moment, "received_through": 0,
            "received_count": 0, "received_hash": wire.EMPTY_HASH, "is_server": False,
        }
        for hand in hands
    ]  # fmt: skip
    insert_rows(connection, User.__table__, users)  # type: ignore[arg-type]
    insert_rows(connection, Device.__table__, devices)  # type: ignore[arg-type]


def push(engine: Engine, hand: Hand, *entries: Any, offset_s: int | None = None) -> PushAnswer:
    """One push, committed."""
    return store(engine, hand.sender(), list(entries), CLOCK, offset_s)


def outcomes(answer: PushAnswer) -> list[str]:
    return [arrival.outcome for arrival in answer.arrivals]


def fault_codes(answer: PushAnswer) -> list[list[str]]:
    return [[found.code for found in arrival.faults] for arrival in answer.arrivals]


def projected(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every projected table, its rows in order."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in PROJECTED
    }


def stream_of(connection: Connection, stream: str) -> list[str]:
    """Ids of the entries of a stream, in order."""
    query = select(Delivery.entry_id).where(Delivery.stream_id == stream).order_by(Delivery.position)
    return list(connection.execute(query).scalars())


def holds(connection: Connection) -> None:
    """What must be true of any ledger, recomputed here without the ledger's own code where that is possible."""
    entries = {row.id: row for row in connection.execute(select(EntryRow.__table__))}
    homes = dict(connection.execute(select(Home.person_id, Home.village_id)).tuples().all())
    streams: dict[str, list[Any]] = {row.id: [row] for row in connection.execute(select(Stream.__table__))}
    for row in connection.execute(select(Delivery.__table__).order_by(Delivery.stream_id, Delivery.position)):
        streams[row.stream_id].append(row)
    standing: dict[str, set[str]] = {}
    groups = _groups(entries.values())
    for stream, (head, *delivered) in streams.items():
        running = wire.EMPTY_HASH
        for position, row in enumerate(delivered, 1):
            running = wire.chain(running, bytes(entries[row.entry_id].digest))
            assert (row.position, bytes(row.hash)) == (position, running), (
                f"stream {stream} has a gap or a false hash"
            )
        assert (head.head, bytes(head.hash)) == (len(delivered), running), f"head of {stream}"
        standing[stream] = {row.entry_id for row in delivered}
        assert len(standing[stream]) == len(delivered), f"an entry stands twice in {stream}"
    for row in entries.values():
        assert row.digest == wire.digest(row.payload.encode())
        assert row.id in standing.get(row.place_id, ()), f"{row.kind} {row.id} lacks its place"
        for name in ("source", "destination") if row.kind in TRANSFER_KINDS else ():
            site = json.loads(row.payload)["body"][name]
            assert row.id in standing[site], f"{row.kind} {row.id} lacks the {name}"
        for person in _heard_at_home(row, entries, groups):
            home = homes[person]
            assert home is None or row.id in standing[home], f"{row.kind} {row.id} lacks the home of {person}"
        target = entries.get(row.corrects_id or "")
        if target and target.subject_id == row.subject_id and row.kind in (target.kind, "void"):
            assert row.id in standing[target.place_id], (
                f"{row.kind} {row.id} lacks the place of what it corrects"
            )
    for person in connection.execute(select(PROJECTED_PERSON.c.id, PROJECTED_PERSON.c.village_id)):
        assert homes[person.id] == person.village_id
    _devices_hold(connection, list(entries.values()))


def _named(row: Any, entries: dict[str, Any]) -> set[str]:
    """The persons an entry is about."""
    body = json.loads(row.payload)["body"]
    if row.kind == "void":
        target = entries.get(row.corrects_id)
        told = (
            _named(target, entries) if target is not None and target.subject_id == row.subject_id else set()
        )
        return told | ({row.subject_id} if body["of"] in ("person", "dose") else set())
    if row.kind == "same_person":
        return {body["person_a"], body["person_b"]}
    return {row.subject_id} if row.kind in ("person", "dose") else set()


def _groups(entries: Iterable[Any]) -> dict[str, set[str]]:
    """Person -> everybody a verdict ever named together with them, and these with others."""
    groups: dict[str, set[str]] = {}
    for row in entries:
        if row.kind == "same_person" and json.loads(row.payload)["body"]["verdict"] == "same":
            both = set().union(*(groups.get(p, {p}) for p in _named(row, {})))
            groups |= dict.fromkeys(both, both)
    return groups


def _heard_at_home(row: Any, entries: dict[str, Any], groups: dict[str, set[str]]) -> set[str]:
    named = _named(row, entries)
    return named.union(*(groups.get(person, set()) for person in named))


PROJECTED_PERSON = next(table for table in PROJECTED if table.name == "person")


def _devices_hold(connection: Connection, entries: list[Any]) -> None:
    from server.ledger.models import HeldEntry, Quarantine

    kept: dict[str, dict[int, bytes]] = {}
    for row in entries:
        kept.setdefault(row.device_id, {})[row.device_seq] = bytes(row.digest)
    for table in (HeldEntry.__table__, Quarantine.__table__):
        for row in connection.execute(select(table)):
            if row.device_seq is not None:
                known = kept.setdefault(row.device_id, {}).setdefault(row.device_seq, bytes(row.digest))
                assert known == bytes(row.digest), "one number, two records"
    for device in connection.execute(select(Device.__table__)):
        numbers, running, through = kept.get(device.id, {}), wire.EMPTY_HASH, 0
        while (following := numbers.get(through + 1)) is not None:
            running, through = wire.chain(running, following), through + 1
        assert device.received_through == through
        assert device.received_count == len(numbers)
        assert bytes(device.received_hash) == running


def rebuilds_alike(connection: Connection) -> None:
    """Every projection is what the entries alone give."""
    before = projected(connection)
    rebuild(connection, connection, PROJECTORS, PROJECTED)
    assert projected(connection) == before
