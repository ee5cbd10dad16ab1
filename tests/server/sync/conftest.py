"""The API on a small province: devices with tokens, a client that speaks as one of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, insert
from werkzeug.test import TestResponse

from server.accounts.models import UserPlace
from server.app import create_app
from server.database import db, open_engine
from server.settings import Settings
from tests.faults.hammer import give_tokens
from tests.server.ledger.hands import CLOCK, PROVINCE, SITES, VILLAGES, Hand, enrol, place, push

COMMUNE = place("commune")
OUTSIDE = place("village outside")


@dataclass
class Api:
    """The server and its devices: a station over one commune, a worker of one village."""

    app: Flask
    engine: Engine
    station: Hand
    worker: Hand
    tokens: dict[str, str]

    def headers(self, hand: Hand) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[hand.device]}"}

    def push(self, hand: Hand, *entries: Any, **body: Any) -> TestResponse:
        """As a phone does."""
        return self.send(hand, json.dumps({"device": hand.device, "entries": list(entries), **body}).encode())

    def send(self, hand: Hand, body: bytes, **headers: str) -> TestResponse:
        return self.app.test_client().post(
            "/api/v1/sync/push",
            data=body,
            headers=self.headers(hand) | headers,
            content_type="application/json",
        )

    def pull(self, hand: Hand, cursor: str = "") -> TestResponse:
        return self.app.test_client().get(
            "/api/v1/sync/pull", query_string={"cursor": cursor}, headers=self.headers(hand)
        )


def province(engine: Engine) -> tuple[Hand, Hand]:
    """Places and two field users; (station, village health worker)."""
    admin, station, worker = enrol(engine, "administrator", "station", "village_health_worker")
    version = {"valid_from": "2020-01-01", "name": "Nơi", "unit_type": "x"}
    places: list[tuple[str, str, str | None]] = [
        (PROVINCE, "province", None), (COMMUNE, "commune", PROVINCE), (OUTSIDE, "village", PROVINCE),
        (SITES[0], "station", COMMUNE), (SITES[1], "team", COMMUNE),
        *[(village, "village", COMMUNE) for village in VILLAGES],
    ]  # fmt: skip
    entries = [
        admin.entry(
            "place", id_, PROVINCE, {"level": level, "versions": [version | ({"parent": up} if up else {})]}
        )
        for id_, level, up in places
    ]
    push(engine, admin, *entries)
    with engine.begin() as connection:
        scope = [
            {"user_id": station.user, "place_id": COMMUNE},
            {"user_id": worker.user, "place_id": VILLAGES[0]},
        ]
        connection.execute(insert(UserPlace), scope)
    return station, worker


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """On a database of either sort."""
    engine = open_engine(database_url)
    station, worker = province(engine)
    app = create_app(
        Settings(
            database=database_url,
            secret_key="only-for-tests-only-for-tests-only",
            secure_cookies=False,
            clock=CLOCK,
        )
    )
    yield Api(app, engine, station, worker, give_tokens(engine, [station, worker]))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    engine.dispose()


def answer(response: TestResponse) -> Any:
    """The JSON of an answer, unpacked."""
    data = response.get_data()
    return json.loads(gzip.decompress(data) if response.headers.get("Content-Encoding") == "gzip" else data)


def codes(response: TestResponse) -> list[str]:
    return [found["code"] for found in answer(response)["faults"]]
