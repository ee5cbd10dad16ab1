"""The app: headers, faults as pages and as JSON, the health check."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from server.database import db
from server.settings import EXTENSION
from shared.clock import from_stamp
from tests.server.conftest import Desk, close, make_app, post


def test_health(app: Flask) -> None:
    told = app.test_client().get("/healthz").json
    assert told is not None
    assert (told["status"], told["demo"]) == ("ok", False)
    assert from_stamp(told["server_time"]) <= app.extensions[EXTENSION].clock.now()


def test_a_database_that_is_down_is_a_clear_503(tmp_path: Path) -> None:
    app = make_app("postgresql://nobody@127.0.0.1:1/none")
    client = app.test_client()
    page = client.get("/sign-in")
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "Tạm thời chưa dùng được" in page.text
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.json is not None
    assert health.json["faults"][0]["code"] == "server.database_down"
    pushed = client.post("/api/v1/sync/push", json={}, headers={"Authorization": "Bearer x"})
    assert pushed.status_code == 503
    assert "Retry-After" in pushed.headers
    close(app)


def test_every_answer_carries_the_security_headers(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    for address in ("/", "/sign-in", "/nothing", "/healthz", "/static/css/base.css", "/api/openapi.json"):
        headers = client.get(address, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_no_page_needs_inline_scripts_or_styles(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    for address in ("/", "/stock/expiring", "/devices", "/imports", "/help/api", "/nothing"):
        text = client.get(address).text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<script>" not in text
        assert "http://" not in text.replace("http://localhost", "").replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("address", "status"), [("/nothing", 404), ("/places/none", 404), ("/sign-out", 405)]
)
def test_faults_are_pages_in_both_languages(desk: Desk, address: str, status: int) -> None:
    client = desk.sign_in("quantri")
    page = client.get(address)
    assert page.status_code == status
    assert '<html lang="vi">' in page.text
    english = desk.sign_in("quantri", "en").get(address)
    assert '<html lang="en">' in english.text
    assert "Go to the first page" in english.text


def test_the_api_answers_faults_as_json(desk: Desk) -> None:
    answer = desk.app.test_client().get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json is not None
    found = answer.json["faults"][0]
    assert found["code"] == "scope.hidden"
    assert found["vi"]
    assert found["en"]


def test_too_large_a_request_is_refused_and_says_so(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    answer = post(client, "/imports/plan/write", page="/password", table="x" * (2 << 20))
    assert answer.status_code == 413
    assert "Tệp quá lớn" in answer.text


def test_an_unexpected_error_shows_nothing_internal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a secret detail")

    client = desk.sign_in("quantri")
    monkeypatch.setattr("server.web.help_pages.describe", broken)
    answer = client.get("/help/api")
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    assert "server.failed" in answer.text


def test_pages_that_only_read_take_no_write_lock(desk: Desk) -> None:
    """Another process that is writing must not stop a page (SQLite)."""
    client = desk.sign_in("quantri")
    with desk.app.app_context():
        writer = db.engine.connect()
        writer.begin()
        assert client.get("/").status_code == 200
        writer.rollback()
        writer.close()
