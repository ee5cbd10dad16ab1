"""GET /api/v1/sync/pull: pages by position, which a reader can prove whole."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from server.ledger.feed import read_cursor, write_cursor
from shared import wire
from shared.faults import Refused
from shared.wire import PAGE_BYTES, PAGE_ENTRIES
from tests.server.ledger.hands import PROVINCE, SITES, VILLAGES, Hand, push, stream_of
from tests.server.sync.conftest import OUTSIDE, Api, answer, codes


class Reader:
    """A phone that checks every page by itself."""

    def __init__(self, api: Api, hand: Hand) -> None:
        self.api, self.hand = api, hand
        self.cursor, self.pages = "", 0
        self.held: dict[str, list[dict[str, Any]]] = {}
        self.hashes: dict[str, bytes] = {}

    def catch_up(self) -> None:
        while self.one_page():
            assert self.pages < 100

    def one_page(self) -> bool:
        response = self.api.pull(self.hand, self.cursor)
        assert response.status_code == 200, answer(response)
        page = answer(response)
        self.pages += 1
        assert sum(len(part["entries"]) for part in page["streams"]) <= PAGE_ENTRIES
        size = sum(len(wire.canonical(raw)) for part in page["streams"] for raw in part["entries"])
        assert size <= PAGE_BYTES
        for part in page["streams"]:
            held = self.held.setdefault(part["id"], [])
            assert part["from"] == len(held)
            assert part["to"] == part["from"] + len(part["entries"])
            held += part["entries"]
            running = self.hashes.get(part["id"], wire.EMPTY_HASH)
            self.hashes[part["id"]] = wire.chain_all(
                running, [wire.digest(wire.canonical(raw)) for raw in part["entries"]]
            )
            assert self.hashes[part["id"]].hex() == part["hash"]
        assert page["more"] or page["cursor"] == self.cursor or page["streams"]
        self.cursor = page["cursor"]
        return bool(page["more"])


@pytest.mark.proves("L10", "L24")
def test_a_phone_gets_its_streams_and_no_others(api: Api) -> None:
    push(
        api.engine,
        api.station,
        *[api.station.household(f"h{n}", v) for n, v in enumerate((*VILLAGES, OUTSIDE))],
    )
    station, worker = Reader(api, api.station), Reader(api, api.worker)
    station.catch_up()
    worker.catch_up()
    assert set(station.held) == {PROVINCE, *VILLAGES}
    assert set(worker.held) == {PROVINCE, VILLAGES[0]}
    with api.engine.connect() as connection:
        for stream, held in station.held.items():
            assert [raw["id"] for raw in held] == stream_of(connection, stream)
    follow = set(answer(api.pull(api.station))["follow"])
    assert {PROVINCE, *SITES, *VILLAGES} < follow
    assert OUTSIDE not in follow


@pytest.mark.proves("L10")
def test_pages_are_bounded_and_join(api: Api) -> None:
    hand = api.station
    note = "ộ" * 500
    for start in range(0, 2_300, 575):
        entries = [hand.household(f"h{n}", VILLAGES[n % 2]) | {} for n in range(start, start + 575)]
        for raw in entries[:300]:
            raw["body"] |= {"note": note, "address": "ộ" * 200}
        push(api.engine, hand, *entries)
    reader = Reader(api, hand)
    reader.catch_up()
    assert sum(map(len, reader.held.values())) == 2_300 + len(reader.held[PROVINCE])
    assert reader.pages >= 3
    pages = reader.pages
    reader.catch_up()
    assert reader.pages == pages + 1


def test_what_arrives_between_pages_is_not_skipped(api: Api) -> None:
    hand = api.station
    reader = Reader(api, hand)
    for round_ in range(4):
        push(api.engine, hand, *[hand.household(f"h{round_}.{n}", VILLAGES[n % 3]) for n in range(600)])
        reader.one_page()
    reader.catch_up()
    with api.engine.connect() as connection:
        for village in VILLAGES[:3]:
            assert [raw["id"] for raw in reader.held[village]] == stream_of(connection, village)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "*", "ế", "A" * 7_000, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_cursor_nobody_gave(api: Api, cursor: str) -> None:
    response = api.pull(api.station, cursor)
    assert (response.status_code, codes(response)) == (400, ["sync.bad_cursor"])


@pytest.mark.proves("L5")
def test_a_phone_that_is_ahead_of_a_restored_server_is_told(api: Api) -> None:
    response = api.pull(api.station, write_cursor({VILLAGES[0]: 7}))
    assert (response.status_code, codes(response)) == (409, ["sync.cursor_ahead"])
    assert api.pull(api.station, write_cursor({OUTSIDE: 7})).status_code == 200, (
        "streams no longer followed do not matter"
    )


@given(st.dictionaries(st.uuids().map(str), st.integers(1, 2**63), max_size=5))
def test_cursors_read_back_and_a_changed_one_does_not(positions: dict[str, int]) -> None:
    cursor = write_cursor(positions)
    assert read_cursor(cursor) == positions
    data = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    data[0] ^= 1
    with pytest.raises(Refused):
        read_cursor(base64.urlsafe_b64encode(bytes(data)).decode())


def test_a_reader_notices_a_changed_entry(api: Api) -> None:
    push(
        api.engine,
        api.station,
        api.station.household("h", VILLAGES[0]),
        api.station.household("k", VILLAGES[0]),
    )
    with api.engine.begin() as connection:
        connection.execute(text("UPDATE entry SET payload = replace(payload, 'Giàng h', 'Giàng x')"))
    with pytest.raises(AssertionError):
        Reader(api, api.station).catch_up()


def test_an_answer_is_gzipped_for_whom_it_suits(api: Api) -> None:
    push(api.engine, api.station, *[api.station.household(f"h{n}", VILLAGES[0]) for n in range(20)])
    client = api.app.test_client()
    plain = client.get("/api/v1/sync/pull", headers=api.headers(api.station))
    packed = client.get("/api/v1/sync/pull", headers=api.headers(api.station) | {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert answer(packed) == json.loads(plain.get_data())
    assert len(packed.get_data()) * 3 < len(plain.get_data())
