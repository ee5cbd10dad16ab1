"""What tests of the phone's store need: a phone, entries of others, and pages as a server would send them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mobile.store.identity import Identity
from mobile.store.store import Store
from shared import wire
from shared.clock import Clock, FixedClock
from shared.identifiers import named_id, new_id

TODAY = date(2022, 4, 15)
PIN = "246810"
PROVINCE = named_id("test", "province")
COMMUNE = named_id("test", "commune")
VILLAGE = named_id("test", "village")
OTHER_VILLAGE = named_id("test", "other village")
STATION = named_id("test", "station")
USER = named_id("test", "user")
DEVICE = named_id("test", "device")
OTHER_USER = named_id("test", "other user")
OTHER_DEVICE = named_id("test", "other device")
LOT = named_id("test", "lot")
ITEM = named_id("test", "item")


def identity(role: str = "station", **changes: Any) -> Identity:
    """An enrolment at the test's station."""
    values: dict[str, Any] = {
        "device": DEVICE,
        "token": "secret",
        "server_url": "http://127.0.0.1:1",
        "label": "test",
        "user_id": USER,
        "username": "tram",
        "full_name": "Trạm y tế",
        "role": role,
        "places": (COMMUNE,),
        "site": STATION,
        "province": PROVINCE,
        "streams": (VILLAGE, OTHER_VILLAGE, STATION, PROVINCE),
    }
    return Identity(**(values | changes))


def make_phone(
    home: Path, role: str = "station", clock: Clock | None = None, *, ready: bool = True, **changes: Any
) -> Store:
    """An enrolled phone; `ready`: its first (empty) sync has come."""
    store = Store.create(home, PIN, clock=clock or FixedClock(TODAY))
    store.set_identity(identity(role, **changes))
    if ready:
        store.apply_page(page([]))
    return store


_numbers: dict[str, int] = {}


def raw_entry(
    kind: str, body: dict[str, Any], *, subject: str | None = None, place: str = VILLAGE, **changes: Any
) -> dict[str, Any]:
    """An entry of another device, as decoded JSON."""
    _numbers[OTHER_DEVICE] = _numbers.get(OTHER_DEVICE, 0) + 1
    raw: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "version": 1,
        "subject": subject or new_id(),
        "place": place,
        "author": OTHER_USER,
        "device": OTHER_DEVICE,
        "device_seq": _numbers[OTHER_DEVICE],
        "occurred_on": TODAY.isoformat(),
        "recorded_at": "2022-04-15T01:00:00.000Z",
        "body": body,
    }
    return raw | changes


def household_body(head: str = "Lò Văn Sơn", **more: Any) -> dict[str, Any]:
    """A household's fields."""
    return {"head_name": head, "lane": "Xóm Suối"} | more


def person_body(
    household: str, name: str = "Lò Thị Mai", born: str = "1990-05-02", **more: Any
) -> dict[str, Any]:
    """A person's fields."""
    return {
        "household": household,
        "full_name": name,
        "birth_date": born,
        "birth_precision": "day",
        "sex": "female",
        "id_kind": "none",
        "residence": "permanent",
    } | more


def place_raw(place: str, level: str, name: str, parent: str | None = None) -> dict[str, Any]:
    """A place entry."""
    version = {"valid_from": "2020-01-01", "name": name, "unit_type": level} | (
        {"parent": parent} if parent else {}
    )
    return raw_entry("place", {"level": level, "versions": [version]}, subject=place, place=PROVINCE)


def basics() -> list[dict[str, Any]]:
    """Places, one item with one lot, as reference entries of the province's stream."""
    item = {
        "code": "PFZ",
        "name_vi": "Pfizer",
        "name_en": "Pfizer",
        "item_class": "vaccine",
        "unit_vi": "lọ",
        "unit_en": "vial",
        "vaccine": "PFZ_ADULT",
        "doses_per_vial": 6,
        "thaw_days": 31,
    }
    lot = {"item": ITEM, "lot_number": "FN1234", "label_expiry": "2022-08-31"}
    return [
        place_raw(PROVINCE, "province", "Tỉnh Thử"),
        place_raw(COMMUNE, "commune", "Xã Nậm Thử", PROVINCE),
        place_raw(VILLAGE, "village", "Bản Nà Thử", COMMUNE),
        place_raw(OTHER_VILLAGE, "village", "Bản Đông Thử", COMMUNE),
        place_raw(STATION, "station", "Trạm y tế Nậm Thử", COMMUNE),
        raw_entry("item", item, subject=ITEM, place=PROVINCE),
        raw_entry("lot", lot, subject=LOT, place=PROVINCE),
    ]


class Streams:
    """Streams as a server keeps them: entries in order with the running hash after each."""

    def __init__(self) -> None:
        self.entries: dict[str, list[dict[str, Any]]] = {}
        self.hashes: dict[str, list[bytes]] = {}

    def deliver(self, raws: Iterable[dict[str, Any]], stream: str | None = None) -> None:
        """Append entries to a stream, or each to that of its place."""
        for raw in raws:
            name = stream or raw["place"]
            hashes = self.hashes.setdefault(name, [wire.EMPTY_HASH])
            hashes.append(wire.chain(hashes[-1], wire.digest(wire.canonical(raw))))
            self.entries.setdefault(name, []).append(raw)

    def part(self, stream: str, start: int = 0, end: int | None = None) -> dict[str, Any]:
        """Positions start+1 to end of one stream."""
        end = len(self.entries[stream]) if end is None else end
        return {
            "id": stream,
            "from": start,
            "to": end,
            "hash": self.hashes[stream][end].hex(),
            "entries": self.entries[stream][start:end],
        }

    def whole(self) -> dict[str, Any]:
        """One page with everything."""
        return page([self.part(stream) for stream in self.entries])


def page(parts: Sequence[dict[str, Any]], *, more: bool = False, cursor: str = "c") -> dict[str, Any]:
    """A pulled page."""
    return {"streams": list(parts), "cursor": cursor, "more": more, "server_time": "2022-04-15T01:00:00.000Z"}


def tell(store: Store, *raws: dict[str, Any], stream: str = VILLAGE) -> None:
    """Entries of others arrive on a phone, after what it holds of a stream."""
    row = store.database.row("SELECT position, hash FROM stream WHERE id = ?", (stream,))
    start, running = (row[0], bytes(row[1])) if row else (0, wire.EMPTY_HASH)
    for raw in raws:
        running = wire.chain(running, wire.digest(wire.canonical(raw)))
    part = {
        "id": stream,
        "from": start,
        "to": start + len(raws),
        "hash": running.hex(),
        "entries": list(raws),
    }
    store.apply_page(page([part]))


def answer(store: Store, outcomes: list[dict[str, Any]], through: int | None = None) -> dict[str, Any]:
    """A push's answer with a true receipt through `through` (everything by default)."""
    digests = [
        wire.digest(row[0])
        for row in store.database.rows("SELECT payload FROM entry WHERE origin = 'own' ORDER BY device_seq")
    ]
    through = len(digests) if through is None else through
    assert store.identity is not None
    return {
        "outcomes": outcomes,
        "receipt": {
            "device": store.identity.device,
            "received_through": through,
            "count": through,
            "hash": wire.chain_all(wire.EMPTY_HASH, [bytes(each) for each in digests[:through]]).hex(),
        },
        "server_time": "2022-04-15T01:00:00.000Z",
    }


def projections(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every projected table of a phone, its rows sorted."""
    from mobile.store.schema import PROJECTED

    return {
        table: sorted(
            (tuple(row) for row in store.database.rows(f"SELECT * FROM {table}")),
            key=lambda row: [str(v) for v in row],
        )
        for table in PROJECTED
    }
