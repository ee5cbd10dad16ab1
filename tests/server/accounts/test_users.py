"""Accounts: passwords, locks, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from server.accounts.models import User
from server.accounts.users import (
    FAILURES_BEFORE_LOCK,
    authenticate,
    create_user,
    deactivate,
    lock_after,
)
from server.database import db
from shared.faults import Refused
from tests.server.conftest import post

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "một hai ba bốn"


def make(username: str = "tram.hua-bum", role: str = "station") -> User:
    user = create_user(username=username, password=PASSWORD, full_name="Lò Văn Ân", role=role)
    db.session.commit()
    return user


@pytest.mark.usefixtures("inside")
def test_the_right_password_signs_in_whatever_the_case_of_the_name() -> None:
    user = make()
    assert authenticate(" Tram.Hua-Bum ", PASSWORD) is user
    assert user.password_hash.startswith("$argon2id$")


@pytest.mark.usefixtures("inside")
def test_wrong_name_wrong_password_and_closed_account_answer_alike() -> None:
    user = make()
    assert authenticate("nobody", PASSWORD) is None
    assert authenticate(user.username, "something else") is None
    deactivate(user)
    assert authenticate(user.username, PASSWORD) is None


@pytest.mark.usefixtures("inside")
def test_an_unknown_user_costs_as_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from server.accounts import passwords

    hashes: list[str] = []
    verify = type(passwords.HASHER).verify
    monkeypatch.setattr(
        type(passwords.HASHER), "verify", lambda self, h, p: hashes.append(h) or verify(self, h, p)
    )
    authenticate("nobody", PASSWORD)
    assert len(hashes) == 1


@pytest.mark.usefixtures("inside")
def test_repeated_failures_lock_even_the_right_password_until_time_passes() -> None:
    user = make()
    for _ in range(FAILURES_BEFORE_LOCK):
        assert authenticate(user.username, "wrong", NOW) is None
    assert authenticate(user.username, PASSWORD, NOW + timedelta(seconds=59)) is None
    assert authenticate(user.username, PASSWORD, NOW + timedelta(seconds=61)) is user
    assert user.failed_count == 0
    assert user.locked_until is None


@pytest.mark.usefixtures("inside")
def test_locks_grow_and_attempts_under_lock_do_not_prolong_them() -> None:
    user = make()
    moment = NOW
    for _ in range(FAILURES_BEFORE_LOCK):
        authenticate(user.username, "wrong", moment)
    until = user.locked_until
    authenticate(user.username, "wrong", moment + timedelta(seconds=30))
    assert user.locked_until == until
    authenticate(user.username, "wrong", moment + timedelta(minutes=2))
    assert user.locked_until == moment + timedelta(minutes=4)


def test_the_lock_doubles_to_an_hour() -> None:
    minutes = [lock and lock.total_seconds() / 60 for lock in map(lock_after, range(4, 14))]
    assert minutes == [None, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": "ab"}, "user.username_invalid"),
        ({"username": "có dấu"}, "user.username_invalid"),
        ({"password": "ngắn"}, "password.too_short"),
        ({"full_name": "  "}, "field.missing"),
        ({"role": "king"}, "user.role_unknown"),
        ({"username": "taken"}, "user.username_taken"),
    ],
)
def test_users_that_cannot_be(change: dict[str, str], code: str) -> None:
    make("taken")
    fields = {"username": "new.one", "password": PASSWORD, "full_name": "Lò Thị Mẩy", "role": "station"}
    with pytest.raises(Refused) as caught:
        create_user(**(fields | change))
    assert [f.code for f in caught.value.faults] == [code]


def made_in(app: Flask) -> str:
    with app.app_context():
        return make().id


def test_sign_in_keeps_language_and_goes_on_only_inside(app: Flask) -> None:
    made_in(app)
    client = app.test_client()
    for target, goes_to in (
        ("/devices?state=silent", "/devices?state=silent"),
        ("//evil.example", "/"),
        ("https://evil.example/x", "/"),
        ("/\\evil.example", "/"),
    ):
        answer = post(client, f"/sign-in?next={target}", username="tram.hua-bum", password=PASSWORD)
        assert answer.location == goes_to
        post(client, "/sign-out", page="/password")
    post(client, "/sign-in", username="tram.hua-bum", password=PASSWORD)
    post(client, "/language", page="/password", language="en", next="/password")
    assert 'lang="en"' in client.get("/password").text
    other = app.test_client()
    post(other, "/sign-in", username="tram.hua-bum", password=PASSWORD)
    assert 'lang="en"' in other.get("/password").text


def test_forms_without_a_token_are_refused(app: Flask) -> None:
    made_in(app)
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": "tram.hua-bum", "password": PASSWORD})
    assert answer.status_code == 400
    assert "request.expired" in answer.text
    post(client, "/sign-in", username="tram.hua-bum", password=PASSWORD)
    for address in (
        "/sign-out",
        "/language",
        "/password",
        "/devices/codes",
        "/imports/plan",
        "/imports/plan/write",
    ):
        assert client.post(address).status_code == 400, address


def test_a_new_password_ends_the_other_sessions(app: Flask) -> None:
    made_in(app)
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        post(client, "/sign-in", username="tram.hua-bum", password=PASSWORD)
    refused = post(here, "/password", page="/password", current="wrong", password="năm sáu bảy tám")
    assert refused.status_code == 422
    changed = post(here, "/password", page="/password", current=PASSWORD, password="năm sáu bảy tám")
    assert changed.status_code == 302
    assert here.get("/password").status_code == 200
    assert there.get("/password").location.startswith("/sign-in")


def test_a_closed_account_is_signed_out_at_once(app: Flask) -> None:
    user_id = made_in(app)
    client = app.test_client()
    post(client, "/sign-in", username="tram.hua-bum", password=PASSWORD)
    with app.app_context():
        deactivate(db.session.get_one(User, user_id))
        db.session.commit()
    assert client.get("/password").location.startswith("/sign-in")


def test_every_page_asks_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("web.") and "GET" in (rule.methods or ()):
            address = "/" + "/".join(
                "x" if part.startswith("<") else part for part in rule.rule.strip("/").split("/")
            )
            address = address.replace("<ending>", "csv").replace("template.x", "template.csv")
            if rule.endpoint == "web.sign_in":
                continue
            answer = client.get(address)
            assert answer.status_code == 302, rule
            assert answer.location.startswith("/sign-in"), rule
