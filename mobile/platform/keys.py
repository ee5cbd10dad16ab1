"""A second wrap of the database key by the device itself.

On a phone the platform's key never leaves the device, so a copied folder and the PIN are not enough. A desktop
has nothing of the kind: its version keeps other users of the machine out, no more.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Protocol


class Keystore(Protocol):
    """What the platform offers: bytes wrapped so that only this device unwraps them."""

    def wrap(self, secret: bytes) -> bytes:
        """The wrapped form of at most 64 bytes."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """The reverse of `wrap`; raises KeystoreError when this device did not wrap it."""
        ...


class KeystoreError(Exception):
    """The platform's key is missing or not the one that wrapped."""


class FileKeystore:
    """The desktop's version: a random key in a file that only its owner may read (0600).

    Wraps by XOR with HMAC-SHA-512(key, nonce) and authenticates with HMAC-SHA-256 (encrypt, then
    authenticate).
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def wrap(self, secret: bytes) -> bytes:
        """nonce (16) + masked secret + tag (32). Makes the key file at first use."""
        if not self._path.exists():
            self._make()
        key = self._path.read_bytes()
        nonce = secrets.token_bytes(16)
        masked = _mask(key, nonce, secret)
        return nonce + masked + _tag(key, nonce + masked)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The secret; raises KeystoreError when the key file is missing or is not the one that wrapped."""
        try:
            key = self._path.read_bytes()
        except OSError as error:
            raise KeystoreError("the key file cannot be read") from error
        body, tag = wrapped[:-32], wrapped[-32:]
        if not hmac.compare_digest(_tag(key, body), tag):
            raise KeystoreError("the key file is not the one that wrapped")
        return _mask(key, body[:16], body[16:])

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())


def _mask(key: bytes, nonce: bytes, data: bytes) -> bytes:
    stream = hmac.new(key, b"mask" + nonce, hashlib.sha512).digest()
    if len(data) > len(stream):
        raise KeystoreError("at most 64 bytes are wrapped")
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))


def _tag(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, b"tag" + data, hashlib.sha256).digest()
