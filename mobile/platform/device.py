"""The device under the app: all it offers, in an Android and a desktop version."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from mobile.platform.here import on_android
from mobile.platform.location import Location, NoLocation
from mobile.platform.network import Network, NoNews
from mobile.platform.notify import Notifier, SilentNotifier
from mobile.platform.scanner import NoScanner, Scanner


@dataclass(frozen=True, slots=True)
class Device:
    """What the device offers; `label` is what it calls itself in a list of devices, at most 60 characters."""

    location: Location
    scanner: Scanner
    notifier: Notifier
    network: Network
    label: str

    @classmethod
    def here(cls) -> Device:
        """The device this program runs on."""
        if on_android():
            from mobile.platform.android.location import AndroidLocation
            from mobile.platform.android.network import AndroidNetwork
            from mobile.platform.android.notify import AndroidNotifier
            from mobile.platform.android.scanner import ScannerApp

            return cls(AndroidLocation(), ScannerApp(), AndroidNotifier(), AndroidNetwork(), device_label())
        return cls(NoLocation(), NoScanner(), SilentNotifier(), NoNews(), device_label())


def device_label() -> str:
    """The phone's model on Android, the machine's name on a desktop; at most 60 characters."""
    if on_android():
        from jnius import autoclass

        build = autoclass("android.os.Build")
        return f"{build.MANUFACTURER} {build.MODEL}"[:60]
    return (platform.node() or platform.system())[:60]
