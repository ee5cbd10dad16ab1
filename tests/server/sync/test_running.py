"""The real server under gunicorn: what only real processes show."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from server.database import open_engine
from tests.faults.hammer import give_tokens, gunicorn
from tests.server.ledger.hands import VILLAGES, Hand, holds
from tests.server.sync.conftest import province


@pytest.mark.proves("L4", "L6")
def test_a_killed_worker_and_a_file_that_goes_away_lose_nothing(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    station, _ = province(engine)
    token = give_tokens(engine, [station])[station.device]
    engine.dispose()
    with gunicorn(sqlite_url, 2, tmp_path / "log") as (port, master):
        batch = [station.person("a", VILLAGES[0]), station.dose("a")]
        assert _push(port, token, station, batch)["receipt"]["received_through"] == 2
        for worker in Path(f"/proc/{master}/task/{master}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)
        answer = _until_answered(port, token, station, [*batch, station.household("h", VILLAGES[0])])
        assert [o["outcome"] for o in answer["outcomes"]] == ["duplicate", "duplicate", "accepted"]
        page = _ask(port, token, "GET", "/api/v1/sync/pull")[1]
        assert sum(len(part["entries"]) for part in page["streams"] if part["id"] == VILLAGES[0]) == 3
        status, body = _ask(
            port, token, "POST", "/api/v1/sync/push", b"\x1f\x8b" + b"x" * 50, encoding="gzip"
        )
        assert (status, body["faults"][0]["code"]) == (400, "sync.bad_body")
        status, body = _ask(port, "wrong", "GET", "/api/v1/sync/pull")
        assert (status, body["faults"][0]["code"]) == (401, "device.bad_token")
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        holds(connection)
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.proves("L4")
def test_a_database_that_is_down_is_told_and_the_phone_comes_again(
    postgresql_url: str, tmp_path: Path
) -> None:
    """The database's name is taken away and given back under a running server."""
    import psycopg

    engine = open_engine(postgresql_url)
    station, _ = province(engine)
    token = give_tokens(engine, [station])[station.device]
    engine.dispose()
    plain = postgresql_url.replace("+psycopg", "")
    database = plain.split("@/")[1].split("?")[0]
    elsewhere = plain.replace(f"@/{database}?", "@/postgres?")
    batch = [station.person("a", VILLAGES[0])]
    with gunicorn(postgresql_url, 1, tmp_path / "log") as (port, _master):
        assert _push(port, token, station, batch)["receipt"]["count"] == 1
        batch.append(station.dose("a"))
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
            )
            for _ in range(3):
                status, body = _ask(port, token, "POST", "/api/v1/sync/push", _body(station, batch))
                assert (status, body["faults"][0]["code"]) == (503, "server.database_down")
            connection.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        answer = _until_answered(port, token, station, batch)
        assert [o["outcome"] for o in answer["outcomes"]] == ["duplicate", "accepted"]
        assert answer["receipt"]["received_through"] == 2


def _body(hand: Hand, entries: list[Any]) -> bytes:
    return gzip.compress(json.dumps({"device": hand.device, "entries": entries}).encode())


def _push(port: int, token: str, hand: Hand, entries: list[Any]) -> Any:
    status, answer = _ask(port, token, "POST", "/api/v1/sync/push", _body(hand, entries))
    assert status == 200, answer
    return answer


def _until_answered(port: int, token: str, hand: Hand, entries: list[Any]) -> Any:
    status, answer = 0, None
    for _ in range(100):
        try:
            status, answer = _ask(port, token, "POST", "/api/v1/sync/push", _body(hand, entries))
        except (OSError, http.client.HTTPException):
            status = 0
        if status == 200:
            return answer
        time.sleep(0.1)
    raise AssertionError(answer)


def _ask(
    port: int, token: str, method: str, path: str, body: bytes | None = None, encoding: str = "gzip"
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        if body is not None:
            headers |= {"Content-Encoding": encoding, "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        data = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        if response.status == 503:
            assert int(response.headers["Retry-After"]) > 0
        return response.status, json.loads(data)
    finally:
        connection.close()
