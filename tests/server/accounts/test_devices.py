"""Devices: one-time codes, tokens, revocation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.accounts.devices import (
    ALPHABET,
    CODE_LENGTH,
    enrol,
    holder_of,
    issue_code,
    revoke,
)
from server.accounts.fleet import device_state, fleet
from server.accounts.models import Device, EnrolmentCode, User, UserPlace
from server.accounts.users import create_user, deactivate
from server.database import db
from shared.faults import Refused
from shared.identifiers import new_id

pytestmark = pytest.mark.usefixtures("inside")
NOW = datetime(2022, 4, 15, 7, tzinfo=UTC)


@pytest.fixture
def user(inside: object) -> User:
    made = create_user(
        username="thon.1",
        password="một hai ba bốn",
        full_name="Tao Mẩy",
        role="village_health_worker",
        places=[new_id()],
    )
    db.session.commit()
    return made


def codes(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in caught.value.faults]


def test_a_code_is_short_readable_and_kept_only_as_a_hash(user: User) -> None:
    code = issue_code(user.id, None)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01258BILOSUVZ")
    row = db.session.query(EnrolmentCode).one()
    assert code.encode() not in row.code_hash


def test_a_code_enrols_once_however_it_is_typed(user: User) -> None:
    code = issue_code(user.id, None)
    made = enrol(f" {code[:4].lower()}-{code[4:]} ", "Samsung A03")
    holder = holder_of(db.session.connection(), made.token)
    device = db.session.get_one(Device, holder.device_id)
    assert device.id == made.device_id
    assert device.user_id == holder.user.id == user.id
    assert made.token.encode() not in (device.token_hash or b"")
    with pytest.raises(Refused) as caught:
        enrol(code, "another")
    assert codes(caught) == ["enrol.bad_code"]


def test_a_code_expires_after_a_week(user: User) -> None:
    code = issue_code(user.id, None, NOW)
    with pytest.raises(Refused) as caught:
        enrol(code, "phone", NOW + timedelta(days=7))
    assert codes(caught) == ["enrol.bad_code"]
    assert enrol(code, "phone", NOW + timedelta(days=6, hours=23))


def test_wrong_codes_and_closed_accounts_enrol_nothing(user: User) -> None:
    code = issue_code(user.id, None)
    deactivate(user)
    for wrong in (code, "AAAAAAAA", ""):
        with pytest.raises(Refused) as caught:
            enrol(wrong, "phone")
        assert codes(caught) == ["enrol.bad_code"]
    with pytest.raises(Refused) as caught:
        issue_code(user.id, None)
    assert codes(caught) == ["user.unknown"]
    assert db.session.query(Device).count() == 0


def test_a_revoked_device_and_an_unknown_token_are_refused(user: User) -> None:
    made = enrol(issue_code(user.id, None), "phone")
    revoke(made.device_id)
    with pytest.raises(Refused) as caught:
        holder_of(db.session.connection(), made.token)
    assert codes(caught) == ["device.revoked"]
    with pytest.raises(Refused) as caught:
        holder_of(db.session.connection(), made.token + "x")
    assert codes(caught) == ["device.bad_token"]


def test_a_closed_account_takes_its_devices_along(user: User) -> None:
    made = enrol(issue_code(user.id, None), "phone")
    deactivate(user)
    with pytest.raises(Refused) as caught:
        holder_of(db.session.connection(), made.token)
    assert codes(caught) == ["device.revoked"]


def test_the_fleet_shows_the_silent_first(user: User) -> None:
    place = db.session.query(UserPlace).one().place_id
    ids = [enrol(issue_code(user.id, None), label).device_id for label in ("quiet", "busy", "new", "lost")]
    for id_, days in zip(ids, (9, 1, None, 2), strict=True):
        device = db.session.get_one(Device, id_)
        device.last_seen_at = None if days is None else NOW - timedelta(days=days)
    revoke(ids[3])
    db.session.flush()
    phones = fleet(db.session.connection(), [place], NOW)
    assert [(phone.label, phone.state) for phone in phones] == [
        ("quiet", "silent"),
        ("new", "never"),
        ("busy", "active"),
        ("lost", "revoked"),
    ]
    assert phones[0].silent_days == 9
    assert fleet(db.session.connection(), [new_id()], NOW) == []


def test_a_user_without_a_phone_has_a_row(user: User) -> None:
    place = db.session.query(UserPlace).one().place_id
    assert [phone.state for phone in fleet(db.session.connection(), [place], NOW)] == ["none"]
    assert device_state(None, NOW) == ("none", None)
