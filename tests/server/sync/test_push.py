"""POST /api/v1/sync/push: bad input of every sort gets a clear answer and loses nothing."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from server.accounts.models import Device
from server.database import db
from server.ledger.models import EntryRow, HeldEntry, Quarantine
from shared import wire
from shared.kinds import KINDS
from shared.wire import PUSH_BYTES
from tests.server.ledger.hands import VILLAGES, holds, place
from tests.server.sync.conftest import Api, answer, codes
from tests.shared.records.bodies import bodies, spoilt, wrong


def kept(api: Api) -> int:
    """Records stored in any way."""
    with api.engine.connect() as connection:
        mine = [
            connection.execute(select(table.device_id).where(table.device_id == api.station.device)).all()
            for table in (EntryRow, HeldEntry, Quarantine)
        ]
        return sum(map(len, mine))


def test_a_push_is_answered_record_by_record_with_a_receipt(api: Api) -> None:
    hand = api.station
    good, old = hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[0])
    old["body"]["birth_date"] = "1842-04-15"  # aged 180
    unknown = hand.entry("tomorrow", place("x"), VILLAGES[0], {})
    found = answer(api.push(hand, good, old, unknown))
    assert [o["outcome"] for o in found["outcomes"]] == ["accepted", "refused", "held"]
    assert [o["id"] for o in found["outcomes"]] == [good["id"], old["id"], unknown["id"]]
    fault = found["outcomes"][1]["faults"][0]
    assert {"code", "field", "vi", "en", "fixer", "params"} == set(fault)
    assert (fault["code"], fault["field"], fault["params"]["years"]) == (
        "person.age_implausible",
        "birth_date",
        180,
    )
    digests = [wire.digest(wire.canonical(raw)) for raw in (good, old, unknown)]
    assert found["receipt"] == {
        "device": hand.device,
        "received_through": 3,
        "count": 3,
        "hash": wire.chain_all(wire.EMPTY_HASH, digests).hex(),
    }
    assert kept(api) == 3
    with api.engine.connect() as connection:
        assert connection.execute(select(Quarantine.entry_id)).scalars().all() == [old["id"]]


@pytest.mark.proves("L6")
def test_a_lost_answer_is_asked_for_again(api: Api) -> None:
    batch = [api.station.person("a", VILLAGES[0]), api.station.dose("a")]
    first, again = answer(api.push(api.station, *batch)), answer(api.push(api.station, *batch))
    assert again["receipt"] == first["receipt"]
    assert [o["outcome"] for o in again["outcomes"]] == ["duplicate", "duplicate"]
    assert kept(api) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "sync.bad_body"),
        (b"{", 400, "sync.bad_body"),
        (b"[]", 400, "sync.bad_body"),
        (b'{"entries":{}}', 400, "sync.bad_body"),
        (b"\xff\xfe{}", 400, "sync.bad_body"),
        (b'{"entries":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", 400, "sync.bad_body"),
        (json.dumps({"entries": [{}] * 1_001}).encode(), 413, "sync.too_many_entries"),
        (json.dumps({"entries": [{}] * 10_000}).encode(), 413, "sync.too_many_entries"),
        (b" " * (PUSH_BYTES + 1), 413, "sync.too_large"),
    ],
)
def test_what_cannot_be_a_push(api: Api, body: bytes, status: int, code: str) -> None:
    response = api.send(api.station, body)
    assert (response.status_code, codes(response)) == (status, [code])
    told = answer(response)["faults"][0]
    assert "an toàn" in told["vi"]
    assert kept(api) == 0
    assert api.push(api.station, api.station.person("a", VILLAGES[0])).status_code == 200


def test_gzip(api: Api) -> None:
    body = json.dumps({"entries": [api.station.person("a", VILLAGES[0])], "padding": "x" * 20_000}).encode()
    packed = gzip.compress(body)
    truncated = [packed[: len(packed) // 2], packed[:-4], packed[:1], b""]
    for part in truncated:
        response = api.send(api.station, part, **{"Content-Encoding": "gzip"})
        assert (response.status_code, codes(response)) == (400, ["sync.bad_body"])
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    blown = b"".join(bomb.compress(b" " * (1 << 20)) for _ in range(200)) + bomb.flush()
    assert len(blown) < 1 << 20
    response = api.send(api.station, blown, **{"Content-Encoding": "gzip"})
    assert (response.status_code, codes(response)) == (413, ["sync.too_large"])
    response = api.send(api.station, body, **{"Content-Encoding": "br"})
    assert codes(response) == ["sync.bad_body"]
    assert kept(api) == 0
    assert answer(api.send(api.station, packed, **{"Content-Encoding": "gzip"}))["receipt"]["count"] == 1


def test_who_asks(api: Api) -> None:
    client = api.app.test_client()
    for header, status, code in (
        ({}, 401, "device.no_token"),
        ({"Authorization": "Basic eDp5"}, 401, "device.no_token"),
        ({"Authorization": "Bearer "}, 401, "device.no_token"),
        ({"Authorization": "Bearer wrong"}, 401, "device.bad_token"),
        ({"Authorization": "Bearer \xe1\xbb\x9b"}, 401, "device.bad_token"),
    ):
        for response in (
            client.post("/api/v1/sync/push", json={"entries": []}, headers=header),
            client.get("/api/v1/sync/pull", headers=header),
        ):
            assert (response.status_code, codes(response)) == (status, [code])
    with api.engine.begin() as connection:
        table: Any = Device.__table__
        connection.execute(
            table.update().where(table.c.id == api.station.device).values(revoked_at=datetime.now(UTC))
        )
    response = api.push(api.station, api.station.person("a", VILLAGES[0]))
    assert (response.status_code, codes(response)) == (403, ["device.revoked"])


@pytest.mark.proves("L11")
@pytest.mark.parametrize(
    ("sent_at", "flagged"),
    [
        ("2019-04-15T01:00:00.000Z", True), ("2025-04-15T01:00:00.000Z", True), ("0001-01-01T00:00:00.000Z", True),
        ("2022-04-15T01:00:00.000Z", False), (None, False), ("yesterday", False), (5, False), ([], False),
    ],
)  # fmt: skip
def test_a_clock_years_off(api: Api, sent_at: Any, flagged: bool) -> None:
    found = answer(api.push(api.station, api.station.person("a", VILLAGES[0]), sent_at=sent_at))
    assert found["outcomes"][0]["outcome"] == "accepted"
    assert [f["code"] for f in found["outcomes"][0].get("flags", [])] == (
        ["clock.suspect"] if flagged else []
    )
    assert found["server_time"] == "2022-04-15T01:00:00.000Z"


@pytest.mark.proves("L1")
def test_scope_and_role(api: Api) -> None:
    outside = api.worker.household("h", VILLAGES[1])
    dose = api.worker.dose("p")
    found = answer(api.push(api.worker, outside, dose))["outcomes"]
    assert [f["code"] for f in found[0]["flags"]] == ["scope.outside"]
    assert [f["code"] for f in found[1]["faults"]] == ["entry.not_permitted"]
    foreign = answer(api.push(api.worker, api.station.household("k", VILLAGES[0])))["outcomes"]
    assert [f["code"] for f in foreign[0]["faults"]] == ["entry.other_device"]


@pytest.mark.proves("L7")
def test_halves_of_characters_and_nan_are_one_records_fault(api: Api) -> None:
    """The quick parser refuses the whole push for them; one such record must not block the rest."""
    good = api.station.household("k", VILLAGES[0])
    for number, value in enumerate((r'"\ud800"', "NaN", "-Infinity", "1e400", '"a\\u0000b"', "1" * 4_000), 2):
        bad = json.dumps(api.station.household("h", VILLAGES[0])).replace('"Giàng h"', "@")
        bad = json.dumps(json.loads(bad)).replace(json.dumps("Giàng h"), value)
        body = f'{{"entries":[{bad},{json.dumps(good)}]}}'
        found = answer(api.send(api.station, body.encode()))
        assert [o["outcome"] for o in found["outcomes"]] == [
            "refused",
            "accepted" if number == 2 else "duplicate",
        ]
        assert found["receipt"]["received_through"] == number


@pytest.mark.proves("L4", "L5")
def test_a_database_that_goes_down_before_the_commit_acknowledges_nothing(api: Api) -> None:
    batch = [api.station.person("a", VILLAGES[0]), api.station.dose("a")]
    for moment in ("begin", "commit"):

        def fail(connection: Any) -> None:
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))

        with api.app.app_context():
            engine = db.engine
        event.listen(engine, moment, fail)
        response = api.push(api.station, *batch)
        event.remove(engine, moment, fail)
        assert (response.status_code, codes(response)) == (503, ["server.database_down"])
        assert int(response.headers["Retry-After"]) > 0
        assert kept(api) == 0
    found = answer(api.push(api.station, *batch))
    assert [o["outcome"] for o in found["outcomes"]] == ["accepted", "accepted"]
    with api.engine.connect() as connection:
        holds(connection)


@pytest.mark.proves("L7")
def test_whatever_is_sent_it_is_answered(api: Api) -> None:
    """Never a 500, an outcome for each, and what was stored is sound."""
    record = st.sampled_from(sorted(KINDS)).flatmap(
        lambda kind: st.tuples(st.just(kind), spoilt(KINDS[kind].schema) | bodies(KINDS[kind].schema))
    )

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.one_of(record, st.tuples(wrong, wrong), wrong), max_size=6),
        st.dictionaries(
            st.sampled_from(["id", "device_seq", "version", "based_on", "corrects", "subject", "\ud800"]),
            wrong,
            max_size=2,
        ),
    )
    def holds_for(records: list[Any], changed: dict[str, Any]) -> None:
        entries = []
        for found in records:
            if not isinstance(found, tuple):
                entries.append(found)
                continue
            kind, body = found
            entries.append(api.station.entry("x", place("p"), VILLAGES[0], body) | {"kind": kind})
        if entries and isinstance(entries[0], dict):
            entries[0] |= changed
        response = api.push(api.station, *entries)
        assert response.status_code == 200, answer(response)
        assert len(answer(response)["outcomes"]) == len(entries)

    holds_for()
    with api.engine.connect() as connection:
        holds(connection)
    anything = st.recursive(
        wrong,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        st.binary(max_size=50) | st.builds(lambda v: json.dumps(v).encode(), anything),
        st.sampled_from(["", "gzip", "x"]),
    )
    def never_fails(body: bytes, encoding: str) -> None:
        response = api.send(api.station, body, **({"Content-Encoding": encoding} if encoding else {}))
        assert response.status_code in (200, 400, 413)

    never_fails()


@pytest.mark.parametrize("depth", [100, 300, 900, 990, 1_010])
def test_records_nested_without_end_are_answered(api: Api, depth: int) -> None:
    good = api.station.household("k", VILLAGES[0])
    body = b'{"entries":[' + b"[" * depth + b"]" * depth + b"," + json.dumps(good).encode() + b"]}"
    response = api.send(api.station, body)
    if depth <= 300:
        assert [o["outcome"] for o in answer(response)["outcomes"]] == ["refused", "accepted"]
    else:
        assert response.status_code in (200, 400)
