"""Android's notifications, heard and felt, at once or when an alarm of the system goes off.

The alarm calls this program back and so dies with its process: Android keeps a program put aside, but may end it when
memory is short. Then nothing rings, and the app says whose time is over when it is opened again. The delay is counted
in the phone's steady seconds, so an hour that is set moves no alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from android.permissions import Permission, check_permission, request_permissions
from jnius import JavaException, PythonJavaClass, autoclass, java_method

CHANNEL = "tungnha.observation"
#: NotificationManager.IMPORTANCE_HIGH: with sound and vibration, and on top of what is shown.
HIGH = 4
#: AlarmManager.ELAPSED_REALTIME_WAKEUP.
STEADY_WAKEUP = 2
#: PendingIntent.FLAG_IMMUTABLE.
IMMUTABLE = 0x04000000
#: Android 8 brought channels, Android 13 the permission.
CHANNELS_SINCE, ASKED_SINCE = 26, 33


class AndroidNotifier:
    """See mobile.platform.notify.Notifier."""

    def __init__(self) -> None:
        self._activity = autoclass("org.kivy.android.PythonActivity").mActivity
        self._shown = self._activity.getSystemService("notification")
        self._alarms = self._activity.getSystemService("alarm")
        self._sdk = int(autoclass("android.os.Build$VERSION").SDK_INT)
        # Java does not keep a listener of Python's alive: it is held here until it has rung.
        self._waiting: dict[str, _Alarm] = {}
        self._asked = False

    def tell(self, title: str, text: str) -> None:
        """See Notifier. Told again, the former one is replaced."""
        self._ask()
        builder = self._builder().setContentTitle(title).setContentText(text).setAutoCancel(True)
        icon = self._activity.getApplicationInfo().icon
        self._shown.notify(CHANNEL, 1, builder.setSmallIcon(icon).setContentIntent(self._opens()).build())

    def tell_at(self, moment: datetime, key: str, title: str, text: str) -> None:
        """See Notifier."""
        self.cancel(key)
        self._ask()

        def ring() -> None:
            self._waiting.pop(key, None)
            self.tell(title, text)

        delay_ms = max(0, round((moment - datetime.now(UTC)).total_seconds() * 1000))
        at = autoclass("android.os.SystemClock").elapsedRealtime() + delay_ms
        alarm = self._waiting[key] = _Alarm(ring)
        try:
            self._alarms.setExact(STEADY_WAKEUP, at, CHANNEL, alarm, None)
        except JavaException:
            self._alarms.set(STEADY_WAKEUP, at, CHANNEL, alarm, None)  # exact alarms are not allowed here

    def cancel(self, key: str) -> None:
        """See Notifier."""
        alarm = self._waiting.pop(key, None)
        if alarm is not None:
            self._alarms.cancel(alarm)

    def _builder(self) -> Any:
        builder = autoclass("android.app.Notification$Builder")
        if self._sdk < CHANNELS_SINCE:
            return builder(self._activity).setDefaults(autoclass("android.app.Notification").DEFAULT_ALL)
        channel = autoclass("android.app.NotificationChannel")(CHANNEL, "Từng Nhà", HIGH)
        channel.enableVibration(True)
        self._shown.createNotificationChannel(channel)
        return builder(self._activity, CHANNEL)

    def _opens(self) -> Any:
        intent = autoclass("android.content.Intent")(self._activity, self._activity.getClass())
        return autoclass("android.app.PendingIntent").getActivity(self._activity, 0, intent, IMMUTABLE)

    def _ask(self) -> None:
        """Ask once whether notifications may be shown; after a no the screen alone says it."""
        if self._sdk < ASKED_SINCE or self._asked or check_permission(Permission.POST_NOTIFICATIONS):
            return
        self._asked = True
        request_permissions([Permission.POST_NOTIFICATIONS])


class _Alarm(PythonJavaClass):  # type: ignore[misc]
    """One moment the system calls back at."""

    __javainterfaces__ = ["android/app/AlarmManager$OnAlarmListener"]
    __javacontext__ = "app"

    def __init__(self, ring: Callable[[], None]) -> None:
        super().__init__()
        self._ring = ring

    @java_method("()V")
    def onAlarm(self) -> None:  # noqa: N802 Android's name
        """The moment has come."""
        self._ring()
