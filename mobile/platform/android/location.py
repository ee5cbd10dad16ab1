"""Android's position: the last one known when it is fresh, otherwise one update from the satellites or the network.

Permission is asked for when a position is first wanted. After a no it is never asked for again: the worker can
still give it in the phone's own settings.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Timer
from typing import Any

from android.permissions import Permission, check_permission, request_permissions
from jnius import JavaException, PythonJavaClass, autoclass, java_method

from mobile.platform.location import Position

#: A position this old (ms) is still that of the house the worker stands at.
FRESH_MS = 60_000
#: Where the app remembers that it asked.
PREFERENCES, ASKED = "tungnha", "location_asked"
PROVIDERS = ("gps", "network")

Found = Callable[[Position | None], None]


class AndroidLocation:
    """See mobile.platform.location.Location."""

    def __init__(self) -> None:
        self._activity = autoclass("org.kivy.android.PythonActivity").mActivity
        self._manager = self._activity.getSystemService("location")
        self._asking: set[_Asking] = set()

    def ask(self, found: Found, wait_s: float = 15.0) -> None:
        """See Location."""
        if check_permission(Permission.ACCESS_FINE_LOCATION):
            self._look(found, wait_s)
            return
        preferences = self._activity.getSharedPreferences(PREFERENCES, 0)
        if preferences.getBoolean(ASKED, False):
            found(None)
            return
        preferences.edit().putBoolean(ASKED, True).apply()

        def answered(_permissions: list[str], granted: list[bool]) -> None:
            if any(granted):
                self._look(found, wait_s)
            else:
                found(None)

        request_permissions([Permission.ACCESS_FINE_LOCATION, Permission.ACCESS_COARSE_LOCATION], answered)

    def _look(self, found: Found, wait_s: float) -> None:
        providers = [name for name in PROVIDERS if self._manager.isProviderEnabled(name)]
        for name in providers:
            known = self._last(name)
            if known is not None:
                found(known)
                return
        if not providers:
            found(None)
            return
        # Java does not keep a listener of Python's alive: it is held here until it has answered.
        asking = _Asking(self._manager, found, self._asking.discard)
        self._asking.add(asking)
        asking.start(providers, wait_s)

    def _last(self, provider: str) -> Position | None:
        try:
            fix = self._manager.getLastKnownLocation(provider)
        except JavaException:
            return None  # only a rough position is allowed, and this provider is a fine one
        if fix is None:
            return None
        age_ms = autoclass("java.lang.System").currentTimeMillis() - fix.getTime()
        return _position(fix) if 0 <= age_ms <= FRESH_MS else None


class _Asking(PythonJavaClass):  # type: ignore[misc]
    """One question: the first provider that answers wins, or the time that is up."""

    __javainterfaces__ = ["android/location/LocationListener"]
    __javacontext__ = "app"

    def __init__(self, manager: Any, found: Found, ended: Callable[[_Asking], None]) -> None:
        super().__init__()
        self._manager, self._found, self._ended = manager, found, ended
        self._guard = Lock()
        self._open = True
        self._timer: Timer

    def start(self, providers: list[str], wait_s: float) -> None:
        """Ask every provider, on Android's own thread."""
        self._timer = Timer(wait_s, self._answer, [None])
        self._timer.daemon = True
        self._timer.start()
        looper = autoclass("android.os.Looper").getMainLooper()
        for name in providers:
            try:
                self._manager.requestLocationUpdates(name, 0, 0.0, self, looper)
            except JavaException:
                continue  # as in `_last`: the other provider may answer

    @java_method("(Landroid/location/Location;)V")
    def onLocationChanged(self, fix: Any) -> None:  # noqa: N802 Android's name
        """A provider answered."""
        self._answer(_position(fix))

    @java_method("(Ljava/lang/String;)V")
    def onProviderEnabled(self, provider: str) -> None:  # noqa: N802
        """Nothing to do: the provider answers by itself."""

    @java_method("(Ljava/lang/String;)V")
    def onProviderDisabled(self, provider: str) -> None:  # noqa: N802
        """Nothing to do: the time will be up."""

    @java_method("(Ljava/lang/String;ILandroid/os/Bundle;)V")
    def onStatusChanged(self, provider: str, status: int, extras: Any) -> None:  # noqa: N802
        """Phones before Android 10 tell it."""

    def _answer(self, position: Position | None) -> None:
        with self._guard:
            if not self._open:
                return
            self._open = False
        self._timer.cancel()
        self._manager.removeUpdates(self)
        self._found(position)
        self._ended(self)


def _position(fix: Any) -> Position:
    return Position(
        lat_e6=round(fix.getLatitude() * 1_000_000),
        lon_e6=round(fix.getLongitude() * 1_000_000),
        accuracy_m=round(fix.getAccuracy()) if fix.hasAccuracy() else 0,
    )
