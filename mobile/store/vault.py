"""The database key, wrapped under the PIN and then by the device.

The key is 32 random bytes. scrypt stretches the PIN to an encryption key and a tag key; the database key is
masked with the first and authenticated with the second (encrypt, then authenticate: HMAC-SHA-256, compared
in constant time), and the result is wrapped once more by the platform's keystore. Android has no
`cryptography` package, so only the standard library is used.

Wrong PINs are counted on disk before each try, so ending the app does not reset the count; from the fourth
on a delay doubles from 30 seconds to an hour. The delay runs on the device's own time, never on the field's
clock.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mobile.platform.here import on_android
from mobile.platform.keys import FileKeystore, Keystore, KeystoreError
from shared.faults import Refused, fault

SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
SCRYPT_MEMORY = 64 << 20
FREE_TRIES = 3
FIRST_DELAY_S = 30
LONGEST_DELAY_S = 3600
SHORTEST_PIN = 4
LONGEST_PIN = 32
#: Digits of the PINs the app asks for; vaults made before theirs was noted hold this many.
USUAL_PIN = 6


class Vault:
    """The file `vault.json` of a phone's folder. `now` is real time in seconds, replaced by tests."""

    def __init__(self, home: Path, keystore: Keystore, now: Callable[[], float] = time.time) -> None:
        self._file = home / "vault.json"
        self._keystore = keystore
        self._now = now

    @property
    def exists(self) -> bool:
        """Whether a PIN was set."""
        return self._file.exists()

    def create(self, pin: str) -> bytes:
        """A new database key under a new PIN. Raises Refused: phone.already_set_up, phone.pin_too_weak."""
        if self.exists:
            raise Refused(fault("phone.already_set_up"))
        check_pin(pin)
        key = secrets.token_bytes(32)
        self._write(self._wrapped(key, pin) | _no_tries())
        return key

    def unlock(self, pin: str) -> bytes:
        """The database key. Raises Refused: phone.not_set_up, phone.locked, phone.wrong_pin,
        phone.wrong_device.
        """
        state = self._read()
        if wait := self._wait(state):
            raise Refused(fault("phone.locked", wait_s=wait))
        state = self._count_try(state)
        key = self._unwrapped(state, pin)
        if key is None:
            raise Refused(fault("phone.wrong_pin", "pin", wait_s=self._wait(state)))
        self._write(state | _no_tries())
        return key

    def change_pin(self, old: str, new: str) -> None:
        """Wrap the same key under another PIN. Raises Refused as `unlock`, and phone.pin_too_weak."""
        check_pin(new)
        key = self.unlock(old)
        self._write(self._wrapped(key, new) | _no_tries())

    def wait_s(self) -> int:
        """Seconds until the next try is allowed; 0 when it is."""
        return self._wait(self._read()) if self.exists else 0

    def pin_length(self) -> int:
        """How many characters the PIN has: so many dots stand on the lock."""
        length: int = self._read().get("length", USUAL_PIN)
        return length

    def _wrapped(self, key: bytes, pin: str) -> dict[str, Any]:
        salt = secrets.token_bytes(16)
        mask, tag_key = _stretch(pin, salt)
        masked = bytes(a ^ b for a, b in zip(key, mask, strict=True))
        tag = hmac.new(tag_key, salt + masked, hashlib.sha256).digest()
        wrapped = self._keystore.wrap(masked + tag).hex()
        return {"version": 1, "salt": salt.hex(), "wrapped": wrapped, "length": len(pin)}

    def _unwrapped(self, state: dict[str, Any], pin: str) -> bytes | None:
        salt = bytes.fromhex(state["salt"])
        try:
            inner = self._keystore.unwrap(bytes.fromhex(state["wrapped"]))
        except KeystoreError as error:
            raise Refused(fault("phone.wrong_device")) from error
        mask, tag_key = _stretch(pin, salt)
        masked, tag = inner[:32], inner[32:]
        if not hmac.compare_digest(hmac.new(tag_key, salt + masked, hashlib.sha256).digest(), tag):
            return None
        return bytes(a ^ b for a, b in zip(masked, mask, strict=True))

    def _count_try(self, state: dict[str, Any]) -> dict[str, Any]:
        tries = state["tries"] + 1
        delay = 0
        if tries > FREE_TRIES:
            delay = min(FIRST_DELAY_S << min(tries - FREE_TRIES - 1, 20), LONGEST_DELAY_S)
        state = state | {"tries": tries, "delay_s": delay, "tried_at": self._now()}
        self._write(state)
        return state

    def _wait(self, state: dict[str, Any]) -> int:
        since = self._now() - state["tried_at"]
        # A clock set back must not shorten the wait, nor lengthen it beyond the delay itself.
        left = state["delay_s"] - max(since, 0)
        return max(0, -(-int(left * 1000) // 1000))

    def _read(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise Refused(fault("phone.not_set_up")) from error
        return state

    def _write(self, state: dict[str, Any]) -> None:
        write_whole(self._file, json.dumps(state, sort_keys=True).encode())


def vault_of(home: Path, keystore: Keystore | None = None) -> Vault:
    """The vault of a phone's folder, under the keystore of this device unless another one is given."""
    return Vault(home, keystore or _device_keystore(home))


def check_pin(pin: str) -> None:
    """Raise Refused (phone.pin_too_weak) unless the PIN is 4 to 32 characters and not one character
    repeated.
    """
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN or len(set(pin)) == 1:
        raise Refused(fault("phone.pin_too_weak", "pin", least=SHORTEST_PIN))


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file so that a reader, or a phone that loses power, sees the old content or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _no_tries() -> dict[str, Any]:
    return {"tries": 0, "delay_s": 0, "tried_at": 0.0}


def _stretch(pin: str, salt: bytes) -> tuple[bytes, bytes]:
    stretched = hashlib.scrypt(pin.encode(), salt=salt, dklen=64, maxmem=SCRYPT_MEMORY, **SCRYPT)
    return stretched[:32], stretched[32:]


def _device_keystore(home: Path) -> Keystore:
    if on_android():
        from mobile.platform.android.keys import AndroidKeystore

        return AndroidKeystore()
    return FileKeystore(home / "device.key")
