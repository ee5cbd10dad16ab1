"""The server in tests: an app on a fresh database, passwords hashed fast, no text missing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from server.accounts import passwords
from server.app import create_app
from server.database import db, open_engine
from server.settings import Settings
from shared.clock import FixedClock
from shared.text.translations import Catalogue
from tests.server.world import PASSWORD, TODAY, World, build

SECRET_KEY = "only-for-tests-only-for-tests-only"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """On a fresh database of either sort."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(autouse=True)
def _quick_and_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", quick_hasher())
    monkeypatch.setattr(Catalogue, "strict", True)


def quick_hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_app(url: str) -> Flask:
    settings = Settings(
        database=url,
        secret_key=SECRET_KEY,
        secure_cookies=False,
        clock=FixedClock(TODAY),
        max_request_bytes=1 << 20,
    )
    return create_app(settings)


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """An app on an empty database of either sort."""
    made = make_app(database_url)
    yield made
    close(made)


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The same, in its context: for tests that call the domain and send no request."""
    with app.app_context():
        yield app


@pytest.fixture
def fresh(database_url: str) -> Iterator[tuple[Flask, World]]:
    """An app on a small province of its own, of either sort."""
    made = make_app(database_url)
    yield made, build(made, communes=1, households=1)
    close(made)


@pytest.fixture(scope="session")
def _province_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    from sqlalchemy import create_engine

    from server.database import migrate

    file = tmp_path_factory.mktemp("province") / "tungnha.db"
    engine = create_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    app = make_app(f"sqlite:///{file}")
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "HASHER", quick_hasher())
    world = build(app, communes=2, households=4)
    patch.undo()
    close(app)
    return file, world


@dataclass
class Desk:
    """Browsers at desks: `sign_in` gives a client that is signed in."""

    app: Flask
    world: World

    def sign_in(self, username: str, language: str = "vi") -> FlaskClient:
        client = self.app.test_client()
        answer = post(client, "/sign-in", username=username, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        if language != "vi":
            post(client, "/language", page="/password", language=language)
        return client


@pytest.fixture
def desk(_province_file: tuple[Path, World], tmp_path: Path) -> Iterator[Desk]:
    """A province of 16 communes on SQLite, a copy for each test."""
    file, world = _province_file
    copy = tmp_path / "desk.db"
    shutil.copyfile(file, copy)
    made = make_app(f"sqlite:///{copy}")
    yield Desk(made, world)
    close(made)


def token(client: FlaskClient, page: str) -> str:
    """The CSRF token of a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return found[1]


def post(client: FlaskClient, address: str, page: str = "/sign-in", **fields: str) -> TestResponse:
    """Send a form with the token of `page`."""
    return client.post(address, data={"csrf_token": token(client, page), **fields})
