"""Android's notifications against a system that is played: what is asked of it, not what it does (no SDK here)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest


class System:
    """Alarms by listener, notifications shown, and the phone's steady milliseconds."""

    def __init__(self) -> None:
        self.exact = True
        self.alarms: dict[Any, int] = {}
        self.shown: list[tuple[str, str]] = []
        self.steady_ms = 5_000_000

    def getSystemService(self, name: str) -> Any:  # noqa: N802 Android's names
        return {"alarm": self, "notification": self}[name]

    def setExact(self, _kind: int, at: int, _tag: str, alarm: Any, _handler: None) -> None:  # noqa: N802
        if not self.exact:
            raise JavaException
        self.alarms[alarm] = at

    def set(self, _kind: int, at: int, _tag: str, alarm: Any, _handler: None) -> None:
        self.alarms[alarm] = at

    def cancel(self, alarm: Any) -> None:
        del self.alarms[alarm]

    def notify(self, _tag: str, _id: int, notification: Builder) -> None:
        self.shown.append((notification.said["ContentTitle"], notification.said["ContentText"]))

    def createNotificationChannel(self, _channel: Any) -> None:  # noqa: N802
        pass

    def getApplicationInfo(self) -> Any:  # noqa: N802
        return type("Info", (), {"icon": 7})

    def getClass(self) -> type:  # noqa: N802
        return System

    def elapsedRealtime(self) -> int:  # noqa: N802
        return self.steady_ms


class Builder:
    """Takes every `set…` and remembers it."""

    def __init__(self, *_: Any) -> None:
        self.said: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def take(value: Any) -> Builder:
            self.said[name.removeprefix("set")] = value
            return self

        return take

    def build(self) -> Builder:
        return self


class JavaException(Exception):
    """As pyjnius raises it."""


class Anything:
    """A Java class nobody looks at."""

    SDK_INT = 34

    def __init__(self, *_: Any) -> None:
        pass

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None

    @staticmethod
    def getActivity(*_: Any) -> None:  # noqa: N802
        return None


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    played = System()
    classes = {
        "org.kivy.android.PythonActivity": type("Activity", (), {"mActivity": played}),
        "android.os.SystemClock": played,
        "android.app.Notification$Builder": Builder,
    }
    jnius, permissions = ModuleType("jnius"), ModuleType("android.permissions")
    jnius.autoclass = lambda name: classes.get(name, Anything)  # type: ignore[attr-defined]
    jnius.JavaException, jnius.PythonJavaClass = JavaException, object  # type: ignore[attr-defined]
    jnius.java_method = lambda _signature: lambda method: method  # type: ignore[attr-defined]
    permissions.Permission = type("Permission", (), {"POST_NOTIFICATIONS": "notifications"})  # type: ignore[attr-defined]
    permissions.check_permission = lambda _: True  # type: ignore[attr-defined]
    permissions.request_permissions = lambda _: None  # type: ignore[attr-defined]
    for name, module in (
        ("jnius", jnius),
        ("android", ModuleType("android")),
        ("android.permissions", permissions),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "mobile.platform.android.notify", raising=False)
    yield played
    sys.modules.pop("mobile.platform.android.notify", None)


def notifier() -> Any:
    return import_module("mobile.platform.android.notify").AndroidNotifier()


@pytest.mark.parametrize("exact", [True, False])
def test_a_moment_becomes_an_alarm_by_the_steady_seconds_and_rings_once(system: System, exact: bool) -> None:
    system.exact = exact
    notify = notifier()
    notify.tell_at(datetime.now(UTC) + timedelta(minutes=30), "dose", "Từng Nhà", "Đủ 30 phút")
    ((alarm, at),) = system.alarms.items()
    assert abs(at - system.steady_ms - 30 * 60_000) < 5_000
    alarm.onAlarm()
    assert system.shown == [("Từng Nhà", "Đủ 30 phút")]
    notify.cancel("dose")
    assert len(system.alarms) == 1, "what has rung is not called off again"


def test_another_moment_of_the_same_key_takes_the_place_of_the_first(system: System) -> None:
    notify = notifier()
    for minutes in (10, 20):
        notify.tell_at(datetime.now(UTC) + timedelta(minutes=minutes), "dose", "Từng Nhà", f"{minutes}")
    ((alarm, _),) = system.alarms.items()
    alarm.onAlarm()
    assert [text for _, text in system.shown] == ["20"]


def test_a_moment_called_off_does_not_ring(system: System) -> None:
    notify = notifier()
    notify.tell_at(datetime.now(UTC) + timedelta(minutes=1), "dose", "Từng Nhà", "x")
    notify.cancel("dose")
    notify.cancel("another")
    assert (system.alarms, system.shown) == ({}, [])
