"""Devices: one-time enrolment codes, tokens, revocation.

A code is read aloud over a bad line and typed with a thumb, so it is short and has no look-alikes; it is
used once, within a week, and kept only as a slow hash. A token is long, random and kept as SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from server.accounts.models import Device, EnrolmentCode, User
from server.database import db
from shared.faults import Refused, fault
from shared.identifiers import new_id

# No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: 8 of these 23 characters are 36 bits.
ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
CODE_LENGTH = 8
CODE_LIFE = timedelta(days=7)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone receives once: its id and the token it signs in with from then on."""

    device_id: str
    token: str


def issue_code(user_id: str, issued_by: str | None, now: datetime | None = None) -> str:
    """Issue a one-time enrolment code for a user; it is returned once and stored hashed. The caller commits.

    Raises Refused (`user.unknown`) when there is no such active user.
    """
    now = now or datetime.now(UTC)
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        raise Refused(fault("user.unknown", "user"))
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    db.session.add(
        EnrolmentCode(
            code_hash=code_hash(code), user_id=user_id, issued_by=issued_by, expires_at=now + CODE_LIFE
        )
    )
    db.session.flush()
    return code


def enrol(code: str, label: str, now: datetime | None = None) -> Enrolment:
    """Turn a code into a device and its token. The caller commits.

    Raises Refused (`enrol.bad_code`) for a code that is wrong, used or expired: the answer never tells which.
    """
    now = now or datetime.now(UTC)
    found = db.session.get(EnrolmentCode, code_hash(code))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise Refused(fault("enrol.bad_code", "code"))
    user = db.session.get(User, found.user_id)
    if user is None or not user.active:
        raise Refused(fault("enrol.bad_code", "code"))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = Device(
        id=new_id(), user_id=user.id, label=label.strip()[:80], token_hash=token_hash(token), enrolled_at=now
    )
    db.session.add(device)
    db.session.flush()
    _use(found.code_hash, device.id, now)
    return Enrolment(device.id, token)


@dataclass(frozen=True, slots=True)
class FieldUser:
    """A user as the sync path needs one."""

    id: str
    role: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A device that showed its token, and whose it is."""

    device_id: str
    user: FieldUser


_HOLDER = (
    select(
        Device.id, Device.token_hash, Device.revoked_at, User.id.label("user_id"), User.role, User.active
    )
    .join(User, User.id == Device.user_id)
    .where(Device.token_hash == bindparam("token_hash"))
)  # fmt: skip


def holder_of(connection: Connection, token: str) -> Holder:
    """Whose device a bearer token belongs to.

    Raises Refused: `device.bad_token`, or `device.revoked` (also when the user's account is closed).
    """
    wanted = token_hash(token)
    row = connection.execute(_HOLDER, {"token_hash": wanted}).first()
    if row is None or not hmac.compare_digest(bytes(row.token_hash), wanted):
        raise Refused(fault("device.bad_token"))
    if row.revoked_at is not None or not row.active:
        raise Refused(fault("device.revoked"))
    return Holder(row.id, FieldUser(row.user_id, row.role))


def revoke(device_id: str, now: datetime | None = None) -> None:
    """Refuse the device's token from now on; what it sent stays. Raises Refused (`device.unknown`)."""
    device = db.session.get(Device, device_id)
    if device is None:
        raise Refused(fault("device.unknown", "device"))
    if device.revoked_at is None:
        device.revoked_at = now or datetime.now(UTC)
        db.session.flush()


def token_hash(token: str) -> bytes:
    """SHA-256: enough for 256 random bits, and a stolen database signs nobody in."""
    return hashlib.sha256(token.encode()).digest()


def code_hash(code: str) -> bytes:
    """A slow hash, the same for however the code was typed: 36 bits would not survive a fast one."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.scrypt(plain.encode(), salt=b"tungnha enrolment code", n=1 << 12, r=8, p=1, dklen=32)


def _use(code_hash_: bytes, device_id: str, now: datetime) -> None:
    used = db.session.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.code_hash == code_hash_, EnrolmentCode.used_at.is_(None))
        .values(used_at=now, device_id=device_id)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise Refused(fault("enrol.bad_code", "code"))
