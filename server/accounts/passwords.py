"""Passwords: argon2id, and a comparison that takes as long for a user who does not exist."""

from __future__ import annotations

import hashlib
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from shared.faults import Fault, fault

MINIMUM_LENGTH = 10

# RFC 9106's second recommendation (64 MiB, 3 passes): about 50 ms on the small servers of a province.
HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return HASHER.hash(password)


def password_fault(password: str) -> Fault | None:
    """Why this may not be a password: length counts, composition rules do not (NIST SP 800-63B, 5.1.1.2)."""
    if len(password) < MINIMUM_LENGTH:
        return fault("password.too_short", "password", minimum=MINIMUM_LENGTH)
    return None


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the hashed one. Without a hash the same work is done and the answer is no."""
    try:
        HASHER.verify(password_hash or _nobody(), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def fingerprint(password_hash: str) -> str:
    """A short text that changes with the password: a session that carries another one has ended."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


@cache
def _nobody() -> str:
    return HASHER.hash("a password that belongs to no account")
