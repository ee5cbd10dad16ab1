"""Users: making them, checking who signs in, ending their sessions.

The instants here are real UTC, never the field's clock: a lock must run out in real minutes even when the
demo lives on 15/04/2022.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from server.accounts import passwords
from server.accounts.models import User, UserPlace
from server.database import db
from shared.faults import Fault, Refused, fault
from shared.identifiers import new_id
from shared.permissions import ROLES

FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
LANGUAGES = ("vi", "en")

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


def create_user(
    *,
    username: str,
    password: str,
    full_name: str,
    role: str,
    places: Iterable[str] = (),
    language: str = "vi",
) -> User:
    """Add a user who answers for the given places (ids); the caller commits.

    Raises Refused with one fault per field that cannot be used.
    """
    username = normal_username(username)
    faults = _user_faults(username, full_name, role, language)
    if (weak := passwords.password_fault(password)) is not None:
        faults.append(weak)
    if faults:
        raise Refused(faults)
    user = User(
        id=new_id(),
        username=username,
        password_hash=passwords.hash_password(password),
        full_name=unicodedata.normalize("NFC", full_name).strip(),
        role=role,
        language=language,
        active=True,
        failed_count=0,
        locked_until=None,
        created_at=datetime.now(UTC),
    )
    db.session.add(user)
    db.session.flush()
    db.session.add_all(UserPlace(user_id=user.id, place_id=place) for place in dict.fromkeys(places))
    db.session.flush()
    return user


def authenticate(username: str, password: str, now: datetime | None = None) -> User | None:
    """The user whose name and password these are, or None.

    None means a wrong name, a wrong password, an account that is not active or one that is locked: the
    answer never tells which. The attempt is counted before the password is checked, so that parallel
    guesses cannot outrun the lock. The caller commits in either case.
    """
    now = now or datetime.now(UTC)
    user = db.session.scalar(select(User).where(User.username == normal_username(username)))
    counted = user is not None and _count_attempt(user, now)
    right = passwords.matches(user.password_hash if user is not None else None, password)
    if user is None or not counted or not user.active:
        return None
    if not right:
        _lock_when_too_many(user, now)
        return None
    user.failed_count = 0
    user.locked_until = None
    if passwords.needs_rehash(user.password_hash):
        # The session's fingerprint follows the hash; sessions opened before are asked to sign in again.
        user.password_hash = passwords.hash_password(password)
    db.session.flush()
    return user


def lock_after(failures: int) -> timedelta | None:
    """How long an account is locked after so many failures in a row: 1, 2, 4 … 60 minutes, from the fifth."""
    if failures < FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failures - FAILURES_BEFORE_LOCK, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def change_password(user: User, password: str) -> None:
    """Set a new password and unlock; sessions opened before end. Raises Refused; the caller commits."""
    if (weak := passwords.password_fault(password)) is not None:
        raise Refused(weak)
    user.password_hash = passwords.hash_password(password)
    user.failed_count = 0
    user.locked_until = None
    db.session.flush()


def deactivate(user: User) -> None:
    """Close the account: its sessions end at their next request and its devices are refused."""
    user.active = False
    db.session.flush()


def set_language(user: User, language: str) -> None:
    """Keep the language the user reads in; an unknown one changes nothing. The caller commits."""
    if language in LANGUAGES:
        user.language = language
        db.session.flush()


def normal_username(text: str) -> str:
    """User names are compared in lower case, without spaces around."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def _user_faults(username: str, full_name: str, role: str, language: str) -> list[Fault]:
    faults = []
    if not _USERNAME.fullmatch(username):
        faults.append(fault("user.username_invalid", "username"))
    elif db.session.scalar(select(User.id).where(User.username == username)) is not None:
        faults.append(fault("user.username_taken", "username", username=username))
    if not full_name.strip():
        faults.append(fault("field.missing", "full_name"))
    if role not in ROLES:
        faults.append(fault("user.role_unknown", "role", role=role))
    if language not in LANGUAGES:
        faults.append(fault("field.not_option", "language"))
    return faults


def _count_attempt(user: User, now: datetime) -> bool:
    """Count one failure ahead of the check; False while the account is locked (nothing is counted then)."""
    counted = db.session.execute(
        update(User)
        .where(User.id == user.id, (User.locked_until.is_(None)) | (User.locked_until <= now))
        .values(failed_count=User.failed_count + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(user)
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def _lock_when_too_many(user: User, now: datetime) -> None:
    if (duration := lock_after(user.failed_count)) is not None:
        user.locked_until = now + duration
    db.session.flush()
