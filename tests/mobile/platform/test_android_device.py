"""Position, scanner and keystore of Android against a system that is played (no SDK here)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mobile.platform.keys import KeystoreError
from mobile.platform.location import Position

NOW_MS = 1_650_000_000_000


class JavaException(Exception):
    """What Java threw."""


class Fix:
    """A place Android knows."""

    def __init__(self, age_ms: int = 0, lat: float = 22.123456, lon: float = 102.654321) -> None:
        self.getTime = lambda: NOW_MS - age_ms
        self.getLatitude, self.getLongitude = (lambda: lat), (lambda: lon)
        self.hasAccuracy, self.getAccuracy = (lambda: True), (lambda: 12.4)


HERE = Position(22_123_456, 102_654_321, 12)


class Receiver:
    """Hears one broadcast while it is started."""

    def __init__(self, phone: Phone, heard: Callable[..., None], actions: list[str]) -> None:
        assert actions == ["android.net.conn.CONNECTIVITY_CHANGE"]
        self._phone, self.heard = phone, heard

    def start(self) -> None:
        self._phone.receivers.append(self)

    def stop(self) -> None:
        self._phone.receivers.remove(self)


class Phone:
    """A phone with one activity: its providers, permissions, preferences, scanner apps and keys."""

    def __init__(self) -> None:
        self.granted, self.grants = True, True
        self.asked = 0
        self.providers = ["gps", "network"]
        self.known: dict[str, Fix] = {}
        self.listeners: list[Any] = []
        self.kept: dict[str, bool] = {}
        self.scanners = True
        self.results: list[Callable[..., None]] = []
        self.keys: dict[str, bytes] = {}
        self.connected: bool | None = None
        self.receivers: list[Receiver] = []

    # The activity and what it hands out

    def getSystemService(self, name: str) -> Any:  # noqa: N802 Android's names, here and below
        assert name in ("location", "connectivity")
        return self

    def getActiveNetworkInfo(self) -> Any:  # noqa: N802
        return None if self.connected is None else SimpleNamespace(isConnected=lambda: self.connected)

    def getSharedPreferences(self, name: str, mode: int) -> Any:  # noqa: N802
        def put(key: str, value: bool) -> Any:
            return SimpleNamespace(apply=lambda: self.kept.update({f"{name}.{key}": value}))

        return SimpleNamespace(
            getBoolean=lambda key, default: self.kept.get(f"{name}.{key}", default),
            edit=lambda: SimpleNamespace(putBoolean=put),
        )

    def getPackageManager(self) -> Phone:  # noqa: N802
        return self

    def startActivityForResult(self, intent: Any, request: int) -> None:  # noqa: N802
        self.started = (intent.action, request)

    # The position

    def isProviderEnabled(self, name: str) -> bool:  # noqa: N802
        return name in self.providers

    def getLastKnownLocation(self, name: str) -> Fix | None:  # noqa: N802
        return self.known.get(name)

    def requestLocationUpdates(self, name: str, _ms: int, _m: float, listener: Any, _looper: Any) -> None:  # noqa: N802
        self.listeners.append(listener)

    def removeUpdates(self, listener: Any) -> None:  # noqa: N802
        self.listeners = [each for each in self.listeners if each is not listener]

    # pyjnius

    def autoclass(self, name: str) -> Any:
        return {
            "org.kivy.android.PythonActivity": SimpleNamespace(mActivity=self),
            "java.lang.System": SimpleNamespace(currentTimeMillis=lambda: NOW_MS),
            "android.os.Looper": SimpleNamespace(getMainLooper=lambda: None),
            "android.content.Intent": lambda action: SimpleNamespace(
                action=action, resolveActivity=lambda _: "an app" if self.scanners else None
            ),
            "java.security.KeyStore": SimpleNamespace(getInstance=lambda _: self),
            "android.security.keystore.KeyGenParameterSpec$Builder": lambda alias, _: Asked(alias),
            "javax.crypto.KeyGenerator": SimpleNamespace(getInstance=lambda *_: Maker(self)),
            "javax.crypto.Cipher": SimpleNamespace(getInstance=lambda _: Cipher()),
            "javax.crypto.spec.GCMParameterSpec": lambda _, nonce: nonce,
        }[name]

    def load(self, _: None) -> None:
        """The keystore opens."""

    def getKey(self, alias: str, _: None) -> bytes | None:  # noqa: N802
        return self.keys.get(alias)


class Asked:
    """What kind of key is wanted."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def __getattr__(self, _name: str) -> Callable[..., Asked]:
        return lambda *_: self


class Maker:
    """Makes keys inside the keystore."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def init(self, asked: Asked) -> None:
        self._asked = asked

    def generateKey(self) -> bytes:  # noqa: N802
        return self._phone.keys.setdefault(self._asked.alias, secrets.token_bytes(32))


class Cipher:
    """Stands for AES/GCM: a mask and a tag of 16 bytes; bytes come back signed, as Java's do."""

    def init(self, mode: int, key: bytes, nonce: bytes | None = None) -> None:
        assert (nonce is None) == (mode == 1), "the phone chooses the nonce"
        self._mode, self._key, self._nonce = mode, key, nonce or secrets.token_bytes(12)

    def getIV(self) -> list[int]:  # noqa: N802
        return _signed(self._nonce)

    def doFinal(self, data: bytes) -> list[int]:  # noqa: N802
        stream = hashlib.shake_256(self._key + self._nonce).digest(len(data))
        if self._mode == 1:
            masked = bytes(a ^ b for a, b in zip(data, stream, strict=True))
            return _signed(masked + self._tag(masked))
        masked, tag = data[:-16], data[-16:]
        if not hmac.compare_digest(tag, self._tag(masked)):
            raise JavaException("AEADBadTagException")
        return _signed(bytes(a ^ b for a, b in zip(masked, stream, strict=False)))

    def _tag(self, masked: bytes) -> bytes:
        return hmac.new(self._key, self._nonce + masked, hashlib.sha256).digest()[:16]


def _signed(data: bytes) -> list[int]:
    return [value - 256 if value > 127 else value for value in data]


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    """A phone, and the modules python-for-android gives a program on it."""
    played = Phone()
    jnius, android, permissions, broadcast = (
        ModuleType(name) for name in ("jnius", "android", "android.permissions", "android.broadcast")
    )
    jnius.JavaException = JavaException
    jnius.PythonJavaClass = object
    jnius.autoclass = played.autoclass
    jnius.java_method = lambda _: lambda method: method
    android.activity = SimpleNamespace(
        bind=lambda on_activity_result: played.results.append(on_activity_result)
    )

    def request(asked: list[str], answered: Callable[..., None]) -> None:
        played.asked += 1
        played.granted = played.grants
        answered(asked, [played.grants] * len(asked))

    permissions.Permission = SimpleNamespace(ACCESS_FINE_LOCATION="fine", ACCESS_COARSE_LOCATION="coarse")
    permissions.check_permission = lambda _: played.granted
    permissions.request_permissions = request
    broadcast.BroadcastReceiver = lambda heard, actions: Receiver(played, heard, actions)
    for module in (jnius, android, permissions, broadcast):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    names = ("location", "scanner", "keys", "network")
    for name in names:
        monkeypatch.delitem(sys.modules, f"mobile.platform.android.{name}", raising=False)
    yield played
    for name in names:
        sys.modules.pop(f"mobile.platform.android.{name}", None)


def made(name: str, thing: str) -> Any:
    return getattr(import_module(f"mobile.platform.android.{name}"), thing)()


# The position


def test_a_fresh_position_is_taken_at_once(phone: Phone) -> None:
    phone.known = {"gps": Fix(age_ms=3_600_000), "network": Fix(age_ms=1_000)}
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append)
    assert found == [HERE]
    assert not phone.listeners


def test_the_first_provider_that_answers_wins_and_is_the_only_one(phone: Phone) -> None:
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append)
    assert len(phone.listeners) == 2
    listener = phone.listeners[0]
    listener.onLocationChanged(Fix())
    listener.onLocationChanged(Fix(lat=1.0))
    assert found == [HERE]
    assert not phone.listeners


def test_time_that_is_up_answers_none(phone: Phone) -> None:
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append, wait_s=0.01)
    until = time.monotonic() + 5
    while not found and time.monotonic() < until:
        time.sleep(0.01)
    assert found == [None]
    assert not phone.listeners


def test_without_a_provider_the_answer_is_none(phone: Phone) -> None:
    phone.providers = []
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append)
    assert found == [None]


def test_after_a_no_nobody_is_asked_again(phone: Phone) -> None:
    phone.granted = phone.grants = False
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append)
    made("location", "AndroidLocation").ask(found.append)  # after the app was started again
    assert found == [None, None]
    assert phone.asked == 1


def test_a_yes_is_used(phone: Phone) -> None:
    phone.granted = False
    phone.known = {"gps": Fix()}
    found: list[Position | None] = []
    made("location", "AndroidLocation").ask(found.append)
    assert found == [HERE]


# The scanner


def test_a_code_comes_back_as_it_stands(phone: Phone) -> None:
    scanner = made("scanner", "ScannerApp")
    assert scanner.available
    found: list[str | None] = []
    scanner.scan(found.append)
    action, request = phone.started
    assert action.endswith(".SCAN")
    answer = SimpleNamespace(getStringExtra=lambda name: {"SCAN_RESULT": "012345678901|Lò Thị Mai"}[name])
    [told] = phone.results
    told(request + 1, -1, answer)
    assert not found, "another activity answered"
    told(request, -1, answer)
    told(request, -1, answer)
    assert found == ["012345678901|Lò Thị Mai"]


def test_a_scan_given_up_or_replaced_answers_none(phone: Phone) -> None:
    scanner = made("scanner", "ScannerApp")
    first: list[str | None] = []
    second: list[str | None] = []
    scanner.scan(first.append)
    scanner.scan(second.append)
    assert first == [None]
    phone.results[0](phone.started[1], 0, None)
    assert second == [None]


def test_without_a_scanner_app_none_is_offered(phone: Phone) -> None:
    phone.scanners = False
    assert not made("scanner", "ScannerApp").available


# The keystore


@pytest.mark.usefixtures("phone")
def test_what_is_wrapped_comes_back_on_this_phone() -> None:
    keystore = made("keys", "AndroidKeystore")
    secret = secrets.token_bytes(64)
    wrapped = keystore.wrap(secret)
    assert secret not in wrapped
    assert wrapped != keystore.wrap(secret)
    assert made("keys", "AndroidKeystore").unwrap(wrapped) == secret


def test_another_phone_or_a_changed_byte_is_refused(phone: Phone) -> None:
    keystore = made("keys", "AndroidKeystore")
    wrapped = keystore.wrap(b"secret")
    with pytest.raises(KeystoreError):
        keystore.unwrap(wrapped[:-1] + bytes((wrapped[-1] ^ 1,)))
    phone.keys.clear()
    with pytest.raises(KeystoreError):
        keystore.unwrap(wrapped)
    made("keys", "AndroidKeystore").wrap(b"other")  # makes another key
    with pytest.raises(KeystoreError):
        keystore.unwrap(wrapped)


@pytest.mark.proves("L22")
def test_a_network_that_comes_or_goes_is_told_to_the_last_who_watches(phone: Phone) -> None:
    network = made("network", "AndroidNetwork")
    first: list[bool] = []
    told: list[bool] = []
    network.watch(first.append)
    network.watch(told.append)
    for phone.connected in (None, True, False, True):
        [receiver] = phone.receivers
        receiver.heard(None, None)
    assert (first, told) == ([], [False, True, False, True])
    network.watch(None)
    assert phone.receivers == []
