"""The register a phone is measured with: a commune of 12,000 people, 40,000 entries, and 5,000 more still to come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from mobile.store.identity import Identity
from mobile.store.store import Store
from shared import wire
from shared.clock import FixedClock
from shared.identifiers import named_id, new_id
from shared.kinds import KINDS

PEOPLE, ENTRIES, TO_COME = 12_000, 40_000, 5_000
HOUSEHOLD = 6
#: The first village holds half of the households: the longest list there is.
VILLAGES = 11
PIN = "246810"
CLOCK = FixedClock(date(2022, 4, 15))

_FAMILY = ("Lò", "Giàng", "Vàng", "Tao", "Phùng", "Chẻo", "Lý", "Nguyễn", "Đèo", "Pờ")
_MIDDLE = ("Thị", "Văn", "A", "Go", "Sài", "Thị Hoàng")
_GIVEN = ("Mỷ", "Páo", "Ân", "Quỳnh Như", "Sử", "Xè", "Quẩy", "Phương", "Sơn", "Dở", "Chính")

PROVINCE, COMMUNE, STATION = (named_id("bench", name) for name in ("province", "commune", "station"))
_OTHER = named_id("bench", "other")
_HOUSES = PEOPLE // HOUSEHOLD

Raw = dict[str, Any]


def village(number: int) -> str:
    """The id of a village; 0 is the largest."""
    return named_id("bench", "village", str(number))


def household(number: int) -> str:
    """The id of a household; 0 to 999 stand in the largest village."""
    return named_id("bench", "house", str(number))


def person(number: int) -> str:
    """The id of a person; six in a row are one household."""
    return named_id("bench", "person", str(number))


def fill(home: Path, server: str) -> None:
    """A phone in `home` that enrolled at `server` and has everything but the last entries."""
    store = Store.create(home, PIN, clock=CLOCK)
    store.set_identity(
        Identity(
            device=named_id("bench", "phone"),
            token="bench",  # noqa: S106 opens nothing
            server_url=server,
            label="bench",
            user_id=named_id("bench", "user"),
            username="tram",
            full_name="Trạm y tế",
            role="station",
            places=(COMMUNE,),
            site=STATION,
            province=PROVINCE,
            streams=(PROVINCE, STATION, *(village(number) for number in range(VILLAGES))),
        )
    )
    for page in _pages(last=False):
        store.apply_page(page)
    store.note_sync()
    store.close()


def to_come() -> list[bytes]:
    """The pages that come while the phone is in use, as a server sends them."""
    return [json.dumps(page, ensure_ascii=False).encode() for page in _pages(last=True)]


def payload_mib() -> float:
    """What the first ENTRIES weigh as they travel, in MiB."""
    made = [raw for _, raw in _entries()][:ENTRIES]
    return sum(len(wire.canonical(raw)) for raw in made) / 2**20


def _pages(*, last: bool) -> Iterator[Raw]:
    """The pages of the first ENTRIES, or of what comes after them."""
    heads: dict[str, tuple[int, bytes]] = {}
    waiting: dict[str, list[Raw]] = {}
    made = list(_entries())
    for stream, raw in made[:ENTRIES]:
        waiting.setdefault(stream, []).append(raw)
    for sent in _parts(waiting, heads):
        if not last:
            yield _page([sent], more=True)
    if not last:
        yield _page([], more=False)
        return
    late: dict[str, list[Raw]] = {}
    for stream, raw in made[ENTRIES:]:
        late.setdefault(stream, []).append(raw)
    parts = list(_parts(late, heads))
    for number, sent in enumerate(parts):
        yield _page([sent], more=number < len(parts) - 1)


def _parts(waiting: dict[str, list[Raw]], heads: dict[str, tuple[int, bytes]]) -> Iterator[Raw]:
    for stream, entries in waiting.items():
        for start in range(0, len(entries), wire.PAGE_ENTRIES):
            part = entries[start : start + wire.PAGE_ENTRIES]
            reached, running = heads.get(stream, (0, wire.EMPTY_HASH))
            running = wire.chain_all(running, (wire.digest(wire.canonical(raw)) for raw in part))
            heads[stream] = (reached + len(part), running)
            yield {
                "id": stream,
                "from": reached,
                "to": reached + len(part),
                "hash": running.hex(),
                "entries": part,
            }


def _page(streams: list[Raw], *, more: bool) -> Raw:
    return {"streams": streams, "cursor": new_id(), "more": more, "server_time": "2022-04-15T01:00:00.000Z"}


def _entries() -> Iterator[tuple[str, Raw]]:
    """(stream, entry): places, households with their people, visits, then doses to the last."""
    numbers = count(1)
    for stream, kind, subject, day, body in _told():
        number = next(numbers)
        if number > ENTRIES + TO_COME:
            return
        place = STATION if kind == "dose" else stream
        yield stream, _entry(number, kind, place, subject, day, body)


def _told() -> Iterator[tuple[str, str, str, date, Raw]]:
    today = CLOCK.today()
    yield from _places()
    for house in range(_HOUSES):
        at, lived = _village_of(house), today - timedelta(days=200)
        names = [_name(house * HOUSEHOLD + member) for member in range(HOUSEHOLD)]
        body: Raw = {"head_name": names[0], "lane": f"Xóm {house % 9 + 1}", "phone": f"+8491{house:07d}"}
        yield at, "household", household(house), lived, body
        for member, name in enumerate(names):
            yield at, "person", person(house * HOUSEHOLD + member), lived, _person(house, member, name)
    for house in range(0, _HOUSES * 2, 3):
        members = (house % _HOUSES * HOUSEHOLD + member for member in range(HOUSEHOLD))
        outcomes = [{"person": person(number), "outcome": "reviewed"} for number in members]
        body = {"visit_type": "door_to_door", "outcomes": outcomes, "communication": "home"}
        day = today - timedelta(days=1 + house % 90)
        yield _village_of(house % _HOUSES), "visit", household(house % _HOUSES), day, body
    for number in count():
        who, dose = number % PEOPLE, number // PEOPLE
        body = {
            "vaccine": "PFZ_ADULT",
            "dose_type": ("primary_1", "primary_2", "booster_1", "booster_2")[dose],
            "screening": "eligible",
        }
        if number % 2:
            body |= {"lot_number": f"FK{number % 40:04d}", "from_certificate": True}
        else:
            body |= {name: named_id("bench", name, str(number % 40)) for name in ("lot", "session")}
        day = today - timedelta(days=300 - 90 * dose + number % 30)
        yield _village_of(who // HOUSEHOLD), "dose", person(who), day, body


def _places() -> Iterator[tuple[str, str, str, date, Raw]]:
    names = [f"Bản Nậm Củm {number + 1}" for number in range(VILLAGES)]
    tree = [
        (PROVINCE, "province", "Tỉnh Lai Châu", None),
        (COMMUNE, "commune", "Xã Nậm Hàng", PROVINCE),
        (STATION, "facility", "Trạm y tế xã Nậm Hàng", COMMUNE),
        *((village(number), "village", name, COMMUNE) for number, name in enumerate(names)),
    ]
    for place, level, name, parent in tree:
        version = {"valid_from": "2020-01-01", "name": name, "unit_type": level}
        if parent:
            version["parent"] = parent
        body: Raw = {"level": level, "versions": [version]}
        if level == "facility":
            body["serves"] = [village(number) for number in range(VILLAGES)]
        yield PROVINCE, "place", place, CLOCK.today(), body


def _person(house: int, member: int, name: str) -> Raw:
    return {
        "household": household(house),
        "full_name": name,
        "birth_date": f"{1940 + (house + 17 * member) % 75}-03-04",
        "birth_precision": "day",
        "sex": "female" if member % 2 else "male",
        "id_kind": "cccd" if member < 2 else "none",
        "residence": "permanent",
    } | ({"id_number": f"{12_000_000_000 + house * HOUSEHOLD + member:012d}"} if member < 2 else {})


def _village_of(house: int) -> str:
    first = _HOUSES // 2
    return village(0 if house < first else 1 + (house - first) % (VILLAGES - 1))


def _name(number: int) -> str:
    family, middle = _FAMILY[number % len(_FAMILY)], _MIDDLE[number // 3 % len(_MIDDLE)]
    return f"{family} {middle} {_GIVEN[number // 7 % len(_GIVEN)]}"


def _entry(number: int, kind: str, place: str, subject: str, day: date, body: Raw) -> Raw:
    return {
        # Of many phones: in no order. The same on every run, so that pages join.
        "id": f"018027ab-{number * 40_503 & 0xFFFF:04x}-7000-8000-{named_id('bench', str(number))[-12:]}",
        "kind": kind,
        "version": KINDS[kind].version,
        "subject": subject,
        "place": place,
        "author": _OTHER,
        "device": _OTHER,
        "device_seq": number,
        "occurred_on": day.isoformat(),
        "recorded_at": "2022-04-15T01:00:00.000Z",
        "clock_offset_s": 0,
        "body": body,
    }
